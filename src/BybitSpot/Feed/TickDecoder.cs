// Text messages of the stream into prices. Pure: no clock, no log, nothing allocated. This file is the careful way, which
// takes keys in any order, escapes, unknown fields; TickDecoder.Fast.cs is the quick way, which takes only frames whose shape
// it checks as it goes. A property test holds the two equal on all inputs.
//
//   {"topic":"tickers.BTCUSDT","ts":1786310819126,"type":"snapshot","cs":112488546160,"data":{"symbol":"BTCUSDT","lastPrice":"65140.5",…}}
//   {"topic":"publicTrade.ETHUSDT","ts":1786310821917,"type":"snapshot","data":[{"i":"2280000001739247417","T":1786310821917,
//     "p":"1923.28","v":"0.04537","S":"Sell","seq":178477362706,"s":"ETHUSDT","BT":false,"RPI":false}]}
//
// Rules: a trade message counts as its last trade that is neither a block trade (BT) nor a retail one (RPI); a message with
// one bad entry is bad as a whole; of a key that stands twice the later counts.
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    private static ReadOnlySpan<byte> TickersPrefix => "tickers."u8;

    private static ReadOnlySpan<byte> TradesPrefix => "publicTrade."u8;

    /// <summary>Decodes one text message.</summary>
    public static Verdict Decode(ReadOnlySpan<byte> frame, ref Message message) =>
        TryFast(frame, ref message) ? Verdict.Tick : DecodeCarefully(frame, ref message);

    /// <summary>The careful way alone.</summary>
    internal static Verdict DecodeCarefully(ReadOnlySpan<byte> frame, ref Message message)
    {
        message = default;
        message.Sequence = Tick.NoSequence;
        try
        {
            return new CarefulDecode(frame).Run(ref message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The reader reports bad UTF-8 and lone surrogates as InvalidOperationException.
            return Bad(ref message, DropReason.NotJson);
        }
    }

    private static Verdict Bad(ref Message message, DropReason fault)
    {
        message.Fault = fault;
        return Verdict.Malformed;
    }

    /// <summary>A trade id that is a number of at most 19 digits; else 0.</summary>
    internal static ulong TradeIdOf(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > 19)
            return 0;
        ulong id = 0;
        foreach (byte c in text)
        {
            if ((uint)(c - '0') > 9)
                return 0;
            id = id * 10 + (uint)(c - '0');
        }
        return id;
    }
}

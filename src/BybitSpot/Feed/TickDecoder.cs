// Text messages of the stream into prices. Pure: no clock, no log, nothing allocated. This file is the careful way, which
// takes keys in any order, escapes, unknown fields; TickDecoder.Fast*.cs are the quick way, which takes only frames whose shape
// it checks as it goes. A property test holds the two equal on all inputs.
//
//   {"topic":"tickers.BTCUSDT","ts":1786310819126,"type":"snapshot","cs":112488546160,"data":{"symbol":"BTCUSDT","lastPrice":"65140.5",…}}
//   {"topic":"publicTrade.ETHUSDT","ts":1786310821917,"type":"snapshot","data":[{"i":"2280000001739247417","T":1786310821917,
//     "p":"1923.28","v":"0.04537","S":"Sell","seq":178477362706,"s":"ETHUSDT","BT":false,"RPI":false}]}
//
//   {"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","volume24h":"73871.084","bid1Price":"65140.4",…},"cs":24987956060,"ts":1786310819226}
//
// Linear and inverse send a snapshot, then deltas of what has changed: a field that is absent is unchanged, never zero. So a delta
// without a price moves none; one with the day's volume tells of a trade at the price of before (Message.HasTraded).
//
// Rules: a trade message counts as its last trade that counts for the price. A block trade (BT) never does. A retail one (RPI)
// most probably does at the exchange: where tickers are subscribed, they tell; where trades stand alone, it counts, or the price
// would stand still. What does not count takes no part in the order either. RPI may be absent, as it was until 2025. A message
// with one bad entry is bad as a whole; of a key that stands twice the later counts.
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    private static ReadOnlySpan<byte> TickersPrefix => "tickers."u8;

    private static ReadOnlySpan<byte> TradesPrefix => "publicTrade."u8;

    /// <summary>Decodes one text message.</summary>
    /// <param name="retailCounts">Whether retail trades (RPI) move the price.</param>
    public static Verdict Decode(ReadOnlySpan<byte> frame, bool retailCounts, ref Message message) =>
        TryFast(frame, retailCounts, ref message) ? Verdict.Tick : DecodeCarefully(frame, retailCounts, ref message);

    /// <summary>The careful way alone.</summary>
    internal static Verdict DecodeCarefully(ReadOnlySpan<byte> frame, bool retailCounts, ref Message message)
    {
        message = default;
        message.Sequence = Tick.NoSequence;
        try
        {
            return new CarefulDecode(frame, retailCounts).Run(ref message);
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

    /// <summary>Whether a trade message holds the trade of this mark.</summary>
    internal static bool HoldsTrade(ReadOnlySpan<byte> frame, ulong idMark)
    {
        if (idMark == 0)
            return false;
        while (frame.IndexOf("\"i\":\""u8) is var at and >= 0)
        {
            frame = frame[(at + 5)..];
            int end = frame.IndexOf((byte)'"');
            if (end > 0 && Stamp.MarkOf(frame[..end]) == idMark)
                return true;
        }
        return false;
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

// The quick way for trades of linear and inverse, whose keys stand in another order than spot's and whose ids are no numbers. RPI may
// be absent. What must stay true: as in TickDecoder.Fast.cs. Tickers of derivatives hold what has changed, in no one shape: they go the
// careful way.
//
//   {"topic":"publicTrade.BTCUSDT","type":"snapshot","ts":1786310821918,"data":[{"T":1786310821917,"s":"BTCUSDT","S":"Buy","v":"0.001",
//     "p":"65140.50","L":"PlusTick","i":"20f43950-d8dd-5b31-9112-a178eb6023af","BT":false,"RPI":false,"seq":24987956063}]}
using System.Runtime.CompilerServices;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal static partial class TickDecoder
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryFastLinearTrade(ReadOnlySpan<byte> frame, bool retailCounts, ref Message message)
    {
        int symbolAt = After(frame, 0, "{\"topic\":\"publicTrade."u8), symbolEnd = Quote(frame, symbolAt);
        int at = Number(frame, After(frame, symbolEnd, "\",\"type\":\"snapshot\",\"ts\":"u8), out long frameTime);
        at = After(frame, at, ",\"data\":["u8);
        if (at == Lost || symbolAt == symbolEnd || frameTime is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax)
            return false;
        bool priced = false;
        while (true)
        {
            at = Number(frame, After(frame, at, "{\"T\":"u8), out long time);
            at = Again(frame, After(frame, at, ",\"s\":\""u8), symbolAt, symbolEnd);
            at = Quote(frame, After(frame, at, "\",\"S\":\""u8));
            at = Quote(frame, After(frame, at, "\",\"v\":\""u8));
            int priceAt = After(frame, at, "\",\"p\":\""u8), priceEnd = Quote(frame, priceAt);
            at = Quote(frame, After(frame, priceEnd, "\",\"L\":\""u8));
            int idAt = After(frame, at, "\",\"i\":\""u8), idEnd = Quote(frame, idAt);
            at = Flag(frame, After(frame, idEnd, "\",\"BT\":"u8), out bool isBlock);
            int retailAt = After(frame, at, ",\"RPI\":"u8);
            bool isRetail = false;
            if (retailAt != Lost)
                at = Flag(frame, retailAt, out isRetail);
            at = Number(frame, After(frame, at, ",\"seq\":"u8), out long sequence);
            at = After(frame, at, "}"u8);
            if (at == Lost || time is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax || !Price.IsValid(frame[priceAt..priceEnd]))
                return false;
            if (!isBlock && (retailCounts || !isRetail))
            {
                priced = true;
                message.Price = frame[priceAt..priceEnd];
                message.TimeMs = time;
                message.Sequence = sequence;
                message.TradeId = TradeIdOf(frame[idAt..idEnd]);
                message.IdMark = message.TradeId == 0 ? Stamp.MarkOf(frame[idAt..idEnd]) : 0;
            }
            int next = After(frame, at, ","u8);
            if (next == Lost)
                break;
            at = next;
        }
        if (!priced || After(frame, at, "]}"u8) != frame.Length)
            return false;
        message.Channel = Channel.Trade;
        message.Symbol = frame[symbolAt..symbolEnd];
        return true;
    }
}

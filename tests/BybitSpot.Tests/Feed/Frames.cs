// Messages in the exchange's documented shapes, built by hand, and what decoding them comes to.
using System.Text;
using BybitSpot.Feed;
using BybitSpot.Market;

namespace BybitSpot.Tests.Feed;

/// <summary>A decoded message whose texts were copied out of the frame.</summary>
internal sealed record Decoded(Verdict Verdict, DropReason Fault, Channel Channel = default, string Symbol = "", string Price = "", long TimeMs = 0, long Sequence = 0, ulong TradeId = 0, ulong IdMark = 0, bool HasTraded = false)
{
    public static Decoded Dropped(DropReason reason) => new(Verdict.Malformed, reason);
}

internal static class Frames
{
    public const long Ts = 1_786_310_819_126;

    /// <summary>A spot ticker in the order of keys that the exchange sends. Values are put in as they are, so that they can be wrong.</summary>
    public static string Ticker(
        string symbol = "BTCUSDT", string? inner = null, string ts = "1786310819126", string cs = "112488546160", string price = "\"65140.5\"",
        string index = ",\"usdIndexPrice\":\"65091.459221\"") =>
        $"{{\"topic\":\"tickers.{symbol}\",\"ts\":{ts},\"type\":\"snapshot\",\"cs\":{cs},\"data\":{{\"symbol\":\"{inner ?? symbol}\",\"lastPrice\":{price},"
        + "\"highPrice24h\":\"65305.6\",\"lowPrice24h\":\"64727.9\",\"prevPrice24h\":\"65045.3\",\"volume24h\":\"2953.835931\","
        + $"\"turnover24h\":\"191907024.69597728\",\"price24hPcnt\":\"0.0015\"{index}}}}}";

    /// <summary>A spot trade message in the order of keys that the exchange sends.</summary>
    public static string Trades(string symbol, params IEnumerable<string> trades) => TradesAt("1786310821917", symbol, trades);

    public static string TradesAt(string ts, string symbol, params IEnumerable<string> trades) =>
        $"{{\"topic\":\"publicTrade.{symbol}\",\"ts\":{ts},\"type\":\"snapshot\",\"data\":[{string.Join(',', trades)}]}}";

    public static string Trade(
        string symbol = "ETHUSDT", string id = "2280000001739247417", string time = "1786310821917", string price = "\"1923.28\"",
        string sequence = "178477362706", string block = "false", string retail = "false") =>
        $"{{\"i\":\"{id}\",\"T\":{time},\"p\":{price},\"v\":\"0.04537\",\"S\":\"Sell\",\"seq\":{sequence},\"s\":\"{symbol}\",\"BT\":{block},\"RPI\":{retail}}}";

    public static Decoded Decode(string frame, bool retailCounts = false) => Decode(Encoding.UTF8.GetBytes(frame), retailCounts);

    public static Decoded Decode(ReadOnlySpan<byte> frame, bool retailCounts = false)
    {
        var message = default(Message);
        Verdict verdict = TickDecoder.Decode(frame, retailCounts, ref message);
        return Copy(verdict, message);
    }

    public static Decoded DecodeCarefully(ReadOnlySpan<byte> frame, bool retailCounts = false)
    {
        var message = default(Message);
        Verdict verdict = TickDecoder.DecodeCarefully(frame, retailCounts, ref message);
        return Copy(verdict, message);
    }

    public static bool TryFast(ReadOnlySpan<byte> frame, out Decoded decoded, bool retailCounts = false)
    {
        var message = default(Message);
        bool taken = TickDecoder.TryFast(frame, retailCounts, ref message);
        decoded = Copy(Verdict.Tick, message);
        return taken;
    }

    private static Decoded Copy(Verdict verdict, in Message message) => verdict switch
    {
        Verdict.Tick => new Decoded(verdict, message.Fault, message.Channel, Encoding.UTF8.GetString(message.Symbol), Encoding.UTF8.GetString(message.Price),
            message.TimeMs, message.Sequence, message.TradeId, message.IdMark),
        Verdict.Unpriced when message.Channel == Channel.Ticker => new Decoded(verdict, message.Fault, message.Channel, Encoding.UTF8.GetString(message.Symbol), "",
            message.TimeMs, message.Sequence, HasTraded: message.HasTraded),
        Verdict.Unpriced => new Decoded(verdict, message.Fault, message.Channel, Encoding.UTF8.GetString(message.Symbol)),
        _ => new Decoded(verdict, message.Fault),
    };
}

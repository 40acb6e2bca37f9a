using System.Text;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Storm;

/// <summary>Frames that no exchange should send, each about a coin of the storm and newer than all before; whatever price is in them never was.</summary>
internal static class BadFrames
{
    private const int Kinds = 22;

    /// <summary>One of them, as raw bytes.</summary>
    public static byte[] Some(Random random, string symbol, string otherSymbol, string never, long seq, long nowMs)
    {
        string good = $"\"{never}\"";
        return random.Next(Kinds) switch
        {
            0 => Text(Trade(symbol, "\"0\"", seq, nowMs)),
            1 => Text(Trade(symbol, "\"\"", seq, nowMs)),
            2 => Text(Trade(symbol, $"\"-{never}\"", seq, nowMs)),
            3 => Text(Ticker(symbol, "\"NaN\"", seq, nowMs)),
            4 => Text(Ticker(symbol, "\"1,234.5\"", seq, nowMs)),
            5 => Text(Trade(symbol, $"\" {never}\"", seq, nowMs)),
            6 => Text(Trade(symbol, never, seq, nowMs)),
            7 => Text(Trade(symbol, "\"9e5\"", seq, nowMs)),
            8 => Text(Trade(symbol, good, seq, 0)),
            9 => Text(Trade(symbol, good, seq, nowMs).Replace($"\"T\":{nowMs}", $"\"T\":\"{nowMs}\"", StringComparison.Ordinal)),
            10 => Text(Trade(symbol, good, seq, nowMs).Replace($"\"T\":{nowMs}", $"\"T\":{nowMs}.5", StringComparison.Ordinal)),
            11 => Text(Trade(symbol, good, seq, nowMs + 3 * 86_400_000L)),
            12 => Text(Trade(symbol, good, seq, nowMs)[..^9]),
            13 => Text(Ticker(symbol, good, seq, nowMs).Replace($"tickers.{symbol}", $"tickers.{otherSymbol}", StringComparison.Ordinal)),
            14 => Text(Trade(symbol, good, seq, nowMs).Replace($"\"s\":\"{symbol}\"", $"\"s\":\"{otherSymbol}\"", StringComparison.Ordinal)),
            15 => Text("[" + Trade(symbol, good, seq, nowMs) + "]"),
            16 => Text(""),
            17 => Text("{\"op\":\"nonsense\",\"success\":true}"),
            18 => Text("{\"success\":false,\"ret_msg\":\"error:unknown\",\"req_id\":\"none of yours\",\"op\":\"subscribe\"}"),
            19 => Text(new string('[', 80) + Trade(symbol, good, seq, nowMs) + new string(']', 80)),
            20 => RawFrames.Text([.. Encoding.UTF8.GetBytes(Trade(symbol, good, seq, nowMs)[..^3]), 0xC3, 0x28, (byte)'}']),
            _ => Text(Ticker(symbol, good, seq, nowMs) + Ticker(symbol, good, seq, nowMs)),
        };
    }

    public static string Trade(string symbol, string price, long seq, long timeMs) =>
        $$"""{"topic":"publicTrade.{{symbol}}","ts":{{timeMs}},"type":"snapshot","data":[{"i":"2299999999999999999","T":{{timeMs}},"p":{{price}},"v":"0.01","S":"Buy","seq":{{seq}},"s":"{{symbol}}","BT":false,"RPI":false}]}""";

    private static string Ticker(string symbol, string price, long cs, long timeMs) =>
        $$$"""{"topic":"tickers.{{{symbol}}}","ts":{{{timeMs}}},"type":"snapshot","cs":{{{cs}}},"data":{"symbol":"{{{symbol}}}","lastPrice":{{{price}}},"highPrice24h":"1","lowPrice24h":"1","prevPrice24h":"1","volume24h":"1","turnover24h":"1","price24hPcnt":"0","usdIndexPrice":"1"}}""";

    private static byte[] Text(string text) => RawFrames.Text(text);
}

using System.Text;

namespace BybitSpot.Bench;

/// <summary>Messages in the exchange's documented shapes.</summary>
internal static class Samples
{
    public static byte[] Ticker { get; } = Encoding.ASCII.GetBytes(
        "{\"topic\":\"tickers.BTCUSDT\",\"ts\":1786310819126,\"type\":\"snapshot\",\"cs\":112488546160,\"data\":{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"65140.5\","
        + "\"highPrice24h\":\"65305.6\",\"lowPrice24h\":\"64727.9\",\"prevPrice24h\":\"65045.3\",\"volume24h\":\"2953.835931\","
        + "\"turnover24h\":\"191907024.69597728\",\"price24hPcnt\":\"0.0015\",\"usdIndexPrice\":\"65091.459221\"}}");

    public static byte[] Trades(int count) => Encoding.ASCII.GetBytes(
        "{\"topic\":\"publicTrade.ETHUSDT\",\"ts\":1786310821917,\"type\":\"snapshot\",\"data\":["
        + string.Join(',', Enumerable.Range(0, count).Select(i => $"{{\"i\":\"22800000017392474{i:00}\",\"T\":1786310821917,\"p\":\"1923.28\",\"v\":\"0.04537\","
            + $"\"S\":\"Sell\",\"seq\":1784773627{i:00},\"s\":\"ETHUSDT\",\"BT\":false,\"RPI\":false}}"))
        + "]}");

    /// <summary>A text frame as the exchange sends it, for messages of 126 to 65,535 bytes.</summary>
    public static byte[] Frame(byte[] message) => [0x81, 126, (byte)(message.Length >> 8), (byte)message.Length, .. message];
}

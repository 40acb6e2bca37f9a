using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>Recordings written from the documented shapes, each with an order of messages that tempts.</summary>
public sealed class WrittenRecordingTests
{
    private const string Btc = "BTCUSDT", Eth = "ETHUSDT";
    private const long T0 = 1_786_310_800_000;

    private int _line;

    [Fact]
    public void All_of_them_in_one_stream_end_right_after_every_single_message()
    {
        Recording recording = new(
        [
            Control("subscribe"),
            Ticker(Btc, 100, T0, "65000.10"),
            // A trade that the ticker already shows, and one that it doesn't.
            Trades(Btc, (100, T0 - 20, "65000.10", 11)),
            Trades(Eth, (500, T0 + 5, "1920.50", 21)),
            Trades(Btc, (101, T0 + 30, "65000.20", 12), (102, T0 + 30, "65000.30", 13)),
            // The ticker lags behind the trades, though its time is later.
            Ticker(Btc, 101, T0 + 60, "65000.20"),
            Ticker(Eth, 500, T0 + 61, "1920.50"),
            // One seq, split over two frames, then the first of them again.
            Trades(Eth, (501, T0 + 70, "1921.00", 22), (501, T0 + 70, "1921.10", 23)),
            Trades(Eth, (501, T0 + 70, "1921.20", 24)),
            Trades(Eth, (501, T0 + 70, "1921.00", 22), (501, T0 + 70, "1921.10", 23)),
            // A block trade and a retail price improvement leave the price alone, whatever their seq.
            Marked(Btc, (105, T0 + 80, "1.00", 14), "\"BT\":true,\"RPI\":false"),
            Marked(Btc, (106, T0 + 80, "2.00", 15), "\"BT\":false,\"RPI\":true"),
            // The ticker comes before its trade.
            Ticker(Btc, 103, T0 + 100, "65000.40"),
            Trades(Btc, (103, T0 + 95, "65000.40", 16)),
            // The same price and cs with a later time: only the time moves on.
            Ticker(Btc, 103, T0 + 1_100, "65000.40"),
            // One channel is late by seconds, and then it is not.
            Ticker(Eth, 501, T0 + 200, "1921.20"),
            Trades(Eth, (502, T0 + 4_000, "1925.00", 25)),
            Ticker(Eth, 501, T0 + 3_900, "1921.20"),
            Trades(Btc, (104, T0 + 1_090, "65000.0", 17)),
            Ticker(Eth, 502, T0 + 4_050, "1925.00"),
        ]);
        Assert.Equal(("65000.0", "2026-08-09T21:26:41.090Z"), recording.Newest(Btc));
        Assert.Equal(("1925.00", "2026-08-09T21:26:44.050Z"), recording.Newest(Eth));
        Replay.EveryCut(recording);
    }

    private string Ticker(string symbol, long cs, long timeMs, string price) => Replay.Ticker(symbol, cs, timeMs, price, _line++ / 100.0);

    private string Trades(string symbol, params (long Seq, long TimeMs, string Price, int Id)[] trades) =>
        Frame(symbol, trades[^1].TimeMs, trades.Select(t => Trade(symbol, t, "\"BT\":false,\"RPI\":false")));

    private string Marked(string symbol, (long, long TimeMs, string, int) trade, string marks) => Frame(symbol, trade.TimeMs, [Trade(symbol, trade, marks)]);

    private string Control(string op) => Replay.Line(_line++ / 100.0, $$"""{"success":true,"ret_msg":"{{op}}","conn_id":"d9avt8shteepr00gfc1g-4zd1x","op":"{{op}}"}""");

    private string Frame(string symbol, long timeMs, IEnumerable<string> trades) =>
        Replay.Line(_line++ / 100.0, $$"""{"topic":"publicTrade.{{symbol}}","ts":{{timeMs + 1}},"type":"snapshot","data":[{{string.Join(',', trades)}}]}""");

    private static string Trade(string symbol, (long Seq, long TimeMs, string Price, int Id) trade, string marks) =>
        $$"""{"i":"22800000017392474{{trade.Id}}","T":{{trade.TimeMs}},"p":"{{trade.Price}}","v":"0.04537","S":"Sell","seq":{{trade.Seq}},"s":"{{symbol}}",{{marks}}}""";
}

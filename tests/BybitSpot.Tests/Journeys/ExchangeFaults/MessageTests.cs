using System.Text;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// Bad messages sent to the real program. Each must be dropped and counted, change no price, and hold up nothing: the next good
// tick lands, on the same connection. Wrong ones carry a high sequence and a price of their own, so that taking one would
// show: the good ticks behind it would be late.
public sealed class MessageTests
{
    private const long HighSequence = 9_000_000_000_000_000;
    private const string Wrong = "\"666.66\"";

    private int _goodTicks;

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    [Trait("Fault", "6")]
    public void Unknown_topics_and_answers_to_nothing_are_dropped()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        Drops(journey, "unknown_topic",
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs).Replace("tickers.", "orderbook.1."),
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs).Replace("tickers.", "Tickers."),
            """{"topic":"liquidation.BTCUSDT","ts":1,"type":"snapshot","data":{}}""",
            """{"topic":"","data":{}}""");
        Drops(journey, "unknown_control",
            """{"success":true,"ret_msg":"","conn_id":"x","op":"whatever"}""",
            """{"success":false,"ret_msg":"no such request","conn_id":"x","req_id":"999","op":"subscribe"}""",
            """{"success":true,"ret_msg":"subscribe","conn_id":"x","op":"subscribe"}""",
            """{"op":"auth"}""",
            """{"op":7,"success":"yes"}""");
        Drops(journey, "shape", """{"hello":"world"}""");
        // Of a symbol that was never asked for only the count is kept: one just taken off the list sends on for a moment.
        DropsEach(journey, "a symbol never asked for", [Encoding.UTF8.GetBytes(Frames.Ticker("XRPUSDT", Wrong, HighSequence, NowMs))]);
        Assert.Null(journey.Redis.Price("XRP"));
    }

    [Fact]
    [Trait("Fault", "12")]
    public void A_time_that_is_none_is_dropped()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        string[] times = ["0", "-1", "1786310821917.0", "1786310821917.5", "1.786310821917e12", "1e400", "-1e400", "\"1786310821917\"", "null", "true", "[1786310821917]", "99999999999999999999"];
        Drops(journey, "time", [
            .. times.Select(t => Frames.Ticker("BTCUSDT", Wrong, HighSequence, t)),
            .. times.Select(t => Frames.Trade("BTCUSDT", Wrong, HighSequence, t)),
            .. times.Select(t => Frames.Trade("BTCUSDT", Wrong, HighSequence, NowMs, frameTime: t)),
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs).Replace("\"ts\"", "\"st\""),
            Frames.Trade("BTCUSDT", Wrong, HighSequence, NowMs).Replace("\"T\"", "\"t\""),
        ]);
    }

    [Fact]
    [Trait("Fault", "12")]
    public void A_time_beyond_a_day_from_now_is_dropped_and_one_within_it_is_not()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        long day = 24 * 3_600_000;
        long[] times = [NowMs + day + 60_000, NowMs + 366 * day, 253_402_300_799_999];
        Drops(journey, "future", [
            .. times.Select(t => Frames.Ticker("BTCUSDT", Wrong, HighSequence, t)),
            .. times.Select(t => Frames.Trade("BTCUSDT", Wrong, HighSequence, t)),
        ]);
        journey.Send(Frames.Ticker("BTCUSDT", "\"777.70\"", HighSequence, NowMs + day - 60_000));
        journey.PriceBecomes("BTCUSDT", "777.70");
    }

    [Fact]
    [Trait("Fault", "13")]
    public void A_price_that_is_none_is_dropped()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        string[] prices =
        [
            "\"0\"", "\"0.000\"", "\"\"", "\"-1\"", "\"+1\"", "\"NaN\"", "\"Infinity\"", "\"1,234.5\"", "\" 1\"", "\"1 \"", "\"1.\"", "\".5\"", "\"1.2.3\"",
            "\"1_000\"", "\"0x10\"", "\"\u0663\"", "\"\\u00001\"", "\"1\\n\"", "1", "66.5", "null", "true", "[\"66\"]", "{\"p\":\"66\"}",
        ];
        Drops(journey, "price", [
            .. prices.Select(p => Frames.Ticker("BTCUSDT", p, HighSequence, NowMs)),
            .. prices.Select(p => Frames.Trade("BTCUSDT", p, HighSequence, NowMs)),
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs).Replace("lastPrice", "lostPrice"),
            // One bad entry spoils the message: the good one may not be the newest.
            TwoTrades(Frames.Entry("BTCUSDT", Wrong, HighSequence, NowMs), Frames.Entry("BTCUSDT", "\"0\"", HighSequence, NowMs)),
        ]);
    }

    [Fact]
    [Trait("Fault", "14")]
    public void Exponents_are_dropped_and_digits_are_kept_to_the_last_up_to_32_characters()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        string[] tooMuch = ["\"1e-8\"", "\"1E8\"", "\"6.5e4\"", "1e-8", "\"123456789012345678901234567890123\"", "\"1234567890123456.1234567890123456\""];
        Drops(journey, "price", [
            .. tooMuch.Select(p => Frames.Ticker("BTCUSDT", p, HighSequence, NowMs)),
            .. tooMuch.Select(p => Frames.Trade("BTCUSDT", p, HighSequence, NowMs)),
        ]);
        string[] exact = ["1234567890123456.123456789012345", "0.000000000000000000000000000001", "12345678901234567890123456789012", "67250.50", "00067250.500", "9007199254740993"];
        long seq = HighSequence;
        foreach (string price in exact)
        {
            journey.Send(Frames.Trade("BTCUSDT", $"\"{price}\"", ++seq, NowMs));
            journey.PriceBecomes("BTCUSDT", price);
            string next = price[..^1] + "7";
            journey.Send(Frames.Ticker("BTCUSDT", $"\"{next}\"", ++seq, NowMs));
            journey.PriceBecomes("BTCUSDT", next);
        }
    }

    [Fact]
    [Trait("Fault", "16")]
    public void A_symbol_that_differs_from_the_topic_s_moves_neither_coin()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("ETHUSDT", "55.00");
        Drops(journey, "symbol_mismatch",
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs, inner: "ETHUSDT"),
            Frames.Ticker("ETHUSDT", Wrong, HighSequence, NowMs, inner: "BTCUSDT"),
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs, inner: "btcusdt"),
            Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs, inner: ""),
            Frames.Trade("BTCUSDT", Wrong, HighSequence, NowMs, inner: "ETHUSDT"),
            TwoTrades(Frames.Entry("BTCUSDT", Wrong, HighSequence, NowMs), Frames.Entry("ETHUSDT", Wrong, HighSequence, NowMs)));
        Assert.Equal("55.00", journey.Redis.Price("ETH"));
        journey.TradeArrives("ETHUSDT", "55.01");
    }

    [Fact]
    [Trait("Fault", "18")]
    public void What_is_no_JSON_or_of_another_shape_is_dropped()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        string good = Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs);
        Drops(journey, "not_json", [
            [],
            "   "u8.ToArray(),
            .. ((string[])
            [
                good[..^1], good[..(good.Length / 2)], "{", good + "}", good + good, "NaN", "{'topic':1}", good.Replace("\"data\":", "\"data\" "),
                good.Replace(",\"type\"", ",,\"type\""), "\uFEFF" + good, "\0", Frames.Ticker("BTCUSDT", Wrong, HighSequence, NowMs, extra: ",\"x\":\"\n\""),
                Deep(good, 64), Deep(good, 100_000),
            ]).Select(Encoding.UTF8.GetBytes),
            Invalid(good, [0xFF]), Invalid(good, [0xC0, 0xAF]), Invalid(good, [0xED, 0xA0, 0x80]), Invalid(good, [0xE2, 0x82]),
        ]);
        Drops(journey, "shape",
            "[" + good + "]", "[]", "42", "\"text\"", "null", "true", "{}", """{"topic":"tickers.BTCUSDT"}""", """{"topic":"tickers.BTCUSDT","ts":1786310821917,"data":null}""",
            """{"topic":"tickers.BTCUSDT","ts":1786310821917,"data":"65140.5"}""", """{"topic":"publicTrade.BTCUSDT","ts":1786310821917,"data":[7]}""",
            """{"topic":"publicTrade.BTCUSDT","ts":1786310821917,"data":{}}""", """{"topic":7,"ts":1786310821917,"data":{}}""",
            good.Replace("tickers.BTCUSDT", "tickers."));
        // 63 arrays in the object are 64 levels, which is what is taken: the limit itself is no fault.
        journey.Send(Deep(Frames.Ticker("BTCUSDT", "\"777.70\"", HighSequence, NowMs), 63));
        journey.PriceBecomes("BTCUSDT", "777.70");
    }

    [Fact]
    [Trait("Fault", "15")]
    public void A_delta_without_a_price_leaves_the_price_and_the_next_with_one_moves_it()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], exchangeOptions: new ExchangeOptions { Market = "linear" });
        journey.Run();
        string? Price() => journey.Redis.Hash("bybit_futures:BTC").GetValueOrDefault("ltp");
        Until.Equal("the first price", "100.00", Price, state: () => journey.Bot.ErrorText);
        journey.Exchange.Trade("BTCUSDT", "101.00");
        Until.Equal("the trade", "101.00", Price, state: () => journey.Bot.ErrorText);
        long before = journey.Bot.Counters().Number("messages");
        for (int i = 0; i < 5; i++)
            journey.Exchange.PushTicker("BTCUSDT", usdIndexPrice: $"10{i}.5", withPrice: false);
        Until.True("five deltas taken", () => journey.Bot.Counters().Number("messages") >= before + 5);
        Assert.Equal("101.00", Price());
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        journey.Exchange.PushTicker("BTCUSDT", "102.00", cs: journey.Exchange.LastSeq("BTCUSDT") + 1);
        Until.Equal("the next price", "102.00", Price, state: () => journey.Bot.ErrorText);
    }

    private static string TwoTrades(string first, string second) =>
        $$"""{"topic":"publicTrade.BTCUSDT","ts":1786310821917,"type":"snapshot","data":[{{first}},{{second}}]}""";

    // The object is one level; so many arrays inside it.
    private static string Deep(string good, int arrays) => good[..^1] + ",\"deep\":" + new string('[', arrays) + new string(']', arrays) + "}";

    private static byte[] Invalid(string good, byte[] bytes)
    {
        string[] parts = good.Split("price24hPcnt\":\"");
        return [.. Encoding.UTF8.GetBytes(parts[0] + "price24hPcnt\":\""), .. bytes, .. Encoding.UTF8.GetBytes(parts[1])];
    }

    private void Drops(Journey journey, string reason, params string[] frames) => Drops(journey, reason, [.. frames.Select(Encoding.UTF8.GetBytes)]);

    private void Drops(Journey journey, string reason, byte[][] frames)
    {
        int before = journey.Bot.CountLogs("message_dropped");
        DropsEach(journey, reason, frames);
        // The log tells a reason once in ten seconds, so for certain only the first; the others show in the count.
        LogLine line = journey.Bot.Logs.Where(l => l.Event == "message_dropped").Skip(before).First();
        Assert.Equal(reason, line.Text("reason"));
        Assert.All(journey.Bot.Logs.Where(l => l.Event == "message_dropped").Skip(before), l => Assert.Equal(reason, l.Text("reason")));
    }

    private void DropsEach(Journey journey, string kind, byte[][] frames)
    {
        long dropped = journey.Bot.Counters().Number("dropped");
        // Of one frame of each kind: until the counter has moved, and until the next good tick, sent behind it, has landed.
        FaultTimes? times = null;
        foreach (byte[] frame in frames)
        {
            journey.Exchange.BroadcastBytes(RawFrames.Text(frame));
            if (times is null)
            {
                times = FaultTimes.Begin(kind);
                Until.True("the counter moves", () => journey.Bot.Counters().Number("dropped") > dropped, state: () => journey.Bot.ErrorText);
                times.Seen();
                times.Mended();
                journey.TradeArrives("BTCUSDT", $"100.{++_goodTicks:00000}");
                times.Right();
            }
            journey.TradeArrives("BTCUSDT", $"100.{++_goodTicks:00000}");
            long now = journey.Bot.Counters().Number("dropped");
            Assert.True(now == dropped + 1, $"{now - dropped} instead of 1 dropped: {Encoding.Latin1.GetString(frame)[..Math.Min(frame.Length, 600)]}\n{journey.Bot.ErrorText}");
            dropped = now;
        }
        Assert.Single(journey.Exchange.Connections);
    }
}

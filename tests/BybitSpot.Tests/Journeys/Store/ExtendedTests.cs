using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Hashes with more than the three fields, by the built program.</summary>
public sealed class ExtendedTests
{
    private static readonly string[] s_three = ["ltp", "original_symbol", "timestamp"];

    [Theory]
    [InlineData("direct"), InlineData("guarded")]
    public void All_that_the_exchange_says_of_a_coin_stands_in_its_hash_and_is_gone_when_it_is_no_more_asked_for(string mode)
    {
        using Journey journey = Prepare(["BTCUSDT", "ETHUSDT"], ("REDIS_HASH_FIELDS", "extended"), ("REDIS_WRITE_MODE", mode));
        Bot first = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        long seq = journey.Exchange.Trade("BTCUSDT", "101.50");
        journey.PriceBecomes("BTCUSDT", "101.50");
        journey.Exchange.Book("BTCUSDT", "101.40", "3.5", "101.60", "0.25");
        FieldBecomes(journey, "bid", "101.40");
        Dictionary<string, string> hash = journey.Redis.Hash("bybit_spot:BTC");
        Assert.Equal(
            ["ask", "ask_size", "bid", "bid_size", "book_timestamp", "change_24h", "day_timestamp", "high_24h", "low_24h", "ltp", "original_symbol", "received_at", "seq", "source", "timestamp", "volume_24h"],
            hash.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("3.5", "101.60", "0.25", $"{seq}"), (hash["bid_size"], hash["ask"], hash["ask_size"], hash["seq"]));
        Assert.All((string[])["received_at", "book_timestamp", "day_timestamp", "timestamp"], field => Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", hash[field]));
        // The ticker behind the trade shows the day; a later one confirms the price.
        FieldBecomes(journey, "high_24h", "101.50");
        journey.Exchange.PushTicker("BTCUSDT", timeMs: DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 100);
        FieldBecomes(journey, "source", "ticker");

        // A side that nobody is on, and the same one again.
        journey.Exchange.Book("BTCUSDT", "101.40", "3.5", null, null);
        Until.True("no ask", () => journey.Redis.Hash("bybit_spot:BTC") is { } now && !now.ContainsKey("ask") && !now.ContainsKey("ask_size"), state: () => journey.Bot.ErrorText);
        journey.Exchange.Book("BTCUSDT", "101.40", "3.5", "101.70", "1");
        FieldBecomes(journey, "ask", "101.70");
        // Nobody prints a book.
        Assert.All(journey.Bot.Prices, line => Assert.Equal(3, line.Split('|').Length));
        Assert.Equal(0, journey.Bot.CountLogs("message_dropped"));

        // Without a guard the first write leaves what was asked for alone.
        journey.Set("REDIS_HASH_FIELDS", "plain");
        journey.Set("REDIS_WRITE_MODE", "direct");
        first.Signal(Signals.Terminate);
        first.Exit();
        journey.Run();
        Until.True("it has subscribed", () => journey.Exchange.Connections is [_, { Topics.Count: 6 }], state: () => journey.Bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "102.50");
        Until.Equal("the fields", string.Join(' ', s_three), () => string.Join(' ', journey.Redis.Hash("bybit_spot:BTC").Keys.Order(StringComparer.Ordinal)), state: () => journey.Bot.ErrorText);
        first.Dispose();
    }

    [Fact]
    public void A_book_that_is_subscribed_and_not_asked_for_leaves_three_fields()
    {
        using Journey journey = Prepare(["BTCUSDT"]);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.Exchange.Book("BTCUSDT", "99.00", "1", "102.00", "1");
        journey.TradeArrives("BTCUSDT", "101.50");
        Assert.Equal(s_three, journey.Redis.Hash("bybit_spot:BTC").Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, journey.Bot.CountLogs("message_dropped"));
    }

    [Fact]
    public void A_book_that_moves_while_the_price_stands_is_written_with_the_price_of_before()
    {
        using Journey journey = Prepare(["BTCUSDT"], ("REDIS_HASH_FIELDS", "extended"));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.50");
        FieldBecomes(journey, "high_24h", "101.50");
        string? timestamp = journey.Redis.Timestamp("BTC");
        for (int i = 0; i < 50; i++)
            journey.Exchange.Book("BTCUSDT", $"100.{i:00}", "1", "102.00", "1");
        FieldBecomes(journey, "bid", "100.49");
        Assert.Equal(("101.50", timestamp), (journey.Redis.Price("BTC"), journey.Redis.Timestamp("BTC")));
    }

    [Fact]
    [Trait("Fault", "16")]
    public void What_is_wrong_in_a_book_or_in_the_days_figures_costs_no_price()
    {
        using Journey journey = Prepare(["BTCUSDT"], ("REDIS_HASH_FIELDS", "extended"), ("HTTP_URL", "http://127.0.0.1:0"));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.50");
        FieldBecomes(journey, "high_24h", "101.50");
        journey.Exchange.Book("BTCUSDT", "101.40", "3.5", "101.60", "0.25");
        FieldBecomes(journey, "bid", "101.40");
        long ms = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (string side in (string[])["[[\"1e5\",\"1\"]]", "[[\"7\",\"\"]]", "{}", "[[7,8]]"])
            journey.Exchange.SendToTopic("orderbook.1.BTCUSDT",
                $"{{\"topic\":\"orderbook.1.BTCUSDT\",\"ts\":{ms},\"type\":\"snapshot\",\"data\":{{\"s\":\"BTCUSDT\",\"b\":{side},\"a\":[],\"u\":9,\"seq\":99999999999999}},\"cts\":{ms}}}");
        journey.Exchange.SendToTopic("tickers.BTCUSDT",
            $"{{\"topic\":\"tickers.BTCUSDT\",\"ts\":{ms},\"type\":\"snapshot\",\"cs\":{journey.Exchange.LastSeq("BTCUSDT") + 1},\"data\":{{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"101.75\",\"highPrice24h\":\"lots\"}}}}");
        journey.PriceBecomes("BTCUSDT", "101.75");
        Dictionary<string, string> hash = journey.Redis.Hash("bybit_spot:BTC");
        Assert.Equal(("101.40", "101.50"), (hash["bid"], hash["high_24h"]));
        Page page = Page.Of(journey.Bot);
        // Twice a size or a figure, once a price, once the shape of a side, once a number where a text should be.
        Until.True("they are counted", () => page.Get("/metrics").Body is var metrics
            && metrics.Contains("bybitspot_messages_dropped_total{reason=\"figure\"} 2", StringComparison.Ordinal)
            && metrics.Contains("bybitspot_messages_dropped_total{reason=\"shape\"} 1", StringComparison.Ordinal)
            && metrics.Contains("bybitspot_messages_dropped_total{reason=\"price\"} 2", StringComparison.Ordinal), state: () => page.Get("/metrics").Body);
        journey.StateBecomes("live");
    }

    [Fact]
    [Trait("Fault", "8")]
    public void Without_REST_a_coin_whose_price_and_book_are_silent_is_stale_and_asked_for_anew_and_a_quiet_one_is_not()
    {
        using Journey journey = Prepare(["BTCUSDT", "DEADUSDT", "QUIETUSDT"], ("BYBIT_REST_URL", ""), ("STALE_AFTER_MS", "1000"));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "DEADUSDT", "QUIETUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        // The exchange has repeated a book: from now on one that stays away is missed.
        Until.True("both are quiet", () => journey.Redis.Worth("DEAD") == "quiet" && journey.Redis.Worth("QUIET") == "quiet", state: () => journey.Bot.ErrorText);
        Thread.Sleep(TimeSpan.FromSeconds(4));
        foreach (string topic in (string[])["tickers.DEADUSDT", "publicTrade.DEADUSDT", "orderbook.1.DEADUSDT"])
            journey.Exchange.Faults.Silence(topic);
        journey.Exchange.Trade("DEADUSDT", "7.00");
        journey.StaleBecome("DEAD");
        Assert.Equal("100.00", journey.Redis.Price("DEAD"));
        // What Redis says is told there before the log is written, or read.
        journey.Bot.Log("coin_stale", l => l.Text("reason").StartsWith("its order book, which the exchange repeats each 3 s, is silent", StringComparison.Ordinal));
        Until.True("it is asked for anew", () => journey.Asked("tickers.DEADUSDT") >= 2, state: () => journey.Bot.ErrorText);
        foreach (string topic in (string[])["tickers.DEADUSDT", "publicTrade.DEADUSDT", "orderbook.1.DEADUSDT"])
            journey.Exchange.Faults.Silence(topic, false);
        journey.Exchange.PushTicker("DEADUSDT");
        journey.PriceBecomes("DEADUSDT", "7.00");
        journey.StaleBecome();
        Assert.DoesNotContain(journey.Bot.Logs, l => l.Event == "coin_stale" && l.Text("coin") == "QUIET");
    }

    private static Journey Prepare(string[] symbols, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["BYBIT_CHANNELS"] = "tickers,publicTrade,orderbook.1" };
        foreach ((string name, string value) in settings)
            all[name] = value;
        return Journey.Prepare(symbols, all);
    }

    private static void FieldBecomes(Journey journey, string field, string value) =>
        Until.Equal(field, value, () => journey.Redis.Hash("bybit_spot:BTC").GetValueOrDefault(field), state: () => journey.Bot.ErrorText);
}

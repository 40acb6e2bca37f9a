using System.Text.Json;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>Spot, linear and inverse in one process: the built program, a real Redis, three exchanges at one address.</summary>
public sealed class SeveralMarketsTests
{
    [Fact]
    public void Each_market_has_keys_and_status_of_its_own_and_coins_of_others_than_the_first_are_named_with_their_market()
    {
        using var journey = Three(("HTTP_URL", "http://127.0.0.1:0"), ("HTTP_COIN_METRICS", "true"));
        Bot bot = journey.Run();
        AwaitFirstPrices(journey);
        journey.Spot.Trade("BTCUSDT", "100.10");
        journey.Linear.Trade("BTCUSDT", "100.20");
        journey.Inverse.Trade("BTCUSD", "100.30");
        journey.Becomes("bybit_spot:BTC", "100.10");
        journey.Becomes("bybit_futures:BTC", "100.20");
        journey.Becomes("bybit_futures:BTCUSD", "100.30");
        Assert.Equal("BTCUSD", (string?)journey.Redis.Ask("HGET", "bybit_futures:BTCUSD", "original_symbol"));

        foreach (string line in (string[])["BTC|100.10|", "linear:BTC|100.20|", "inverse:BTCUSD|100.30|"])
            Until.True($"{line} on stdout", () => bot.Prices.Any(l => l.StartsWith(line, StringComparison.Ordinal)), state: () => bot.ErrorText);
        foreach ((string market, string coin) in (IEnumerable<(string, string)>)[("spot", "BTC"), ("linear", "BTC"), ("inverse", "BTCUSD")])
        {
            Until.Equal($"{market} is live", "live", () => journey.State(market), state: () => bot.ErrorText);
            Until.True($"{coin} of {market} can be believed", () => journey.Worth(market, coin) is "fresh" or "quiet");
            Assert.EndsWith("/" + market, journey.Redis.Hash($"price_feed:{market}:main")["endpoint"]);
            Assert.Equal(["main"], (string[])journey.Redis.Ask("ZRANGE", $"price_feed:{market}", "0", "-1")!);
        }
        Assert.Equal("2", journey.Redis.Hash("price_feed:spot:main")["coins"]);
        Assert.Equal("2", journey.Redis.Hash("price_feed:linear:main")["coins"]);

        Page page = Page.Of(bot);
        page.Becomes("/readyz", 200);
        Assert.Equal("100.20", JsonDocument.Parse(page.Get("/prices/linear:BTC").Body).RootElement.GetProperty("price").GetString());
        Assert.Equal("100.10", JsonDocument.Parse(page.Get("/prices/BTC").Body).RootElement.GetProperty("price").GetString());
        using (var events = new EventReader(page, "?coins=linear:btc,INVERSE:BTCUSD"))
        {
            Until.True("events of other markets", () => events.OfCoin("linear:BTC").Length > 0 && events.OfCoin("inverse:BTCUSD").Length > 0);
            Assert.Empty(events.OfCoin("BTC"));
        }
        foreach (string sample in (string[])["bybitspot_market_ready{market=\"spot\"} 1", "bybitspot_market_ready{market=\"linear\"} 1", "bybitspot_market_ready{market=\"inverse\"} 1", "bybitspot_lines 3", "bybitspot_coin_state{coin=\"linear:BTC\",state=\"stale\"} 0"])
            Until.True(sample, () => page.Get("/metrics").Body.Contains(sample, StringComparison.Ordinal), state: () => page.Get("/metrics").Body);
    }

    [Fact]
    public void While_one_market_is_away_the_others_miss_nothing_and_it_comes_back_by_itself()
    {
        using var journey = Three(("STALE_AFTER_MS", "1000"), ("HTTP_URL", "http://127.0.0.1:0"));
        Bot bot = journey.Run("--quiet");
        AwaitFirstPrices(journey);
        Page page = Page.Of(bot);
        page.Becomes("/readyz", 200);
        // What was never believed is connecting, not stale.
        foreach (string market in journey.Exchanges.Keys)
            Until.Equal($"{market} is live", "live", () => journey.State(market), state: () => bot.ErrorText);
        journey.Linear.Faults.OnAccept = HangUp.Reset;
        journey.Linear.Faults.UpgradeStatus = 503;
        journey.Linear.ResetAll();
        Until.Equal("linear is stale", "stale", () => journey.State("linear"), state: () => bot.ErrorText);
        for (int i = 1; i <= 50; i++)
        {
            journey.Spot.Trade("BTCUSDT", $"200.{i:00}");
            journey.Inverse.Trade("BTCUSD", $"300.{i:00}");
            journey.Becomes("bybit_spot:BTC", $"200.{i:00}");
            journey.Becomes("bybit_futures:BTCUSD", $"300.{i:00}");
        }
        // Its coins are named; the whole can still be used.
        Assert.Equal(200, page.Get("/readyz").Status);
        Until.True("what is stale is named with its market", () => page.Get("/readyz").Body.Contains("stale linear:BTC:"), state: () => page.Get("/readyz").Body);
        Assert.Contains("\"state\":\"degraded\"", page.Get("/status").Body);
        Until.True("linear is not ready", () => page.Get("/metrics").Body.Contains("bybitspot_market_ready{market=\"linear\"} 0", StringComparison.Ordinal));
        Until.Equal("what spot and linear are worth", (true, "stale"), () => (journey.Worth("spot", "BTC") is "fresh" or "quiet", journey.Worth("linear", "BTC")));
        Assert.Single(journey.Spot.Connections);
        Assert.Single(journey.Inverse.Connections);

        journey.Linear.Faults.UpgradeStatus = null;
        journey.Linear.Faults.OnAccept = HangUp.None;
        Until.Equal("linear is live", "live", () => journey.State("linear"), TimeSpan.FromSeconds(120), () => bot.ErrorText);
        journey.Linear.Trade("BTCUSDT", "400.10");
        journey.Becomes("bybit_futures:BTC", "400.10");
    }

    [Fact]
    public void A_reload_adds_a_market_and_drops_one_while_the_others_keep_their_connection()
    {
        using var journey = new MarketsJourney(new { coins = (string[])["BTCUSDT"], linear = (string[])["BTCUSDT"] });
        List(journey);
        Bot bot = journey.Run("--quiet");
        journey.Becomes("bybit_spot:BTC", "50.00");
        journey.Becomes("bybit_futures:BTC", "60.00");
        Until.True("linear is told", () => journey.Worth("linear", "BTC") is "fresh" or "quiet");

        journey.WriteCoins(new { coins = (string[])["BTCUSDT"], inverse = "*" });
        journey.Becomes("bybit_futures:BTCUSD", "70.00");
        Until.True("linear's hash is gone", () => journey.Redis.Ask("HGET", "bybit_futures:BTC", "ltp") is null, state: () => bot.ErrorText);
        Until.True("nobody says that linear is watched", () => journey.Worth("linear", "BTC") is null, TimeSpan.FromSeconds(45), () => bot.ErrorText);
        Until.True("linear's connection is closed", () => journey.Linear.Connections.All(c => c.ClosedAt is not null));
        Until.Equal("inverse is live", "live", () => journey.State("inverse"));

        journey.WriteCoins(new { coins = (string[])["BTCUSDT"], linear = (string[])["BTCUSDT"], inverse = "*" });
        journey.Becomes("bybit_futures:BTC", "60.00");
        Until.True("linear is told again", () => journey.Worth("linear", "BTC") is "fresh" or "quiet");
        Assert.Single(journey.Spot.Connections);
        Assert.Single(journey.Inverse.Connections);
        journey.Spot.Trade("BTCUSDT", "50.10");
        journey.Becomes("bybit_spot:BTC", "50.10");
    }

    [Fact]
    public void What_is_wrong_of_one_market_is_told_and_the_others_go_on()
    {
        using var journey = new MarketsJourney(new { coins = (string[])["BTCUSDT"] });
        List(journey);
        Bot bot = journey.Run("--quiet");
        journey.Becomes("bybit_spot:BTC", "50.00");
        journey.WriteCoins(new { coins = (string[])["BTCUSDT"], linear = (string[])["BTCUSDT", "NOSUCHUSDT"], inverse = (string[])["!!"] });
        journey.Becomes("bybit_futures:BTC", "60.00");
        bot.Log("coin_refused", l => l.Text("symbol") == "NOSUCHUSDT" && l.Text("logger") == "coins.linear");
        bot.Log("coins_rejected", l => l.Text("reason").StartsWith("\"inverse\": none of its coins can be taken"));
        journey.Spot.Trade("BTCUSDT", "50.10");
        journey.Becomes("bybit_spot:BTC", "50.10");
        Assert.Single(journey.Spot.Connections);
    }

    [Fact]
    public void Every_symbol_of_every_market_has_a_price_by_one_process()
    {
        using var journey = new MarketsJourney(new { coins = "*", linear = "*", inverse = "*" });
        foreach (Exchange exchange in journey.Exchanges.Values)
            exchange.ListAll();
        Bot bot = journey.Run("--quiet");
        int spot = Listed.Of("spot").Count(l => l.QuoteCoin == "USDT"), futures = Listed.Of("linear").Count + Listed.Of("inverse").Count;
        Until.Equal("prices", (spot, futures), () => (Keys(journey, "bybit_spot:*"), Keys(journey, "bybit_futures:*")), TimeSpan.FromSeconds(120), () => bot.ErrorText);
        foreach (string market in journey.Exchanges.Keys)
            Until.Equal($"{market} is live", "live", () => journey.State(market), TimeSpan.FromSeconds(120), () => bot.ErrorText);
        Assert.All((string[])["coin_refused", "topic_refused", "message_dropped"], e => Assert.Equal(0, bot.CountLogs(e)));
        // 21,000 characters of topics a connection.
        Assert.All(journey.Exchanges.Values, e => Assert.All(e.Connections, c => Assert.InRange(c.Topics.Sum(t => t.Length + 3), 1, 21_000)));
    }

    private static int Keys(MarketsJourney journey, string pattern) => ((string[])journey.Redis.Ask("KEYS", pattern)!).Length;

    [Fact]
    public void Get_shows_coins_of_every_market_by_their_names()
    {
        using var journey = Three();
        Bot bot = journey.Run("--quiet");
        AwaitFirstPrices(journey);
        // Each market tells its own, at a time of its own.
        foreach ((string market, string coin) in ((string, string)[])[("spot", "BTC"), ("spot", "ETH"), ("inverse", "BTCUSD"), ("linear", "BTC"), ("linear", "BTC-26DEC25")])
            Until.True($"{coin} of {market} is told", () => journey.Worth(market, coin) is "fresh" or "quiet", state: () => bot.ErrorText);
        using Bot all = journey.Tool("get", "--json");
        Assert.Equal(0, all.Exit());
        var shown = JsonDocument.Parse(string.Join('\n', all.Prices)).RootElement.EnumerateArray()
            .Select(p => $"{p.GetProperty("coin").GetString()} {p.GetProperty("ltp").GetString()} {p.GetProperty("original_symbol").GetString()} {p.GetProperty("state").GetString() is "fresh" or "quiet"}");
        Assert.Equal(["BTC 50.00 BTCUSDT True", "ETH 50.00 ETHUSDT True", "inverse:BTCUSD 70.00 BTCUSD True", "linear:BTC 60.00 BTCUSDT True", "linear:BTC-26DEC25 60.00 BTC-26DEC25 True"], shown);
        using Bot one = journey.Tool("get", "linear:btc", "INVERSE:BTC", "BTC");
        Assert.Equal(0, one.Exit());
        Assert.Equal(["linear:BTC", "inverse:BTCUSD", "BTC"], one.Prices.Skip(1).Select(l => l.Split(' ')[0]));
        using Bot none = journey.Tool("get", "linear:NOSUCH");
        Assert.Equal(1, none.Exit());
        using Bot wrong = journey.Tool("get", "margin:BTC");
        Assert.Equal(2, wrong.Exit());
    }

    [Fact]
    public void At_the_end_each_market_says_that_it_has_stopped()
    {
        using var journey = Three();
        Bot bot = journey.Run("--quiet");
        AwaitFirstPrices(journey);
        foreach (string market in journey.Exchanges.Keys)
            Until.Equal($"{market} is live", "live", () => journey.State(market));
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        foreach (string market in journey.Exchanges.Keys)
            Assert.Equal((market, "stopped"), (market, journey.State(market)));
    }

    private static MarketsJourney Three(params IEnumerable<(string, string)> settings)
    {
        var journey = new MarketsJourney(new { coins = (string[])["BTCUSDT", "ETHUSDT"], linear = (string[])["BTCUSDT", "BTC-26DEC25"], inverse = (string[])["BTCUSD"] }, settings);
        List(journey);
        return journey;
    }

    private static void List(MarketsJourney journey)
    {
        journey.Spot.List("BTCUSDT", "50.00");
        journey.Spot.List("ETHUSDT", "50.00");
        journey.Linear.List("BTCUSDT", "60.00");
        journey.Linear.List("BTC-26DEC25", "60.00");
        journey.Inverse.List("BTCUSD", "70.00");
    }

    private static void AwaitFirstPrices(MarketsJourney journey)
    {
        journey.Becomes("bybit_spot:BTC", "50.00");
        journey.Becomes("bybit_spot:ETH", "50.00");
        journey.Becomes("bybit_futures:BTC", "60.00");
        journey.Becomes("bybit_futures:BTC-26DEC25", "60.00");
        journey.Becomes("bybit_futures:BTCUSD", "70.00");
    }
}

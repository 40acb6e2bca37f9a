using System.Diagnostics;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

/// <summary>The list of coins changes while the program runs.</summary>
public sealed class ReloadTests
{
    [Fact]
    public void A_new_coin_has_its_price_in_Redis_within_two_seconds_of_the_save_and_the_others_miss_no_tick()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT", "SOLUSDT"]);
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        bot.Log("instruments_loaded");
        long ticksBefore = bot.Summary().Number("ticks");
        using var trading = new Trading(journey.Exchange, ["BTCUSDT", "ETHUSDT"], perSecond: 500, tickersFollow: false);
        Until.True("trades", () => trading.Trades > 50);

        // The best of a few tries: on a machine that is busy with others any one may take longer.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && best > TimeSpan.FromSeconds(2); i++)
        {
            journey.WriteCoins("BTCUSDT", "ETHUSDT");
            Until.Equal("SOL in Redis", null, () => journey.Redis.Price("SOL"));
            var sinceSave = Stopwatch.StartNew();
            journey.WriteCoins("BTCUSDT", "ETHUSDT", "SOLUSDT");
            journey.AwaitFirstPrices("SOLUSDT");
            best = sinceSave.Elapsed < best ? sinceSave.Elapsed : best;
        }
        Assert.True(best < TimeSpan.FromSeconds(2), $"{best.TotalSeconds:0.00} s after the save");

        long then = trading.Trades;
        Until.True("trades afterwards", () => trading.Trades > then + 50);
        foreach ((string symbol, string price) in trading.Stop())
            journey.PriceBecomes(symbol, price);
        // Every trade, and the new coin's first ticker.
        Assert.Equal(trading.Trades + 1, bot.Summary().Number("ticks") - ticksBefore);
        Assert.Single(journey.Exchange.Connections);
        Assert.DoesNotContain(journey.Exchange.Requests, r => r.Text.Contains("unsubscribe"));
    }

    [Fact]
    public void A_removed_coin_is_unsubscribed_its_hash_deleted_and_no_late_frame_brings_it_back()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        string lateTrade = TradeOf("ETHUSDT", "1999.99");
        journey.WriteCoins("BTCUSDT");
        Until.True("the hash goes", () => journey.Redis.Ask("EXISTS", "bybit_spot:ETH") is "0", state: () => journey.Bot.ErrorText);
        Until.True("both topics are unsubscribed", () => journey.Exchange.Requests.Any(
            r => r.Text.Contains("\"unsubscribe\"") && r.Text.Contains("tickers.ETHUSDT") && r.Text.Contains("publicTrade.ETHUSDT")));

        long droppedBefore = journey.Bot.Summary().Number("dropped");
        for (int i = 0; i < 50; i++)
            journey.Exchange.Broadcast(lateTrade);
        // What came before the next trade has been worked through when that one stands in Redis.
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(["bybit_spot:BTC"], journey.Redis.Keys());
        Assert.Equal(50, journey.Bot.Summary().Number("dropped") - droppedBefore);
        Assert.DoesNotContain(journey.Bot.Prices, l => l.StartsWith("ETH|1999.99"));
    }

    [Fact]
    public void Late_frames_all_through_the_removal_do_not_bring_the_hash_back()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        using var trading = new Trading(journey.Exchange, ["ETHUSDT"], perSecond: 1_000);
        Until.True("a stream", () => trading.Trades > 100);
        journey.WriteCoins("BTCUSDT");
        Until.True("the hash goes", () => journey.Redis.Ask("EXISTS", "bybit_spot:ETH") is "0", state: () => journey.Bot.ErrorText);
        Until.StaysTrue("it stays away", () => journey.Redis.Ask("EXISTS", "bybit_spot:ETH") is "0", TimeSpan.FromMilliseconds(500));
        trading.Stop();
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(["bybit_spot:BTC"], journey.Redis.Keys());
    }

    [Fact]
    public void KEEP_REMOVED_COINS_leaves_the_hash_of_a_removed_coin()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["KEEP_REMOVED_COINS"] = "true" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        using var monitor = new RedisMonitor(journey.Redis);
        journey.WriteCoins("BTCUSDT");
        Until.True("it is unsubscribed", () => journey.Exchange.Requests.Any(r => r.Text.Contains("\"unsubscribe\"")));
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal("100.00", journey.Redis.Price("ETH"));
        Until.True("the monitor is up to date", () => monitor.PricesOf("BTC").Contains("64000.10"));
        Assert.DoesNotContain(monitor.Commands, c => c[0] == "DEL" && c[1].StartsWith("bybit_", StringComparison.Ordinal));
    }

    [Fact]
    public void A_coin_that_was_removed_and_is_named_again_has_prices_again()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        for (int time = 1; time <= 3; time++)
        {
            journey.WriteCoins("BTCUSDT");
            Until.True("the hash goes", () => journey.Redis.Price("ETH") is null, state: () => journey.Bot.ErrorText);
            journey.WriteCoins("BTCUSDT", "ETHUSDT");
            journey.AwaitFirstPrices("ETHUSDT");
            journey.TradeArrives("ETHUSDT", $"190{time}.10");
        }
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "64")]
    public void SIGHUP_takes_the_list_anew_and_asks_the_exchange_for_its_own()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        Bot bot = journey.Bot;
        bot.Log("instruments_loaded");
        int asked = journey.Exchange.RestRequests;
        bot.Signal(Signals.Hangup);
        Until.Equal("times loaded", 2, () => bot.CountLogs("coins_loaded"), state: () => bot.ErrorText);
        Until.True("REST is asked anew", () => journey.Exchange.RestRequests > asked, state: () => bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(1, bot.CountLogs("watchlist_applied"));
        Assert.Single(journey.Exchange.Connections);
    }

    private static string TradeOf(string symbol, string price)
    {
        long nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        return $$"""{"topic":"publicTrade.{{symbol}}","ts":{{nowMs}},"type":"snapshot","data":[{"i":"2280000001739247417","T":{{nowMs}},"p":"{{price}}","v":"0.04537","S":"Sell","seq":999999999999999,"s":"{{symbol}}","BT":false,"RPI":false}]}""";
    }
}

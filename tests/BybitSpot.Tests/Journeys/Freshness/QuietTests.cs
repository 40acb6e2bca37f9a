using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// A market that is quiet is not dead, and a stream that is dead is not quiet.
public sealed class QuietTests
{
    // Full length: ten minutes. What happens again and again has happened in a quarter of a minute, too.
    private static readonly TimeSpan s_quietFor = Environment.GetEnvironmentVariable("BYBITSPOT_LONG") is null ? TimeSpan.FromSeconds(14) : TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, string> s_withoutRest = new() { ["BYBIT_REST_URL"] = "", ["STALE_AFTER_MS"] = "2000" };

    [Theory]
    [Trait("Fault", "8")]
    [InlineData("with REST and a canary", true, true)]
    [InlineData("with REST alone", true, false)]
    [InlineData("with a canary alone", false, true)]
    [InlineData("with nothing", false, false)]
    public void A_watchlist_of_one_quiet_coin_causes_no_reconnect_and_is_believed_all_the_time(string way, bool rest, bool canary)
    {
        using Journey journey = Journey.Prepare(["QUIETUSDT"], rest ? new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" } : s_withoutRest);
        if (canary)
            journey.Exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "65000.00");
        journey.Run();
        journey.AwaitFirstPrices("QUIETUSDT");
        using IDisposable? ticking = canary ? journey.Ticking("BTCUSDT") : null;
        journey.StateBecomes("live");
        Until.StaysTrue($"{way}: live", () => journey.Redis.Status()["state"] == "live" && journey.Redis.StaleCoins().Length == 0, s_quietFor);
        Assert.Single(journey.Exchange.Connections);
        Assert.Equal(0, journey.Bot.CountLogs("feed_disconnected"));
        Assert.Equal(["bybit_spot:QUIET"], journey.Redis.Keys());
        if (canary)
            Assert.Equal(1, journey.Asked("tickers.BTCUSDT"));
        journey.TradeArrives("QUIETUSDT", "101.00");
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }

    private static readonly string[] s_silences = ["no data", "moves at the exchange", "no first ticker"];

    [Theory]
    [Trait("Fault", "9")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_stream_that_answers_pings_and_brings_no_data_is_given_up(bool rest)
    {
        using Journey journey = Journey.Prepare(["ETHUSDT", "QUIETUSDT"], rest ? null : s_withoutRest);
        journey.Exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "65000.00");
        journey.Run();
        journey.AwaitFirstPrices("ETHUSDT", "QUIETUSDT");
        journey.StateBecomes("live");
        journey.Exchange.Faults.Mute = true;
        journey.Exchange.Trade("ETHUSDT", "56.60");
        FaultTimes times = FaultTimes.Begin($"no data while pings and requests are answered, {(rest ? "with" : "without")} REST");
        journey.Bot.Log(rest ? "topic_dead" : "feed_disconnected", limit: TimeSpan.FromSeconds(40));
        times.Seen();
        // Whichever of its watches is the first to see it.
        journey.Bot.Log("feed_disconnected", l => s_silences.Any(s => l.Text("reason").Contains(s, StringComparison.Ordinal)), TimeSpan.FromSeconds(60));
        journey.Exchange.Faults.Mute = false;
        times.Mended();
        journey.PriceBecomes("ETHUSDT", "56.60", TimeSpan.FromSeconds(40));
        times.Right();
        journey.StateBecomes("live");
    }

    [Fact]
    [Trait("Fault", "9")]
    public void The_canary_is_never_written_and_gives_way_when_its_coin_is_named()
    {
        using Journey journey = Journey.Prepare(["QUIETUSDT"]);
        journey.Exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "65000.00");
        journey.Run();
        journey.AwaitFirstPrices("QUIETUSDT");
        Until.True("the canary is asked for", () => journey.Asked("tickers.BTCUSDT") == 1, Trust.SeenWithin);
        journey.Exchange.PushTicker("BTCUSDT", "65001.00");
        journey.TradeArrives("QUIETUSDT", "101.00");
        Assert.Null(journey.Redis.Price("BTC"));
        Assert.DoesNotContain(journey.Bot.Prices, p => p.StartsWith("BTC", StringComparison.Ordinal));

        journey.WriteCoins("QUIETUSDT", "BTCUSDT");
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "65002.00");
        journey.StateBecomes("live");
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    public void All_coins_are_stale_while_there_is_no_connection_and_a_coin_is_believed_again_only_when_something_came_of_it()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.StateBecomes("live");
        journey.Exchange.Faults.UpgradeStatus = 503;
        FaultTimes times = FaultTimes.Begin("21", "the connection is closed, and no other can be had");
        journey.Exchange.CloseAll();
        journey.StateBecomes("stale");
        times.Seen();
        journey.StaleBecome("BTC", "ETH");
        journey.Exchange.Faults.Silence("tickers.ETHUSDT");
        journey.Exchange.Faults.UpgradeStatus = null;
        times.Mended();
        journey.StateBecomes("degraded");
        times.Right();
        journey.StaleBecome("ETH");
        journey.Exchange.Faults.Silence("tickers.ETHUSDT", false);
        journey.Exchange.PushTicker("ETHUSDT");
        journey.StateBecomes("live");
    }
}

using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// Whether a price can be believed is one question to price_feed:{market}:{instance}:coins: what isn't there is not watched.
public sealed class WatchedTests
{
    [Fact]
    [Trait("Fault", "85")]
    public void A_removed_coin_whose_hash_is_kept_is_not_watched_any_more_nor_is_one_that_was_taken_out_while_the_program_was_down()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["KEEP_REMOVED_COINS"] = "true" });
        journey.Redis.Ask("HSET", "bybit_spot:OLD", "ltp", "1.0", "timestamp", "2026-08-09T21:27:20.127Z", "original_symbol", "OLDUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        WorthBecomes(journey, "ETH", "fresh");
        Assert.Null(journey.Redis.Worth("OLD"));

        journey.WriteCoins("BTCUSDT");
        WorthBecomes(journey, "ETH", null);
        Assert.NotNull(journey.Redis.Price("ETH"));
        WorthBecomes(journey, "BTC", "fresh");

        // One coin for another: as many as before.
        journey.WriteCoins("ETHUSDT");
        WorthBecomes(journey, "BTC", null);
        WorthBecomes(journey, "ETH", "fresh");
    }

    [Fact]
    [Trait("Fault", "85")]
    public void A_quiet_coin_is_called_quiet_and_all_are_stale_once_the_program_was_stopped()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "1000" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "QUIETUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        WorthBecomes(journey, "QUIET", "quiet");
        WorthBecomes(journey, "BTC", "fresh");
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Assert.Equal(("stale", "stale", "stopped"), (journey.Redis.Worth("BTC"), journey.Redis.Worth("QUIET"), journey.Redis.Status()["state"]));
    }

    [Fact]
    [Trait("Fault", "85")]
    public void A_frozen_instance_stands_behind_nothing_soon_though_one_with_other_coins_lives_beside_it()
    {
        using Journey live = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "live" });
        using Journey frozen = Journey.Prepare(["ETHUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "frozen" }, live.Redis);
        live.Run();
        frozen.Run();
        Until.Equal("ETH is watched", "fresh", () => (string?)live.Redis.Ask("HGET", "price_feed:spot:frozen:coins", "ETH"), Trust.SeenWithin, () => frozen.Bot.ErrorText);
        Until.Equal("both instances", "frozen live", () => string.Join(' ', live.Redis.Instances().Order(StringComparer.Ordinal)));
        frozen.Bot.Signal(Signals.Stop);
        Until.Equal("the instances", "live", () => string.Join(' ', live.Redis.Instances()), Trust.SeenWithin, () => live.Bot.ErrorText);
        Assert.Null(live.Redis.Ask("HGET", "price_feed:spot:frozen:coins", "ETH"));
        Assert.NotNull(live.Redis.Price("ETH"));
        Until.Equal("BTC is watched", true, () => live.Redis.Ask("HGET", "price_feed:spot:live:coins", "BTC") is "fresh" or "quiet");
    }

    private static void WorthBecomes(Journey journey, string coin, string? worth) =>
        Until.Equal($"what {coin} is worth", worth, () => journey.Redis.Worth(coin), Trust.SeenWithin, () => journey.Bot.ErrorText);
}

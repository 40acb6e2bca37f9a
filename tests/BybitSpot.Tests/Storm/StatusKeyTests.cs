// What the status keys promise of the program's own end: nobody has to take them away, they go by themselves.
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class StatusKeyTests
{
    /// <summary>What the status keys live, and what a slow machine and Redis' own rounding may add.</summary>
    private static readonly TimeSpan s_goneWithin = TimeSpan.FromSeconds(15 + 1);

    [Fact]
    public void Killed_by_SIGKILL_its_status_and_its_stale_coins_are_gone_within_15_s_and_its_prices_stay()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        // No line can be had, so every coin becomes stale.
        journey.Exchange.Faults.UpgradeStatus = 503;
        journey.Exchange.CloseAll();
        Until.True("the stale coins are told", () => StatusKeys(journey).Any(k => k.EndsWith(":stale", StringComparison.Ordinal)), state: () => journey.Bot.ErrorText);
        string[] before = StatusKeys(journey);
        Assert.Equal(["price_feed:spot", "", ":coins", ":stale"], before.Select(k => k.Contains(":spot:", StringComparison.Ordinal) ? k[before[1].Length..] : k));
        journey.Bot.Signal(Journeys.Signals.Kill);
        journey.Bot.Process.WaitForExit(5_000);
        Assert.Equal(before, StatusKeys(journey));
        Until.Equal("the status keys are gone", 0, () => StatusKeys(journey).Length, s_goneWithin);
        Assert.Equal(["bybit_spot:BTC", "bybit_spot:ETH"], journey.Redis.AllKeys());
    }

    [Fact]
    public void After_FLUSHDB_the_status_is_back_with_the_next_heartbeat_though_all_is_quiet()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        Until.Equal("the status", 3, () => StatusKeys(journey).Length, state: () => journey.Bot.ErrorText);
        journey.Redis.Ask("FLUSHDB");
        Until.Equal("the status again", 3, () => StatusKeys(journey).Length, TimeSpan.FromSeconds(5 + 2), () => journey.Bot.ErrorText);
    }

    private static string[] StatusKeys(Journey journey) => [.. journey.Redis.AllKeys().Where(ShownStatus.IsStatus)];
}

using System.Globalization;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

public sealed class DelayedTests
{
    [Theory]
    [Trait("Fault", "28")]
    [InlineData(true)]
    [InlineData(false)]
    public void Prices_that_come_too_late_are_stale_though_they_flow_and_believed_again_when_they_come_in_time(bool rest)
    {
        var settings = new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" };
        if (!rest)
            settings["BYBIT_REST_URL"] = "";
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], settings);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        using var trading = new Trading(journey.Exchange, ["BTCUSDT", "ETHUSDT"], perSecond: 20);
        if (rest)
            journey.Bot.Log("clock_offset");
        journey.StateBecomes("live");
        journey.Exchange.Faults.QueueMs = 4_000;
        FaultTimes times = FaultTimes.Begin($"everything 4 s late with STALE_AFTER_MS=2000, {(rest ? "with" : "without")} REST");
        journey.StateBecomes("stale");
        times.Seen();
        // They are written as they come, with the exchange's own times.
        Until.True("prices flow", () => journey.Redis.Timestamp("BTC") is { } time && DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) < DateTimeOffset.UtcNow.AddSeconds(-2.5));
        string? before = journey.Redis.Timestamp("BTC");
        Until.True("prices flow", () => journey.Redis.Timestamp("BTC") != before);
        journey.Exchange.Faults.QueueMs = 0;
        times.Mended();
        journey.StateBecomes("live");
        times.Right();
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "69")]
    public void An_exchange_whose_clock_is_an_hour_off_is_not_late_and_the_difference_is_told()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.ClockOffsetMs = -3_600_000;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        Assert.InRange(journey.Bot.Log("clock_offset").Number("offset_ms"), -3_601_000, -3_599_000);
        journey.StateBecomes("live");
        Until.StaysTrue("it is live", () => journey.Redis.Status()["state"] == "live", TimeSpan.FromSeconds(3));
        journey.TradeArrives("BTCUSDT", "101.00");
    }
}

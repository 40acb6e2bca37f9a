using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Clock;

// The exchange's clock is wrong, from the start or all at once: every frame and REST's own time carry it. Order goes by the
// sequence, so prices go on; their stored times are the exchange's, whatever they are.
public sealed class ExchangeClockTests
{
    [Theory]
    [Trait("Fault", "69")]
    [InlineData(3_600_000)]
    [InlineData(-3_600_000)]
    [InlineData(-86_400_000)]
    public void A_clock_that_is_wrong_from_the_start_drops_no_tick_and_is_what_is_stored(int offsetMs)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Exchange.Faults.ClockOffsetMs = offsetMs;
        FaultTimes times = FaultTimes.Begin("69", $"exchange's clock off by {offsetMs / 3_600_000} h from the start");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        times.Right();
        Trade(journey, 10);
        double aheadMs = (DateTimeOffset.Parse(journey.Redis.Timestamp("BTC")!) - DateTimeOffset.UtcNow).TotalMilliseconds;
        Assert.InRange(aheadMs, offsetMs - 60_000, offsetMs + 5_000);
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "69")]
    public void A_clock_that_jumps_an_hour_forth_and_back_drops_no_trade()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        foreach (int offsetMs in (int[])[3_600_000, 0, -3_600_000, 0])
        {
            journey.Exchange.Faults.ClockOffsetMs = offsetMs;
            FaultTimes times = FaultTimes.Begin("69", $"exchange's clock jumps to {offsetMs / 3_600_000} h");
            Trade(journey, 10);
            times.Right();
        }
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "69")]
    public void A_clock_days_ahead_costs_one_message_a_connection_and_no_more()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Exchange.Faults.ClockOffsetMs = 3 * 86_400_000;
        journey.Run();
        // The first ticker is doubted, so its coin's first price may be that of a trade.
        journey.AwaitConnection(1, topics: 4);
        Trade(journey, 10);
        Assert.InRange(journey.Bot.Counters().Number("dropped"), 0, 1);
        Assert.Single(journey.Exchange.Connections);
    }

    private int _price = 100;

    private void Trade(Journey journey, int times)
    {
        for (int i = 0; i < times; i++)
        {
            journey.TradeArrives("BTCUSDT", $"{++_price}.10");
            journey.TradeArrives("ETHUSDT", $"{_price}.20");
        }
    }
}

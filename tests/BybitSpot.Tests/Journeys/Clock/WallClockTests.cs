using System.Diagnostics;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Clock;

// The machine's wall clock steps by an hour, forth and back. Time-outs, delays and ticks must not notice: they go by the
// monotonic clock, and by the exchange's own times.
public sealed class WallClockTests
{
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    [Fact]
    [Trait("Fault", "68")]
    public void Steps_of_an_hour_drop_no_tick_and_end_no_connection()
    {
        using FakeClock clock = FakeClock.Open();
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], clock.With());
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        int i = 0;
        foreach (TimeSpan offset in (TimeSpan[])[s_hour, -s_hour, 2 * s_hour, TimeSpan.Zero])
        {
            Step(journey, clock, offset);
            FaultTimes times = FaultTimes.Begin("68", $"wall clock off by {offset.TotalHours:+0;-0;0} h");
            for (int k = 0; k < 10; k++)
            {
                journey.TradeArrives("BTCUSDT", $"101.{++i:00}");
                journey.TradeArrives("ETHUSDT", $"55.{i:00}");
                if (k == 0)
                    times.Right();
            }
            // The stored time is the exchange's.
            Assert.InRange((DateTimeOffset.UtcNow - DateTimeOffset.Parse(journey.Redis.Timestamp("BTC")!)).TotalSeconds, -5, 60);
        }
        // Longer than a second, in which the program looks at its clock.
        Until.StaysTrue("no reconnect", () => journey.Exchange.Connections.Count == 1, TimeSpan.FromSeconds(2));
        LogLine counters = journey.Bot.Counters();
        Assert.Equal((0, 0, 0), (counters.Number("dropped"), counters.Number("late"), counters.Number("reconnects")));
    }

    [Theory]
    [Trait("Fault", "68")]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_step_during_the_wait_before_a_reconnect_makes_it_neither_longer_nor_shorter(int hours)
    {
        const int IntervalMs = 2_000;
        using FakeClock clock = FakeClock.Open();
        using Journey journey = Journey.Prepare(["BTCUSDT"], clock.With(("RECONNECT_INTERVAL_MS", $"{IntervalMs}")));
        journey.Run();
        journey.AwaitConnection(1, topics: 2);
        TimeSpan ended = journey.Exchange.Now;
        journey.Exchange.FinAll();
        journey.Bot.Log("feed_reconnecting");
        clock.Step(hours * s_hour);
        TimeSpan waited = journey.AwaitConnection(2, topics: 2, TimeSpan.FromSeconds(20)).AcceptedAt - ended;
        Assert.InRange(waited.TotalMilliseconds, 0.9 * IntervalMs, IntervalMs + 10_000);
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Fact]
    [Trait("Fault", "68")]
    public void A_hung_upgrade_is_given_up_after_10_s_whatever_the_wall_clock_does_meanwhile()
    {
        using FakeClock clock = FakeClock.Open();
        using Journey journey = Journey.Prepare(["BTCUSDT"], clock.With());
        journey.Exchange.Faults.UpgradeNeverAnswered = true;
        var watch = Stopwatch.StartNew();
        journey.Run();
        journey.AwaitConnection(1);
        foreach (TimeSpan offset in (TimeSpan[])[s_hour, -s_hour])
        {
            clock.Step(offset);
            Until.StaysTrue("it waits on", () => journey.Bot.CountLogs("feed_connect_failed") == 0, TimeSpan.FromSeconds(1));
        }
        journey.Bot.Log("feed_connect_failed", limit: TimeSpan.FromSeconds(40));
        Assert.InRange(watch.Elapsed.TotalSeconds, 9.5, 40);
        journey.Exchange.Faults.UpgradeNeverAnswered = false;
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    // The step has come when the log's own times tell it.
    private static void Step(Journey journey, FakeClock clock, TimeSpan offset)
    {
        clock.Step(offset);
        Until.True($"the program's clock is off by {offset}", () => (journey.Bot.Counters().At() - DateTimeOffset.UtcNow - offset).Duration() < TimeSpan.FromMinutes(10));
    }
}

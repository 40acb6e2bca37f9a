using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class AnchoredClockTests
{
    // 2026-01-01T00:00:00Z.
    private const long StartMs = 1_767_225_600_000;

    [Theory]
    [InlineData(1_000)]
    [InlineData(10_000_000)]
    [InlineData(1_000_000_000)]
    public void Time_goes_on_with_the_monotonic_clock_from_the_wall_clock_as_it_was_read_once(long frequency)
    {
        var time = new HandClock(frequency);
        var clock = new AnchoredClock(time);
        long start = time.GetTimestamp();
        Assert.Equal(StartMs, clock.MsAt(start));
        time.Now += TimeSpan.FromMilliseconds(1_234);
        Assert.Equal(StartMs + 1_234, clock.MsAt(time.GetTimestamp()));
        Assert.Equal(StartMs - 5_000, clock.MsAt(start - 5 * frequency));
    }

    [Theory, Trait("Fault", "68")]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_step_of_the_wall_clock_moves_nothing(int hours)
    {
        var time = new HandClock();
        var clock = new AnchoredClock(time);
        time.Wall += TimeSpan.FromHours(hours);
        Assert.Equal(StartMs, clock.MsAt(time.GetTimestamp()));
        time.Now += TimeSpan.FromSeconds(10);
        Assert.Equal(StartMs + 10_000, clock.MsAt(time.GetTimestamp()));
    }

    [Fact]
    public void A_process_that_has_run_for_years_still_knows_the_time()
    {
        var time = new HandClock(frequency: 1_000_000_000);
        var clock = new AnchoredClock(time);
        time.Now += TimeSpan.FromDays(3_650) + TimeSpan.FromMilliseconds(7);
        Assert.Equal(StartMs + 3_650L * 86_400_000 + 7, clock.MsAt(time.GetTimestamp()));
    }

    [Fact, Trait("Fault", "69")]
    public void The_exchanges_clock_is_unknown_until_it_was_told_and_may_be_unknown_again()
    {
        var clock = new AnchoredClock(new HandClock());
        Assert.Null(clock.ExchangeOffsetMs);
        foreach (long? offset in (long?[])[0, -1, 3_600_000, null, 5])
        {
            clock.ExchangeOffsetMs = offset;
            Assert.Equal(offset, clock.ExchangeOffsetMs);
        }
    }
}

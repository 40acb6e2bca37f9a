using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class BackoffTests
{
    private const double JustBelowOne = 0.9999999999;
    private static readonly TimeSpan s_default = TimeSpan.FromSeconds(5);

    [Fact]
    public void The_limits_are_the_documented_ones()
    {
        Assert.Equal(TimeSpan.FromSeconds(60), Backoff.DelayMax);
        Assert.Equal(TimeSpan.FromSeconds(30), Backoff.UsefulAfter);
        Assert.Equal(TimeSpan.FromMinutes(10), Backoff.ForbiddenDelayMin);
    }

    [Theory]
    [InlineData(0, 4.5, 5, 5.5)]
    [InlineData(1, 9, 10, 11)]
    [InlineData(2, 18, 20, 22)]
    [InlineData(3, 36, 40, 44)]
    [InlineData(4, 54, 57, 60)]
    [InlineData(5, 54, 57, 60)]
    [InlineData(40, 54, 57, 60)]
    [InlineData(int.MaxValue, 54, 57, 60)]
    public void The_delay_doubles_from_the_interval_to_the_cap_with_a_tenth_of_jitter_either_way(int step, double lowS, double middleS, double highS)
    {
        Near(lowS, Backoff.Delay(step, s_default, 0));
        Near(middleS, Backoff.Delay(step, s_default, 0.5));
        Near(highS, Backoff.Delay(step, s_default, JustBelowOne));
    }

    [Theory]
    [InlineData(10, 54, 60)]
    [InlineData(11, 54, 60)]
    [InlineData(3, 0.072, 0.088)]
    public void The_smallest_interval_is_doubled_alike(int step, double lowS, double highS)
    {
        TimeSpan interval = TimeSpan.FromMilliseconds(step == 3 ? 10 : 100);
        Near(lowS, Backoff.Delay(step, interval, 0));
        Near(highS, Backoff.Delay(step, interval, JustBelowOne));
    }

    [Theory]
    [InlineData(58, 52.2, 60)]
    [InlineData(60, 54, 60)]
    [InlineData(54, 48.6, 59.4)]
    [InlineData(3_600, 54, 60)]
    public void No_delay_is_longer_than_the_cap_whatever_the_interval(double intervalS, double lowS, double highS)
    {
        Near(lowS, Backoff.Delay(0, TimeSpan.FromSeconds(intervalS), 0));
        Near(highS, Backoff.Delay(0, TimeSpan.FromSeconds(intervalS), JustBelowOne));
    }

    [Fact]
    public void Every_delay_is_within_its_bounds_and_grows_with_chance_and_with_the_step() =>
        Holds.ForSeeds(20_000, random =>
        {
            int step = random.Next(0, 40);
            double more = random.NextDouble(), less = more * random.NextDouble();
            TimeSpan interval = TimeSpan.FromMilliseconds(Math.Exp(random.NextDouble() * Math.Log(6_000)) * 10);
            double expectedMs = interval.TotalMilliseconds;
            for (int i = 0; i < step && expectedMs < 60_000; i++)
                expectedMs += expectedMs;
            expectedMs = Math.Min(expectedMs, 60_000);
            double highMs = Math.Min(expectedMs * 1.1, 60_000), lowMs = expectedMs * 0.9;
            Near((lowMs + more * (highMs - lowMs)) / 1_000, Backoff.Delay(step, interval, more));
            Assert.InRange(Backoff.Delay(step, interval, more), TimeSpan.FromMilliseconds(lowMs - 0.001), TimeSpan.FromMilliseconds(highMs + 0.001));
            Assert.True(Backoff.Delay(step, interval, less) <= Backoff.Delay(step, interval, more), "less chance, longer delay");
            Assert.True(Backoff.Delay(step, interval, more) <= Backoff.Delay(step + 1, interval, more), "a later step, a shorter delay");
        });

    [Fact, Trait("Fault", "22")]
    public void A_line_that_is_accepted_and_closed_again_and_again_opens_at_most_20_connections_in_5_minutes()
    {
        // The smallest interval that the settings take, and jitter always at its shortest.
        TimeSpan now = TimeSpan.Zero;
        int connections = 0;
        for (int step = 0; now < TimeSpan.FromMinutes(5); step++)
        {
            connections++;
            now += Backoff.Delay(step, TimeSpan.FromMilliseconds(10), 0);
        }
        Assert.InRange(connections, 15, 20);
    }

    [Theory, Trait("Fault", "22")]
    [InlineData(0, false)]
    [InlineData(10, false)]
    [InlineData(20, false)]
    [InlineData(28.5, true)]
    [InlineData(30, true)]
    [InlineData(45, true)]
    public void Half_a_minute_of_prices_was_useful_also_when_the_first_came_late_and_the_last_early(double pricesForS, bool useful) =>
        Assert.Equal(useful, Backoff.WasUseful(TimeSpan.FromSeconds(pricesForS)));

    [Fact, Trait("Fault", "22")]
    public void Connections_that_are_useful_and_cut_at_once_stay_far_below_the_exchanges_limit()
    {
        TimeSpan shortest = Backoff.UsefulAfter - Backoff.UsefulMargin;
        Assert.True(Backoff.WasUseful(shortest));
        Assert.True(TimeSpan.FromMinutes(5) / shortest < 20);
    }

    [Fact, Trait("Fault", "91")]
    public void A_new_connection_for_refusals_is_made_ever_more_seldom_and_never_never()
    {
        Assert.Equal([3, 4, 5, 6], Enumerable.Range(0, 4).Select(Backoff.RefusalsBeforeReconnect));
        Assert.Equal(15, Backoff.RefusalsBeforeReconnect(12));
        Assert.Equal(15, Backoff.RefusalsBeforeReconnect(int.MaxValue - 10));
    }

    [Fact, Trait("Fault", "2")]
    public void After_a_403_the_wait_is_longer_than_any_other_delay() =>
        Assert.True(Backoff.ForbiddenDelayMin > Backoff.Delay(int.MaxValue, TimeSpan.FromHours(1), JustBelowOne));

    private static void Near(double seconds, TimeSpan delay) => Assert.Equal(seconds, delay.TotalSeconds, 0.00001);
}

using BybitSpot.App;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Board;

public sealed class BoardRatesTests
{
    private readonly BoardRates _rates = new();

    [Fact]
    public void The_first_answer_is_of_all_the_time_since_the_start() => Assert.Equal((20, 10), At(5, 100, 50));

    [Fact]
    public void Whoever_asks_each_second_is_told_of_the_last_ten()
    {
        for (int second = 1; second <= 20; second++)
            At(second, second * 10, second * 5);
        // Nothing comes any more.
        for (int second = 21; second <= 25; second++)
            At(second, 200, 100);
        (double ticks, double writes) = At(25.5, 200, 100);
        Assert.InRange(ticks, 4, 5);
        Assert.Equal(ticks / 2, writes, 6);
        for (int second = 26; second <= 40; second++)
            At(second, 200, 100);
        Assert.Equal((0, 0), At(41, 200, 100));
    }

    [Fact]
    public void Two_that_ask_at_once_are_told_the_same()
    {
        (double, double) first = At(5, 100, 50);
        Assert.Equal(first, At(5, 100, 50));
        Assert.Equal(first.Item1, At(5.01, 100, 50).Ticks, 0.1);
    }

    [Theory]
    [InlineData(0.5, 75), InlineData(1, 100), InlineData(0.02, 51)]
    public void A_quantile_lies_between_the_bounds_of_its_bucket_by_proportion(double quantile, double us)
    {
        var histogram = new LatencyHistogram();
        long[] before = histogram.Counts();
        for (int i = 0; i < 100; i++)
            histogram.Record(70);
        Assert.Equal(us, LatencyHistogram.QuantileUs(before, histogram.Counts(), quantile)!.Value, 3);
    }

    [Fact]
    public void A_quantile_counts_what_came_between_two_looks_alone_and_there_is_none_of_nothing()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(1);
        long[] before = histogram.Counts();
        Assert.Null(LatencyHistogram.QuantileUs(before, before, 0.5));
        histogram.Record(900_000);
        Assert.InRange(LatencyHistogram.QuantileUs(before, histogram.Counts(), 0.5)!.Value, 500_000, 1_000_000);
        before = histogram.Counts();
        histogram.Record(long.MaxValue / 2);
        Assert.Equal(60_000_000, LatencyHistogram.QuantileUs(before, histogram.Counts(), 0.99));
    }

    private (double Ticks, double Writes) At(double second, long ticks, long writes)
    {
        BoardRate rate = _rates.Take(new FeedCounts(1, 1, ticks, new Dictionary<string, long>(), new Dictionary<string, long>(), 1, 1, writes, new long[19], 0, null), TimeSpan.FromSeconds(second));
        return (rate.TicksPerSecond, rate.WritesPerSecond);
    }
}

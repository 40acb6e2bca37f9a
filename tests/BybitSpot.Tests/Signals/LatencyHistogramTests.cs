using System.Globalization;
using BybitSpot.Signals;
using Xunit;

namespace BybitSpot.Tests.Signals;

public sealed class LatencyHistogramTests
{
    private static readonly string[] s_bounds =
        ["5e-05", "0.0001", "0.00025", "0.0005", "0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "60", "+Inf"];

    private readonly LatencyHistogram _histogram = new();

    [Fact]
    public void It_is_a_histogram_family_with_its_buckets_in_order_then_sum_and_count()
    {
        MetricFamily family = _histogram.ToFamily("x_seconds", "X.");
        Assert.Equal(("x_seconds", "X.", MetricKind.Histogram), (family.Name, family.Help, family.Kind));
        Assert.Equal([.. s_bounds.Select(b => ("_bucket", b)), ("_sum", ""), ("_count", "")], family.Samples.Select(s => (s.Suffix, s.Labels is [("le", var le)] ? le : "")));
        Assert.All(family.Samples, s => Assert.Equal(0, s.Value));
    }

    [Fact]
    public void Each_bucket_holds_what_took_no_longer_than_its_bound()
    {
        foreach (long us in (long[])[0, 50, 51, 100, 60_000_000, 60_000_001, 3_600_000_000])
            _histogram.Record(us);
        Assert.Equal([2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 5, 7], Buckets());
        Assert.Equal((3_720.000202, 7), SumAndCount());
    }

    [Fact]
    public void Each_bound_itself_falls_into_its_bucket_and_a_microsecond_more_into_the_next()
    {
        for (int i = 0; i < s_bounds.Length - 1; i++)
        {
            long boundUs = (long)Math.Round(double.Parse(s_bounds[i], CultureInfo.InvariantCulture) * 1e6);
            double[] before = Buckets();
            _histogram.Record(boundUs);
            _histogram.Record(boundUs + 1);
            double[] after = Buckets();
            Assert.Equal(Enumerable.Range(0, s_bounds.Length).Select(b => b < i ? 0.0 : b == i ? 1 : 2), after.Zip(before, (a, b) => a - b));
        }
    }

    [Fact]
    public void Buckets_never_fall_and_the_last_is_the_count() =>
        Holds.ForSeeds(200, random =>
        {
            var histogram = new LatencyHistogram();
            int count = random.Next(300);
            for (int i = 0; i < count; i++)
                histogram.Record((long)Math.Pow(10, random.NextDouble() * 9));
            double[] buckets = [.. histogram.ToFamily("x", "x").Samples.Where(s => s.Suffix == "_bucket").Select(s => s.Value)];
            Assert.Equal(buckets.Order(), buckets);
            Assert.Equal(count, buckets[^1]);
        });

    [Fact]
    public void Less_than_none_counts_as_none()
    {
        _histogram.Record(-5_000);
        Assert.Equal(1, Buckets()[0]);
        Assert.Equal((0, 1), SumAndCount());
    }

    [Fact]
    public void What_another_one_counted_is_added_bucket_by_bucket()
    {
        var other = new LatencyHistogram();
        other.Record(70);
        other.Record(2_000_000);
        _histogram.Record(70);
        _histogram.Add(other);
        _histogram.Add(new LatencyHistogram());
        Assert.Equal([0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3], Buckets());
        Assert.Equal((2.00014, 3), SumAndCount());
    }

    [Fact]
    public void Recording_allocates_nothing()
    {
        Allocations.None(() =>
        {
            for (int i = 0; i < 500; i++)
                _histogram.Record(i * 1_000);
        });
    }

    private double[] Buckets() => [.. _histogram.ToFamily("x", "x").Samples.Where(s => s.Suffix == "_bucket").Select(s => s.Value)];

    private (double Sum, double Count) SumAndCount()
    {
        IReadOnlyList<MetricSample> samples = _histogram.ToFamily("x", "x").Samples;
        return (Math.Round(samples[^2].Value, 9), samples[^1].Value);
    }
}

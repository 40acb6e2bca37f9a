// How long something took, counted into fixed buckets. One thread at a time records (nothing allocated, a few nanoseconds);
// any thread reads, and sees each count as it stands.
namespace BybitSpot.Signals;

public sealed class LatencyHistogram
{
    /// <summary>Upper bounds of the buckets, in microseconds; the last bucket has none.</summary>
    private static readonly long[] s_boundsUs =
        [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 60_000_000];

    private readonly long[] _counts = new long[s_boundsUs.Length + 1];
    private long _sumUs;

    /// <param name="us">In microseconds; less than none counts as none.</param>
    public void Record(long us)
    {
        us = Math.Max(us, 0);
        int bucket = 0;
        while (bucket < s_boundsUs.Length && us > s_boundsUs[bucket])
            bucket++;
        _counts[bucket]++;
        _sumUs += us;
    }

    /// <summary>Takes over what another one counted, which counts no more.</summary>
    public void Add(LatencyHistogram other)
    {
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += Volatile.Read(ref other._counts[i]);
        _sumUs += Volatile.Read(ref other._sumUs);
    }

    /// <summary>How many were counted in each bucket.</summary>
    public long[] Counts()
    {
        var counts = new long[_counts.Length];
        for (int i = 0; i < counts.Length; i++)
            counts[i] = Volatile.Read(ref _counts[i]);
        return counts;
    }

    /// <summary>What so much of all that was counted between two looks stayed below, in microseconds: between the bounds of its bucket by proportion.</summary>
    /// <param name="before">What <see cref="Counts"/> said at the first look.</param>
    /// <param name="now">And at the second.</param>
    /// <param name="quantile">0 to 1.</param>
    /// <returns>Null: nothing was counted between them.</returns>
    public static double? QuantileUs(ReadOnlySpan<long> before, ReadOnlySpan<long> now, double quantile)
    {
        long total = 0;
        for (int i = 0; i < now.Length; i++)
            total += now[i] - before[i];
        if (total <= 0)
            return null;
        double rank = quantile * total;
        long below = 0;
        for (int i = 0; i < s_boundsUs.Length; i++)
        {
            long here = now[i] - before[i];
            if (here > 0 && below + here >= rank)
            {
                double from = i == 0 ? 0 : s_boundsUs[i - 1];
                return from + (s_boundsUs[i] - from) * Math.Clamp((rank - below) / here, 0, 1);
            }
            below += here;
        }
        return s_boundsUs[^1];
    }

    /// <summary>As a family in seconds.</summary>
    public MetricFamily ToFamily(string name, string help)
    {
        var samples = new List<MetricSample>(_counts.Length + 2);
        long total = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            total += Volatile.Read(ref _counts[i]);
            string bound = PrometheusNumber.Text(i < s_boundsUs.Length ? s_boundsUs[i] / 1e6 : double.PositiveInfinity);
            samples.Add(new MetricSample(total, "_bucket", ("le", bound)));
        }
        samples.Add(new MetricSample(Volatile.Read(ref _sumUs) / 1e6, "_sum"));
        samples.Add(new MetricSample(total, "_count"));
        return new MetricFamily(name, help, MetricKind.Histogram, samples);
    }
}

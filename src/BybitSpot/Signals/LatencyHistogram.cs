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

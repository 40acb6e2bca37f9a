// What the program counts and measures, as it is handed to whoever shows it: families of samples, made when they are asked
// for. Names are a contract: unique, in Prometheus' own style (a unit last, `_total` for counts), and they stay.
namespace BybitSpot.Signals;

public enum MetricKind
{
    /// <summary>Only ever grows while the process lives.</summary>
    Counter,

    /// <summary>What is now.</summary>
    Gauge,

    /// <summary>Samples named <c>_bucket</c> (with the label <c>le</c>, cumulative, the last <c>+Inf</c>), <c>_sum</c> and <c>_count</c>.</summary>
    Histogram,

    /// <summary>Samples with the label <c>quantile</c>, then <c>_sum</c> and <c>_count</c>.</summary>
    Summary,
}

/// <summary>One value of a family.</summary>
/// <param name="Suffix">What follows the family's name: <c>_bucket</c>, <c>_sum</c>, <c>_count</c>; else empty.</param>
/// <param name="Labels">Name and value, in the order in which they are written; values are any text.</param>
public readonly record struct MetricSample(double Value, string Suffix = "", params (string Name, string Value)[] Labels);

/// <summary>All values of one name at one moment.</summary>
/// <param name="Name">Begins with <c>bybitspot_</c>, or with <c>process_</c> where Prometheus has a name of its own for it.</param>
/// <param name="Help">One line for people.</param>
public sealed record MetricFamily(string Name, string Help, MetricKind Kind, IReadOnlyList<MetricSample> Samples)
{
    public static MetricFamily Counter(string name, string help, double value) => new(name, help, MetricKind.Counter, [new(value)]);

    public static MetricFamily Gauge(string name, string help, double value) => new(name, help, MetricKind.Gauge, [new(value)]);
}

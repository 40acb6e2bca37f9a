// How long a fault of the catalogue took to be seen, and to be right again. A test begins the clock where it injects the
// fault and tells what came; the line is written, when BYBITSPOT_FAULT_TIMES names a file, to its end:
//   row<TAB>what<TAB>seen_ms<TAB>right_ms
// Seen: from the injection to the first sign of it, "-" when there is none to be seen (or none is meant to be). Right: until
// the newest price stands in Redis, from the mending where a fault is mended, else from the injection; "-" when it stays.
using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys;

internal sealed class FaultTimes
{
    private static readonly Lock s_gate = new();

    private readonly string _row, _what;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan? _seen, _right;
    private TimeSpan _mended;

    private FaultTimes(string row, string what)
    {
        _row = row;
        _what = what;
    }

    /// <summary>The fault is injected now.</summary>
    public static FaultTimes Begin(string row, string what) => new(row, what);

    /// <summary>The fault of the running test's own row is injected now.</summary>
    public static FaultTimes Begin(string what) => new(TestContext.Current.TestMethod!.Traits["Fault"].Single(), what);

    /// <summary>The first sign: a log event, a counter, a status.</summary>
    public void Seen()
    {
        _seen ??= _watch.Elapsed;
    }

    /// <summary>The fault is taken away now.</summary>
    public void Mended() => _mended = _watch.Elapsed;

    /// <summary>Right again; the line is written.</summary>
    public void Right()
    {
        _right = _watch.Elapsed - _mended;
        Write();
    }

    /// <summary>It stays as it is: refused, or not touched at all. The line is written.</summary>
    public void Stays() => Write();

    private void Write()
    {
        if (Environment.GetEnvironmentVariable("BYBITSPOT_FAULT_TIMES") is not { Length: > 0 } file)
            return;
        lock (s_gate)
            File.AppendAllText(file, $"{_row}\t{_what}\t{InMs(_seen)}\t{InMs(_right)}\n");
    }

    private static string InMs(TimeSpan? time) => time is { } known ? known.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture) : "-";
}

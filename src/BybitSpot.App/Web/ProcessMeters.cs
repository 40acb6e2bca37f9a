// What there is to measure about the process itself, under the names that Prometheus' own clients give it. Any thread; looks at
// the system when asked. What cannot be read is left out rather than told as 0.
using System.Runtime.InteropServices;
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <param name="started">When the program started.</param>
internal sealed class ProcessMeters(DateTimeOffset started)
{
    public IEnumerable<MetricFamily> Read()
    {
        yield return new MetricFamily("bybitspot_build_info", "The program's version and the .NET that it runs on; always 1.", MetricKind.Gauge,
            [new MetricSample(1, "", ("version", ProgramVersion.Text), ("dotnet", Environment.Version.ToString()), ("architecture", RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()))]);
        yield return MetricFamily.Gauge("process_start_time_seconds", "When the program started, in seconds since 1970.", started.ToUnixTimeMilliseconds() / 1000.0);
        yield return MetricFamily.Counter("process_cpu_seconds_total", "Processor time used, of user and kernel.", Environment.CpuUsage.TotalTime.TotalSeconds);
        if (Environment.WorkingSet is > 0 and var resident)
            yield return MetricFamily.Gauge("process_resident_memory_bytes", "Memory that is in RAM.", resident);
        if (ProcStatus.Threads is { } threads)
            yield return MetricFamily.Gauge("process_threads", "Threads of the process.", threads);
        if (Descriptors.Open() is { } open)
            yield return MetricFamily.Gauge("process_open_fds", "Open file descriptors.", open);
        if (Descriptors.Allowed() is { } allowed)
            yield return MetricFamily.Gauge("process_max_fds", "Most file descriptors that the process may have open.", allowed);
    }
}

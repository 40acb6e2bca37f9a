using System.Diagnostics;

namespace BybitSpot.Tests.Storm;

/// <summary>Collects what happens, from any thread. A happening's time is taken before it is put down, so that no effect comes before its cause.</summary>
internal sealed class Account
{
    private readonly Lock _gate = new();
    private readonly List<Happening> _happenings = new(64 * 1024);
    private readonly long _startedAt = Stopwatch.GetTimestamp();

    public TimeSpan Now => Stopwatch.GetElapsedTime(_startedAt);

    public void Add(Happening happening)
    {
        lock (_gate)
            _happenings.Add(happening);
    }

    public void Tell(string what) => Add(new Told(Now, what));

    /// <summary>All so far, in the order of time.</summary>
    public IReadOnlyList<Happening> InOrder()
    {
        lock (_gate)
            return [.. _happenings.OrderBy(h => h.At)];
    }
}

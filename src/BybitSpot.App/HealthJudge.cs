// Whether the program is well: one judgement, for the supervisor's watchdog and for whoever asks /healthz. The main thread looks
// in its own turn, since a look tells only what happened since the look before; any thread may read what it found. What must
// stay true: a thread that hangs is named from the next look on; a main thread that hangs itself is, too, since its looks stop.
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <param name="looksApart">The least time between two looks; a call that comes sooner repeats what the last one found.</param>
internal sealed class HealthJudge(ThreadTurns turns, TimeSpan looksApart, ILogger log, TimeProvider time)
{
    /// <summary>In this time each of the program's own restless threads has a turn, and two or three more.</summary>
    public static readonly TimeSpan LooksApart = TimeSpan.FromSeconds(1);

    /// <summary>How often to look for those who only read. Each look costs about a millisecond.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Longest time without a look in which the main thread is believed to be well: it also waits for locks and disks.</summary>
    public static readonly TimeSpan LooksStopAfter = 4 * LookEvery;

    private long _lookedAt = time.GetTimestamp();
    private volatile string? _stalled;
    private bool _looked, _told;

    /// <summary>The thread that does nothing, or null if all is well. Any thread.</summary>
    public string? Stalled => _stalled ?? (time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) > LooksStopAfter ? "main" : null);

    /// <summary>Looks again. The main thread alone.</summary>
    /// <returns>The thread that has had no turn since the look before, or null.</returns>
    public string? Look()
    {
        if (_looked && time.GetElapsedTime(_lookedAt) < looksApart)
            return _stalled;
        _looked = true;
        _stalled = turns.Stalled();
        Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
        if (_stalled is { } thread && !_told)
            log.ThreadStalled(thread);
        _told = _stalled is not null;
        return _stalled;
    }
}

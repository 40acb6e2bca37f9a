// Whether the program is well: one judgement, for the supervisor's watchdog and for whoever asks /healthz. The main thread looks
// in its own turn, since a look tells only what happened since the look before; any thread may read what it found. What must
// stay true: a thread that hangs is named from the next look on; a main thread that hangs itself is, too, since its looks stop.
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class HealthJudge(ThreadTurns turns, ILogger log, TimeProvider time)
{
    /// <summary>How often to look for those who only read. Each look costs about a millisecond.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);

    /// <summary>Longest time without a look in which the main thread is believed to be well: it also waits for locks and disks.</summary>
    public static readonly TimeSpan LooksStopAfter = 4 * LookEvery;

    private long _lookedAt = time.GetTimestamp();
    private volatile string? _stalled;
    private bool _told;

    /// <summary>The thread that does nothing, or null if all is well. Any thread.</summary>
    public string? Stalled => _stalled ?? (time.GetElapsedTime(Interlocked.Read(ref _lookedAt)) > LooksStopAfter ? "main" : null);

    /// <summary>Looks again. The main thread alone.</summary>
    /// <returns>The thread that has had no turn since the look before, or null.</returns>
    public string? Look()
    {
        _stalled = turns.Stalled();
        Interlocked.Exchange(ref _lookedAt, time.GetTimestamp());
        if (_stalled is { } thread && !_told)
            log.ThreadStalled(thread);
        _told = _stalled is not null;
        return _stalled;
    }
}

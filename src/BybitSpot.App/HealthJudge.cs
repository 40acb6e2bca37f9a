// Whether the program is well: the one judgement that systemd's watchdog, `bybitspot alive` and /healthz follow. A thread hangs
// if its count of turns stood still over StandingLooks looks that were LooksApart apart. Looks, not seconds: a process that was
// stopped, or a machine that had no time for it, delays the judge as it delays the others, and then nobody is to blame. Pure but
// for the log; the thread `judge` looks at all others, `main` looks at the judge; any thread reads what was found.
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class HealthJudge(Turns turns, ILogger log, TimeProvider time)
{
    /// <summary>How often to look.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>A look that comes sooner after the last one does not count; a little less than the above, since waits end unpunctually.</summary>
    public static readonly TimeSpan LooksApart = TimeSpan.FromMilliseconds(900);

    /// <summary>So many looks in a row: 20 s where the machine has time, a hundred turns of a thread that lives.</summary>
    public const int StandingLooks = 20;

    private readonly Dictionary<Turn, Standstill> _seen = [];
    private readonly long _start = time.GetTimestamp();
    private Standstill _judgeSeen;
    private volatile string? _stalled;
    private volatile bool _judgeStalled, _resting;

    /// <summary>The judge's own turns.</summary>
    public Turn Own { get; } = new("judge");

    /// <summary>The thread that hangs, or null if all is well. Any thread.</summary>
    public string? Stalled => _resting ? null : _judgeStalled ? Own.Thread : _stalled;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Looks at every thread. The judge's thread alone.</summary>
    /// <returns>The thread that hangs, or null.</returns>
    public string? Look()
    {
        Own.Take();
        IReadOnlyList<Turn> threads = turns.Threads;
        string? stalled = null;
        foreach (Turn turn in threads)
        {
            Standstill seen = _seen.GetValueOrDefault(turn);
            if (seen.Look(turn.Taken, Now) >= StandingLooks)
                stalled ??= turn.Thread;
            _seen[turn] = seen;
        }
        if (_seen.Count > threads.Count)
            foreach (Turn ended in _seen.Keys.Where(t => !threads.Contains(t)).ToArray())
                _seen.Remove(ended);
        if (stalled is not null && _stalled is null && !_resting)
            log.ThreadStalled(stalled, StandingLooks);
        else if (stalled is null && _stalled is { } before && !_resting)
            log.ThreadMoves(before);
        _stalled = stalled;
        return Stalled;
    }

    /// <summary>Looks at the judge. The main thread alone, several times a second.</summary>
    public void LookAtJudge()
    {
        bool stalled = _judgeSeen.Look(Own.Taken, Now) >= StandingLooks;
        if (stalled && !_judgeStalled)
            log.ThreadStalled(Own.Thread, StandingLooks);
        _judgeStalled = stalled;
    }

    /// <summary>The program stops: from now on threads end, and nobody is blamed.</summary>
    public void Rest() => _resting = true;
}

/// <summary>How long a count has stood still, in looks. Pure.</summary>
internal struct Standstill
{
    private long _taken;
    private TimeSpan _lookedAt;
    private int _looks;
    private bool _looked;

    /// <param name="taken">The count now.</param>
    /// <param name="now">Looks that are less than <see cref="HealthJudge.LooksApart"/> apart count as one.</param>
    /// <returns>Looks since the one that saw the count move.</returns>
    public int Look(long taken, TimeSpan now)
    {
        if (!_looked || taken != _taken)
            (_looked, _taken, _lookedAt, _looks) = (true, taken, now, 0);
        else if (now - _lookedAt >= HealthJudge.LooksApart)
            (_lookedAt, _looks) = (now, _looks + 1);
        return _looks;
    }
}

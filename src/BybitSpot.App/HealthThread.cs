// The thread `judge`: has the judge look once a second, shows what it found (in its own name, for `bybitspot alive`) and tells the
// supervisor. It begins before everything that may hang and lives until the end, which it makes sure of, too: a stop that takes
// too long is cut short here. What must stay true: it waits for nothing but the clock, and opens nothing.
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <param name="file">Where others read the verdict; null where they read the name.</param>
internal sealed class HealthThread(HealthJudge judge, Notify notify, TimeProvider time, VerdictFile.Writer? file = null) : IDisposable
{
    /// <summary>Looks in a watchdog's interval at least, where that is short.</summary>
    private const int LooksEachInterval = 4;

    private readonly ManualResetEvent _end = new(false), _stopping = new(false);
    private readonly TimeSpan _lookEvery = notify.Watchdog / LooksEachInterval is { } often && often < HealthJudge.LookEvery ? often : HealthJudge.LookEvery;
    private TimeSpan _stopLimit;
    private Action _cutShort = static () => { };
    private Thread? _thread;

    public void Start(Action<string, Exception> died) => _thread = OwnThread.Start(Verdict.NameOf(0, null), Run, died);

    /// <summary>The program stops from now on; if it takes longer than the limit, it is cut short.</summary>
    public void Stop(TimeSpan limit, Action cutShort)
    {
        (_stopLimit, _cutShort) = (limit, cutShort);
        judge.Rest();
        _stopping.Set();
    }

    /// <summary>The program has stopped.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _end.Set();
        _thread?.Join(HealthJudge.LookEvery);
    }

    private void Run()
    {
        long look = 0;
        do
        {
            Show(++look);
        }
        while (!_stopping.WaitOne(_lookEvery));
        long start = time.GetTimestamp();
        while (_stopLimit - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            Show(++look);
            if (_end.WaitOne(left < _lookEvery ? left : _lookEvery))
                return;
        }
        if (!_end.WaitOne(0))
            _cutShort();
    }

    private void Show(long look)
    {
        string? stalled = judge.Look();
        string verdict = Verdict.NameOf(look, stalled);
        Thread.CurrentThread.Name = verdict;
        file?.Show(verdict);
        notify.Health(stalled is null);
    }
}

namespace BybitSpot.Simulator;

// What is due later: tickers that wait for their 50 ms, delayed acks and frames, connections that must be gone by then.
// One timer; entries run in order of time and, at the same time, in the order they came, never two at once, so a delayed
// channel keeps its order. Bounded: beyond EntriesMax an entry is dropped and counted.
internal sealed class Agenda : IDisposable
{
    public const int EntriesMax = 200_000;

    private readonly Lock _lock = new();
    private readonly PriorityQueue<Action, (TimeSpan DueAt, long Order)> _entries = new();
    private readonly Func<TimeSpan> _now;
    private readonly ITimer _timer;
    private long _order;
    private bool _running;
    private bool _disposed;
    private long _dropped;

    public Agenda(TimeProvider timeProvider, Func<TimeSpan> now)
    {
        _now = now;
        _timer = timeProvider.CreateTimer(_ => RunDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long Dropped => Interlocked.Read(ref _dropped);

    public void Add(TimeSpan dueAt, Action action)
    {
        lock (_lock)
        {
            if (_disposed) return;
            if (_entries.Count >= EntriesMax)
            {
                Interlocked.Increment(ref _dropped);
                return;
            }
            _entries.Enqueue(action, (dueAt, _order++));
            if (!_running) Arm();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _entries.Clear();
        }
        _timer.Dispose();
    }

    private void RunDue()
    {
        lock (_lock)
        {
            if (_running) return;
            _running = true;
        }
        while (true)
        {
            Action action;
            lock (_lock)
            {
                if (_disposed || !_entries.TryPeek(out _, out var first) || first.DueAt > _now())
                {
                    _running = false;
                    Arm();
                    return;
                }
                action = _entries.Dequeue();
            }
            action();
        }
    }

    private void Arm()
    {
        if (_disposed || !_entries.TryPeek(out _, out var first)) return;
        // Rounded up to whole milliseconds, or the timer would fire just before the time and spin.
        var waitMs = Math.Ceiling((first.DueAt - _now()).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(waitMs, 0)), Timeout.InfiniteTimeSpan);
    }
}

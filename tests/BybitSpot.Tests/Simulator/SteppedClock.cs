namespace BybitSpot.Tests.Simulator;

/// <summary>A clock that stands still until a test moves it on; what is due by then runs during the move, each at its time, on the test's thread.</summary>
internal sealed class SteppedClock : TimeProvider
{
    private static readonly DateTimeOffset s_start = new(2026, 8, 9, 12, 0, 0, TimeSpan.Zero);

    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp()
    {
        lock (_timers) return _now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => s_start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    public void Advance(double milliseconds)
    {
        var until = TimeSpan.FromTicks(GetTimestamp()) + TimeSpan.FromMilliseconds(milliseconds);
        while (NextUntil(until) is { } due) due.Fire();
    }

    private Timer? NextUntil(TimeSpan until)
    {
        lock (_timers)
        {
            var next = _timers.Where(timer => timer.DueAt <= until).MinBy(timer => timer.DueAt);
            _now = next?.DueAt > _now ? next.DueAt.Value : next is null ? until : _now;
            if (next is not null) next.DueAt = null;
            return next;
        }
    }

    // One shot, as nothing of the simulator's repeats.
    private sealed class Timer(SteppedClock clock, Action fire) : ITimer
    {
        public TimeSpan? DueAt { get; set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._timers)
            {
                clock._timers.Remove(this);
                DueAt = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                if (DueAt is not null) clock._timers.Add(this);
            }
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

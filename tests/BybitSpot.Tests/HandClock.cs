namespace BybitSpot.Tests;

/// <summary>A clock that a test sets: the monotonic one and the wall's, each by itself. Its timers never fire.</summary>
internal sealed class HandClock(long frequency = TimeSpan.TicksPerSecond) : TimeProvider
{
    private long _ticks = TimeSpan.TicksPerHour;

    /// <summary>Since some start.</summary>
    public TimeSpan Now
    {
        get => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));
        set => Interlocked.Exchange(ref _ticks, value.Ticks);
    }

    public DateTimeOffset Wall { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => frequency;

    public override long GetTimestamp() => (long)((Int128)Now.Ticks * frequency / TimeSpan.TicksPerSecond);

    public override DateTimeOffset GetUtcNow() => Wall;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Never();

    private sealed class Never : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

// The local time as it was read once, carried on by the monotonic clock: whoever sets the wall clock while the program runs
// moves nothing here. And how far the exchange's clock is from it, once somebody has asked. Any thread.
namespace BybitSpot.Signals;

public sealed class AnchoredClock
{
    private readonly TimeProvider _time;
    private readonly long _anchorMs, _anchorTimestamp;
    private long _offsetMs = long.MinValue;

    public AnchoredClock(TimeProvider time)
    {
        _time = time;
        _anchorMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        _anchorTimestamp = time.GetTimestamp();
    }

    /// <summary>How many milliseconds the exchange's clock is ahead of this one; null while nobody knows.</summary>
    public long? ExchangeOffsetMs
    {
        get => Volatile.Read(ref _offsetMs) is var offset && offset == long.MinValue ? null : offset;
        set => Volatile.Write(ref _offsetMs, value ?? long.MinValue);
    }

    /// <summary>Milliseconds since 1970 (UTC) at a time stamp of the time provider's.</summary>
    public long MsAt(long timestamp)
    {
        // Whole seconds apart: nanoseconds times a thousand would overflow after 106 days.
        (long seconds, long rest) = Math.DivRem(timestamp - _anchorTimestamp, _time.TimestampFrequency);
        return _anchorMs + seconds * 1_000 + rest * 1_000 / _time.TimestampFrequency;
    }
}

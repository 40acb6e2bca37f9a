// Which time of day a time stamp is, in a recording. One thread, and `now` is an argument. What must stay true: within one run times never
// go back, so that a recording is in order of time, whatever is done to the clock; a machine that slept has a gap.
namespace BybitSpot.App;

/// <param name="frequency">Time stamps a second.</param>
internal sealed class RecordClock(long frequency)
{
    /// <summary>Farther behind the wall clock than this, it is set to it.</summary>
    private const long BehindMaxUs = 100_000;

    private long _anchorUs, _anchorStamp, _lastUs;

    /// <summary>Looks at the wall clock, now and then.</summary>
    public void Look(DateTimeOffset now, long stamp)
    {
        long nowUs = (now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        if (_anchorUs == 0 || nowUs - UsOf(stamp) > BehindMaxUs)
            (_anchorUs, _anchorStamp) = (nowUs, stamp);
    }

    /// <summary>Microseconds since 1970 at a time stamp; not before what was told last.</summary>
    public long UsAt(long stamp) => _lastUs = Math.Max(_lastUs, UsOf(stamp));

    private long UsOf(long stamp)
    {
        // Whole seconds apart, or it would overflow after some days.
        (long seconds, long rest) = Math.DivRem(stamp - _anchorStamp, frequency);
        return _anchorUs + seconds * 1_000_000 + rest * 1_000_000 / frequency;
    }
}

// Which times are in the future beyond belief. Pure; one for each line, used by its thread, kept over its connections. What one
// line has accepted the others know.
//
// Only a time more than a day beyond both the newest accepted one and the local clock is refused: so recordings of past days
// run, and a local clock that is wrong by months drops nothing but one message: the very first, which a second must
// confirm, since a single absurd time, once believed, would be believed for good.
namespace BybitSpot.Feed;

internal struct TimeCeiling
{
    /// <summary>How far beyond what is known a time may lie.</summary>
    public const long AheadMaxMs = 24 * 3_600_000;

    private long _newestMs, _clockMs, _suspectMs, _ceilingMs;

    /// <summary>The newest time accepted so far; 0 if there is none.</summary>
    public readonly long NewestMs => _newestMs;

    /// <summary>Tells the local clock's present; once a second is enough.</summary>
    /// <param name="newestElsewhereMs">The newest time that was accepted on any line; 0 if unknown.</param>
    public void SetClock(long clockMs, long newestElsewhereMs = 0)
    {
        _clockMs = clockMs;
        _newestMs = Math.Max(_newestMs, newestElsewhereMs);
        _ceilingMs = Math.Max(_newestMs, _clockMs) + AheadMaxMs;
    }

    /// <summary>Whether a message of this time may be used.</summary>
    public bool Accepts(long timeMs)
    {
        if (timeMs > _ceilingMs)
        {
            bool confirmed = _newestMs == 0 && _suspectMs != 0 && Math.Abs(timeMs - _suspectMs) <= AheadMaxMs;
            _suspectMs = timeMs;
            if (!confirmed)
                return false;
        }
        if (timeMs > _newestMs)
        {
            _newestMs = timeMs;
            _ceilingMs = Math.Max(_newestMs, _clockMs) + AheadMaxMs;
        }
        return true;
    }
}

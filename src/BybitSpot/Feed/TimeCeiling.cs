// Which times are in the future beyond belief. Pure; one for each line, used by its thread, new with each connection.
//
// Only a time more than a day beyond both the newest accepted one and the local clock is refused: so recordings of past days
// run, and a local clock that is wrong by months drops nothing but one message a connection: the first, which a second must
// confirm, since a single absurd time, once believed, would be believed for good.
namespace BybitSpot.Feed;

internal struct TimeCeiling
{
    /// <summary>How far beyond what is known a time may lie.</summary>
    public const long AheadMaxMs = 24 * 3_600_000;

    private long _newestMs, _clockMs, _suspectMs, _ceilingMs;

    /// <summary>Tells the local clock's present; once a second is enough.</summary>
    public void SetClock(long clockMs)
    {
        _clockMs = clockMs;
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

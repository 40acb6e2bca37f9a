// Whether messages come late: delayed is as bad as missing. Pure; one for each connection, used by its line's thread.
//
// The lag is the exchange's present less the message's time. Where the exchange's clock is known (REST told its time) that is
// plain; where it is not, or where the two are more than a day apart (a recording of past days is played), only growth counts:
// how much more than the connection's smallest difference between the local time of receipt and the message's time.
namespace BybitSpot.Feed;

internal struct LagMeter()
{
    /// <summary>More than this is no delay but another time: nobody keeps messages back for a day.</summary>
    public const long BelievedMaxMs = 24 * 3_600_000;

    private long _smallestMs = long.MaxValue;

    /// <param name="differenceMs">Local time of receipt less the message's time.</param>
    /// <param name="offsetMs">How far the exchange's clock is ahead of the local one; null if unknown.</param>
    /// <returns>The lag in milliseconds; it may be a little less than 0.</returns>
    public long LagOf(long differenceMs, long? offsetMs)
    {
        if (differenceMs < _smallestMs)
            _smallestMs = differenceMs;
        if (offsetMs is { } offset && differenceMs + offset is >= -BelievedMaxMs and <= BelievedMaxMs and var lag)
            return lag;
        return differenceMs - _smallestMs;
    }
}

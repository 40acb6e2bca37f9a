// Tells a quiet market from a dead stream whose pings are answered none the less (a 19-hour outage of that kind is on record).
// Pure; one for each connection; times are since the connection was made.
//
// When no data has come for 3 s, a coin that always moves is subscribed beside the line's own and never written: the canary.
// When even so nothing has come for 5 s, a ticker is subscribed anew; the exchange answers that with a snapshot. None within 5 s:
// the stream is mute. Whoever is acquitted is asked anew before he is condemned.
namespace BybitSpot.Feed;

internal struct Canary()
{
    public static readonly TimeSpan SubscribeAfter = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan ProbeAfter = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan SnapshotWithin = TimeSpan.FromSeconds(5);

    /// <summary>Least time between two probes.</summary>
    public static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(10);

    private bool _subscribed;
    private TimeSpan? _probedAt;
    private TimeSpan _restsUntil;

    /// <summary>What the line has to do now.</summary>
    /// <param name="now">Since the connection was made.</param>
    /// <param name="lastData">When data of any topic came last.</param>
    public CanaryVerdict Check(TimeSpan now, TimeSpan lastData)
    {
        TimeSpan silent = now - lastData;
        if (silent < SubscribeAfter)
            return CanaryVerdict.Nothing;
        if (!_subscribed)
        {
            _subscribed = true;
            return CanaryVerdict.Subscribe;
        }
        if (_probedAt is { } probed)
        {
            if (lastData <= probed && now - probed >= SnapshotWithin)
                return CanaryVerdict.Mute;
            if (lastData <= probed || now - probed < ProbeEvery)
                return CanaryVerdict.Nothing;
        }
        if (silent < ProbeAfter || now < _restsUntil)
            return CanaryVerdict.Nothing;
        _probedAt = now;
        return CanaryVerdict.Probe;
    }

    /// <summary>There was nothing to probe with, or somebody else has shown that prices stand still: not mute; later again.</summary>
    public void Acquit(TimeSpan now) => (_probedAt, _restsUntil) = (null, now + ProbeEvery);
}

internal enum CanaryVerdict : byte
{
    Nothing,
    Subscribe,
    Probe,
    Mute,
}

// When a connection must be pinged and when it is dead. Pure; times are monotonic, since the connection was made.
// Rules: a JSON ping every 20 s, and at once when nothing at all has come for 3 s; its pong within 10 s, or 5 s if nothing else
// has come either; a first ticker within 10 s of the ack of the coins that still wait for one. Silence alone kills nothing: a
// coin may trade once in minutes.
namespace BybitSpot.Feed;

internal struct Liveness()
{
    public static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan PingWhenSilentFor = TimeSpan.FromSeconds(3);
    public static readonly TimeSpan PongWithin = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan PongWithinSilence = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan AckWithin = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan FirstTickerWithin = TimeSpan.FromSeconds(10);

    private TimeSpan _pingDue = PingEvery;
    private TimeSpan? _pingSent;

    /// <summary>What a connection needs now.</summary>
    /// <param name="now">Since the connection was made.</param>
    /// <param name="lastHeard">When anything came last, whatever it was.</param>
    /// <param name="oldestRequest">When the oldest request without an answer was sent; null if all were answered.</param>
    /// <param name="oldestAckWithoutTicker">When the coin that waits longest for its first ticker was acknowledged; null if none waits.</param>
    public LivenessVerdict Check(TimeSpan now, TimeSpan lastHeard, TimeSpan? oldestRequest, TimeSpan? oldestAckWithoutTicker)
    {
        if (_pingSent is { } sent && now - sent >= (lastHeard <= sent ? PongWithinSilence : PongWithin))
            return LivenessVerdict.NoPong;
        if (oldestRequest is { } asked && now - asked >= AckWithin)
            return LivenessVerdict.NoAck;
        if (oldestAckWithoutTicker is { } acked && now - acked >= FirstTickerWithin)
            return LivenessVerdict.NoFirstTicker;
        if (_pingSent is not null || (now < _pingDue && now - lastHeard < PingWhenSilentFor))
            return LivenessVerdict.Healthy;
        _pingDue = now + PingEvery;
        _pingSent = now;
        return LivenessVerdict.PingDue;
    }

    public void PongCame() => _pingSent = null;
}

internal enum LivenessVerdict : byte
{
    Healthy,
    PingDue,
    NoPong,
    NoAck,
    NoFirstTicker,
}

using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Monitoring;

/// <summary>A coin as it was last judged. Under the bridge's gate.</summary>
internal sealed class WatchedCoin(Instrument instrument, TimeSpan since)
{
    public readonly Instrument Instrument = instrument;

    /// <summary>Since when it is watched, as all times here: since the monitor was made.</summary>
    public readonly TimeSpan Since = since;

    public CoinState State = CoinState.Stale;
    public StaleCause Cause = StaleCause.NoPrice;
    public string Reason = "";

    /// <summary>It was fresh or quiet once.</summary>
    public bool EverBelieved;

    /// <summary>The log says that it is stale.</summary>
    public bool ToldStale;

    public TimeSpan StaleSince = since;

    /// <summary>Why its price is not to be believed before something speaks for it; null if it is.</summary>
    public Doubt? Doubt;

    /// <summary>Since its last message; null if there was none on the present connections.</summary>
    public TimeSpan? Age;

    /// <summary>Its price 24 hours ago, as REST last told it; null if it has not.</summary>
    public Price? DayAgo;

    public RevivalState Revival;
}

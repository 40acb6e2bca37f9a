// Whether a coin's price can be believed: the rule, and nothing else. Pure.
//
//   fresh   a message of the coin came within STALE_AFTER_MS
//   quiet   none did, but the market is: a line that works carries the coin and has heard it on its present connection, or
//           REST has lately shown the same price; and nothing contradicts it
//   stale   everything else, delayed messages and what Redis has not taken included
//
// Silence is no reason: a coin may trade once in minutes. What tells a dead topic from a quiet one is the line's pong, its
// canary, and a price that moves at the exchange while nothing comes.
namespace BybitSpot.Latest;

public enum CoinState : byte
{
    Fresh,
    Quiet,
    Stale,
}

/// <summary>Why a coin is stale.</summary>
public enum StaleCause : byte
{
    None,

    /// <summary>No price has come since the program started.</summary>
    NoPrice,

    /// <summary>No line that carries it is connected.</summary>
    NoLine,

    /// <summary>The exchange refuses to subscribe it.</summary>
    Refused,

    /// <summary>The exchange no longer lists it.</summary>
    NotListed,

    /// <summary>Its line answers pings and carries no data at all.</summary>
    Mute,

    /// <summary>The exchange shows another price, and no message brings it.</summary>
    Contradicted,

    /// <summary>Messages come later than STALE_AFTER_MS.</summary>
    Delayed,

    /// <summary>Nothing has been heard of it since its line was connected.</summary>
    Unheard,

    /// <summary>Redis has not taken its price.</summary>
    NotWritten,
}

/// <summary>What is known of a coin at one moment.</summary>
/// <param name="Priced">It has a price.</param>
/// <param name="Written">Redis has that price, or nothing says that it hasn't.</param>
/// <param name="Carried">A connected line carries it.</param>
/// <param name="Mute">Every such line is mute.</param>
/// <param name="HeardAgo">Since its last message on a connected line's present connection; null if there was none.</param>
/// <param name="DelayedAgo">Since its last message that was delayed beyond the limit; null if there was none.</param>
/// <param name="ConfirmedAgo">Since REST showed the same price; null if it never has.</param>
/// <param name="ContradictedAgo">Since REST was found to show another price, twice; null if it was not.</param>
public readonly record struct CoinEvidence(
    bool Priced, bool Written, bool Carried, bool Refused, bool Listed, bool Mute, TimeSpan? HeardAgo, TimeSpan? DelayedAgo, TimeSpan? ConfirmedAgo, TimeSpan? ContradictedAgo);

public static class Freshness
{
    public static (CoinState State, StaleCause Cause) Judge(in CoinEvidence known, TimeSpan staleAfter)
    {
        bool confirmed = known.ConfirmedAgo <= staleAfter;
        StaleCause cause = known switch
        {
            { Refused: true } => StaleCause.Refused,
            { Listed: false } when !(known.HeardAgo <= staleAfter) => StaleCause.NotListed,
            { Carried: false } => StaleCause.NoLine,
            { Priced: false } => StaleCause.NoPrice,
            { ContradictedAgo: { } contradicted } when !IsLater(known.HeardAgo, contradicted) && !IsLater(known.ConfirmedAgo, contradicted) => StaleCause.Contradicted,
            { DelayedAgo: { } delayed } when !IsLater(known.HeardAgo, delayed) && !IsLater(known.ConfirmedAgo, delayed) => StaleCause.Delayed,
            { Mute: true } when !confirmed => StaleCause.Mute,
            { HeardAgo: null } when !confirmed => StaleCause.Unheard,
            { Written: false } => StaleCause.NotWritten,
            _ => StaleCause.None,
        };
        if (cause != StaleCause.None)
            return (CoinState.Stale, cause);
        return (known.HeardAgo <= staleAfter ? CoinState.Fresh : CoinState.Quiet, StaleCause.None);
    }

    private static bool IsLater(TimeSpan? ago, TimeSpan thanAgo) => ago < thanAgo;
}

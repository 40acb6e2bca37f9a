// Whether a coin's price can be believed: the rule, and nothing else. Pure.
//
//   fresh   a message of the coin came within STALE_AFTER_MS
//   quiet   none did, but the market is: a line that works carries the coin and has heard it on its present connection, or
//           REST has lately shown the same price; and nothing contradicts it
//   stale   everything else, delayed messages, messages without a price and what Redis has not taken included
//
// Silence is no reason: a coin may trade once in minutes. What tells a dead topic from a quiet one is the line's pong, its
// canary, and a price that moves at the exchange while nothing comes. Where the coin's order book is subscribed and the exchange was seen
// to repeat books, which it does each 3 s, that one's silence is a reason.
//
// That the cause has ended is no reason to believe a price again: the coin may have moved meanwhile. It takes something that
// shows the price to be right, of after the doubt began: a message, or REST with the same price.
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

    /// <summary>What comes of it has no price that can be used.</summary>
    Unusable,

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

    /// <summary>Neither its price nor its order book, which is repeated though nothing changes, has come for long.</summary>
    BookSilent,

    /// <summary>Redis has not taken its price.</summary>
    NotWritten,

    /// <summary>What made it stale has ended, and nothing has shown yet that its price is right.</summary>
    Unconfirmed,
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
/// <param name="UnusableAgo">Since its last message that had no price that can be used; null if there was none.</param>
public readonly record struct CoinEvidence(
    bool Priced, bool Written, bool Carried, bool Refused, bool Listed, bool Mute, TimeSpan? HeardAgo, TimeSpan? DelayedAgo, TimeSpan? ConfirmedAgo, TimeSpan? ContradictedAgo,
    TimeSpan? UnusableAgo = null)
{
    /// <summary>It was stale for a reason of the feed's when last judged, and no message and no REST answer has spoken for its price since.</summary>
    public bool Doubted { get; init; }

    /// <summary>Since its order book came last, on a connection where books are repeated; null if none has.</summary>
    public TimeSpan? BookAgo { get; init; }
}

/// <summary>When a coin became stale for a reason of the feed's, and what had been heard of it by then.</summary>
/// <param name="Since">As all times of whoever judges.</param>
/// <param name="HeardAt">The time stamp of its last message; 0 if there was none.</param>
public readonly record struct Doubt(TimeSpan Since, long HeardAt)
{
    /// <summary>Whether the price was shown to be right since.</summary>
    /// <param name="heardAt">The time stamp of the coin's last message now.</param>
    /// <param name="confirmedAt">When the question was asked that REST last answered with the same price; null if it never has.</param>
    public bool IsSettled(long heardAt, TimeSpan? confirmedAt) => heardAt > HeardAt || confirmedAt > Since;

    /// <summary>The doubt that a verdict leaves.</summary>
    public static Doubt? After(Doubt? before, StaleCause cause, TimeSpan now, long heardAt) => cause switch
    {
        StaleCause.None or StaleCause.NotWritten => null,
        _ => before ?? new Doubt(now, heardAt),
    };
}

public static class Freshness
{
    /// <summary>A book that is repeated each 3 s is not silent before this, whatever STALE_AFTER_MS says.</summary>
    public static readonly TimeSpan BookSilentAfter = TimeSpan.FromSeconds(10);

    public static (CoinState State, StaleCause Cause) Judge(in CoinEvidence known, TimeSpan staleAfter)
    {
        bool confirmed = known.ConfirmedAgo <= staleAfter;
        StaleCause cause = known switch
        {
            { Refused: true } => StaleCause.Refused,
            { Listed: false } when !(known.HeardAgo <= staleAfter) => StaleCause.NotListed,
            { Carried: false } => StaleCause.NoLine,
            { Priced: false } => known.UnusableAgo is null ? StaleCause.NoPrice : StaleCause.Unusable,
            // One bad message among good ones is no reason: the last good one must be as old as a quiet coin's.
            { UnusableAgo: { } unusable } when !confirmed && !(known.HeardAgo <= staleAfter) && !IsLater(known.HeardAgo, unusable) && !IsLater(known.ConfirmedAgo, unusable) => StaleCause.Unusable,
            { ContradictedAgo: { } contradicted } when !IsLater(known.HeardAgo, contradicted) && !IsLater(known.ConfirmedAgo, contradicted) => StaleCause.Contradicted,
            { DelayedAgo: { } delayed } when !IsLater(known.HeardAgo, delayed) && !IsLater(known.ConfirmedAgo, delayed) => StaleCause.Delayed,
            { Mute: true } when !confirmed => StaleCause.Mute,
            { HeardAgo: null } when !confirmed => StaleCause.Unheard,
            { BookAgo: { } book } when book > BookSilentAfter && book > staleAfter && !confirmed && !(known.HeardAgo <= staleAfter) => StaleCause.BookSilent,
            { Doubted: true } => StaleCause.Unconfirmed,
            { Written: false } => StaleCause.NotWritten,
            _ => StaleCause.None,
        };
        if (cause != StaleCause.None)
            return (CoinState.Stale, cause);
        return (known.HeardAgo <= staleAfter ? CoinState.Fresh : CoinState.Quiet, StaleCause.None);
    }

    private static bool IsLater(TimeSpan? ago, TimeSpan thanAgo) => ago < thanAgo;
}

namespace BybitSpot.Tests.Storm;

internal enum Offence
{
    WentBack,
    InventedPrice,
    InventedTime,
    HalfWritten,
    WrongSymbol,
    StrangeKey,
    WrittenAfterRemoval,
    LeftAfterRemoval,
    DeletedThoughWatched,
    WrongAndNotFlagged,
    NoStatus,
    MissingAtTheEnd,
    WrongAtTheEnd,
    LeftAtTheEnd,
}

/// <summary>What was done that may not be, when, and to which coin.</summary>
internal sealed record Charge(Offence Offence, TimeSpan At, string Coin, string Text)
{
    public override string ToString() => $"{At.TotalSeconds,8:0.000} s  {Offence}: {Coin} {Text}";
}

/// <param name="LongestWrong">The longest time that a price stood in Redis after the exchange had left it, excused time not counted.</param>
/// <param name="LongestUnflagged">The same, of times in which a reader was told to believe it; zero if nothing was ever told.</param>
internal sealed record StormVerdict(
    IReadOnlyList<Charge> Charges, int WritesChecked, int StatusWrites, TimeSpan LongestWrong, string LongestWrongCoin, TimeSpan LongestUnflagged, string LongestUnflaggedCoin);

/// <summary>How long a price may be wrong without a flag, and what must be there.</summary>
internal sealed record StormLimits
{
    /// <summary>Within this the engine promises to flag.</summary>
    public TimeSpan Flagged { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Shorter than this is no moment: as exactly as the record can tell.</summary>
    public TimeSpan MomentMin { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How long after a change of the watchlist the program may still act on the old one.</summary>
    public TimeSpan WatchlistWithin { get; init; } = TimeSpan.FromSeconds(5);

    public bool StatusDemanded { get; init; }
}

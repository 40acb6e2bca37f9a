namespace BybitSpot;

/// <summary>What the feed as a whole is worth.</summary>
public enum FeedState : byte
{
    /// <summary>What is to be watched is not known yet, or no price of it has come since the start.</summary>
    Connecting,

    /// <summary>Every coin is fresh or quiet.</summary>
    Live,

    /// <summary>Some coins are stale, not all.</summary>
    Degraded,

    /// <summary>All are.</summary>
    Stale,

    /// <summary>Stopped as asked.</summary>
    Stopped,

    /// <summary>There is nothing to watch, on purpose.</summary>
    Empty,
}

/// <summary>A coin whose price is not to be believed now, and why.</summary>
public sealed record StaleCoin(string Coin, string Reason);

/// <summary>Whether prices can be believed, as last looked at. Immutable.</summary>
/// <param name="Since">Since when the state holds.</param>
/// <param name="Coins">How many are watched; the next three add up to it.</param>
/// <param name="RedisTrouble">Why Redis takes no writes now; null if it does.</param>
/// <param name="StaleCoins">Those of <paramref name="Stale"/>, by name.</param>
public sealed record FeedReport(FeedState State, DateTimeOffset Since, int Coins, int Fresh, int Quiet, int Stale, string? RedisTrouble, IReadOnlyList<StaleCoin> StaleCoins)
{
    /// <summary>Why Redis does not take what is said of the prices; null if it does.</summary>
    public string? StatusTrouble { get; init; }

    /// <summary>Why it is not known what is to be watched; null if it is.</summary>
    public string? ListAwaited { get; init; }

    /// <summary>Whether readers of Redis can rely on what they find there, but for the coins named stale.</summary>
    public bool IsReady => State is FeedState.Live or FeedState.Degraded or FeedState.Empty && RedisTrouble is null && StatusTrouble is null;

    public static FeedReport AtStart(DateTimeOffset now) => new(FeedState.Connecting, now, 0, 0, 0, 0, null, []);
}

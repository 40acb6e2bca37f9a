namespace BybitSpot.Tests.Storm;

internal enum FaultKind
{
    // ---- connections
    CloseAll,
    FinAll,
    ResetAll,
    EndOne,
    Upgrade503,
    Upgrade429,
    UpgradeNeverAnswered,
    AcceptThenClose,
    AcceptThenReset,
    NoAck,
    Refused,
    AlreadySubscribed,
    BinaryFrame,

    // ---- data
    TickersSilent,
    TradesSilent,
    TickersLate,
    TradesLate,
    SlowLine,
    OldFramesAgain,
    BadFrames,
    Fragments,
    NoPong,

    /// <summary>Nothing at all comes, pongs neither.</summary>
    AllSilent,

    /// <summary>Pongs come, and nothing else.</summary>
    DataSilent,

    /// <summary>Both topics of one coin.</summary>
    CoinSilent,

    // ---- REST
    Rest503,
    RestHangs,
    RestEmpty,

    // ---- Redis
    RedisPaused,
    RedisFrozen,
    RedisKilled,
    RedisFlushed,
    RedisConnectionKilled,

    // ---- the watchlist, the program
    CoinRemoved,
    Hangup,
    ProgramFrozen,

    /// <summary>The exchange starts a coin's sequence anew.</summary>
    SequenceReset,
}

/// <summary>Faults of one lane follow each other; those of different lanes overlap.</summary>
internal enum Lane
{
    Connections,
    Data,
    Redis,
    Watchlist,
    Program,
}

/// <param name="At">Since the storm began.</param>
/// <param name="For">Zero for what is over at once.</param>
/// <param name="Coin">The coin it strikes, where it strikes one.</param>
internal sealed record Fault(Lane Lane, TimeSpan At, TimeSpan For, FaultKind Kind, int Coin = -1)
{
    public TimeSpan Until => At + For;

    public override string ToString() =>
        $"{At.TotalSeconds,6:0.00} s  {Kind}{(Coin < 0 ? "" : $" of coin {Coin}")}{(For > TimeSpan.Zero ? $" for {For.TotalSeconds:0.00} s" : "")}";
}

/// <summary>What the market does.</summary>
internal enum Deal
{
    Trade,

    /// <summary>Three trades in one frame, of one sequence.</summary>
    ThreeTrades,

    /// <summary>A trade off the book, which moves no price.</summary>
    Block,
}

/// <param name="IsLast">The coin never trades again.</param>
internal sealed record Dealing(TimeSpan At, int Coin, Deal Deal, bool IsLast);

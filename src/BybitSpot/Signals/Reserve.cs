// Whether enough file descriptors are left to begin something that takes some. .NET cannot start a thread without two, and where
// it is its pool that wants one, it ends the process; so whoever opens something later asks here first, and waits where there is
// a lack. What must stay true: the feed comes before REST, REST before the page (the App's listener leaves still more). Any thread.
namespace BybitSpot.Signals;

/// <param name="left">How many more may be opened; asked for seldom, it may cost a look at the system.</param>
public sealed class Reserve(Func<long> left)
{
    /// <summary>For a connection to the exchange or to Redis: its socket, the resolver's, and a thread for the name.</summary>
    public const int ForFeed = 12;

    /// <summary>For a question to REST: as much, and what the framework's client takes beside it.</summary>
    public const int ForRest = 24;

    /// <summary>Where nobody counts.</summary>
    public static readonly Reserve Unlimited = new(static () => long.MaxValue);

    /// <summary>Null if so many are left; else why not to begin, for the log.</summary>
    public string? Lack(int wanted) =>
        left() < wanted ? $"fewer than {wanted} more open files are allowed (ulimit -n, LimitNOFILE); waiting for more" : null;
}

namespace BybitSpot.App;

/// <summary>The running feed as a whole, as it is shown to people and told to programs. Names and units are those of GET /status.</summary>
internal sealed record BoardStatus
{
    /// <summary>When this was looked at.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Market { get; init; }

    /// <summary>Which part of the coins this is, 0/3; null: all of them.</summary>
    public string? Shard { get; init; }

    public required string Instance { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset Started { get; init; }

    public required FeedState State { get; init; }

    /// <summary>Since when the state holds.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Whether readers can rely on what stands in Redis, but for the stale coins: what /readyz answers.</summary>
    public required bool Ready { get; init; }

    /// <summary>Why not, in words; null if they can.</summary>
    public string? Reason { get; init; }

    public int Coins { get; init; }

    public int Fresh { get; init; }

    public int Quiet { get; init; }

    public int Stale { get; init; }

    /// <summary>The stream's address.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Connections to the exchange that there should be, and that there are.</summary>
    public int Lines { get; init; }

    public int LinesConnected { get; init; }

    /// <summary>Prices of watched coins that were taken since the start.</summary>
    public long Ticks { get; init; }

    /// <summary>Over the last seconds.</summary>
    public double TicksPerSecond { get; init; }

    /// <summary>Connections that were followed by another, by cause; causes that never were are left out.</summary>
    public IReadOnlyDictionary<string, long> Reconnects { get; init; } = new Dictionary<string, long>();

    /// <summary>Messages that could not be used, by reason; reasons that never were are left out.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();

    public BoardRedis Redis { get; init; } = new();

    /// <summary>How far the exchange's clock is ahead of this machine's; null if REST has not told.</summary>
    public long? ClockOffsetMs { get; init; }
}

/// <summary>The way to Redis.</summary>
internal sealed record BoardRedis
{
    /// <summary>Where: <c>127.0.0.1:6379</c>.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>Why it takes no writes, or does not take what is said of the prices; null if it takes all.</summary>
    public string? Trouble { get; init; }

    /// <summary>Servers that are written to, and those of them that take writes.</summary>
    public int Servers { get; init; }

    public int ServersUp { get; init; }

    public long Writes { get; init; }

    public double WritesPerSecond { get; init; }

    /// <summary>From the receipt of a price until Redis holds it, over the last seconds; null where nothing was written.</summary>
    public double? LatencyP50Ms { get; init; }

    public double? LatencyP99Ms { get; init; }

    /// <summary>Other instances that write the same coins without guard.</summary>
    public int OtherWriters { get; init; }
}

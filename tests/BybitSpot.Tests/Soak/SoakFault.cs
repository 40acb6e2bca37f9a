namespace BybitSpot.Tests.Soak;

internal enum SoakFaultKind
{
    ExchangeReset,
    ExchangeAway,
    ExchangeSilent,
    RedisKilled,
    RedisFrozen,
    SentinelKilled,
    ProgramKilled,
    ProgramFrozen,
}

/// <summary>What is done to whom and for how long. Pure.</summary>
/// <param name="Which">The number of the server, of the sentinel, or of the instance.</param>
internal sealed record SoakFault(SoakFaultKind Kind, int Which, TimeSpan For)
{
    private static readonly SoakFaultKind[] s_exchange = [SoakFaultKind.ExchangeReset, SoakFaultKind.ExchangeAway, SoakFaultKind.ExchangeSilent];
    private static readonly SoakFaultKind[] s_redis = [SoakFaultKind.RedisKilled, SoakFaultKind.RedisFrozen];
    private static readonly SoakFaultKind[] s_program = [SoakFaultKind.ProgramFrozen, SoakFaultKind.ProgramFrozen, SoakFaultKind.ProgramKilled];

    /// <summary>What strikes next: one thing, or two of different kinds at once.</summary>
    public static IReadOnlyList<SoakFault> Draw(Random random, int servers, int sentinels, int instances)
    {
        SoakFaultKind[][] groups = [s_exchange, [.. s_redis, .. sentinels > 0 ? [SoakFaultKind.SentinelKilled] : (SoakFaultKind[])[]], s_program];
        random.Shuffle(groups);
        return [.. groups.Take(1 + random.Next(2)).Select(kinds => One(kinds[random.Next(kinds.Length)]))];

        SoakFault One(SoakFaultKind kind) => new(kind,
            random.Next(kind switch { SoakFaultKind.RedisKilled or SoakFaultKind.RedisFrozen => servers, SoakFaultKind.SentinelKilled => sentinels, _ => instances }),
            TimeSpan.FromMilliseconds(random.Next(200, 6_000)));
    }
}

// What several markets are worth together. Any thread. What must stay true: with one market it is that market's report, unchanged; and as
// long as no market's report changes, it is the same object.
namespace BybitSpot;

internal sealed class ReportOfAll(TimeProvider time)
{
    private readonly Lock _gate = new();
    private FeedReport[] _parts = [];
    private FeedReport? _whole;

    /// <param name="parts">Each market's report; at least one.</param>
    public FeedReport Of(FeedReport[] parts)
    {
        if (parts.Length == 1)
            return parts[0];
        lock (_gate)
        {
            if (_whole is not null && parts.SequenceEqual(_parts, ReferenceEqualityComparer.Instance))
                return _whole;
            _parts = parts;
            return _whole = Join(parts, _whole);
        }
    }

    private FeedReport Join(FeedReport[] parts, FeedReport? last)
    {
        FeedState state = StateOf([.. parts.Select(p => p.State).Where(s => s != FeedState.Empty).Distinct()]);
        DateTimeOffset since = last?.State == state ? last.Since : parts.Where(p => p.State == state).Select(p => p.Since).DefaultIfEmpty(time.GetUtcNow()).Max();
        return new FeedReport(
            state, since, parts.Sum(p => p.Coins), parts.Sum(p => p.Fresh), parts.Sum(p => p.Quiet), parts.Sum(p => p.Stale),
            parts[0].RedisTrouble, [.. parts.SelectMany(p => p.StaleCoins).OrderBy(c => c.Coin, StringComparer.Ordinal)])
        {
            StatusTrouble = parts[0].StatusTrouble,
            ListAwaited = parts.Select(p => p.ListAwaited).FirstOrDefault(a => a is not null),
        };
    }

    // As of coins: all alike, or some can be believed, or none can.
    private static FeedState StateOf(FeedState[] states) => states switch
    {
        [] => FeedState.Empty,
        [var one] => one,
        _ when states.Contains(FeedState.Live) || states.Contains(FeedState.Degraded) => FeedState.Degraded,
        _ => FeedState.Stale,
    };
}

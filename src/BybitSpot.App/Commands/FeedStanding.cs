namespace BybitSpot.App;

/// <summary>
/// What the running programs say in Redis of the prices that they write. Pure. A price is believed only if one of them is live or
/// degraded and none calls the coin stale: which of several writes a coin is not told, so one that doubts it is enough.
/// </summary>
/// <param name="Instances">Each one's state, and its stale coins; null where Redis does not let us look.</param>
internal sealed record FeedStanding(IReadOnlyList<(string State, IReadOnlySet<string> Stale)>? Instances)
{
    public const string Gone = "no feed behind it", Stale = "stale";

    /// <summary>Why a coin's price cannot be believed; null if it can, or if that is not known.</summary>
    public string? DoubtOf(string coin) =>
        Instances is null ? null
        : Instances.Count == 0 ? Gone
        : Instances.Any(i => i.Stale.Contains(coin)) || !Instances.Any(i => i.State is "live" or "degraded") ? Stale
        : null;
}

namespace BybitSpot.App;

/// <summary>
/// What the running programs say in Redis of the prices that they watch. Pure. The rule for every reader: a price is believed if
/// one of them calls it fresh or quiet. A coin that none of them names is not watched, whatever its price hash says.
/// </summary>
/// <param name="Instances">What each says of the coins that were asked for; null where Redis does not let us look.</param>
internal sealed record FeedStanding(IReadOnlyList<IReadOnlyDictionary<string, string>>? Instances)
{
    public const string Fresh = "fresh", Quiet = "quiet", Stale = "stale", Unwatched = "unwatched";

    public const string Gone = "no feed behind it", NotWatched = "not watched";

    /// <summary>The best that any of them says of a coin; null if that is not known.</summary>
    public string? StateOf(string coin)
    {
        if (Instances is null)
            return null;
        string[] said = [.. Instances.Select(i => i.GetValueOrDefault(coin)).OfType<string>()];
        return said.Contains(Fresh) ? Fresh : said.Contains(Quiet) ? Quiet : said.Length > 0 ? Stale : Unwatched;
    }

    /// <summary>Why a coin's price cannot be believed; null if it can, or if that is not known.</summary>
    public string? DoubtOf(string coin) => StateOf(coin) switch
    {
        Stale => Stale,
        Unwatched => Instances!.Count == 0 ? Gone : NotWatched,
        _ => null,
    };
}

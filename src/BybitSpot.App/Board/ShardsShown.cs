using BybitSpot.Market;

namespace BybitSpot.App;

/// <summary>Whether what several instances watch is all of the coins that they share out. Pure.</summary>
internal static class ShardsShown
{
    /// <param name="said">What each living instance says of its part; null: it has all.</param>
    /// <returns>The parts that there are, 0/3, 2/3; null if they are all, or if nobody shares anything out.</returns>
    public static string? Of(IEnumerable<string?> said)
    {
        var shards = new SortedSet<(int Count, int Index)>();
        foreach (string? text in said)
        {
            if (text is null || !Shard.TryParse(text, out Shard shard) || shard.IsWhole)
                return null;
            shards.Add((shard.Count, shard.Index));
        }
        bool isAll = shards.GroupBy(s => s.Count).Any(g => g.Count() == g.Key);
        return shards.Count == 0 || isAll ? null : string.Join(", ", shards.Select(s => new Shard(s.Index, s.Count)));
    }
}

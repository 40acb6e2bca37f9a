// Which node of a cluster has which slots, as one of its nodes tells it (CLUSTER SLOTS, of all versions). Immutable; made from the reply,
// word by word. What must stay true: whatever comes, the end of it is a map or an IOException.
//
//   *2                                          so many ranges
//     *4  :0  :5460                             first and last slot
//       *4  $127.0.0.1  :6381  $id  *2 $hostname $n1.example     the primary, since version 7 with what else is known of it
//       *4  …                                                    replicas
//
// An empty or missing address, or "?", stands for the node that was asked.
using System.Globalization;

namespace BybitSpot.Redis;

internal sealed class ClusterMap
{
    /// <summary>More than all that a cluster of 1,000 nodes would tell.</summary>
    private const int ElementsMax = 100_000;

    private readonly RedisNode?[] _primaries = new RedisNode?[KeySlot.Count];

    private ClusterMap()
    {
    }

    /// <summary>The primaries that have slots, each once.</summary>
    public IReadOnlySet<RedisNode> Primaries { get; private set; } = new HashSet<RedisNode>();

    /// <summary>All nodes that were named, primaries first.</summary>
    public IReadOnlyList<RedisNode> Nodes { get; private set; } = [];

    /// <summary>Null: nobody has the slot.</summary>
    public RedisNode? NodeOf(int slot) => _primaries[slot];

    /// <param name="next">The reply's next word, as <see cref="RedisTalk.Reply"/> gives it.</param>
    /// <param name="asked">Who tells it.</param>
    /// <exception cref="IOException">It is no map.</exception>
    public static ClusterMap Read(Func<string?> next, RedisNode asked)
    {
        var map = new ClusterMap();
        var primaries = new HashSet<RedisNode>();
        var replicas = new List<RedisNode>();
        for (int ranges = Head(next()); ranges > 0; ranges--)
        {
            int elements = Head(next());
            if (elements < 2)
                throw Bad("a range without its slots");
            int first = Number(next()), last = Number(next());
            if (first < 0 || last >= KeySlot.Count)
                throw Bad($"slots {first} to {last}");
            for (int i = 2; i < elements; i++)
            {
                if (Node(next, asked) is not { } node)
                    continue;
                if (i > 2)
                {
                    replicas.Add(node);
                    continue;
                }
                primaries.Add(node);
                map._primaries.AsSpan(first, Math.Max(0, last - first + 1)).Fill(node);
            }
        }
        map.Primaries = primaries;
        map.Nodes = [.. primaries, .. replicas.Where(r => !primaries.Contains(r)).Distinct()];
        return map;
    }

    private static RedisNode? Node(Func<string?> next, RedisNode asked)
    {
        int words = Head(next());
        if (words < 2)
            throw Bad("a node without its port");
        string? host = next();
        int port = Number(next());
        for (int i = 2; i < words; i++)
            Skip(next, depth: 0);
        if (port is < 1 or > 65_535)
            return null;
        return new RedisNode(host is null or "" or "?" ? asked.Host : host, port);
    }

    private static void Skip(Func<string?> next, int depth)
    {
        if (next() is not ['*', .. var size] || !int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
            return;
        if (depth > 8 || count > ElementsMax)
            throw Bad("too much of it");
        for (; count > 0; count--)
            Skip(next, depth + 1);
    }

    private static int Head(string? word)
    {
        if (word is ['-', .. var refusal])
            throw new IOException(refusal.Contains("cluster support disabled", StringComparison.OrdinalIgnoreCase)
                ? "it is no cluster (its cluster support is disabled): take REDIS_CLUSTER out"
                : $"it does not tell of its cluster: {refusal}");
        return word is ['*', .. var size] && int.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count <= ElementsMax
            ? count : throw Bad("no list");
    }

    private static int Number(string? word) =>
        word is [':', .. var digits] && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw Bad("no number");

    private static IOException Bad(string what) => new($"what it tells of its cluster cannot be understood ({what})");
}

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>The servers that hold the prices together, however many they are.</summary>
internal interface IServers : IDisposable
{
    /// <summary>What the program is told so that it finds them.</summary>
    IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>The same for StackExchange.Redis.</summary>
    string ReaderConfiguration { get; }

    /// <summary>All that hold keys, killed ones too.</summary>
    IReadOnlyList<RedisServer> Servers { get; }

    /// <summary>Every server is up, takes its part, and has what it is to have.</summary>
    bool IsWhole { get; }

    /// <summary>The server to which writes of a key go now; null: there is none at the moment.</summary>
    RedisServer? HolderOf(string key);

    /// <summary>Waits until a server whose place another has taken follows that one and has all it has.</summary>
    void AwaitReplica(RedisServer server);
}

/// <summary>One server, and no other.</summary>
internal sealed class OneServer(params string[] settings) : IServers
{
    public RedisServer Server { get; } = RedisServer.StartAt(Repository.FreePort(), settings);

    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["REDIS_HOST"] = Server.Host, ["REDIS_PORT"] = $"{Server.Port}" };

    public string ReaderConfiguration => $"{Server.Host}:{Server.Port}";

    public IReadOnlyList<RedisServer> Servers => [Server];

    public bool IsWhole => Server.IsUp && Server.TryAsk("PING") is "PONG";

    public RedisServer? HolderOf(string key) => Server.IsUp ? Server : null;

    public void AwaitReplica(RedisServer server)
    {
        // No other ever takes its place.
    }

    public void Dispose() => Server.Dispose();
}

/// <summary>The ways in which Redis is run, by name, for tests that hold for each.</summary>
internal static class Topology
{
    public const string Single = "single", Sentinel = "sentinel", Cluster = "cluster";

    public static IServers Start(string name, params string[] settings) => name switch
    {
        Sentinel => SentinelServers.Start(settings: settings),
        Cluster => ClusterServers.Start(settings: settings),
        _ => new OneServer(settings),
    };

    /// <summary>A journey with these servers; they are not its own.</summary>
    public static Journey Prepare(this IServers servers, IReadOnlyList<string> symbols, params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(servers.Settings);
        foreach ((string name, string value) in settings)
            all[name] = value;
        return Journey.Prepare(symbols, all, servers.Servers[0]);
    }

    /// <summary>A field of a hash where it is now; null where there is none, or nobody to be asked.</summary>
    public static string? Field(this IServers servers, string key, string field) => servers.HolderOf(key)?.TryAsk("HGET", key, field) as string;

    public static string? Price(this IServers servers, string coin) => servers.Field($"bybit_spot:{coin}", "ltp");

    public static void PriceBecomes(this IServers servers, Journey journey, string symbol, string price, TimeSpan? limit = null) =>
        Until.Equal($"{symbol} in Redis", price, () => servers.Price(symbol[..^4]), limit, () => journey.Bot.ErrorText);

    public static void TradeArrives(this IServers servers, Journey journey, string symbol, string price)
    {
        journey.Exchange.Trade(symbol, price);
        servers.PriceBecomes(journey, symbol, price);
    }

    public static void AwaitFirstPrices(this IServers servers, Journey journey, params IEnumerable<string> symbols)
    {
        foreach (string symbol in symbols)
            Until.True($"{symbol} has a price", () => servers.Price(symbol[..^4]) is not null, state: () => journey.Bot.ErrorText);
    }

    /// <summary>Whether it refuses a command with this word.</summary>
    public static bool Says(this RedisServer server, string word, params string[] command)
    {
        try
        {
            server.Ask(command);
            return false;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message.StartsWith(word, StringComparison.Ordinal);
        }
    }
}

using StackExchange.Redis;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>A reader as most people have it: StackExchange.Redis, which finds primaries and follows them in its own way. No answer is null.</summary>
internal sealed class OrdinaryReader : IDisposable
{
    private readonly ConnectionMultiplexer _redis;

    public OrdinaryReader(IServers servers)
    {
        ConfigurationOptions options = ConfigurationOptions.Parse(servers.ReaderConfiguration);
        options.AbortOnConnectFail = false;
        options.ConnectTimeout = 5_000;
        options.SyncTimeout = options.AsyncTimeout = 2_000;
        _redis = ConnectionMultiplexer.Connect(options);
    }

    public ISubscriber Subscriber => _redis.GetSubscriber();

    public string? Price(string coin) => Ask(db => (string?)db.HashGet(KeyOf(coin), "ltp", CommandFlags.DemandMaster));

    /// <summary>Of many coins at once.</summary>
    public string?[] Prices(IReadOnlyList<string> coins)
    {
        IDatabase db = _redis.GetDatabase();
        Task<RedisValue>[] asked = [.. coins.Select(c => db.HashGetAsync(KeyOf(c), "ltp", CommandFlags.DemandMaster))];
        return [.. asked.Select(answer => Ask(_ => (string?)answer.GetAwaiter().GetResult()))];
    }

    public Dictionary<string, string>? Hash(string key) =>
        Ask(db => db.HashGetAll(key, CommandFlags.DemandMaster).ToDictionary(f => (string)f.Name!, f => (string)f.Value!));

    /// <summary>Whether a coin has a hash; null: nobody says.</summary>
    public bool? Has(string coin)
    {
        string? answer = Ask(db => db.KeyExists(KeyOf(coin), CommandFlags.DemandMaster) ? "yes" : "no");
        return answer is null ? null : answer == "yes";
    }

    /// <summary>The reader's rule of the contract, for a program of that name: fresh, quiet, stale; null: not watched, or nobody says.</summary>
    public string? Worth(string instance, string coin) => Ask(db => (string?)db.HashGet($"price_feed:spot:{instance}:coins", coin, CommandFlags.DemandMaster));

    public string[]? Instances() => Ask(db => db.SortedSetRangeByRank("price_feed:spot", flags: CommandFlags.DemandMaster).Select(v => (string)v!).ToArray());

    public void Becomes(Journey journey, string symbol, string price) =>
        Until.Equal($"{symbol} as an ordinary client reads it", price, () => Price(symbol[..^4]), state: () => journey.Bot.ErrorText);

    public void Dispose() => _redis.Dispose();

    private static string KeyOf(string coin) => $"bybit_spot:{coin}";

    private T? Ask<T>(Func<IDatabase, T?> question)
        where T : class
    {
        try
        {
            return question(_redis.GetDatabase());
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            return null;
        }
    }
}

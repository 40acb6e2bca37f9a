using System.Globalization;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;

namespace BybitSpot.Tests.Tools;

/// <summary>A Redis with what an instance says of its coins, and `get` that reads there.</summary>
public abstract class GetStage : IDisposable
{
    private protected readonly TemporaryFolder _folder = new();
    private protected readonly RedisServer _redis = RedisServer.Start();

    protected GetStage() => Says("spot", "box-1", "BTC fresh", "PEPE fresh");

    public void Dispose()
    {
        _redis.Dispose();
        _folder.Dispose();
    }

    private protected void Store(string coin, string price, DateTimeOffset time) =>
        _redis.Ask("HSET", $"bybit_spot:{coin}", "ltp", price, "timestamp", time.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture), "original_symbol", coin + "USDT");

    private protected void Says(string market, string instance, params string[] coins)
    {
        string key = $"price_feed:{market}:{instance}";
        _redis.Ask("DEL", key + ":coins");
        _redis.Ask("HSET", key, "heartbeat", "2024-09-09T15:30:25.123Z");
        _redis.Ask(["HSET", key + ":coins", .. coins.SelectMany(c => c.Split(' '))]);
        _redis.Ask("ZADD", $"price_feed:{market}", "1725895825123", instance);
    }

    private protected string[] Arguments(params string[] arguments) => ["get", .. arguments, "--redis-host", "127.0.0.1", "--redis-port", $"{_redis.Port}"];

    private protected Outcome Get(params string[] arguments) => Tool.Call(Arguments(arguments));
}

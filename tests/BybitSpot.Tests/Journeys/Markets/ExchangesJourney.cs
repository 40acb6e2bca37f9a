using System.Globalization;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>Exchanges of any markets, the first of which is the program's own; a Redis and the built program behind them. All ended together.</summary>
internal abstract class ExchangesJourney : IDisposable
{
    private readonly Exchange[] _exchanges;
    private readonly Dictionary<string, string> _environment;

    protected ExchangesJourney(Exchange[] exchanges, string coinsFile, IEnumerable<(string Name, string Value)> settings)
    {
        _exchanges = exchanges;
        foreach (Exchange other in exchanges.Skip(1))
            exchanges[0].Join(other);
        File.WriteAllText(CoinsFile, coinsFile);
        _environment = new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = exchanges[0].StreamUrl,
            ["BYBIT_REST_URL"] = exchanges[0].RestUrl,
            ["REDIS_HOST"] = "127.0.0.1",
            ["REDIS_PORT"] = Redis.Port.ToString(CultureInfo.InvariantCulture),
            ["COINS_FILE"] = CoinsFile,
            ["RECONNECT_INTERVAL_MS"] = "100",
            ["RECONNECT_MAX_ATTEMPTS"] = "0",
            ["INSTANCE_ID"] = "main",
        };
        foreach ((string name, string value) in settings)
            _environment[name] = value;
    }

    public RedisServer Redis { get; } = RedisServer.Start();

    public string Folder { get; } = Repository.NewScratchFolder();

    public string CoinsFile => Path.Combine(Folder, "coins.json");

    public Bot? Bot { get; private set; }

    public Bot Run(params string[] flags) => Bot = Bot.Start(["run", .. flags], _environment, Folder);

    public Bot Tool(params string[] arguments) => Bot.Start(arguments, _environment, Folder);

    /// <summary>What Redis says that a coin's price is worth; null: it says nothing.</summary>
    public string? Worth(string market, string coin) => (string?)Redis.Ask("HGET", $"price_feed:{market}:main:coins", coin);

    public void Dispose()
    {
        Bot?.Dispose();
        foreach (Exchange exchange in _exchanges)
            exchange.Dispose();
        Redis.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

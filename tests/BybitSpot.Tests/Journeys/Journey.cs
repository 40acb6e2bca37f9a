using BybitSpot.Simulator;

namespace BybitSpot.Tests.Journeys;

/// <summary>An exchange, a Redis and the built program between them, each real but for the exchange; all ended together.</summary>
internal sealed class Journey : IDisposable
{
    private readonly Dictionary<string, string> _environment;
    private bool _ownsRedis;
    private Bot? _bot;

    private Journey(Exchange exchange, RedisServer redis, bool ownsRedis, IReadOnlyList<string> symbols, IReadOnlyDictionary<string, string>? settings)
    {
        Exchange = exchange;
        Redis = redis;
        _ownsRedis = ownsRedis;
        CoinsFile = Path.Combine(Folder, "coins.json");
        WriteCoins(symbols);
        _environment = new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = exchange.StreamUrl,
            ["BYBIT_REST_URL"] = exchange.RestUrl,
            ["REDIS_HOST"] = "127.0.0.1",
            ["REDIS_PORT"] = $"{redis.Port}",
            ["COINS_FILE"] = CoinsFile,
            ["RECONNECT_INTERVAL_MS"] = "100",
            ["RECONNECT_MAX_ATTEMPTS"] = "0",
        };
        foreach ((string name, string value) in settings ?? new Dictionary<string, string>())
            _environment[name] = value;
    }

    public Exchange Exchange { get; }

    public RedisServer Redis { get; }

    public string Folder { get; } = Repository.NewScratchFolder();

    public string CoinsFile { get; }

    /// <summary>What the program is told.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>What the program is started by; see <see cref="Bot.Start"/>.</summary>
    public IReadOnlyList<string> Launcher { get; init; } = [];

    public Bot Bot => _bot ?? throw new InvalidOperationException("the program was not started");

    /// <summary>Lists the symbols at a new exchange and prepares the program; <see cref="Run"/> starts it.</summary>
    public static Journey Prepare(IReadOnlyList<string> symbols, IReadOnlyDictionary<string, string>? settings = null, RedisServer? redis = null, ExchangeOptions? exchangeOptions = null,
        params IReadOnlyList<string> launcher)
    {
        var exchange = Exchange.Start(exchangeOptions);
        foreach (string symbol in symbols)
            exchange.List(symbol, symbol[..^4], "USDT", "0.01", "100.00");
        return new Journey(exchange, redis ?? RedisServer.Start(), ownsRedis: redis is null, symbols, settings) { Launcher = launcher };
    }

    /// <summary>The same, started, and every coin's first price in Redis.</summary>
    public static Journey Begin(params string[] symbols)
    {
        Journey journey = Prepare(symbols);
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        return journey;
    }

    /// <summary>A Redis that the test started, for its own settings, ends with the journey from now on.</summary>
    public Journey OwnRedis()
    {
        _ownsRedis = true;
        return this;
    }

    /// <summary>Leaves a variable of the environment out altogether.</summary>
    public void Forget(string variable) => _environment[variable] = Bot.Unset;

    /// <summary>What the program is told by a variable of the environment, from its next start on.</summary>
    public void Set(string variable, string value) => _environment[variable] = value;

    public Bot Run(bool readPrices = true, params string[] flags) => _bot = Bot.Start(["run", .. flags], _environment, Folder, readPrices, Launcher);

    public void AwaitFirstPrices(params IReadOnlyList<string> symbols)
    {
        foreach (string symbol in symbols)
            Until.True($"{symbol} has a price", () => Redis.Price(symbol[..^4]) is not null, state: () => Bot.ErrorText);
    }

    /// <summary>Trades at the exchange and waits until Redis holds that price.</summary>
    public void TradeArrives(string symbol, string price)
    {
        Exchange.Trade(symbol, price);
        PriceBecomes(symbol, price);
    }

    public void PriceBecomes(string symbol, string price, TimeSpan? limit = null) =>
        Until.Equal($"{symbol} in Redis", price, () => Redis.Price(symbol[..^4]), limit, () => Bot.ErrorText);

    public void WriteCoins(params IReadOnlyList<string> symbols) =>
        File.WriteAllText(CoinsFile, "{\"coins\":[" + string.Join(',', symbols.Select(s => $"\"{s}\"")) + "]}\n");

    public void Dispose()
    {
        _bot?.Dispose();
        Exchange.Dispose();
        if (_ownsRedis)
            Redis.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

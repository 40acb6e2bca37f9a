using System.Net;
using System.Net.Sockets;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Store;

[Collection(StoreJourney.Name)]
public sealed class DemoTests : IDisposable
{
    private static readonly string[] s_coins = ["ADA", "AVAX", "BNB", "BTC", "DOGE", "ETH", "LINK", "LTC", "SOL", "XRP"];

    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("run", "--demo")]
    [InlineData("--demo")]
    public void A_demo_tells_where_to_look_before_the_first_price_and_prices_of_ten_coins_stand_there(params string[] arguments)
    {
        using Bot bot = Start(arguments);
        int port = StoreJourney.PortIn(bot.Log("demo"));
        using var store = RedisServer.Reach(port);
        foreach (string coin in s_coins)
            Until.True($"{coin} has a price", () => store.Price(coin) is not null, state: () => bot.ErrorText);
        Assert.Equal(["ltp", "original_symbol", "timestamp"], store.Hash("bybit_spot:BTC").Keys.Order());
        bot.Log("first_price");
        Assert.Equal(["demo", "first_price"], bot.Logs.Select(l => l.Event).Where(e => e is "demo" or "first_price"));
        Until.True("ten coins on stdout", () => bot.Prices.Select(l => l.Split('|')[0]).Distinct().Count() == 10);
        Assert.All(bot.Prices, line => Assert.Matches(@"^[A-Z]+\|[0-9.]+\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line));
        Assert.All(bot.ErrorText.Split('\n'), line => Assert.StartsWith("{", line));
    }

    [Fact]
    public void The_prices_move_and_scripts_run_in_the_store()
    {
        using Bot bot = Start("--demo");
        using var store = RedisServer.Reach(StoreJourney.PortIn(bot.Log("demo")));
        Until.True("BTC has a price", () => store.Price("BTC") is not null);
        string first = store.Price("BTC")!;
        Until.True("another price of BTC", () => store.Price("BTC") != first);
        Assert.Equal("BTCUSDT", store.Ask("EVAL", "return redis.call('HGET', KEYS[1], ARGV[1])", "1", "bybit_spot:BTC", "original_symbol"));
        Assert.True(StoreJourney.HoldsGarnet(bot));
    }

    [Theory]
    [InlineData(Journeys.Signals.Terminate)]
    [InlineData(Journeys.Signals.Interrupt)]
    public void A_signal_ends_it_with_0(int signal)
    {
        using Bot bot = Start("--demo", "--quiet");
        bot.Log("first_price");
        bot.Signal(signal);
        Assert.Equal(0, bot.Exit());
        Assert.Empty(bot.Prices);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Whatever_is_configured_it_reaches_nobody_but_itself()
    {
        using var stranger = RedisServer.Start();
        stranger.Ask("HSET", "bybit_spot:BTC", "ltp", "1", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT");
        long connections = Connections(stranger);
        using var exchange = new TcpListener(IPAddress.Loopback, 0);
        exchange.Start();
        string there = $"127.0.0.1:{((IPEndPoint)exchange.LocalEndpoint).Port}";
        File.WriteAllText(Path.Combine(_folder, ".env"), $"REDIS_HOST=127.0.0.1\nREDIS_PORT={stranger.Port}\nREDIS_DB=not a number\nREDIS_EMBEDDED=never\n");
        using Bot bot = Bot.Start(
            ["run", "--demo", "--redis-host", "127.0.0.1", "--redis-port", $"{stranger.Port}"],
            new Dictionary<string, string>
            {
                ["BYBIT_WS_URL"] = $"ws://{there}/v5/public/linear",
                ["BYBIT_REST_URL"] = $"http://{there}",
                ["COINS_FILE"] = "nowhere.json",
                ["REDIS_PASSWORD"] = "canary",
                ["REDIS_URL"] = $"redis://127.0.0.1:{stranger.Port}",
                ["HTTPS_PROXY"] = $"http://{there}",
            },
            _folder);
        using var store = RedisServer.Reach(StoreJourney.PortIn(bot.Log("demo")));
        Assert.NotEqual(stranger.Port, store.Port);
        Until.True("BTC has a price", () => store.Price("BTC") is not null, state: () => bot.ErrorText);
        bot.Signal(Journeys.Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.False(exchange.Pending());
        Assert.Equal(connections, Connections(stranger));
        Assert.Equal("1", stranger.Price("BTC"));
        Assert.Equal("1", stranger.Ask("DBSIZE"));
    }

    private static long Connections(RedisServer redis) =>
        long.Parse(((string)redis.Ask("INFO", "stats")!).Split("total_connections_received:")[1].Split('\r')[0]);

    private Bot Start(params string[] arguments) => Bot.Start(arguments, new Dictionary<string, string>(), _folder);
}

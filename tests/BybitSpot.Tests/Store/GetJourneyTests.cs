using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Store;

/// <summary>`get` beside a running program with a store of its own. Other programs on this machine may have one as well.</summary>
[Collection(StoreJourney.Name)]
public sealed class GetJourneyTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Get_finds_the_prices_of_a_run_that_had_no_Redis_and_says_where_it_read_them()
    {
        using Exchange exchange = Exchange.Start();
        exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "67250.50");
        File.WriteAllText(Path.Combine(_folder, "coins.json"), """{"coins":["BTCUSDT"]}""");
        var settings = new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = exchange.StreamUrl.Replace("spot", "inverse", StringComparison.Ordinal),
            ["BYBIT_REST_URL"] = "",
            ["COINS_FILE"] = Path.Combine(_folder, "coins.json"),
            ["REDIS_PORT"] = $"{Repository.FreePort()}",
            ["RECONNECT_MAX_ATTEMPTS"] = "0",
        };
        using Bot bot = Bot.Start(["run"], settings, _folder);
        string endpoint = bot.Log("store_instead").Text("endpoint");
        int port = int.Parse(endpoint.Split(':')[1]);
        Marked(port, bot);
        using var store = RedisServer.Reach(port);
        // The exchange of the tests has no such market; what stands in the store is what counts here.
        store.Ask("HSET", "bybit_futures:BTCUSDT", "ltp", "67250.50", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT");

        Outcome got = Tool.Run(_folder, settings, "get", "--json");

        string told = got.Error.Split('\n')[0];
        Assert.StartsWith($"bybitspot: nothing answers at localhost:{settings["REDIS_PORT"]}: prices from the store inside a running bybitspot, at 127.0.0.1:6", told);
        Assert.Contains(endpoint, told);
        // Another program of that market with a store on a lower port would be read instead.
        Assert.SkipUnless(told.Contains($"bybitspot, at {endpoint}", StringComparison.Ordinal), "another inverse store is on this machine");
        Assert.Equal((0, "67250.50"), (got.Status, JsonDocument.Parse(got.Output).RootElement[0].GetProperty("ltp").GetString()));

        bot.Signal(Journeys.Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Outcome after = Tool.Run(_folder, settings, "get");
        Assert.DoesNotContain($"{endpoint};", after.Error + ";");
        Assert.SkipUnless(after.Status == 1, "another inverse store is on this machine");
        Assert.Equal("", after.Output);
        Assert.Contains("no running bybitspot has a store of its own with inverse prices", after.Error);
    }

    [Fact]
    public void Get_reads_a_demo_and_calls_its_prices_made_up()
    {
        using Bot bot = Bot.Start(["--demo"], new Dictionary<string, string>(), _folder);
        int port = StoreJourney.PortIn(bot.Log("demo"));
        bot.Log("first_price");
        Marked(port, bot);

        Outcome got = Tool.Run(_folder, new Dictionary<string, string> { ["REDIS_PORT"] = $"{Repository.FreePort()}" }, "get", "BTC");

        // Real prices come first, be they of somebody else's run; this one is named in any case.
        Assert.Contains($"127.0.0.1:{port}", got.Error);
        Assert.SkipUnless(got.Error.Contains("made-up prices of a running demo", StringComparison.Ordinal), "a run with a store of its own is on this machine");
        Assert.Equal(0, got.Status);
        Assert.Matches(@"^BTC +[0-9.]+ +\S+Z +[0-9.]+s$", got.Lines[1]);
    }

    private static void Marked(int port, Bot bot) =>
        Until.True("the store is marked", () => StoreMark.Read(port, TimeProvider.System) is not null, state: () => bot.ErrorText);
}

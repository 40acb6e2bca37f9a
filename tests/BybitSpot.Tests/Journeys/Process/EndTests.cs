using System.Diagnostics;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>How the program ends: asked, asked twice, killed.</summary>
public sealed class EndTests
{
    /// <summary>Less than a connect to the exchange may take: who waited for that comes too late.</summary>
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(9);

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_reconnecting_ends_it_with_0()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Exchange.Dispose();
        journey.Bot.Log("feed_connect_failed");
        EndsWith0(journey);
    }

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_an_exchange_that_never_answers_is_dialled_ends_it_with_0()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.UpgradeNeverAnswered = true;
        journey.Exchange.Faults.RestHang = true;
        journey.Run().Log("feed_connecting");
        Until.True("it asks", () => journey.Exchange.Connections.Count > 0);
        EndsWith0(journey);
    }

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_Redis_hangs_ends_it_with_0()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Redis.Freeze();
        journey.Exchange.Flood(["BTCUSDT"], 5_000);
        EndsWith0(journey);
    }

    [Fact]
    [Trait("Fault", "63")]
    public void SIGTERM_while_Redis_is_away_ends_it_with_0()
    {
        using RedisServer redis = RedisServer.Start();
        redis.Kill();
        using var silent = new Stranger(redis.Port, null);
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis);
        journey.Run();
        Until.True("the silent port is tried", () => silent.Visits > 0);
        EndsWith0(journey);
    }

    [Fact]
    public void SIGTERM_amid_a_burst_leaves_in_Redis_the_last_price_that_the_program_took_of_each_coin()
    {
        string[] symbols = [.. Enumerable.Range(1, 50).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Begin(symbols);
        Bot bot = journey.Bot;
        int before = bot.Prices.Count;
        var flood = new Thread(() => journey.Exchange.Flood(symbols, 500_000)) { IsBackground = true };
        flood.Start();
        Until.True("the burst has begun", () => bot.Prices.Count > before + 200);
        EndsWith0(journey);
        // stdout's last drain comes after Redis' last, and a price never changes in between.
        Dictionary<string, string> last = [];
        foreach (string line in bot.Prices)
            last[line.Split('|')[0]] = line;
        Assert.Equal(symbols.Length, last.Count);
        foreach ((string coin, string line) in last)
            Assert.Equal(line, $"{coin}|{journey.Redis.Price(coin)}|{journey.Redis.Timestamp(coin)}");
        journey.Exchange.Dispose();
        flood.Join();
    }

    [Fact]
    public void What_Redis_had_not_taken_yet_at_SIGTERM_is_written_when_it_goes_on_in_time()
    {
        string[] symbols = [.. Enumerable.Range(1, 50).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Begin(symbols);
        Bot bot = journey.Bot;
        journey.Redis.Freeze();
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(symbols, 100_000);
        foreach ((string symbol, string price) in newest)
            Until.True($"{symbol} on stdout", () => bot.Prices.Any(l => l.StartsWith($"{symbol[..^4]}|{price}|")));
        bot.Signal(Signals.Terminate);
        bot.Log("stopping");
        Until.StaysTrue("it waits for Redis", () => !bot.Process.HasExited, TimeSpan.FromMilliseconds(400));
        journey.Redis.Thaw();
        Assert.Equal(0, bot.Exit(s_soon));
        foreach ((string symbol, string price) in newest)
            Assert.Equal((symbol, price), (symbol, journey.Redis.Price(symbol[..^4])));
    }

    [Fact]
    [Trait("Fault", "64")]
    public void A_second_SIGINT_ends_it_at_once_with_130()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Redis.Freeze();
        string last = journey.Exchange.Flood(["BTCUSDT"], 5_000)["BTCUSDT"];
        Bot bot = journey.Bot;
        Until.True("the burst", () => bot.Prices.Any(l => l.StartsWith($"BTC|{last}|")));
        bot.Signal(Signals.Interrupt);
        bot.Log("stopping", l => l.Text("reason") == "SIGINT");
        Assert.False(bot.Process.HasExited);
        bot.Signal(Signals.Interrupt);
        Assert.Equal(130, bot.Exit());
        Assert.Equal(0, bot.CountLogs("stopped"));
    }

    [Fact]
    public void One_SIGINT_ends_it_in_order_with_0()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Bot.Signal(Signals.Interrupt);
        Assert.Equal(0, journey.Bot.Exit(s_soon));
        Assert.Equal(("SIGINT", 0), (journey.Bot.Log("stopped").Text("reason"), (int)journey.Bot.Log("stopped").Number("status")));
    }

    private static void EndsWith0(Journey journey)
    {
        var watch = Stopwatch.StartNew();
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit(s_soon));
        Assert.True(watch.Elapsed < s_soon, $"{watch.Elapsed.TotalSeconds:0.0} s");
        Assert.Equal("SIGTERM", journey.Bot.Log("stopped").Text("reason"));
    }
}

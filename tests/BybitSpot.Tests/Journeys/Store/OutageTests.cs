using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Redis is not there, goes, and comes back.</summary>
public sealed class OutageTests
{
    private static readonly string[] s_twenty = [.. Enumerable.Range(1, 20).Select(i => $"C{i:00}USDT")];

    [Fact]
    public void Without_Redis_at_the_start_the_feed_runs_says_so_and_writes_all_prices_when_Redis_comes()
    {
        using RedisServer redis = RedisServer.Start();
        redis.Kill();
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], redis: redis);
        Bot bot = journey.Run();
        LogLine told = bot.Log("redis_unavailable");
        Assert.Equal("warn", told.Text("level"));
        Assert.Equal($"127.0.0.1:{redis.Port}", told.Text("endpoint"));
        Assert.Contains("refused", told.Text("reason"));
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        Until.True("the feed runs without Redis", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.10|")), state: () => bot.ErrorText);
        redis.Launch();
        journey.PriceBecomes("BTCUSDT", "64000.10");
        journey.PriceBecomes("ETHUSDT", "100.00");
        bot.Log("redis_connected");
    }

    [Fact]
    [Trait("Fault", "33")]
    public void Killed_and_come_back_empty_Redis_has_every_coin_at_once_quiet_ones_too_without_another_tick()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT", "SOLUSDT");
        journey.Exchange.Trade("BTCUSDT", "64000.10", movesTicker: false);
        journey.PriceBecomes("BTCUSDT", "64000.10");
        Dictionary<string, string>[] before = AllOf(journey, 3);
        journey.Redis.Kill();
        journey.Redis.Launch();
        Until.Equal("keys in the empty Redis", 3, () => journey.Redis.Keys().Length, state: () => journey.Bot.ErrorText);
        Assert.Equal(before, AllOf(journey, 3));
    }

    [Fact]
    public void Restarted_in_the_middle_of_a_lively_stream_Redis_ends_with_the_newest_of_twenty_coins()
    {
        using Journey journey = Journey.Begin(s_twenty);
        using var trading = new Trading(journey.Exchange, s_twenty, perSecond: 600);
        Until.True("a stream", () => journey.Redis.Calls("hset") > 200);
        journey.Redis.Kill();
        long before = trading.Trades;
        Until.True("trades without Redis", () => trading.Trades > before + 300);
        journey.Redis.Launch();
        Until.True("a stream again", () => journey.Redis.Calls("hset") > 100, state: () => journey.Bot.ErrorText);
        EndsRight(journey, trading);
    }

    [Fact]
    public void Taken_away_and_back_five_times_quickly_Redis_ends_with_the_newest_of_every_coin()
    {
        using Journey journey = Journey.Begin(s_twenty);
        using var trading = new Trading(journey.Exchange, s_twenty, perSecond: 400);
        for (int time = 0; time < 5; time++)
        {
            journey.Redis.Kill();
            journey.Redis.Launch();
            // The second and the fourth time the program has not even come back before the server goes again.
            if (time % 2 == 0)
                Until.True("writes again", () => journey.Redis.Calls("hset") > 0, state: () => journey.Bot.ErrorText);
        }
        EndsRight(journey, trading);
        Assert.Equal(1, journey.Exchange.Connections.Count(c => c.Upgraded));
    }

    private static void EndsRight(Journey journey, Trading trading)
    {
        Dictionary<string, string> last = trading.Stop();
        Assert.Equal(s_twenty.Length, last.Count);
        foreach ((string symbol, string price) in last)
            journey.PriceBecomes(symbol, price);
    }

    private static Dictionary<string, string>[] AllOf(Journey journey, int coins)
    {
        string[] keys = journey.Redis.Keys();
        Assert.Equal(coins, keys.Length);
        return [.. keys.Select(journey.Redis.Hash)];
    }
}

using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Passwords, databases, and a Redis that is not ours alone.</summary>
public sealed class AccessTests
{
    private const string Right = "right-s3cret-of-the-server", Wrong = "wr0ng-s3cret-of-the-settings";

    [Fact]
    public void With_the_right_password_and_a_database_of_its_own_prices_stand_there_and_nowhere_else()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", Right);
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_PASSWORD"] = Right, ["REDIS_DB"] = "3" }, redis);
        journey.Run();
        redis.Ask("SELECT", "3");
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "64000.10");
        redis.Ask("SELECT", "0");
        Assert.Empty(redis.Keys());
        journey.Bot.EndsAndNeverSays(Right);
    }

    [Fact]
    [Trait("Fault", "39")]
    [Trait("Fault", "78")]
    public void A_wrong_password_is_told_by_its_name_never_by_its_text_and_prices_come_once_it_is_put_right_on_the_server()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", Right);
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_PASSWORD"] = Wrong }, redis);
        Bot bot = journey.Run();
        LogLine told = bot.Log("redis_unavailable");
        Assert.Contains("AUTH", told.Text("reason"));
        Assert.Contains("WRONGPASS", told.Text("reason"));
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.10|")), state: () => bot.ErrorText);
        Assert.Empty(redis.Keys());
        redis.Ask("CONFIG", "SET", "requirepass", Wrong);
        journey.PriceBecomes("BTCUSDT", "64000.10");
        bot.EndsAndNeverSays(Right, Wrong);
    }

    [Fact]
    [Trait("Fault", "39")]
    public void A_missing_password_is_told_as_NOAUTH()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", Right);
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis);
        Assert.Contains("NOAUTH", journey.Run().Log("redis_unavailable").Text("reason"));
    }

    [Fact]
    [Trait("Fault", "71")]
    public void Nothing_but_the_keys_of_the_coins_is_ever_touched()
    {
        using RedisServer redis = RedisServer.Start();
        redis.Ask("SET", "foreign", "1");
        redis.Ask("HSET", "bybit_futures:BTC", "ltp", "1");
        redis.Ask("HSET", "bybit_spot:DOGE", "ltp", "2", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "DOGEUSDT");
        redis.Ask("SET", "bybit_spot", "3");
        using var monitor = new RedisMonitor(redis);
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], redis: redis);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("BTCUSDT", "64000.10");
        journey.WriteCoins("BTCUSDT");
        Until.True("the removed coin goes", () => redis.Price("ETH") is null, state: () => journey.Bot.ErrorText);
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());

        Assert.Equal(["bybit_futures:BTC", "bybit_spot", "bybit_spot:BTC", "bybit_spot:DOGE", "foreign"], redis.Keys());
        Assert.Equal("1", redis.Ask("GET", "foreign"));
        Assert.Equal("2", redis.Price("DOGE"));
        // What it says of itself is its own as well; and the scripts' commands are there without their script.
        string[][] own = [.. monitor.Commands.Where(c => c[0] is not ("KEYS" or "INFO") && c.Length > 1 && !c[1].StartsWith("price_feed:spot", StringComparison.Ordinal))];
        Assert.NotEmpty(own);
        Assert.All(own.Where(c => c[0] is "HSET" or "HGET" or "HMGET" or "HGETALL" or "PTTL" or "DEL"), c => Assert.Contains(c[1], (string[])["bybit_spot:BTC", "bybit_spot:ETH", "bybit_spot:DOGE"]));
        Assert.All(own.Where(c => c[0] is "HSET" or "DEL"), c => Assert.NotEqual("bybit_spot:DOGE", c[1]));
        Assert.Equal([], own.Select(c => c[0]).Distinct().Except(["HSET", "HGET", "HMGET", "HGETALL", "PTTL", "EVAL", "DEL", "GET", "CLIENT"]));
    }
}

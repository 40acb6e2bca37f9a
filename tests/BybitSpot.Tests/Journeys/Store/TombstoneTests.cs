using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A coin is taken off the list while its hash cannot be deleted, or when its hash is no longer ours.</summary>
public sealed class TombstoneTests
{
    [Fact]
    public void A_coin_removed_while_Redis_hangs_goes_from_it_when_it_goes_on()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.Redis.Freeze();
        RemoveEth(journey);
        journey.Redis.Thaw();
        EthGoes(journey);
    }

    [Fact]
    public void A_coin_removed_while_Redis_was_away_goes_although_Redis_comes_back_with_its_old_hash()
    {
        using RedisServer redis = RedisServer.Start("--dbfilename", "prices.rdb");
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], redis: redis);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        redis.Ask("SAVE");
        redis.Kill();
        RemoveEth(journey);
        redis.Launch();
        EthGoes(journey);
        Until.True("the other coin stands", () => redis.Price("BTC") is not null);
    }

    [Theory]
    [InlineData("original_symbol", "ETHUSDC")]
    [InlineData("timestamp", "2031-01-01T00:00:00.000Z")]
    [InlineData("timestamp", "2011-01-01T00:00:00.000Z")]
    public void A_hash_that_somebody_else_has_written_over_meanwhile_is_left_alone(string field, string value)
    {
        // The first of the list is the last whose turn to be written anew comes, a minute after the start.
        using Journey journey = Journey.Begin("ETHUSDT", "BTCUSDT");
        journey.Redis.Ask("HSET", "bybit_spot:ETH", field, value);
        Dictionary<string, string> theirs = journey.Redis.Hash("bybit_spot:ETH");
        using var monitor = new RedisMonitor(journey.Redis);
        RemoveEth(journey);
        Until.True("the deletion was asked for", () => monitor.Commands.Any(c => c[0] == "EVAL" && c.Contains("bybit_spot:ETH")), state: () => journey.Bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(theirs, journey.Redis.Hash("bybit_spot:ETH"));
    }

    private static void RemoveEth(Journey journey)
    {
        journey.WriteCoins("BTCUSDT");
        journey.Bot.Log("watchlist_applied", l => l.Number("removed") == 1);
    }

    private static void EthGoes(Journey journey)
    {
        Until.True("the removed coin's hash goes", () => journey.Redis.Ask("EXISTS", "bybit_spot:ETH") is "0", state: () => journey.Bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(["bybit_spot:BTC"], journey.Redis.Keys());
    }
}

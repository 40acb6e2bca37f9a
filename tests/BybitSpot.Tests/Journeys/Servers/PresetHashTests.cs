using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>What stands under a coin's key before the program comes: somebody's mistake, another version's hash, another instance's price.</summary>
public sealed class PresetHashTests
{
    private const string Key = "bybit_spot:BTC";

    [Theory]
    [InlineData("direct"), InlineData("guarded")]
    public void A_time_in_2099_holds_nothing_back(string mode)
    {
        using Journey journey = Prepare(mode);
        journey.Redis.Ask("HSET", Key, "ltp", "1.00", "timestamp", "2099-01-01T00:00:00.000Z", "original_symbol", "BTCUSDT");
        journey.Run();
        journey.TradeArrives("BTCUSDT", "101.00");
        AssertOurs(journey, "101.00", mode);
    }

    [Theory]
    [InlineData("direct"), InlineData("guarded")]
    public void A_time_that_is_none_holds_nothing_back(string mode)
    {
        using Journey journey = Prepare(mode);
        journey.Redis.Ask("HSET", Key, "ltp", "1.00", "timestamp", "yesterday", "original_symbol", "BTCUSDT");
        journey.Run();
        journey.TradeArrives("BTCUSDT", "101.00");
        AssertOurs(journey, "101.00", mode);
    }

    // What guarded writes, other versions or other programs have left there, and an expiry.
    [Fact]
    public void Direct_leaves_nothing_but_the_three_fields_and_no_expiry()
    {
        using Journey journey = Prepare("direct");
        journey.Redis.Ask("HSET", Key, "ltp", "1.00", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT", "seq", "9999999999", "received_at", "x", "source", "y");
        journey.Redis.Ask("EXPIRE", Key, "100");
        journey.Run();
        journey.TradeArrives("BTCUSDT", "101.00");
        Assert.Equal(["ltp", "original_symbol", "timestamp"], journey.Redis.Hash(Key).Keys.Order(StringComparer.Ordinal));
        Assert.Equal("-1", journey.Redis.Ask("TTL", Key));
        // Once, which is until Redis has confirmed it: what somebody adds later is his.
        int price = 102;
        Until.True("what was added stays", () =>
        {
            journey.Redis.Ask("HSET", Key, "note", "mine");
            journey.TradeArrives("BTCUSDT", $"{price++}.00");
            return journey.Redis.Hash(Key).ContainsKey("note");
        }, state: () => journey.Bot.ErrorText);
        journey.TradeArrives("BTCUSDT", $"{price}.00");
        Assert.Equal("mine", journey.Redis.Hash(Key)["note"]);
    }

    [Fact]
    public void Guarded_adds_its_sequence_and_takes_over_a_hash_without_one()
    {
        using Journey journey = Prepare("guarded");
        journey.Redis.Ask("HSET", Key, "ltp", "1.00", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT", "note", "mine");
        journey.Run();
        journey.TradeArrives("BTCUSDT", "101.00");
        AssertOurs(journey, "101.00", "guarded");
        Assert.Equal("mine", journey.Redis.Hash(Key)["note"]);
    }

    [Theory]
    [Trait("Fault", "43")]
    [InlineData("direct"), InlineData("guarded")]
    public void A_key_of_another_type_makes_its_coin_stale_alone_and_is_never_deleted(string mode)
    {
        using Journey journey = Prepare(mode);
        journey.Redis.Ask("SET", Key, "somebody's");
        journey.Run();
        journey.AwaitFirstPrices("ETHUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT", "ETHUSDT");
        journey.StaleBecome("BTC");
        journey.TradeArrives("ETHUSDT", "101.00");
        // Off the list and on again: still somebody's.
        journey.WriteCoins("ETHUSDT");
        journey.Bot.Log("watchlist_applied", l => l.Number("removed") == 1);
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        journey.Bot.Log("watchlist_applied", l => l.Number("added") == 1);
        journey.StaleBecome("BTC");
        Assert.Equal("somebody's", journey.Redis.Ask("GET", Key));
        journey.Redis.Ask("DEL", Key);
        journey.PriceBecomes("BTCUSDT", "100.00");
        journey.StaleBecome();
    }

    // Another instance is ahead: what stands there is newer until the exchange has come so far.
    [Fact]
    [Trait("Fault", "70")]
    public void Guarded_never_writes_over_a_newer_sequence_and_writes_the_first_that_is_not_older()
    {
        using Journey journey = Prepare("guarded");
        long seq = journey.Exchange.Trade("BTCUSDT", "101.00");
        string now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        journey.Redis.Ask("HSET", Key, "ltp", "105.00", "timestamp", now, "original_symbol", "BTCUSDT", "seq", $"{seq + 3}");
        using var monitor = new RedisMonitor(journey.Redis);
        journey.Run();
        journey.AwaitFirstPrices("ETHUSDT");
        Assert.Equal(seq + 1, journey.Exchange.Trade("BTCUSDT", "102.00"));
        Assert.Equal(seq + 2, journey.Exchange.Trade("BTCUSDT", "103.00"));
        journey.TradeArrives("ETHUSDT", "101.00");
        Assert.Equal("105.00", journey.Redis.Price("BTC"));
        journey.TradeArrives("BTCUSDT", "106.00");
        Until.True("that is seen", () => monitor.PricesOf("BTC").Count > 0);
        Assert.Equal("106.00", monitor.PricesOf("BTC")[0]);
        Assert.Equal($"{seq + 3}", journey.Redis.Hash(Key)["seq"]);
    }

    private static void AssertOurs(Journey journey, string price, string mode)
    {
        Dictionary<string, string> hash = journey.Redis.Hash(Key);
        Assert.Equal(price, hash["ltp"]);
        Assert.Equal("BTCUSDT", hash["original_symbol"]);
        Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", hash["timestamp"]);
        Assert.InRange(DateTimeOffset.Parse(hash["timestamp"], System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        if (mode == "guarded")
            Assert.Equal($"{journey.Exchange.LastSeq("BTCUSDT")}", hash["seq"]);
        else
            Assert.DoesNotContain("seq", hash.Keys);
    }

    private static Journey Prepare(string mode) => Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["REDIS_WRITE_MODE"] = mode });
}

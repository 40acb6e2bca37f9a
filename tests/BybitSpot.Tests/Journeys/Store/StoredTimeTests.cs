using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Redis holds a price from before the start: its time counts, if it can be believed.</summary>
public sealed class StoredTimeTests
{
    private static readonly long s_nowMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    public void A_stored_time_newer_than_the_exchanges_messages_holds_them_back_until_a_newer_one_comes()
    {
        using Journey journey = Stored(IsoOf(s_nowMs + 2_000));
        SendOlderAndSee(journey);
        Until.StaysTrue("the stored price stays", () => journey.Redis.Price("BTC") == "777", TimeSpan.FromMilliseconds(300));
        Assert.Equal(IsoOf(s_nowMs + 2_000), journey.Redis.Timestamp("BTC"));

        journey.Exchange.Trade("BTCUSDT", "2.00", timeMs: s_nowMs + 2_001, movesTicker: false);
        journey.PriceBecomes("BTCUSDT", "2.00");
        Assert.Equal(IsoOf(s_nowMs + 2_001), journey.Redis.Timestamp("BTC"));
        Assert.Equal(0, journey.Bot.CountLogs("redis_stored_time_ignored"));
    }

    [Fact]
    public void A_list_that_only_the_exchange_can_tell_holds_older_messages_back_too()
    {
        using Journey journey = Stored(IsoOf(s_nowMs + 2_000), symbols: "*");
        SendOlderAndSee(journey);
        Until.StaysTrue("the stored price stays", () => journey.Redis.Price("BTC") == "777", TimeSpan.FromMilliseconds(300));
    }

    [Theory]
    [InlineData("2026-08-09 17:30:25")]
    [InlineData("1786310819126")]
    [InlineData("2026-08-09T17:30:25.123+02:00")]
    public void A_stored_time_of_another_form_is_ignored_with_a_warning(string stored)
    {
        using Journey journey = Stored(stored);
        SendOlderAndSee(journey);
        LogLine told = journey.Bot.Log("redis_stored_time_ignored");
        Assert.Equal(("bybit_spot:BTC", stored, "warn"), (told.Text("key"), told.Text("stored"), told.Text("level")));
        journey.PriceBecomes("BTCUSDT", "1.00");
        Assert.Equal(IsoOf(s_nowMs), journey.Redis.Timestamp("BTC"));
    }

    [Fact]
    public void A_stored_time_far_ahead_of_the_exchange_is_ignored_with_a_warning()
    {
        using Journey journey = Stored(IsoOf(s_nowMs + 3_600_000));
        SendOlderAndSee(journey);
        LogLine told = journey.Bot.Log("redis_stored_time_ignored");
        Assert.Contains("ahead of the exchange", told.Text("reason"));
        journey.PriceBecomes("BTCUSDT", "1.00");
        Assert.Equal(1, journey.Bot.CountLogs("redis_stored_time_ignored"));
    }

    [Fact]
    [Trait("Long", "yes")]
    public void What_a_stored_time_holds_back_is_written_after_a_minute()
    {
        Assert.SkipUnless(Repository.Long, "takes a minute: set BYBITSPOT_LONG=1");
        using Journey journey = Stored(IsoOf(s_nowMs + 2_000));
        SendOlderAndSee(journey);
        Until.StaysTrue("the stored price stays", () => journey.Redis.Price("BTC") == "777", TimeSpan.FromSeconds(50));
        journey.PriceBecomes("BTCUSDT", "1.00", TimeSpan.FromSeconds(20));
    }

    // Redis holds a price of this time, and the program has been started; the exchange says nothing by itself.
    private static Journey Stored(string timestamp, string symbols = "BTCUSDT")
    {
        RedisServer redis = RedisServer.Start();
        redis.Ask("HSET", "bybit_spot:BTC", "ltp", "777", "timestamp", timestamp, "original_symbol", "BTCUSDT");
        Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis).OwnRedis();
        journey.WriteCoins(symbols);
        journey.Exchange.Faults.NoSnapshot = true;
        journey.Run();
        return journey;
    }

    private static void SendOlderAndSee(Journey journey)
    {
        Bot bot = journey.Bot;
        bot.Log("feed_subscribed");
        bot.Log("redis_connected");
        journey.Exchange.PushTicker("BTCUSDT", "1.00", timeMs: s_nowMs);
        Until.True("the older price on stdout", () => bot.Prices.Any(l => l.StartsWith("BTC|1.00|")), state: () => bot.ErrorText);
    }

    private static string IsoOf(long timeMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(timeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}

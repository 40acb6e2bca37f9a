using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A connection to Redis that stays open and is answered no more, while a new one at the same address would be.</summary>
public sealed class SilentStoreTests
{
    [Fact]
    [Trait("Fault", "94")]
    public void A_connection_that_a_proxy_keeps_open_without_its_server_is_left_for_a_new_one_that_answers()
    {
        using RedisServer redis = RedisServer.Start("--requirepass", "s3cret");
        using var proxy = new TcpRelay { TargetPort = redis.Port };
        using Journey journey = Prepare(redis, proxy);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");

        proxy.Hold();
        FaultTimes times = FaultTimes.Begin("open and silent, a new connection is answered");
        journey.Exchange.Trade("BTCUSDT", "102.00");
        journey.Bot.Log("redis_slow");
        times.Seen();
        journey.Exchange.Trade("BTCUSDT", "103.00");
        journey.PriceBecomes("BTCUSDT", "103.00", TimeSpan.FromSeconds(60));
        times.Right();
        Assert.Contains("second connection", journey.Bot.Log("redis_unavailable").Text("reason"));
        // The first, and the one that was used: no other was tried. And perhaps that of the look-out for other writers.
        Assert.InRange(proxy.Accepted, 2, 3);

        // What the proxy had kept arrives after all, late: the newest is written over it.
        using var monitor = new RedisMonitor(redis);
        proxy.LetGo();
        Until.True("the newest after the late one", () => monitor.PricesOf("BTC") is ["102.00", .., "103.00"], state: () => string.Join(' ', monitor.PricesOf("BTC")));
        journey.PriceBecomes("BTCUSDT", "103.00");
        journey.TradeArrives("ETHUSDT", "55.55");
        Until.Equal("connections", 2, () => journey.Bot.CountLogs("redis_connected"), state: () => journey.Bot.ErrorText);
    }

    [Fact]
    [Trait("Fault", "32")]
    public void A_server_that_hangs_is_knocked_at_seldom_and_left_for_no_other_connection()
    {
        Assert.SkipUnless(Repository.Long, "takes 40 s: set BYBITSPOT_LONG=1");
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        long before = journey.Redis.ConnectionsEver();
        journey.Redis.Freeze();
        journey.Exchange.Trade("BTCUSDT", "102.00");
        Until.StaysTrue("it runs", () => !journey.Bot.Process.HasExited, TimeSpan.FromSeconds(38));
        journey.Exchange.Trade("BTCUSDT", "103.00");
        journey.Redis.Thaw();
        journey.PriceBecomes("BTCUSDT", "103.00");
        Assert.Equal(1, journey.Bot.CountLogs("redis_connected"));
        // Each is given 5 s, and 5 s pass to the next.
        Assert.InRange(journey.Redis.ConnectionsEver() - before, 1, 4);
    }

    private static Journey Prepare(RedisServer redis, TcpRelay proxy) =>
        Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["REDIS_PORT"] = $"{proxy.Port}", ["REDIS_PASSWORD"] = "s3cret" }, redis);
}

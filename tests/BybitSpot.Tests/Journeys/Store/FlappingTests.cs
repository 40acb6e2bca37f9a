using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A Redis that comes and goes all the time: told, and not told to death.</summary>
public sealed class FlappingTests
{
    // At once; in the middle of being greeted; after the first writes, with a reason that differs.
    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(200)]
    [Trait("Fault", "33")]
    public void A_Redis_that_drops_each_connection_fills_no_log_and_its_recovery_is_told(int afterBytes)
    {
        using RedisServer redis = RedisServer.Start("--requirepass", "s3cret");
        using var relay = new TcpRelay { TargetPort = redis.Port, DropAfterBytes = afterBytes };
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_PORT"] = $"{relay.Port}", ["REDIS_PASSWORD"] = "s3cret" }, redis);
        Bot bot = journey.Run();
        bot.Log("redis_unavailable");
        // Some 10 s of it.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Until.True("dropped again and again", () => relay.Accepted >= 12, TimeSpan.FromSeconds(60), () => bot.ErrorText);
        // Three lines, and one each half minute; beside each, how many were left out.
        Assert.InRange(RedisLines(bot), 1, 2 * (4 + (int)watch.Elapsed.TotalSeconds / 30));
        relay.DropAfterBytes = null;
        journey.TradeArrives("BTCUSDT", "64000.10");
        Until.True("the recovery is told", () => bot.Logs.Where(IsAboutConnection).Last().Event == "redis_connected", TimeSpan.FromSeconds(40), () => bot.ErrorText);
        Assert.True(bot.Log("redis_lines_left_out").Number("count") > 0);
    }

    private static bool IsAboutConnection(LogLine line) => line.Event is "redis_connected" or "redis_unavailable";

    private static int RedisLines(Bot bot) => bot.Logs.Count(l => l.Event.StartsWith("redis_", StringComparison.Ordinal));
}

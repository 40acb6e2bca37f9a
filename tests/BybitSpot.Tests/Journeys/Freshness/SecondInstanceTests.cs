using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

public sealed class SecondInstanceTests
{
    [Fact]
    [Trait("Fault", "97")]
    public void An_instance_that_is_cut_off_never_writes_its_old_price_over_the_newer_one_of_another()
    {
        using Journey living = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "living" });
        using Journey cutOff = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], new Dictionary<string, string> { ["INSTANCE_ID"] = "cut-off" }, living.Redis);
        RedisServer redis = living.Redis;
        living.Run();
        cutOff.Run();
        Until.Equal("both watch", "fresh fresh", () => $"{redis.Ask("HGET", "price_feed:spot:living:coins", "QUIET")} {redis.Ask("HGET", "price_feed:spot:cut-off:coins", "QUIET")}", Trust.SeenWithin, () => cutOff.Bot.ErrorText);
        cutOff.Exchange.Faults.UpgradeStatus = 503;
        cutOff.Exchange.CloseAll();
        Until.Equal("the one that is cut off says so", "stale", () => redis.Ask("HGET", "price_feed:spot:cut-off:coins", "QUIET"), Trust.SeenWithin, () => cutOff.Bot.ErrorText);
        living.TradeArrives("QUIETUSDT", "101.00");

        // What is written anew after a broken connection is what is written anew each minute.
        for (int i = 0; i < 3; i++)
        {
            int before = cutOff.Bot.CountLogs("redis_connected");
            redis.Ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            Until.True("it is connected again", () => cutOff.Bot.CountLogs("redis_connected") > before, state: () => cutOff.Bot.ErrorText);
        }
        Until.StaysTrue("the newer price stands", () => redis.Price("QUIET") == "101.00", TimeSpan.FromSeconds(3));

        // Where there is nothing it is better than nothing.
        living.Bot.Signal(Signals.Terminate);
        living.Bot.Exit();
        redis.Ask("FLUSHDB");
        redis.Ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        Until.Equal("its price", "100.00", () => redis.Price("QUIET"), Trust.SeenWithin, () => cutOff.Bot.ErrorText);
        Assert.Equal("stale", redis.Ask("HGET", "price_feed:spot:cut-off:coins", "QUIET") ?? "stale");
    }
}

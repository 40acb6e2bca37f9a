using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>Instances that write the same coins notice each other, unless all are guarded.</summary>
[Trait("Fault", "89")]
public sealed class SecondWriterTests
{
    private static readonly (string, string) s_guarded = ("REDIS_WRITE_MODE", "guarded"), s_page = ("HTTP_URL", "http://127.0.0.1:0");

    [Fact]
    public void Two_without_guard_both_say_so_by_name_with_what_to_do_until_one_of_them_has_ended()
    {
        using var redis = new OneServer();
        using Journey journey = redis.Prepare(["BTCUSDT", "ETHUSDT"], s_page, ("INSTANCE_ID", "first"));
        Bot first = journey.Run();
        FaultTimes times = FaultTimes.Begin("89", "two instances without guard");
        using Bot second = journey.StartAnother("second");
        foreach ((Bot bot, string other) in ((Bot, string)[])[(first, "second"), (second, "first")])
        {
            OthersBecome(bot, 1);
            LogLine told = bot.Log("redis_second_writer");
            Assert.Equal("warn", told.Text("level"));
            Assert.Contains(other, told.Json.ToString());
            Assert.Contains("REDIS_WRITE_MODE=guarded", told.Json.ToString());
        }
        times.Seen();
        second.Signal(Signals.Terminate);
        Assert.Equal(0, second.Exit());
        times.Mended();
        OthersBecome(first, 0);
        times.Right();
        // Told, and not told at each look.
        Assert.InRange(first.CountLogs("redis_second_writer"), 1, 3);
    }

    [Fact]
    public void Guarded_ones_do_not_mind_each_other_nor_one_with_other_coins_but_one_without_guard()
    {
        using var redis = new OneServer();
        using Journey journey = redis.Prepare(["BTCUSDT", "ETHUSDT"], s_page, s_guarded, ("INSTANCE_ID", "guarded-1"));
        journey.Exchange.List("SOLUSDT", "SOL", "USDT", "0.01", "100.00");
        string others = Path.Combine(journey.Folder, "others.json");
        File.WriteAllText(others, "{\"coins\":[\"SOLUSDT\"]}");
        Bot first = journey.Run();
        using Bot second = journey.StartAnother("guarded-2"), apart = journey.StartAnother("apart", ("REDIS_WRITE_MODE", "direct"), ("COINS_FILE", others));
        Until.Equal("three are there", 3, () => (redis.Server.Ask("ZRANGE", "price_feed:spot", "0", "-1") as string[])!.Length, state: () => apart.ErrorText);
        using (Bot unguarded = journey.StartAnother("unguarded", ("REDIS_WRITE_MODE", "direct")))
        {
            OthersBecome(unguarded, 2);
            OthersBecome(first, 1);
            OthersBecome(second, 1);
            Assert.Equal(0, apart.CountLogs("redis_second_writer"));
            unguarded.Signal(Signals.Kill);
        }
        OthersBecome(first, 0);
        OthersBecome(second, 0);
    }

    private static void OthersBecome(Bot bot, int count)
    {
        Page page = Page.Of(bot);
        Until.True($"{count} others", () => page.Get("/metrics").Body.Contains($"\nbybitspot_redis_other_writers {count}\n"), TimeSpan.FromSeconds(90), () => bot.ErrorText);
    }
}

using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.Journeys.Machine;

public sealed class InotifyTests
{
    [Theory]
    [Trait("Fault", "58")]
    [InlineData("max_inotify_instances", true)]
    [InlineData("max_inotify_watches", false)]
    public void Where_file_events_are_used_up_the_coins_file_is_looked_at_again_and_again(string limit, bool told)
    {
        // A user namespace has limits of its own: none of this machine's are touched.
        string[] launcher = ["unshare", "--user", "--map-root-user", "sh", "-c", $"echo 0 >/proc/sys/user/{limit} && exec \"$0\" \"$@\""];
        Assert.SkipUnless(Script.IsThere("unshare"), "a limit of its own needs unshare (util-linux)");
        if (Script.Run(launcher[0], [.. launcher[1..], "true"]) is { Status: not 0 } refused)
            Assert.Skip($"no user namespace with a limit of its own is to be had here: {refused.Errors}");
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], launcher: launcher);
        journey.WriteCoins("BTCUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        if (told)
            journey.Bot.Log("coins_polling");

        FaultTimes times = FaultTimes.Begin("58", $"inotify: {limit} is 0, from the save");
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        journey.AwaitFirstPrices("ETHUSDT");
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.00");
        Assert.InRange(journey.Bot.CountLogs("coins_polling"), told ? 1 : 0, 1);
    }
}

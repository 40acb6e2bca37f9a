using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

// What stands in the coins file's place and is no ordinary file, or one without end.
[Trait("Fault", "96")]
public sealed class OddFileTests
{
    [Theory]
    [InlineData("pipe", "it is a pipe (FIFO)")]
    [InlineData("device", "it is a device")]
    [InlineData("1 GB", "it is larger than")]
    public void At_the_start_it_ends_the_program_with_status_78_and_one_line(string what, string reason)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        Put(what, journey.CoinsFile);
        Bot bot = journey.Run();
        Assert.Equal(78, bot.Exit());
        string line = Assert.Single(bot.ErrorText.Split('\n'));
        Assert.StartsWith("COINS_FILE: ", line);
        Assert.Contains(reason, line);
    }

    [Theory]
    [InlineData("pipe", "it is a pipe (FIFO)")]
    [InlineData("device", "it is a device")]
    [InlineData("1 GB", "it is larger than")]
    public void At_a_reload_the_last_good_list_stays_and_an_ordinary_file_is_taken_again(string what, string reason)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("BTCUSDT");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Put(what, journey.CoinsFile);
        Assert.Contains(reason, bot.Log("coins_rejected").Text("reason"));
        journey.TradeArrives("BTCUSDT", "101.00");
        File.Delete(journey.CoinsFile);
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        journey.AwaitFirstPrices("ETHUSDT");
        Assert.Equal(1, bot.Logs.Count(l => l.Event == "coins_rejected" && l.Text("reason").Contains(reason)));
    }

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("get")]
    [InlineData("coins list")]
    [InlineData("coins add ETHUSDT")]
    [InlineData("coins remove BTCUSDT")]
    public void No_command_hangs_at_a_pipe_for_coins_or_for_settings(string command)
    {
        foreach (bool coins in (bool[])[true, false])
        {
            using Journey journey = Journey.Prepare(["BTCUSDT"]);
            string path = coins ? journey.CoinsFile : Path.Combine(journey.Folder, ".env");
            Put("pipe", path);
            using var bot = Bot.Start(command.Split(' '), new Dictionary<string, string> { ["COINS_FILE"] = journey.CoinsFile, ["REDIS_PORT"] = $"{journey.Redis.Port}" }, journey.Folder);
            int status = bot.Exit();
            // `coins` looks into the settings' file for nothing but the coins file's name, which it has here.
            if (!coins && command.StartsWith("coins", StringComparison.Ordinal))
                continue;
            Assert.Equal(78, status);
            Assert.Contains("is a pipe (FIFO)", bot.ErrorText);
        }
    }

    [Fact]
    public void A_file_that_is_mounted_alone_and_replaced_outside_is_told_once_with_what_to_do()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && Script.Run("unshare", ["--mount", "true"]).Status == 0, "mounts need root");
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], launcher: ["unshare", "--mount", "sh", "-c", "mount --bind outside.json coins.json && exec \"$0\" \"$@\""]);
        string outside = Path.Combine(journey.Folder, "outside.json");
        File.WriteAllText(outside, "{\"coins\":[\"BTCUSDT\"]}");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Equal(0, bot.CountLogs("coins_cut_off"));

        // Written over it is the same file, and seen.
        File.WriteAllText(outside, "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\"]}");
        journey.AwaitFirstPrices("ETHUSDT");
        Assert.Equal(0, bot.CountLogs("coins_cut_off"));

        File.WriteAllText(outside + ".new", "{\"coins\":[\"ETHUSDT\"]}");
        File.Move(outside + ".new", outside, overwrite: true);
        LogLine told = bot.Log("coins_cut_off");
        Assert.Equal("warn", told.Text("level"));
        Assert.Equal(journey.CoinsFile, told.Text("file"));
        Assert.Contains("mount its folder", told.Text("message"));
        journey.TradeArrives("BTCUSDT", "101.00");
        Until.StaysTrue("told once", () => bot.CountLogs("coins_cut_off") == 1, TimeSpan.FromSeconds(1));
    }

    private static void Put(string what, string path)
    {
        File.Delete(path);
        if (what == "pipe")
            Assert.Equal(0, Script.Run("mkfifo", [path]).Status);
        else if (what == "device")
            File.CreateSymbolicLink(path, "/dev/zero");
        else
            using (FileStream file = File.Create(path))
                file.SetLength(1L << 30);
    }
}

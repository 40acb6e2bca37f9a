using System.Globalization;
using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

/// <summary>What the machine does to the program: a full disk, a frozen process, memory that is not there.</summary>
public sealed class SurvivalTests
{
    [Fact, Trait("Fault", "60")]
    public void When_the_disk_of_the_log_is_full_the_feed_goes_on_and_the_log_comes_back_with_the_room()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Script.IsThere("mount"), "a small disk of its own needs root");
        string disk = Repository.NewScratchFolder();
        if (Script.Run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]) is { Status: not 0 } refused)
            Assert.Skip($"no tmpfs can be mounted here: {refused.Errors}");
        try
        {
            string log = Path.Combine(disk, "log"), fill = Path.Combine(disk, "fill");
            using Journey journey = Journey.Prepare(["BTCUSDT"]);
            using Script bot = Script.Start("bash", ["-c", $"exec '{Repository.Program}' run --quiet 2>>'{log}'"], journey.Folder, EnvironmentOf(journey));
            Until.True("a first price", () => journey.Redis.Price("BTC") is not null);
            FillUp(fill);
            long full = new FileInfo(log).Length;
            for (int i = 1; i <= 50; i++)
            {
                bot.Signal(Posix.User1);
                journey.Exchange.Trade("BTCUSDT", $"{i}.5");
            }
            Until.Equal("the price in Redis", "50.5", () => journey.Redis.Price("BTC"));
            Assert.InRange(new FileInfo(log).Length, full, full + 4096);
            File.Delete(fill);
            Until.True("the log goes on", () =>
            {
                bot.Signal(Posix.User1);
                return new FileInfo(log).Length > full + 4096;
            });
            bot.Signal(Posix.Terminate);
            Assert.Equal(0, bot.Exit());
        }
        finally
        {
            Script.Run("umount", [disk]);
            Directory.Delete(disk);
        }
    }

    [Theory, Trait("Fault", "66")]
    [InlineData(false)]
    [InlineData(true)]
    public void A_process_frozen_for_a_while_comes_back_with_the_newest_price_and_never_shows_an_older_one_over_a_newer(bool connectionLost)
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.TradeArrives("BTCUSDT", "1000");
        journey.TradeArrives("ETHUSDT", "2000");
        journey.Bot.Signal(Posix.Stop);
        // On a busy machine its threads run on for a moment.
        Until.True("every thread is frozen", () => ProcessThreads.Of(journey.Bot.Process.Id).All(t => ProcessThreads.Read(t, "status").Contains("State:\tT", StringComparison.Ordinal)));
        for (int i = 1; i <= 300; i++)
            journey.Exchange.Trade("BTCUSDT", $"{1000 + i}");
        if (connectionLost)
        {
            // What was sent may arrive or not; what comes next is told only to a new connection.
            journey.Exchange.ResetAll();
            journey.Exchange.Trade("BTCUSDT", "1301");
        }
        Thread.Sleep(Repository.Long ? TimeSpan.FromSeconds(60) : TimeSpan.FromSeconds(3));
        Assert.Equal("1000", journey.Redis.Price("BTC"));
        string last = connectionLost ? "1301" : "1300";
        journey.Bot.Signal(Posix.Continue);
        int seen = 1000;
        string timeSeen = "";
        Until.True("the newest price in Redis", () =>
        {
            Dictionary<string, string> hash = journey.Redis.Hash("bybit_spot:BTC");
            int price = (int)decimal.Parse(hash["ltp"], CultureInfo.InvariantCulture);
            Assert.True(price >= seen, $"{price} over {seen}");
            Assert.True(string.CompareOrdinal(hash["timestamp"], timeSeen) >= 0, $"{hash["timestamp"]} over {timeSeen}");
            (seen, timeSeen) = (price, hash["timestamp"]);
            return hash["ltp"] == last;
        }, state: () => journey.Bot.ErrorText);
        Until.StaysTrue("the newest price stays", () => journey.Redis.Price("BTC") == last, TimeSpan.FromMilliseconds(300));
        Assert.Equal("2000", journey.Redis.Price("ETH"));
        journey.TradeArrives("ETHUSDT", "2001");
        if (connectionLost)
            Assert.True(journey.Exchange.Connections.Count > 1);
    }

    [Fact, Trait("Fault", "67")]
    public void A_process_that_runs_out_of_memory_ends_and_auto_restart_starts_it_clean()
    {
        Assert.SkipUnless(Script.IsThere("prlimit"), "prlimit (util-linux) is not here");
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        string folder = Path.Combine(journey.Folder, "published");
        Directory.CreateDirectory(folder);
        File.Copy(Path.Combine(Repository.Root, "auto_restart.sh"), Path.Combine(folder, "auto_restart.sh"));
        File.CreateSymbolicLink(Path.Combine(folder, "bybitspot"), Repository.Program);
        using Script script = Script.Start("bash", ["-c", "ulimit -c 0; exec bash auto_restart.sh run --quiet"], folder, EnvironmentOf(journey));
        try
        {
            Until.True("a first price", () => journey.Redis.Price("BTC") is not null, state: () => script.Errors);
            int bot = OnlyChildOf(script.Id);
            // From now on whatever this process asks for is refused; what it starts anew is not concerned.
            Assert.Equal(0, Script.Run("prlimit", ["--pid", $"{bot}", "--data=1048576:1048576"]).Status);
            string filler = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"X{i}USDT\""));
            File.WriteAllText(journey.CoinsFile, $"{{\"coins\":[\"BTCUSDT\",{filler}]}}");
            Until.True("it ends", () => script.Errors.Contains("auto_restart: ", StringComparison.Ordinal), state: () => script.Errors);
            Assert.Matches("auto_restart: (killed by signal|failed with status) [1-9]", script.Errors);
            journey.WriteCoins("BTCUSDT");
            journey.Exchange.Trade("BTCUSDT", "3.25");
            journey.PriceBecomes("BTCUSDT", "3.25");
            Assert.NotEqual(bot, OnlyChildOf(script.Id));
            script.Signal(Posix.Terminate);
            Assert.Equal(0, script.Exit());
        }
        finally
        {
            // The program has a process group of its own: it would outlive a script that is killed.
            foreach (int child in ChildrenOf(script.Id))
                Posix.Send(child, Posix.Kill);
        }
    }

    private static Dictionary<string, string> EnvironmentOf(Journey journey) => new()
    {
        ["BYBIT_WS_URL"] = journey.Exchange.StreamUrl,
        ["BYBIT_REST_URL"] = journey.Exchange.RestUrl,
        ["REDIS_HOST"] = "127.0.0.1",
        ["REDIS_PORT"] = $"{journey.Redis.Port}",
        ["COINS_FILE"] = journey.CoinsFile,
        ["RECONNECT_INTERVAL_MS"] = "100",
        ["RECONNECT_MAX_ATTEMPTS"] = "0",
    };

    private static int OnlyChildOf(int pid) => Assert.Single(ChildrenOf(pid));

    private static int[] ChildrenOf(int pid)
    {
        string file = $"/proc/{pid}/task/{pid}/children";
        return File.Exists(file) ? [.. File.ReadAllText(file).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)] : [];
    }

    private static void FillUp(string file)
    {
        using FileStream stream = new(file, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        try
        {
            while (true)
                stream.Write(new byte[512]);
        }
        catch (IOException)
        {
            // Full, as wanted.
        }
    }
}

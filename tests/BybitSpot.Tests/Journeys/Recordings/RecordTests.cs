using System.Globalization;
using System.Text.Json;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>What the built program records, beside a real Redis and alone, and what it plays of that.</summary>
public sealed class RecordTests
{
    private static readonly string[] s_symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    public void Played_again_each_coin_ends_as_it_stood_in_Redis(string name)
    {
        using Journey journey = Recorded(name, out string path);
        journey.Run(flags: "--quiet");
        journey.AwaitFirstPrices(s_symbols);
        for (int i = 1; i <= 200; i++)
            journey.Exchange.Trade(s_symbols[i % 3], (100 + i / 100m).ToString("0.00", CultureInfo.InvariantCulture));
        foreach (string symbol in s_symbols)
            journey.TradeArrives(symbol, "123.40");
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Assert.Equal((1, 1, 0), (journey.Bot.CountLogs("recording_started"), journey.Bot.CountLogs("recording_ended"), journey.Bot.CountLogs("recording_behind")));

        Outcome first = Tool.Run(journey.Folder, null, "replay", path, "--json"), second = Tool.Run(journey.Folder, null, "replay", path);
        Assert.Equal((0, 0), (first.Status, second.Status));
        Assert.Equal(first.Output, second.Output);
        JsonElement summary = JsonDocument.Parse(first.Error).RootElement;
        Assert.Equal((first.Lines.Length, 3, 0), (summary.GetProperty("prices").GetInt32(), summary.GetProperty("coins").GetInt32(), summary.GetProperty("damaged").GetInt32()));
        foreach (string coin in s_symbols.Select(s => s[..^4]))
            Assert.Equal($"{coin}|{journey.Redis.Price(coin)}|{journey.Redis.Timestamp(coin)}", first.Lines.Last(l => l.StartsWith($"{coin}|", StringComparison.Ordinal)));

        AssertIntoRedis(journey, path);
    }

    [Fact]
    public void Without_a_Redis_that_is_named_nothing_is_played_into_one()
    {
        string folder = Repository.NewScratchFolder();
        string path = Path.Combine(folder, "a.jsonl");
        File.WriteAllText(path, Replay.Ticker("BTCUSDT", 1, 1_786_310_800_000, "1.5", 0) + "\n");
        Outcome unnamed = Tool.Run(folder, null, "replay", "--redis", path);
        Assert.Equal((78, ""), (unnamed.Status, unnamed.Output));
        Assert.Contains("by accident", unnamed.Error, StringComparison.Ordinal);
        Outcome nobody = Tool.Run(folder, null, "replay", "--redis", "--redis-port", $"{Repository.FreePort()}", path);
        Assert.Equal((1, ""), (nobody.Status, nobody.Output));
        Assert.Contains("cannot be used", nobody.Error, StringComparison.Ordinal);
        Outcome lost = Tool.Run(folder, null, "replay", "--redis-host", "localhost", path);
        Assert.Equal((2, ""), (lost.Status, lost.Output));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Alone_it_listens_and_writes_nothing_to_Redis()
    {
        using Journey journey = Journey.Prepare(s_symbols);
        using var recording = Bot.Start(["record", "a.jsonl", "--json", "--log-level", "warn"], journey.Environment, journey.Folder);
        Assert.True(journey.Exchange.WaitFor(e => e.Connections.Sum(c => c.Topics.Count) >= 6, Until.Limit), recording.ErrorText);
        journey.Exchange.Trade("BTCUSDT", "7.25");
        string path = Path.Combine(journey.Folder, "a.jsonl");
        Until.True("the trade is in the file", () => File.Exists(path) && Text(path).Contains("\\\"p\\\":\\\"7.25\\\"", StringComparison.Ordinal), state: () => recording.ErrorText);
        recording.Signal(Signals.Terminate);
        Assert.Equal(0, recording.Exit());

        Assert.Equal(":0", $":{journey.Redis.Ask("DBSIZE")}");
        JsonElement summary = JsonDocument.Parse(recording.ErrorText.Split('\n')[^1]).RootElement;
        Assert.Equal(0, summary.GetProperty("dropped").GetInt64());
        Assert.Equal("a.jsonl", summary.GetProperty("files")[0].GetString());
        Assert.Equal(new FileInfo(path).Length, summary.GetProperty("bytes").GetInt64());
        // What was asked is in it, and what came, as a test reads it on its own.
        Assert.Contains(File.ReadLines(path), l => l.StartsWith("{\"dir\":\"out\"", StringComparison.Ordinal) && l.Contains("\\\"op\\\":\\\"subscribe\\\"", StringComparison.Ordinal));
        Assert.Equal("7.25", Recording.Read(path).Newest("BTCUSDT")!.Value.Price);
        Assert.Equal(summary.GetProperty("messages").GetInt64(), File.ReadLines(path).Count(l => l.StartsWith("{\"dir\":\"in\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void After_so_many_seconds_it_ends_by_itself_and_says_what_it_came_to()
    {
        using Journey journey = Journey.Prepare(s_symbols);
        using var recording = Bot.Start(["record", "a.jsonl", "--seconds", "0.5", "--log-level", "error"], journey.Environment, journey.Folder);
        Assert.Equal(0, recording.Exit());
        Assert.Matches(@"^[0-9]+ messages and [0-9]+ requests, .* in a\.jsonl\nnothing dropped; longest silence [0-9.]+ s$", recording.ErrorText);
    }

    [Fact]
    public void On_stdout_it_is_the_recording_and_nothing_else_and_replay_reads_it_from_stdin()
    {
        using Journey journey = Journey.Prepare(s_symbols);
        string command = $"(echo $BASHPID >pid; exec '{Repository.Program}' record -) | tee copy | '{Repository.Program}' replay - --coins BTC";
        using Script pipe = Script.Start("bash", ["-c", command], journey.Folder, journey.Environment);
        string copy = Path.Combine(journey.Folder, "copy");
        Until.True("a price of BTC went through", () => File.Exists(copy) && Text(copy).Contains("\\\"topic\\\":\\\"tickers.BTCUSDT\\\"", StringComparison.Ordinal), state: () => pipe.Errors);
        Signals.Send(int.Parse(File.ReadAllText(Path.Combine(journey.Folder, "pid")), CultureInfo.InvariantCulture), Signals.Terminate);
        Assert.Equal(0, pipe.Exit(Until.Limit));
        Assert.Matches(@"\ABTC\|100\.00\|\S+Z(\n|\z)", pipe.Output);
    }

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    public void Killed_it_leaves_all_but_the_last_moment(string name)
    {
        using Journey journey = Recorded(name, out string path);
        journey.Run(flags: "--quiet");
        journey.AwaitFirstPrices(s_symbols);
        journey.TradeArrives("BTCUSDT", "321.50");
        Until.True("it is in the file", () => Tool.Run(journey.Folder, null, "replay", path).Output.Contains("BTC|321.50|", StringComparison.Ordinal));
        journey.Exchange.Trade("BTCUSDT", "322.50");
        journey.Bot.Signal(Signals.Kill);
        journey.Bot.Process.WaitForExit(5_000);

        Outcome played = Tool.Run(journey.Folder, null, "replay", path, "--json");
        Assert.Equal(0, played.Status);
        Assert.Contains("BTC|321.50|", played.Output, StringComparison.Ordinal);
        Assert.Contains("\"damaged\":0", played.Error, StringComparison.Ordinal);
        // The next one leaves it alone.
        journey.Run(flags: "--quiet");
        Assert.Equal(path.Replace("a.jsonl", "a.0001.jsonl", StringComparison.Ordinal), journey.Bot.Log("recording_started").Text("file"));
    }

    [Fact]
    [Trait("Fault", "60")]
    public void A_full_disk_ends_the_recording_and_the_feed_goes_on()
    {
        Assert.SkipUnless(Environment.UserName == "root" && Script.IsThere("mount"), "a small disk of its own needs root");
        string disk = Repository.NewScratchFolder();
        if (Script.Run("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]) is { Status: not 0 } refused)
            Assert.Skip($"no tmpfs can be mounted here: {refused.Errors}");
        try
        {
            string path = Path.Combine(disk, "a.jsonl");
            using Journey journey = Journey.Prepare(s_symbols, new Dictionary<string, string> { ["RECORD_TO"] = path });
            journey.Run(flags: "--quiet");
            journey.AwaitFirstPrices(s_symbols);
            for (int i = 1; i <= 400; i++)
                journey.Exchange.Trade("BTCUSDT", $"{i}.50");
            Assert.Equal(path, journey.Bot.Log("recording_failed").Text("file"));
            journey.TradeArrives("BTCUSDT", "999.50");
            journey.Bot.Signal(Signals.Terminate);
            Assert.Equal(0, journey.Bot.Exit());
            Assert.Equal((1, 0), (journey.Bot.CountLogs("recording_failed"), journey.Bot.CountLogs("feed_disconnected")));
            Outcome played = Tool.Run(journey.Folder, null, "replay", path, "--json");
            Assert.Equal(0, played.Status);
            Assert.Contains("\"damaged\":0", played.Error, StringComparison.Ordinal);
            Assert.Contains("BTC|1.50|", played.Output, StringComparison.Ordinal);
        }
        finally
        {
            Script.Run("umount", ["-l", disk]);
            Directory.Delete(disk);
        }
    }

    [Fact]
    public void The_simulator_plays_what_was_recorded_though_it_was_cut_off()
    {
        using Journey journey = Recorded("a.jsonl.gz", out string path);
        journey.Run(flags: "--quiet");
        journey.AwaitFirstPrices(s_symbols);
        for (int i = 1; i <= 50; i++)
            journey.TradeArrives("BTCUSDT", $"{i}.75");
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(whole.Length * 3 / 4)]);
        Outcome played = Tool.Run(journey.Folder, null, "replay", path, "--coins", "BTC");

        using RedisServer redis = RedisServer.Start();
        using var exchange = Bot.Start(["simulate", "--port", $"{Repository.FreePort()}", "--recording", path, "--speed", "0"], new Dictionary<string, string>(), journey.Folder);
        Until.True("the simulator tells its address", () => exchange.Prices.Any(l => l.StartsWith("BYBIT_WS_URL=", StringComparison.Ordinal)), state: () => exchange.ErrorText);
        var settings = exchange.Prices.First(l => l.StartsWith("BYBIT_WS_URL=", StringComparison.Ordinal)).Split(' ').Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);
        settings["REDIS_HOST"] = "127.0.0.1";
        settings["REDIS_PORT"] = $"{redis.Port}";
        settings["COINS_FILE"] = journey.CoinsFile;
        using var bot = Bot.Start(["run", "--quiet"], settings, journey.Folder);
        Until.Equal("its last price", played.Lines[^1], () => $"BTC|{redis.Price("BTC")}|{redis.Timestamp("BTC")}", state: () => exchange.ErrorText + bot.ErrorText);
    }

    private static Journey Recorded(string name, out string path)
    {
        Journey journey = Journey.Prepare(s_symbols);
        path = Path.Combine(journey.Folder, name);
        journey.Set("RECORD_TO", path);
        return journey;
    }

    // Under the same keys, and nothing there calls it live.
    private static void AssertIntoRedis(Journey journey, string path)
    {
        using RedisServer redis = RedisServer.Start();
        Outcome played = Tool.Run(journey.Folder, new Dictionary<string, string> { ["REDIS_HOST"] = "127.0.0.1", ["REDIS_PORT"] = $"{redis.Port}" }, "replay", "--redis", path);
        Assert.Equal((0, ""), (played.Status, played.Output));
        foreach (string coin in s_symbols.Select(s => s[..^4]))
            Assert.Equal(journey.Redis.Hash($"bybit_spot:{coin}"), redis.Hash($"bybit_spot:{coin}"));
        Assert.Equal(s_symbols.Select(s => $"bybit_spot:{s[..^4]}").Order(), ((string[])redis.Ask("KEYS", "*")!).Order());
    }

    /// <summary>Of a file that is being written.</summary>
    private static string Text(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }
}

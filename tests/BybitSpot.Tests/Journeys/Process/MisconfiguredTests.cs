// The namespaces of this folder are not called Process: that would hide the framework's class from every other journey.
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>What the program does before it starts: settings and the command line.</summary>
public sealed class MisconfiguredTests
{
    [Fact]
    [Trait("Fault", "59")]
    public void Wrong_values_in_env_are_told_all_at_once_without_secrets_with_status_78_and_nothing_is_written()
    {
        using RedisServer redis = RedisServer.Start();
        long connectionsBefore = redis.ConnectionsEver();
        using var place = new Place();
        File.WriteAllText(Path.Combine(place.Folder, "coins.json"), "{\"coins\":[\"BTCUSDT\"]}");
        File.WriteAllText(Path.Combine(place.Folder, ".env"),
            $"""
            REDIS_HOST=127.0.0.1
            REDIS_PORT={redis.Port}
            REDIS_PASSWORD=hunter2-s3cret
            REDIS_DB=minus one
            COINS_FILE=coins.json
            BYBIT_WS_URL=http://somebody:hunter3-s3cret@stream.example/v5/public/spot
            LOG_LEVEL=loud
            RECONNECT_INTERVAL_MS=0.5
            KEEP_REMOVED_COINS=maybe
            """);
        using var bot = Bot.Start(["run"], new Dictionary<string, string>(), place.Folder);
        Assert.Equal(78, bot.Exit());
        string[] lines = bot.ErrorText.Split('\n');
        Assert.Equal(["BYBIT_WS_URL", "REDIS_DB", "LOG_LEVEL", "RECONNECT_INTERVAL_MS", "KEEP_REMOVED_COINS"], lines.Select(l => l.Split(':')[0]));
        Assert.Contains(lines, l => l.Contains("\"loud\"") && l.Contains(".env line 7"));
        Assert.DoesNotContain("s3cret", bot.ErrorText);
        Assert.Empty(bot.Prices);
        Assert.Empty(redis.Keys());
        Assert.Equal(connectionsBefore, redis.ConnectionsEver());
    }

    [Theory]
    [InlineData("{\"coins\":[\"BTCUSDT\",]}", "trailing comma")]
    [InlineData("{\"coins\":[]}", "allowEmpty")]
    [InlineData(null, "does not exist")]
    public void A_coins_file_that_is_wrong_at_the_start_ends_it_with_status_78_and_one_line(string? content, string reason)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        if (content is null)
            File.Delete(journey.CoinsFile);
        else
            File.WriteAllText(journey.CoinsFile, content);
        Bot bot = journey.Run();
        Assert.Equal(78, bot.Exit());
        string line = Assert.Single(bot.ErrorText.Split('\n'));
        Assert.StartsWith("COINS_FILE: ", line);
        Assert.Contains(journey.CoinsFile, line);
        Assert.Contains(reason, line);
        Assert.Empty(journey.Redis.Keys());
    }

    [Fact]
    public void Help_stands_on_stdout_with_status_0()
    {
        using var place = new Place();
        using var bot = Bot.Start(["--help"], new Dictionary<string, string>(), place.Folder);
        Assert.Equal(0, bot.Exit());
        Assert.Contains(bot.Prices, l => l.Contains("simulate"));
        Assert.Contains(bot.Prices, l => l.Contains("78"));
        Assert.Empty(bot.ErrorText);
    }

    [Fact]
    public void Version_is_one_line_on_stdout_with_status_0()
    {
        using var place = new Place();
        using var bot = Bot.Start(["--version"], new Dictionary<string, string>(), place.Folder);
        Assert.Equal(0, bot.Exit());
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(bot.Prices));
    }

    [Theory]
    [InlineData("--no-such-flag")]
    [InlineData("no-such-command")]
    [InlineData("--redis-password=hunter2-s3cret")]
    public void What_the_command_line_does_not_know_ends_it_with_status_2_and_one_line(string argument)
    {
        using var place = new Place();
        using var bot = Bot.Start([argument], new Dictionary<string, string>(), place.Folder);
        Assert.Equal(2, bot.Exit());
        Assert.Single(bot.ErrorText.Split('\n'));
        Assert.Contains("--help", bot.ErrorText);
        Assert.DoesNotContain("s3cret", bot.ErrorText);
        Assert.Empty(bot.Prices);
    }

    [Fact]
    public void A_flag_counts_before_the_environment_and_that_before_env()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_DB"] = "2" });
        File.WriteAllText(Path.Combine(journey.Folder, ".env"), "REDIS_DB=1\nKEEP_REMOVED_COINS=true\n");
        Assert.Equal("2", Shown(journey));
        Assert.Equal("3", Shown(journey, "--redis-db", "3"));

        static string Shown(Journey journey, params string[] flags)
        {
            Bot bot = journey.Run(flags: flags);
            LogLine started = bot.Log("started");
            Assert.Equal("true", started.Text("keep_removed_coins"));
            bot.Log("first_price");
            string database = started.Text("redis_db");
            journey.Redis.Ask("SELECT", database);
            Assert.NotNull(journey.Redis.Price("BTC"));
            bot.Signal(Signals.Terminate);
            Assert.Equal(0, bot.Exit());
            return database;
        }
    }

    private sealed class Place : IDisposable
    {
        public string Folder { get; } = Repository.NewScratchFolder();

        public void Dispose() => Directory.Delete(Folder, recursive: true);
    }
}

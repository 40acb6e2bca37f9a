using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>What the exchange really sent on some day, where a recording of it is to be had.</summary>
public sealed class RealRecordingTests
{
    private const string Missing = "no recordings here: BYBITSPOT_RECORDINGS names no folder";

    [Fact]
    public void Played_by_the_simulator_program_each_coin_ends_at_the_recordings_newest_price_and_time()
    {
        Assert.SkipWhen(Repository.Recordings is null, Missing);
        foreach (string file in Files())
        {
            Recording recording = Recording.Read(file);
            using RedisServer redis = RedisServer.Start();
            string folder = Repository.NewScratchFolder();
            File.WriteAllText(Path.Combine(folder, "coins.json"), "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\"]}");
            int port = Repository.FreePort();
            string[] instruments = Directory.GetFiles(Repository.Recordings!, "instruments-info*.json");
            // The command takes no speed of 0; by the factor of 1,000 nothing is left of the pauses either.
            using var exchange = Bot.Start(
                ["simulate", "--port", $"{port}", "--recording", file, .. instruments.Length > 0 ? (string[])["--instruments", instruments[0]] : [], "--speed", "0"],
                new Dictionary<string, string>(), folder);
            Until.True("the simulator tells its address", () => exchange.Prices.Any(l => l.StartsWith("BYBIT_WS_URL=")), state: () => exchange.ErrorText);
            var settings = exchange.Prices.First(l => l.StartsWith("BYBIT_WS_URL=")).Split(' ').Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);
            settings["REDIS_HOST"] = "127.0.0.1";
            settings["REDIS_PORT"] = redis.Port.ToString(CultureInfo.InvariantCulture);
            settings["COINS_FILE"] = "coins.json";
            using (var bot = Bot.Start(["run"], settings, folder))
            {
                Until.True("played to the end", () => exchange.Prices.Any(l => l.StartsWith("playback finished")), state: () => bot.ErrorText);
                foreach (string symbol in (string[])["BTCUSDT", "ETHUSDT"])
                {
                    Assert.NotNull(recording.Newest(symbol));
                    Until.Equal(symbol, recording.Newest(symbol), () => (redis.Price(symbol[..^4])!, redis.Timestamp(symbol[..^4])!), state: () => bot.ErrorText);
                    Assert.Equal(symbol, redis.Hash($"bybit_spot:{symbol[..^4]}")["original_symbol"]);
                }
                Until.True("the exchange's own list", () => bot.CountLogs("instruments_loaded") == 1, state: () => bot.ErrorText);
                bot.Signal(Signals.Terminate);
                Assert.Equal(0, bot.Exit());
                Assert.All((string[])["message_dropped", "coin_refused", "topic_refused"], e => Assert.Equal(0, bot.CountLogs(e)));
            }
            Assert.Equal(recording.Newest("BTCUSDT")!.Value.Price, redis.Price("BTC"));
            Assert.Equal(recording.Newest("ETHUSDT")!.Value.Price, redis.Price("ETH"));
            exchange.Signal(Signals.Terminate);
            Assert.Equal(0, exchange.Exit());
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Cut_after_each_single_message_it_ends_at_the_newest_price_and_time_up_to_there()
    {
        Assert.SkipWhen(Repository.Recordings is null, Missing);
        foreach (string file in Files())
            Replay.EveryCut(Recording.Read(file));
    }

    private static string[] Files()
    {
        string[] files = Directory.GetFiles(Repository.Recordings!, "*.frames.jsonl");
        Assert.NotEmpty(files);
        return files;
    }
}

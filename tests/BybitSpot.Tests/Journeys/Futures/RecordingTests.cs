using System.Globalization;
using BybitSpot.Tests.Feed;
using BybitSpot.Tests.Journeys.Recordings;
using Xunit;

namespace BybitSpot.Tests.Journeys.Futures;

/// <summary>Recordings of derivatives, played by the simulator's own command to the built program: both as users start them.</summary>
public sealed class RecordingTests
{
    [Theory]
    [InlineData("linear", "BTCUSDT", "BTC-26DEC25", "BTCUSDT-25DEC26")]
    [InlineData("inverse", "BTCUSD", "BTCUSDZ26", "ETHUSD")]
    public void Played_by_the_simulator_program_each_coin_ends_at_the_recordings_last_price_and_time(string market, params string[] symbols)
    {
        FuturesMarket[] streams = [.. symbols.Select((s, i) => new FuturesMarket(11 + i, s, 250))];
        string folder = Repository.NewScratchFolder();
        string[] lines = [.. streams.SelectMany(s => s.Frames).OrderBy(f => f.AtMs).Select(f => Replay.Line((f.AtMs - FuturesMarket.FirstMs) / 1000.0, f.Text))];
        File.WriteAllLines(Path.Combine(folder, "recording.jsonl"), lines);
        File.WriteAllText(Path.Combine(folder, "coins.json"), "{\"coins\":[\"*\"]}");
        using RedisServer redis = RedisServer.Start();
        using var exchange = Bot.Start(["simulate", "--port", $"{Repository.FreePort()}", "--market", market, "--recording", "recording.jsonl", "--speed", "0"], new Dictionary<string, string>(), folder);
        Until.True("the simulator tells its address", () => exchange.Prices.Any(l => l.StartsWith("BYBIT_WS_URL=")), state: () => exchange.ErrorText);
        var settings = exchange.Prices.First(l => l.StartsWith("BYBIT_WS_URL=")).Split(' ').Select(s => s.Split('=', 2)).ToDictionary(s => s[0], s => s[1]);
        settings["REDIS_HOST"] = "127.0.0.1";
        settings["REDIS_PORT"] = redis.Port.ToString(CultureInfo.InvariantCulture);
        settings["COINS_FILE"] = "coins.json";
        using (var bot = Bot.Start(["run", "--quiet"], settings, folder))
        {
            Until.True("played to the end", () => exchange.Prices.Any(l => l.StartsWith($"playback finished: {lines.Length} frames")), state: () => bot.ErrorText);
            for (int i = 0; i < symbols.Length; i++)
            {
                string symbol = symbols[i], key = "bybit_futures:" + (symbol.EndsWith("USDT") ? symbol[..^4] : symbol);
                (string?, string?) end = (streams[i].Last.Price, DateTimeOffset.FromUnixTimeMilliseconds(streams[i].Last.TimeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
                Until.Equal(symbol, end, () => redis.Hash(key) is var hash ? (hash.GetValueOrDefault("ltp"), hash.GetValueOrDefault("timestamp")) : default, state: () => bot.ErrorText);
                Assert.Equal(symbol, redis.Hash(key)["original_symbol"]);
            }
            Assert.All((string[])["message_dropped", "coin_refused", "topic_refused"], e => Assert.Equal(0, bot.CountLogs(e)));
            bot.Signal(Signals.Terminate);
            Assert.Equal(0, bot.Exit());
        }
        exchange.Signal(Signals.Terminate);
        Assert.Equal(0, exchange.Exit());
        Directory.Delete(folder, recursive: true);
    }
}

using System.Text.Json;
using Xunit;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>Several markets recorded by one process, in files of their own.</summary>
public sealed class MarketRecordingTests
{
    [Fact]
    public void Beside_run_each_market_has_its_own_recording_which_ends_at_what_stands_in_Redis_also_when_it_was_left_for_a_while()
    {
        using MarketsJourney journey = Three(("RECORD_TO", "a.jsonl"));
        Bot bot = journey.Run("--quiet");
        AwaitFirstPrices(journey);
        journey.WriteCoins(new { coins = (string[])["BTCUSDT"], inverse = (string[])["BTCUSD"] });
        Until.True("linear is left", () => journey.Redis.Hash("bybit_futures:BTC").Count == 0, state: () => bot.ErrorText);
        journey.WriteCoins(Coins);
        Until.True("linear is back", () => journey.Redis.Hash("bybit_futures:BTC").Count == 3, state: () => bot.ErrorText);
        Trade(journey);
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());

        foreach ((string file, string coin, string key) in (IEnumerable<(string, string, string)>)[("a.jsonl", "BTC", "bybit_spot:BTC"), ("a.linear.jsonl", "BTC", "bybit_futures:BTC"), ("a.inverse.jsonl", "BTCUSD", "bybit_futures:BTCUSD")])
        {
            using Bot replay = journey.Tool("replay", file);
            Assert.Equal(0, replay.Exit());
            Dictionary<string, string> hash = journey.Redis.Hash(key);
            Until.Equal($"the end of {file}", $"{coin}|{hash["ltp"]}|{hash["timestamp"]}", () => replay.Prices.LastOrDefault());
        }
        Assert.Equal(["a.inverse.jsonl", "a.jsonl", "a.linear.jsonl"], Directory.GetFiles(journey.Folder, "*.jsonl").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Alone_it_records_all_of_them_and_its_last_words_are_of_all()
    {
        using MarketsJourney journey = Three();
        using Bot recording = journey.Tool("record", "{market}-x.jsonl.gz", "--json", "--log-level", "warn");
        Assert.True(journey.Spot.WaitFor(_ => journey.Exchanges.Values.All(e => e.Connections.Sum(c => c.Topics.Count) >= 2), Until.Limit), recording.ErrorText);
        foreach (string market in journey.Exchanges.Keys)
            Until.True($"{market}'s file", () => File.Exists(Path.Combine(journey.Folder, $"{market}-x.jsonl.gz")), state: () => recording.ErrorText);
        // A moment in which its messages come.
        Thread.Sleep(500);
        recording.Signal(Signals.Terminate);
        Assert.Equal(0, recording.Exit());
        JsonElement summary = JsonDocument.Parse(recording.ErrorText.Split('\n')[^1]).RootElement;
        Assert.Equal(["inverse-x.jsonl.gz", "linear-x.jsonl.gz", "spot-x.jsonl.gz"], summary.GetProperty("files").EnumerateArray().Select(f => f.GetString()!).Order(StringComparer.Ordinal));
        Assert.True(summary.GetProperty("messages").GetInt64() >= 6);
        Assert.Equal(Directory.GetFiles(journey.Folder, "*.gz").Sum(f => new FileInfo(f).Length), summary.GetProperty("bytes").GetInt64());
    }

    private static object Coins => new { coins = (string[])["BTCUSDT"], linear = (string[])["BTCUSDT"], inverse = (string[])["BTCUSD"] };

    private static MarketsJourney Three(params IEnumerable<(string, string)> settings)
    {
        var journey = new MarketsJourney(Coins, settings);
        journey.Spot.List("BTCUSDT", "50.00");
        journey.Linear.List("BTCUSDT", "60.00");
        journey.Inverse.List("BTCUSD", "70.00");
        return journey;
    }

    private static void AwaitFirstPrices(MarketsJourney journey)
    {
        journey.Becomes("bybit_spot:BTC", "50.00");
        journey.Becomes("bybit_futures:BTC", "60.00");
        journey.Becomes("bybit_futures:BTCUSD", "70.00");
    }

    private static void Trade(MarketsJourney journey)
    {
        journey.Spot.Trade("BTCUSDT", "51.50");
        journey.Linear.Trade("BTCUSDT", "61.50");
        journey.Inverse.Trade("BTCUSD", "71.50");
        journey.Becomes("bybit_spot:BTC", "51.50");
        journey.Becomes("bybit_futures:BTC", "61.50");
        journey.Becomes("bybit_futures:BTCUSD", "71.50");
    }
}

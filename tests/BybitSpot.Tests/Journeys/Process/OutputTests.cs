using System.Globalization;
using System.Text.Json;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.App.Terminal;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>The two outputs: who reads them, or doesn't, is never the feed's trouble.</summary>
public sealed class OutputTests
{
    private static readonly string[] s_hundred = [.. Enumerable.Range(1, 100).Select(i => $"C{i:000}USDT")];

    [Fact]
    public void With_quiet_nothing_stands_on_stdout()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        Bot bot = journey.Run(flags: "--quiet");
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "64000.10");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.Empty(bot.Prices);
    }

    [Fact]
    public void When_stdout_is_closed_the_feed_goes_on()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        Bot bot = journey.Run(readPrices: false);
        // As `| head -n 1` does.
        Assert.StartsWith("BTC|100.00|", bot.Process.StandardOutput.ReadLine());
        bot.Process.StandardOutput.Close();
        journey.TradeArrives("BTCUSDT", "64000.10");
        bot.Log("console_closed");
        for (int i = 1; i <= 50; i++)
            journey.TradeArrives("BTCUSDT", $"640{i:00}.20");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.Equal(1, bot.CountLogs("console_closed"));
    }

    [Fact]
    [Trait("Fault", "62")]
    public void When_stdout_is_not_read_Redis_still_has_the_newest_and_the_end_is_in_order()
    {
        using Journey journey = Journey.Prepare(s_hundred);
        Bot bot = journey.Run(readPrices: false);
        journey.AwaitFirstPrices(s_hundred);
        // What a busy machine has not written yet is filled up: how much comes until then is not sure.
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (watch.Elapsed < 20 * ConsoleSink.Gather)
            foreach ((string symbol, string price) in journey.Exchange.Flood(s_hundred, 1_000))
                journey.PriceBecomes(symbol, price);
        UnreadPipe.Fill(bot.Process.Id);
        foreach ((string symbol, string price) in journey.Exchange.Flood(s_hundred, 1_000))
            journey.PriceBecomes(symbol, price);
        journey.TradeArrives("C001USDT", "64000.10");
        bot.Signal(Signals.Terminate);
        Assert.True(bot.Process.WaitForExit(TimeSpan.FromSeconds(20)), "the program did not end");
        Assert.Equal(0, bot.Process.ExitCode);
        // The newest would stand there if stdout had taken everything.
        Assert.DoesNotContain("C001|64000.10|", bot.Process.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void Every_line_of_the_log_is_an_object_with_a_time_a_level_an_event_and_a_logger()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["LOG_LEVEL"] = "debug" });
        journey.WriteCoins("BTCUSDT", "NOSUCHUSDT", "<b>\\u001b[31m\\n");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        bot.Log("instruments_loaded");
        journey.Exchange.Broadcast("{\"topic\":\"tickers.BTCUSDT\"");
        bot.Log("message_dropped");
        journey.Redis.Kill();
        journey.Redis.Launch();
        File.WriteAllText(journey.CoinsFile, "{");
        bot.Log("coins_rejected");
        journey.Exchange.ResetAll();
        Until.Equal("connections", 2, () => bot.CountLogs("feed_connected"));
        bot.Summary();
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());

        string[] lines = bot.ErrorText.Split('\n');
        Assert.All(lines, line =>
        {
            JsonElement entry = JsonDocument.Parse(line).RootElement;
            Assert.True(DateTimeOffset.TryParseExact(entry.GetProperty("timestamp").GetString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _), line);
            Assert.Contains(entry.GetProperty("level").GetString(), (string?[])["error", "warn", "info", "debug"]);
            Assert.Matches("^[a-z0-9_]+$", entry.GetProperty("event").GetString());
            Assert.Matches("^[a-z]+$", entry.GetProperty("logger").GetString());
            Assert.Equal(entry.EnumerateObject().Count(), entry.EnumerateObject().DistinctBy(p => p.Name).Count());
        });
        Assert.Equal(lines.Length, bot.Logs.Count);
        Assert.All(bot.ErrorText, c => Assert.True(c is '\n' or >= ' ' and < (char)0x7F, $"character {(int)c}"));
        Assert.Equal("started", bot.Logs.First().Event);
        Assert.Equal("stopped", bot.Logs.Last().Event);
    }

    [Fact]
    public void As_text_the_log_is_for_people()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["LOG_FORMAT"] = "text" });
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.All(bot.ErrorText.Split('\n'), line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (ERROR|WARN |INFO |DEBUG) [a-z]+ +\S", line));
        Assert.Contains("watching 1 coins", bot.ErrorText);
        Assert.Empty(bot.Logs);
    }

    [Fact]
    public void At_level_error_a_normal_life_is_silent()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["LOG_LEVEL"] = "error" });
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "64000.10");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.Equal("", bot.ErrorText);
    }
}

using System.Globalization;
using System.Text;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// What these tests look at, and wait for, again and again: connections at the exchange, counters and log of the program.
internal static class Looks
{
    /// <summary>Waits for the exchange's connection of this number (from 1), subscribed to at least so many topics.</summary>
    public static ConnectionRecord AwaitConnection(this Journey journey, int number, int topics = 0, TimeSpan? limit = null)
    {
        ConnectionRecord? found = null;
        bool came = journey.Exchange.WaitFor(
            e => (found = e.Connections.FirstOrDefault(c => c.Number == number)) is not null && found.Topics.Count >= topics,
            limit ?? Until.Limit);
        Assert.True(came, $"connection {number} with {topics} topics did not come\n{journey.Bot.ErrorText}");
        return found!;
    }

    public static void AwaitClosed(this Journey journey, int number) =>
        Assert.True(journey.Exchange.WaitFor(e => e.Connections.Any(c => c.Number == number && c.ClosedAt is not null), Until.Limit), $"connection {number} stays open\n{journey.Bot.ErrorText}");

    /// <summary>The delays before reconnects so far, as the log tells them, in ms.</summary>
    public static long[] Delays(this Bot bot) => [.. bot.Logs.Where(l => l.Event == "feed_reconnecting").Select(l => l.Number("delay_ms"))];

    /// <summary>Each delay is the interval, doubled once more each time, within the jitter of 10 %.</summary>
    public static void AssertDoubling(long[] delaysMs, int intervalMs)
    {
        for (int k = 0; k < delaysMs.Length; k++)
            Assert.InRange(delaysMs[k], 0.9 * intervalMs * (1 << k) - 1, 1.1 * intervalMs * (1 << k));
    }

    /// <summary>Asks the program for its counters since start.</summary>
    public static LogLine Counters(this Bot bot)
    {
        int before = bot.CountLogs("summary");
        bot.Signal(Signals.User1);
        Until.True("a summary", () => bot.CountLogs("summary") > before, state: () => bot.ErrorText);
        return bot.Logs.Last(l => l.Event == "summary");
    }

    /// <summary>When an event was logged.</summary>
    public static DateTimeOffset At(this LogLine line) => DateTimeOffset.Parse(line.Text("timestamp"), CultureInfo.InvariantCulture);

    /// <summary>A line of /proc/PID/status, in kB: VmRSS now, VmHWM at most so far.</summary>
    public static long MemoryKb(this Bot bot, string field)
    {
        string line = File.ReadLines($"/proc/{bot.Process.Id}/status").First(l => l.StartsWith(field + ":", StringComparison.Ordinal));
        return long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a text frame on the only connection.</summary>
    public static void Send(this Journey journey, string text) => journey.Exchange.BroadcastBytes(RawFrames.Text(Encoding.UTF8.GetBytes(text)));
}

// Frames of spot in the exchange's own shape; values are raw JSON, so that any of them can be wrong.
internal static class Frames
{
    public static string Ticker(string symbol, string price, object cs, object ts, string? inner = null, string extra = "") =>
        $$"""{"topic":"tickers.{{symbol}}","ts":{{ts}},"type":"snapshot","cs":{{cs}},"data":{"symbol":"{{inner ?? symbol}}","lastPrice":{{price}},"highPrice24h":"1","lowPrice24h":"1","prevPrice24h":"1","volume24h":"1","turnover24h":"1","price24hPcnt":"0.0015","usdIndexPrice":"1"}{{extra}}}""";

    public static string Trade(string symbol, string price, object seq, object time, string? inner = null, object? frameTime = null) =>
        $$"""{"topic":"publicTrade.{{symbol}}","ts":{{frameTime ?? 1_786_310_821_917}},"type":"snapshot","data":[{{Entry(inner ?? symbol, price, seq, time)}}]}""";

    public static string Entry(string symbol, string price, object seq, object time) =>
        $$"""{"i":"2280000001739247417","T":{{time}},"p":{{price}},"v":"0.04537","S":"Sell","seq":{{seq}},"s":"{{symbol}}","BT":false,"RPI":false}""";
}

using System.Globalization;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>What a test asks the running program about itself.</summary>
internal static class BotLooks
{
    /// <summary>Asks for the counters since start (SIGUSR1) and waits for them.</summary>
    public static LogLine Summary(this Bot bot)
    {
        int before = bot.CountLogs("summary");
        bot.Signal(Signals.User1);
        Until.True("a summary", () => bot.CountLogs("summary") > before, state: () => bot.ErrorText);
        return bot.Logs.Last(l => l.Event == "summary");
    }

    public static long ResidentBytes(this Bot bot)
    {
        string line = File.ReadLines($"/proc/{bot.Process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}

using System.Globalization;
using BybitSpot.Tests.Journeys;

namespace BybitSpot.Tests.Storm;

// The calm after the last fault, in which the last price of every coin must come to Redis though nothing ever repeats it.
internal sealed partial class StormRun
{
    /// <summary>After the last fault every coin must be right within this, its line's last announced wait not counted.</summary>
    public static readonly TimeSpan CalmMax = TimeSpan.FromSeconds(20);

    // Null as soon as the last price of every coin stands in Redis.
    private string? AwaitCalm(TimeSpan lastFault, StallMeter stalls)
    {
        TimeSpan stalledBefore = stalls.Stalled;
        while (true)
        {
            string[] wrong = [.. _coins.Where(c => _journey.Redis.Price(c) != _ledger.Newest(c))];
            if (wrong.Length == 0)
                return null;
            // Coins that a flush took away come back within a minute of it, and only the missing ones have that long.
            bool missingOnly = _program.FlushedAt is not null && wrong.All(c => _journey.Redis.Price(c) is null);
            TimeSpan from = Later(lastFault, LastAnnouncedTry());
            TimeSpan limit = from + CalmMax + (stalls.Stalled - stalledBefore);
            if (missingOnly)
                limit = Later(limit, _program.FlushedAt!.Value + Schedule.RewrittenWithin);
            if (_journey.Bot.Process.HasExited)
                return $"the program has ended with status {_journey.Bot.Process.ExitCode}";
            if (_account.Now > limit)
                return $"after a calm of {(_account.Now - from).TotalSeconds:0.0} s these are wrong: "
                    + string.Join(", ", wrong.Select(c => $"{c} {_journey.Redis.Price(c) ?? "missing"} instead of {_ledger.Newest(c)}"));
            Thread.Sleep(20);
        }
    }

    // When a line has said that it will try again.
    private TimeSpan LastAnnouncedTry()
    {
        TimeSpan last = TimeSpan.Zero;
        foreach (LogLine line in _journey.Bot.Logs.Where(l => l.Event == "feed_reconnecting"))
        {
            TimeSpan at = DateTimeOffset.Parse(line.Text("timestamp"), CultureInfo.InvariantCulture) - _accountBegan + TimeSpan.FromMilliseconds(line.Number("delay_ms"));
            last = Later(last, at);
        }
        return last;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

using System.Text;

namespace BybitSpot.Tests.Storm;

/// <summary>What a failed storm leaves to its reader: the seed, the schedule, and for each of the first charges what went before it. Pure.</summary>
internal static class StormStory
{
    private const int ChargesTold = 8;
    private const int HappeningsTold = 24;
    private const int LogCharactersMax = 6_000;

    public static string Of(Schedule schedule, StormOutcome outcome)
    {
        var story = new StringBuilder();
        story.AppendLine(outcome.Summary);
        story.AppendLine($"Again: {StormTests.SeedName}={schedule.Seed} ./test{(schedule.Length > StormTests.ShortLength ? " --long" : "")} StormTests");
        if (outcome.NotRight is not null)
            story.AppendLine(outcome.NotRight);
        foreach (Charge charge in outcome.Verdict.Charges.Take(ChargesTold))
        {
            story.AppendLine().AppendLine($"=== {charge}");
            foreach (Happening happening in outcome.Happenings.Where(h => h.At <= charge.At && Concerns(h, charge.Coin)).TakeLast(HappeningsTold))
                story.AppendLine($"  {happening.At.TotalSeconds,8:0.000} s  {TextOf(happening)}");
        }
        story.AppendLine().AppendLine(schedule.ToString()).AppendLine();
        story.Append("the program's log: …").Append(outcome.BotLog[^Math.Min(outcome.BotLog.Length, LogCharactersMax)..]);
        return story.ToString();
    }

    private static bool Concerns(Happening happening, string coin) => happening switch
    {
        Moved moved => moved.Coin == coin,
        Shown shown => shown.Coin == coin,
        Watched watched => watched.Coin == coin,
        Carried { Words.Length: > 1 } carried => carried.Words[1].EndsWith(":" + coin, StringComparison.Ordinal)
            || (ShownStatus.IsStatus(carried.Words[1]) && (carried.Words[0] == "HSET" || carried.Words.Contains(coin))),
        _ => true,
    };

    private static string TextOf(Happening happening) => happening switch
    {
        Moved moved => $"the exchange: price number {moved.Step} is {moved.Price}",
        Shown shown => $"the exchange: a {shown.By} with {shown.Price} of {DateTimeOffset.FromUnixTimeMilliseconds(shown.TimeMs):HH:mm:ss.fff}",
        Watched watched => watched.On ? "onto the watchlist" : "off the watchlist",
        Carried carried => $"Redis: {string.Join(' ', carried.Words)}",
        Emptied => "Redis: gone",
        Excused excused => $"excused up to {excused.Until.TotalSeconds:0.000} s: {excused.Why}",
        Told told => $"- {told.What}",
        _ => "",
    };
}

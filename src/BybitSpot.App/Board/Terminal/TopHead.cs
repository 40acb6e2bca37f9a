// What stands above the table: whether the prices can be believed, in words, and since when; how the feed works; where that comes
// from. Pure. What is not known is left out: Redis tells less than a running program does.
using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

internal sealed record TopHead(BoardStatus? Status, string Source, int Width)
{
    private const string Between = " · ";

    /// <summary>Where the foot alone says how many coins there are.</summary>
    private const int Narrow = 60;

    /// <summary>Why this is not how things stand now, and since when.</summary>
    public (string Reason, DateTimeOffset Since, TimeSpan For)? Trouble { get; init; }

    public TimeSpan SinceLook { get; init; }

    public SegmentLine Title(DateTimeOffset clock)
    {
        var line = new ScreenLine(Width);
        line.Gap(1).Add("BybitSpot", Looks.Strong).Add("  ").Add(Source, Looks.Faint);
        return line.AtEnd($"{Time(clock)} UTC ", Looks.Faint).Done;
    }

    public SegmentLine State()
    {
        var line = new ScreenLine(Width);
        line.Gap(1);
        if (Trouble is var (reason, since, lasting))
            return line.Add($"× No news for {TopTable.AgeText(lasting)} (since {Time(since)} UTC): {reason}", Looks.BadStrong).Done;
        if (Status is not { } status)
            return line.Add("× No running bybitspot says what these prices are worth", Looks.BadStrong).Done;
        (string mark, string word, string meaning, Style look) = WordsOf(status);
        string lasts = TopTable.AgeText(status.Time - status.Since + SinceLook);
        string[] ways = [$"{mark} {word}: {meaning}, for {lasts} (since {Time(status.Since)} UTC)", $"{mark} {word}: {meaning}, for {lasts}", $"{mark} {word}: {meaning}", $"{mark} {word} for {lasts}"];
        return line.Add(Array.Find(ways, w => Cells.Width(TerminalText.Clean(w)) <= line.Left) ?? ways[^2], look).Done;
    }

    /// <summary>How the feed works, in as many lines as that takes, but no more than so many.</summary>
    public IReadOnlyList<SegmentLine> Figures(int linesMax)
    {
        if (Status is not { } status)
            return [];
        Style? whole = Trouble is null ? default(Style?) : Looks.Faint;
        var lines = new List<ScreenLine>();
        foreach ((string text, Style look) in Parts(status))
        {
            int needed = Cells.Width(TerminalText.Clean(text)) + Between.Length;
            if (lines.Count == 0 || lines[^1].Left < needed)
            {
                // What is of least use has no line to itself.
                if (lines.Count == linesMax || (lines.Count > 0 && look == Looks.Faint))
                    break;
                lines.Add(new ScreenLine(Width, whole));
                lines[^1].Gap(1);
            }
            else
                lines[^1].Add(Between, Looks.Faint);
            lines[^1].Add(text, look);
        }
        return [.. lines.Select(l => l.Done)];
    }

    private IEnumerable<(string Text, Style Look)> Parts(BoardStatus status)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        BoardRedis redis = status.Redis;
        yield return ($"{(Width < Narrow ? "" : $"{status.Coins} coins: ")}{status.Fresh} fresh, {status.Quiet} quiet, {status.Stale} stale", status.Stale > 0 ? Looks.Doubt : Looks.Plain);
        // Who has no line is not who has lost it: Redis does not tell.
        if (status.Lines > 0)
        {
            string lines = status.Lines == 1 ? "line" : "lines";
            yield return (status.LinesConnected == status.Lines ? $"{status.Lines} {lines} up" : $"{status.LinesConnected} of {status.Lines} {lines} up", status.LinesConnected == status.Lines ? Looks.Plain : Looks.BadStrong);
            yield return (string.Create(plain, $"{status.TicksPerSecond:0.0} ticks/s"), Looks.Plain);
        }
        if (redis.LatencyP50Ms is { } half && redis.LatencyP99Ms is { } most)
            yield return ($"to Redis p50 {Milliseconds(half)}, p99 {Milliseconds(most)} ms", Looks.Plain);
        if (redis.Trouble is { } trouble)
            yield return ($"Redis {redis.Endpoint}: {trouble}", Looks.BadStrong);
        else if (redis.Endpoint.Length > 0)
            yield return ($"Redis {redis.Endpoint}{(redis.Servers > 1 ? $" ({redis.ServersUp} of {redis.Servers} up)" : "")}", redis.ServersUp < redis.Servers ? Looks.BadStrong : Looks.Plain);
        if (redis.OtherWriters > 0)
            yield return ($"{redis.OtherWriters} other writers of the same coins", Looks.BadStrong);
        if (status.Reconnects.Values.Sum() is > 0 and var reconnects)
            yield return ($"{reconnects} reconnects", Looks.Plain);
        if (status.Dropped.Values.Sum() is > 0 and var dropped)
            yield return ($"{dropped} messages dropped", Looks.Plain);
        if (status.Shard is { } shard)
            yield return ($"a part of the coins: shard {shard}", Looks.DoubtStrong);
        yield return ($"{status.Market}, {status.Instance}{(status.Version.Length > 0 ? $", {status.Version}" : "")}", Looks.Faint);
    }

    private static (string Mark, string Word, string Meaning, Style Look) WordsOf(BoardStatus status)
    {
        (string, string, string, Style) words = status.State switch
        {
            FeedState.Live => ("●", "Live", "every price can be believed", Looks.GoodStrong),
            FeedState.Degraded => ("○", "Degraded", $"{status.Stale} of {status.Coins} prices cannot be believed", Looks.DoubtStrong),
            FeedState.Stale => ("×", "Stale", "no price can be believed", Looks.BadStrong),
            FeedState.Connecting => ("○", "Connecting", "no price can be believed yet", Looks.DoubtStrong),
            FeedState.Stopped => ("×", "Stopped", "nobody keeps the prices right", Looks.BadStrong),
            _ => ("○", "Empty", "no coin is watched", Looks.DoubtStrong),
        };
        return status is { Ready: false, Reason: { Length: > 0 } reason, State: FeedState.Live } ? ("×", "Not ready", reason, Looks.BadStrong) : words;
    }

    private static string Milliseconds(double value) => value.ToString(value < 10 ? "0.0#" : "0", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset moment) => moment.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}

using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <summary>The last lines of the log below the table. Pure.</summary>
internal static class TopLog
{
    /// <summary>How a line of text begins: <c>2026-11-26T08:40:00.123Z INFO  </c>.</summary>
    private const int TimeLength = 24, LevelLength = 5;

    /// <param name="log">Newest last.</param>
    /// <param name="height">Of the pane, its head counted.</param>
    public static IEnumerable<SegmentLine> Lines(IReadOnlyList<string> log, int width, int height)
    {
        yield return new ScreenLine(width).Add("─ log " + new string('─', Math.Max(width - 6, 0)), Looks.Faint).Done;
        int count = Math.Min(log.Count, height - 1);
        for (int i = 0; i < height - 1; i++)
            yield return i < count ? Line(Plain(log[log.Count - count + i]), width) : [];
    }

    private static SegmentLine Line(string text, int width)
    {
        var line = new ScreenLine(width);
        line.Gap(1);
        if (text.Length <= TimeLength + 1 + LevelLength || text[10] != 'T' || text[TimeLength] != ' ')
            return line.Add(text).Done;
        string level = text.Substring(TimeLength + 1, LevelLength);
        Style look = level switch { "ERROR" => Looks.BadStrong, "WARN " => Looks.Doubt, "INFO " => Looks.Good, _ => Looks.Faint };
        return line.Add(text[11..19], Looks.Faint).Gap(1).Add(level, look).Add(text[(TimeLength + 1 + LevelLength)..]).Done;
    }

    /// <summary>Without the colours that a line of the log brings for a terminal.</summary>
    private static string Plain(string text)
    {
        if (!text.Contains('\e'))
            return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            int end = text[i] == '\e' && i + 1 < text.Length && text[i + 1] == '[' ? text.IndexOf('m', i) : -1;
            if (end < 0)
                plain.Append(text[i]);
            else
                i = end;
        }
        return plain.ToString();
    }
}

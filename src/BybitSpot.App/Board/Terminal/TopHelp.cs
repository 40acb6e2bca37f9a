using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <summary>What the keys do and the marks mean. Pure.</summary>
internal static class TopHelp
{
    private static readonly (string Keys, string Meaning)[] s_lines =
    [
        ("↑ ↓  k j", "a line"),
        ("PgUp PgDn", "a page (b, space)"),
        ("Home End", "to the ends (g, G)"),
        ("s S  > <", "sort by another column"),
        ("r", "the other way round"),
        ("/", "filter: coin or state"),
        ("Esc", "all coins again"),
        ("q  Ctrl-C", "quit"),
        ("", ""),
        ("● fresh", "a message came lately"),
        ("○ quiet", "none did; still right"),
        ("× stale", "not to be believed"),
        ("▲ ▼", "how it moved last"),
    ];

    public static IEnumerable<SegmentLine> Lines(int width, int height)
    {
        var lines = new List<SegmentLine> { new ScreenLine(width).Add(" KEYS", Looks.BarStrong).Filled(Looks.Bar).Done };
        foreach ((string keys, string meaning) in s_lines)
            lines.Add(new ScreenLine(width).Gap(1).Add(Cells.Left(keys, 11), Looks.Strong).Add(meaning).Done);
        while (lines.Count < height)
            lines.Add([]);
        return lines.Take(height);
    }
}

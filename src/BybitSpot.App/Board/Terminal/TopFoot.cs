using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <summary>The last line: where one is in the table, what it is filtered by, and what can be pressed. Pure.</summary>
/// <param name="Order">What it is sorted by, which a narrow screen has no column for; null: as it comes.</param>
internal sealed record TopFoot(int First, int Page, int Count, string? Order, string Filter, bool Typing, bool Help)
{
    public SegmentLine Line(int width)
    {
        var line = new ScreenLine(width);
        line.Gap(1);
        if (Typing)
            return line.Add("filter: ", Looks.Strong).Add(Filter).Add("▏", Looks.Strong).AtEnd("Enter keeps, Esc clears ", Looks.Faint).Done;
        if (Help)
            return line.Add("any key goes back, q quits", Looks.Faint).Done;
        string place = Count <= Page ? $"{Count} coins" : $"{First + 1}–{Math.Min(First + Page, Count)} of {Count}";
        line.Add(Count == 1 ? "1 coin" : place);
        if (Order is not null)
            line.Add($" by {Order}");
        if (Filter.Length > 0)
            line.Add(" with ").Add(Filter, Looks.Strong);
        foreach (string keys in (string[])["↑↓ scroll  / filter  s sort  r reverse  ? help  q quit ", "/ filter  s sort  ? help  q quit ", "? help  q quit ", "q quit"])
            if (line.Left >= Cells.Width(keys) + 2)
                return line.AtEnd(keys, Looks.Faint).Done;
        return line.Done;
    }
}

// A line of the view while it is put together. Pure. What must stay true: it never gets wider than it was made for.
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <param name="whole">The look of all of it, instead of those of its parts; null: theirs.</param>
internal sealed class ScreenLine(int width, Style? whole = null)
{
    private readonly SegmentLine _line = [];

    public int Left { get; private set; } = width;

    public SegmentLine Done => _line;

    public ScreenLine Add(string text, Style? look = null)
    {
        string fitting = Cells.Fit(text, Left);
        if (fitting.Length == 0)
            return this;
        _line.Add(new Segment(fitting, whole ?? look ?? Looks.Plain));
        Left -= Cells.Width(fitting);
        return this;
    }

    public ScreenLine Gap(int size, Style? look = null) => Add(Cells.Space(Math.Min(size, Left)), look);

    /// <summary>To the right end, if it has room there with a gap before it.</summary>
    public ScreenLine AtEnd(string text, Style? look = null)
    {
        int gap = Left - Cells.Width(TerminalText.Clean(text));
        return gap < 2 ? this : Gap(gap, look).Add(text, look);
    }

    /// <summary>Spaces to the end, for a bar.</summary>
    public ScreenLine Filled(Style look) => Gap(Left, look);
}

// How wide a text is on a terminal, where some characters take two places and some none, and how it is made to fit. Pure. What must
// stay true: whatever a text holds, what comes out steers no terminal and is as wide as it says.
using System.Text;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

internal static class Cells
{
    private const string Cut = "…";

    public static int Width(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or > '~')
                return new Segment(text).CellCount();
        return text.Length;
    }

    /// <summary>The text, harmless; what is wider than that ends with an ellipsis.</summary>
    public static string Fit(string text, int widthMax)
    {
        text = TerminalText.Clean(text);
        if (Width(text) <= widthMax)
            return text;
        if (widthMax <= 0)
            return "";
        var fitting = new StringBuilder();
        int width = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            width += Width(rune.ToString());
            if (width > widthMax - 1)
                break;
            fitting.Append(rune);
        }
        return fitting.Append(Cut).ToString();
    }

    public static string Left(string text, int width) => Fit(text, width) is var fitting ? fitting + Space(width - Width(fitting)) : "";

    public static string Right(string text, int width) => Fit(text, width) is var fitting ? Space(width - Width(fitting)) + fitting : "";

    public static string Space(int width) => new(' ', Math.Max(width, 0));
}

// The view's colours: the sixteen that the user's own theme has, so that it can be read on dark and light. None is ever the only
// sign of something: beside it stands an arrow, a mark or a word.
using Spectre.Console;

namespace BybitSpot.App;

internal static class Looks
{
    public static readonly Style Plain = Style.Plain;
    public static readonly Style Strong = new(null, null, Decoration.Bold);
    public static readonly Style Faint = new(null, null, Decoration.Dim);
    public static readonly Style Bar = new(null, null, Decoration.Invert);
    public static readonly Style BarStrong = new(null, null, Decoration.Invert | Decoration.Bold);
    public static readonly Style Good = new(Color.Green);
    public static readonly Style GoodStrong = new(Color.Green, null, Decoration.Bold);
    public static readonly Style Bad = new(Color.Maroon);
    public static readonly Style BadStrong = new(Color.Maroon, null, Decoration.Bold);
    public static readonly Style Doubt = new(Color.Olive);
    public static readonly Style DoubtStrong = new(Color.Olive, null, Decoration.Bold);
    public static readonly Style Trend = new(Color.Teal, null, Decoration.Dim);
}

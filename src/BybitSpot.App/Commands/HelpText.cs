using System.Text;

namespace BybitSpot.App;

/// <summary>Help is read in a terminal, where a line that the terminal breaks is hard to read.</summary>
internal static class HelpText
{
    /// <summary>Columns of a terminal as it opens.</summary>
    public const int WidthMax = 80;

    /// <summary>Breaks lines at spaces; what follows stands under the text of a line that begins with a number or a sign.</summary>
    public static string Wrapped(string text)
    {
        var wrapped = new StringBuilder();
        foreach (string line in text.Split('\n'))
        {
            string rest = line, indent = new(' ', IndentOf(line));
            while (rest.Length > WidthMax && rest.LastIndexOf(' ', WidthMax) is var at && at > indent.Length)
            {
                wrapped.Append(rest[..at].TrimEnd()).Append('\n');
                rest = indent + rest[at..].TrimStart();
            }
            wrapped.Append(rest).Append('\n');
        }
        return wrapped.ToString(0, wrapped.Length - 1);
    }

    /// <summary>Where a line's text begins: behind <c>"  78  "</c>, or its own indentation.</summary>
    private static int IndentOf(string line)
    {
        int at = 0;
        while (at < line.Length && line[at] == ' ')
            at++;
        int gap = line.IndexOf("  ", at, StringComparison.Ordinal);
        if (at == 0 || gap < 0)
            return at;
        while (gap < line.Length && line[gap] == ' ')
            gap++;
        return gap;
    }
}

using System.Globalization;
using System.Text;

namespace BybitSpot.App;

/// <summary>Makes text from anywhere safe for a terminal and for a line: what could steer either is written as an escape.</summary>
internal static class TerminalText
{
    /// <summary>The text itself if there is nothing to escape.</summary>
    public static string Clean(string text)
    {
        foreach (char c in text)
            if (c is < ' ' or > '~')
                return CleanAll(text);
        return text;
    }

    private static string CleanAll(string text)
    {
        var clean = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length;)
        {
            bool whole = Rune.TryGetRuneAt(text, i, out Rune rune);
            int length = whole ? rune.Utf16SequenceLength : 1;
            if (whole && Harmless(rune))
                clean.Append(text, i, length);
            else
                for (int j = i; j < i + length; j++)
                    clean.Append("\\u").Append(((int)text[j]).ToString("x4", CultureInfo.InvariantCulture));
            i += length;
        }
        return clean.ToString();
    }

    // Format characters turn the direction of writing round or hide text.
    public static bool Harmless(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}

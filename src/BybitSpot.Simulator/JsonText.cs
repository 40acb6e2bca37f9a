using System.Text;

namespace BybitSpot.Simulator;

// A JSON string as the exchange writes it: < > & as lower-case \u escapes ("args size \u003e10"), everything else readable.
internal static class JsonText
{
    public static string Quote(string text)
    {
        var quoted = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\') quoted.Append('\\').Append(c);
            else if (c is '<' or '>' or '&' or < ' ') quoted.Append("\\u").Append(((int)c).ToString("x4", null));
            else quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}

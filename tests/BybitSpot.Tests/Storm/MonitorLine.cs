using System.Globalization;
using System.Text;

namespace BybitSpot.Tests.Storm;

/// <summary>
/// One line of Redis' MONITOR: <c>+1795528206.478406 [0 lua] "HSET" "k1" "a" "x\"y"</c>. Words are escaped as Redis escapes
/// them; inside the brackets stands the client, or "lua" for what a script does.
/// </summary>
internal sealed record MonitorLine(bool ByScript, string[] Words)
{
    public static MonitorLine? Parse(string line)
    {
        int open = line.IndexOf('[', StringComparison.Ordinal), close = line.IndexOf(']', StringComparison.Ordinal);
        if (open < 0 || close < open)
            return null;
        var words = new List<string>();
        for (int at = close + 1; at < line.Length; at++)
            if (line[at] == '"')
                words.Add(Word(line, ref at));
        return words.Count == 0 ? null : new MonitorLine(line[open..close].EndsWith(" lua", StringComparison.Ordinal), [.. words]);
    }

    // From the opening quote to the closing one.
    private static string Word(string line, ref int at)
    {
        var word = new StringBuilder();
        for (at++; at < line.Length && line[at] != '"'; at++)
        {
            if (line[at] != '\\' || at + 1 >= line.Length)
            {
                word.Append(line[at]);
                continue;
            }
            at++;
            if (line[at] == 'x' && at + 2 < line.Length)
            {
                word.Append((char)byte.Parse(line.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 2;
                continue;
            }
            word.Append(line[at] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'a' => '\a', 'b' => '\b', var other => other });
        }
        return word.ToString();
    }
}

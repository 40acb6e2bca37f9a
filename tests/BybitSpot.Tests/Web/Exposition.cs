// A reader of Prometheus' text format 0.0.4, written from its description and sharing nothing with the writer. It refuses what
// Prometheus refuses, and what its guidelines forbid: it is how a whole page of metrics is tested.
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BybitSpot.Tests.Web;

internal sealed record ExpositionSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

internal sealed record ExpositionFamily(string Name, string Help, string Type, List<ExpositionSample> Samples);

internal static partial class Exposition
{
    private static readonly string[] s_types = ["counter", "gauge", "histogram", "summary", "untyped"];

    /// <summary>Reads a whole page.</summary>
    /// <exception cref="FormatException">It isn't one; the message says where.</exception>
    public static IReadOnlyList<ExpositionFamily> Read(string text)
    {
        var families = new List<ExpositionFamily>();
        var series = new HashSet<string>(StringComparer.Ordinal);
        if (text.Length > 0 && text[^1] != '\n')
            throw new FormatException("the last line does not end");
        string[] lines = text.Split('\n')[..^1];
        for (int i = 0; i < lines.Length; i++)
            try
            {
                ReadLine(lines[i], families, series);
            }
            catch (FormatException wrong)
            {
                throw new FormatException($"line {i + 1}: {wrong.Message}: {lines[i]}");
            }
        foreach (ExpositionFamily family in families)
            Check(family);
        return families;
    }

    private static void ReadLine(string line, List<ExpositionFamily> families, HashSet<string> series)
    {
        if (line.Any(char.IsControl))
            throw new FormatException("a control character");
        if (HelpLine().Match(line) is { Success: true } help)
        {
            string name = help.Groups[1].Value;
            if (families.Any(f => f.Name == name))
                throw new FormatException("a second HELP, or the family is torn");
            families.Add(new ExpositionFamily(name, Unescape(help.Groups[2].Value, quotes: false), "", []));
            return;
        }
        ExpositionFamily last = families.Count > 0 ? families[^1] : throw new FormatException("nothing stands before the first HELP");
        if (TypeLine().Match(line) is { Success: true } type)
        {
            if (last.Name != type.Groups[1].Value || last.Type.Length > 0 || last.Samples.Count > 0 || !s_types.Contains(type.Groups[2].Value))
                throw new FormatException("TYPE does not follow its HELP, or is none");
            families[^1] = last with { Type = type.Groups[2].Value };
            return;
        }
        if (SampleLine().Match(line) is not { Success: true } match)
            throw new FormatException("neither HELP, TYPE nor a sample");
        if (last.Type.Length == 0)
            throw new FormatException("a sample before its TYPE");
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Capture pair in match.Groups["label"].Captures)
        {
            string[] parts = pair.Value.Split('=', 2);
            if (parts[0].StartsWith("__", StringComparison.Ordinal) || !labels.TryAdd(parts[0], Unescape(parts[1][1..^1], quotes: true)))
                throw new FormatException($"the label {parts[0]} is reserved or stands twice");
        }
        var sample = new ExpositionSample(match.Groups["name"].Value, labels, Number(match.Groups["value"].Value));
        if (!SuffixesOf(last.Type).Any(suffix => sample.Name == last.Name + suffix))
            throw new FormatException("not a sample of the family it stands in");
        if (!series.Add(sample.Name + "\n" + string.Join("\n", labels.Select(l => l.Key + "=" + l.Value))))
            throw new FormatException("the same series stands twice");
        last.Samples.Add(sample);
    }

    private static string[] SuffixesOf(string type) => type switch
    {
        "histogram" => ["_bucket", "_sum", "_count"],
        "summary" => ["", "_sum", "_count"],
        _ => [""],
    };

    private static void Check(ExpositionFamily family)
    {
        if (family.Type.Length == 0 || family.Help.Length == 0)
            throw new FormatException($"{family.Name} has no TYPE or no HELP");
        if (family.Type == "counter")
        {
            if (!family.Name.EndsWith("_total", StringComparison.Ordinal))
                throw new FormatException($"the counter {family.Name} does not end in _total");
            if (family.Samples.Any(s => !(s.Value >= 0)))
                throw new FormatException($"the counter {family.Name} is below 0");
        }
        else if (family.Name.EndsWith("_total", StringComparison.Ordinal))
            throw new FormatException($"{family.Name} is no counter");
        if (family.Type is not ("histogram" or "summary"))
            return;
        string special = family.Type == "histogram" ? "le" : "quantile";
        foreach (var group in family.Samples.GroupBy(s => string.Join('\n', s.Labels.Where(l => l.Key != special).Select(l => l.Key + "=" + l.Value))))
        {
            if (group.Count(s => s.Name == family.Name + "_sum") != 1 || group.SingleOrDefault(s => s.Name == family.Name + "_count") is not { } count)
                throw new FormatException($"{family.Name} lacks its sum or its count");
            foreach (ExpositionSample s in group)
                if (s.Labels.ContainsKey(special) != (s.Name == family.Name + (family.Type == "histogram" ? "_bucket" : "")))
                    throw new FormatException($"{s.Name} has {special} or lacks it");
            ExpositionSample[] parts = [.. group.Where(s => s.Labels.ContainsKey(special))];
            double[] bounds = [.. parts.Select(s => Number(s.Labels[special]))];
            if (!bounds.SequenceEqual(bounds.Distinct().Order()))
                throw new FormatException($"the {special} of {family.Name} do not rise");
            if (family.Type == "summary")
            {
                if (bounds.Any(b => b is not (>= 0 and <= 1)))
                    throw new FormatException($"{family.Name} has a quantile outside 0 to 1");
                continue;
            }
            if (!parts.Select(s => s.Value).SequenceEqual(parts.Select(s => s.Value).Order()))
                throw new FormatException($"the buckets of {family.Name} are not cumulative");
            if (bounds.Length == 0 || !double.IsPositiveInfinity(bounds[^1]) || parts[^1].Value != count.Value)
                throw new FormatException($"the last bucket of {family.Name} is not +Inf with all that was counted");
        }
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture),
    };

    private static string Unescape(string raw, bool quotes)
    {
        var text = new StringBuilder();
        for (int i = 0; i < raw.Length; i++)
            if (raw[i] != '\\')
                text.Append(raw[i]);
            else
                text.Append((++i < raw.Length ? raw[i] : '\0') switch
                {
                    '\\' => '\\',
                    'n' => '\n',
                    '"' when quotes => '"',
                    _ => throw new FormatException("an escape that there isn't"),
                });
        return text.ToString();
    }

    [GeneratedRegex(@"\A# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)\z")]
    private static partial Regex HelpLine();

    [GeneratedRegex(@"\A# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (\w+)\z")]
    private static partial Regex TypeLine();

    [GeneratedRegex("""\A(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*")(,(?<label>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\.)*"))*\})? (?<value>\S+)\z""")]
    private static partial Regex SampleLine();
}

using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.Tests.Journeys;

namespace BybitSpot.Tests.Operators;

/// <summary>What is shipped for operators, as it stands in the checkout.</summary>
internal static partial class OperatorFiles
{
    /// <summary>How long the board's rates look back where it is tried.</summary>
    private const string RateInterval = "5s";

    public static string Folder { get; } = Path.Combine(Repository.Root, "deploy/prometheus");

    public static string Rules { get; } = File.ReadAllText(Path.Combine(Folder, "bybitspot.rules.yml"));

    public static string RuleTests { get; } = File.ReadAllText(Path.Combine(Folder, "bybitspot.rules.test.yml"));

    public static string Config { get; } = File.ReadAllText(Path.Combine(Folder, "prometheus.yml"));

    public static JsonElement Board { get; } = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "deploy/grafana/bybitspot.json"))).RootElement;

    public static string[] Alerts { get; } = [.. AlertLine().Matches(Rules).Select(m => m.Groups[1].Value)];

    /// <summary>Where the runbook of each alert is, beside the checkout's root.</summary>
    public static string[] Runbooks { get; } = [.. RunbookLine().Matches(Rules).Select(m => m.Groups[1].Value)];

    /// <summary>Each panel that asks something, by its title.</summary>
    public static JsonElement[] Panels { get; } = [.. Board.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _))];

    /// <summary>Every query of the board, variables put in: title and number of a panel, or what else asks it, and the query.</summary>
    public static (string Name, string Query)[] Queries { get; } =
    [
        .. Panels.SelectMany(p => p.GetProperty("targets").EnumerateArray().Select(t => ($"{p.GetProperty("title").GetString()} {t.GetProperty("refId").GetString()}", Filled(t.GetProperty("expr").GetString()!)))),
        .. Board.GetProperty("annotations").GetProperty("list").EnumerateArray().Where(a => a.TryGetProperty("expr", out _)).Select(a => ($"annotation {a.GetProperty("name").GetString()}", Filled(a.GetProperty("expr").GetString()!))),
    ];

    /// <summary>The rules with each minute a second long.</summary>
    public static string Hurried(string rules) => Minutes().Replace(rules, "$1s");

    /// <summary>Names of metrics in a text, without what histograms and summaries put behind them.</summary>
    public static IEnumerable<string> MetricsIn(string text) => MetricName().Matches(text).Select(m => m.Value).Distinct();

    private static string Filled(string query) => query.Replace("$instance", ".+").Replace("$__rate_interval", RateInterval);

    [GeneratedRegex(@"^ +- alert: (\w+)$", RegexOptions.Multiline)]
    private static partial Regex AlertLine();

    [GeneratedRegex(@"^ +runbook_url: (\S+)$", RegexOptions.Multiline)]
    private static partial Regex RunbookLine();

    [GeneratedRegex(@"(?<=\[|for: )(\d+)m\b")]
    private static partial Regex Minutes();

    [GeneratedRegex(@"\b(bybitspot|process)_[a-z_]+\b")]
    private static partial Regex MetricName();
}

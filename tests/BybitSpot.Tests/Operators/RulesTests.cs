using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Operators;

/// <summary>Rules, example and board as files: what promtool says of them, and what must be said with each.</summary>
public sealed partial class RulesTests
{
    [Theory]
    [InlineData("check", "rules", "bybitspot.rules.yml")]
    [InlineData("test", "rules", "bybitspot.rules.test.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    public void Promtool_finds_nothing_wrong(string verb, string what, string file)
    {
        Assert.SkipUnless(Tool.Installed("promtool"), "promtool is not here: apt-get install prometheus");
        (int status, string output, string errors) = Script.Run("promtool", [verb, what, file], OperatorFiles.Folder);
        Assert.True(status == 0, output + errors);
        Assert.Contains("SUCCESS", output + errors);
    }

    [Fact]
    public void Each_alert_is_tried_by_promtool_as_firing_and_as_silent() =>
        Assert.All(OperatorFiles.Alerts, alert =>
        {
            Assert.Matches($$"""alertname="{{alert}}".*exp_samples: \[\]""", OperatorFiles.RuleTests);
            Assert.Matches($$"""alertname="{{alert}}".*value: 1""", OperatorFiles.RuleTests);
        });

    [Fact]
    public void Each_alert_has_a_time_a_severity_words_and_a_runbook()
    {
        string[] alerts = OperatorFiles.Rules.Split("- alert: ")[1..];
        Assert.Equal(OperatorFiles.Alerts.Length, alerts.Length);
        Assert.Equal(alerts.Length, OperatorFiles.Alerts.Distinct().Count());
        Assert.All(alerts, alert =>
        {
            Assert.Matches(@"\n +for: \d+m\n", alert);
            Assert.Matches(@"\n +labels: \{severity: (critical|warning)\}\n", alert);
            Assert.All((string[])["summary", "description", "runbook_url"], words => Assert.Matches($"\n +{words}: \\S", alert));
            Assert.Contains("job=\"bybitspot\"", alert);
        });
    }

    [Fact]
    public void Each_runbook_is_a_place_in_the_docs_and_each_place_belongs_to_an_alert()
    {
        Assert.Equal(OperatorFiles.Alerts.Length, OperatorFiles.Runbooks.Length);
        Assert.All(OperatorFiles.Runbooks, runbook =>
        {
            string[] parts = runbook.Split('#');
            Assert.Contains(parts[1], AnchorsOf(parts[0]));
        });
        Assert.Equal(AnchorsOf("docs/alerts.md").Skip(1).Order(), OperatorFiles.Runbooks.Select(r => r.Split('#')[1]).Distinct().Order());
    }

    [Fact]
    public void Every_link_of_the_runbook_leads_somewhere() =>
        Assert.All(Link().Matches(Read("docs/alerts.md")).Select(m => m.Groups[1].Value), link =>
        {
            string[] parts = link.Split('#');
            string file = parts[0].Length == 0 ? "docs/alerts.md" : Path.GetRelativePath(Repository.Root, Path.GetFullPath(parts[0], Path.Combine(Repository.Root, "docs")));
            Assert.True(File.Exists(Path.Combine(Repository.Root, file)), link);
            if (parts.Length > 1)
                Assert.Contains(parts[1], AnchorsOf(file));
        });

    [Fact]
    public void The_board_belongs_to_no_server_and_each_panel_says_what_it_shows_in_which_unit()
    {
        JsonElement board = OperatorFiles.Board;
        Assert.False(board.TryGetProperty("uid", out _));
        Assert.Equal(JsonValueKind.Null, board.GetProperty("id").ValueKind);
        Assert.All(OperatorFiles.Panels, panel =>
        {
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.NotEmpty(panel.GetProperty("fieldConfig").GetProperty("defaults").GetProperty("unit").GetString()!);
            Assert.All(panel.GetProperty("targets").EnumerateArray().Append(panel), p => Assert.Equal("${datasource}", p.GetProperty("datasource").GetProperty("uid").GetString()));
            Assert.All(panel.GetProperty("targets").EnumerateArray(), t => Assert.Contains("instance=~\"$instance\"", t.GetProperty("expr").GetString()));
        });
    }

    [Fact]
    public void No_two_panels_of_the_board_lie_over_each_other()
    {
        var taken = new HashSet<(int, int)>();
        Assert.All(OperatorFiles.Board.GetProperty("panels").EnumerateArray(), panel =>
        {
            JsonElement at = panel.GetProperty("gridPos");
            (int x, int y, int width, int height) = (at.GetProperty("x").GetInt32(), at.GetProperty("y").GetInt32(), at.GetProperty("w").GetInt32(), at.GetProperty("h").GetInt32());
            Assert.InRange(x + width, 1, 24);
            for (int i = 0; i < width * height; i++)
                Assert.True(taken.Add((x + i % width, y + i / width)), panel.GetProperty("title").GetString());
        });
        Assert.Equal(OperatorFiles.Board.GetProperty("panels").GetArrayLength(), OperatorFiles.Board.GetProperty("panels").EnumerateArray().Select(p => p.GetProperty("id").GetInt32()).Distinct().Count());
    }

    /// <summary>The headings of a page, as links name them.</summary>
    private static string[] AnchorsOf(string file) =>
        [.. Heading().Matches(Read(file)).Select(m => NoAnchor().Replace(m.Groups[1].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}

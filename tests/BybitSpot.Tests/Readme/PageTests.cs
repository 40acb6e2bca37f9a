using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Readme;

/// <summary>What the README and its pages say, against what the product is.</summary>
public sealed class PageTests
{
    private static readonly Page s_readme = Page.Of("README.md"), s_settings = Page.Of("docs/settings.md"), s_operations = Page.Of("docs/operations.md");

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (Page page in Page.All)
            foreach (string link in page.Links.Where(l => !l.StartsWith("https://", StringComparison.Ordinal)))
            {
                string[] parts = link.Split('#');
                string path = parts[0].Length == 0 ? page.Path : Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, parts[0]));
                Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), $"{page.Path}: {link}");
                if (parts.Length > 1)
                    Assert.True(Page.Of(path).Anchors.Contains(parts[1]), $"{page.Path}: {link} is no heading of {path}");
            }
    }

    [Fact]
    public void Every_block_is_of_a_kind_that_a_test_reads()
    {
        foreach (Block block in Page.All.SelectMany(p => p.Blocks))
            Assert.True(block.Language is "sh" or "text" or "json" or "python" or "csharp" or "js", $"{block.Name}: no test reads \"{block.Language}\"");
        string[] shown = [.. Page.All.SelectMany(p => p.Blocks).SelectMany(b => b.Shown)];
        Block alone = Assert.Single(Page.All.SelectMany(p => p.Blocks), b => b.Language == "text" && !b.Lines.All(shown.Contains));
        Assert.StartsWith("BTC|", alone.Lines[0]);
    }

    [Fact]
    public void Every_setting_is_in_the_table_with_its_default_and_nothing_else_is()
    {
        IReadOnlyList<string[]> rows = s_settings.Table("name", "default");
        string[] named = [.. rows.Select(r => r[0].Trim('`'))];
        Assert.Equal(named, named.Distinct());
        Assert.Empty(SettingsTable.All.Select(s => s.Name).Except(named));
        // Names of other versions are told of, too, while they are on their way.
        Assert.Empty(named.Except(SettingsTable.All.Select(s => s.Name)));
        foreach (Setting setting in SettingsTable.All)
        {
            string shown = rows.First(r => r[0] == $"`{setting.Name}`")[1];
            Assert.True(setting.Default is { } text ? shown == $"`{text}`" : !shown.StartsWith('`'), $"{setting.Name}: default {setting.Default}, shown {shown}");
        }
    }

    [Fact]
    public void The_old_bots_settings_come_first() =>
        Assert.Equal(
            ["BYBIT_WS_URL", "REDIS_HOST", "REDIS_PORT", "REDIS_PASSWORD", "REDIS_DB", "LOG_LEVEL", "RECONNECT_INTERVAL_MS", "RECONNECT_MAX_ATTEMPTS"],
            s_settings.Table("name", "default").Take(8).Select(r => r[0].Trim('`')));

    [Fact]
    public void The_coins_shown_are_those_of_the_file()
    {
        Block block = s_readme.Blocks.First(b => b is { Language: "json", Tag: "" });
        string[] shown = [.. CoinsFile.Parse(System.Text.Encoding.UTF8.GetBytes(block.Text)).Symbols];
        Assert.Equal(CoinsFile.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "config/coins.json"))).Symbols, shown);
    }

    [Fact]
    public void Every_event_in_the_table_exists_with_its_level_and_every_warning_is_there()
    {
        var events = Events();
        var told = new Dictionary<string, string>();
        foreach (string[] row in Page.Of("docs/operations.md").Table("event", "level"))
        {
            string[] names = [.. Regex.Matches(row[0], "`(\\w+)`").Select(m => m.Groups[1].Value)], levels = row[1].Split(", ");
            for (int i = 0; i < names.Length; i++)
                Assert.True(told.TryAdd(names[i], levels[Math.Min(i, levels.Length - 1)]), $"{names[i]} is told twice");
        }
        // Events of parts that are on their way are told, too, until all of these are here.
        bool whole = CommandTests.Parts.Values.All(CommandTests.IsHere);
        foreach ((string name, string level) in told)
        {
            string? real = events.GetValueOrDefault(name);
            Assert.True(real == level || (real is null && !whole), $"{name}: told as {level}, is {real ?? "no event"}");
        }
        Assert.Empty(events.Keys.Except(told.Keys));
    }

    [Fact]
    public void Every_exit_status_is_told()
    {
        int[] all = [ExitStatus.Stopped, ExitStatus.GaveUp, ExitStatus.Usage, ExitStatus.Configuration, ExitStatus.Interrupted];
        Assert.Equal(all, s_operations.Table("status").Select(r => int.Parse(r[0])));
    }

    [Fact]
    public void The_line_of_the_log_that_is_shown_has_the_fields_of_its_event()
    {
        Block block = s_operations.Blocks.First(b => b.Tag == "log");
        System.Text.Json.JsonElement line = System.Text.Json.JsonDocument.Parse(block.Text).RootElement;
        string written = System.Text.Encoding.UTF8.GetString(LogEntry.Json(
            DateTimeOffset.Parse(line.GetProperty("timestamp").GetString()!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(),
            Microsoft.Extensions.Logging.LogLevel.Warning, "redis", "redis_unavailable", Fields(), Message(), null, []));
        Assert.Equal(block.Text, written);

        static KeyValuePair<string, object?>[] Fields() => [new("endpoint", "localhost:6379"), new("reason", "connection refused"), new("delay_ms", 250L)];
        static string Message() => "Redis at localhost:6379 cannot be used: connection refused; the feed goes on, prices are written when it comes back (next try in 250 ms)";
    }

    [Fact]
    public void The_troubles_that_the_old_bots_readme_named_are_all_there() =>
        Assert.Superset(
            new HashSet<string> { "the-exchange-cannot-be-reached", "redis", "the-program-does-not-build-or-start", "prices-are-missing-or-do-not-move" },
            Page.Of("docs/operations.md").Anchors);

    /// <summary>Every event of the program and of the engine with its level as the log shows it.</summary>
    private static Dictionary<string, string> Events()
    {
        var events = new Dictionary<string, string> { ["started"] = "info" };
        foreach (string file in (string[])["src/BybitSpot/Signals/Log.cs", "src/BybitSpot.App/Log.cs"])
            foreach (Match match in Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, file)), @"LogLevel\.(\w+),.*EventName = ""(\w+)"""))
                events[match.Groups[2].Value] = match.Groups[1].Value switch { "Information" => "info", "Warning" => "warn", "Error" => "error", "Critical" => "critical", var other => other.ToLowerInvariant() };
        return events;
    }
}

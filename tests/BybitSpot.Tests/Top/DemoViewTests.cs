using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Store;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Top;

/// <summary>The demo on a real terminal.</summary>
[Collection(StoreJourney.Name)]
public sealed class DemoViewTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();

    public DemoViewTests() => Assert.SkipUnless(Tool.Installed("tmux"), "tmux, which makes a terminal, is not installed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("q", "q was pressed")]
    [InlineData("C-c", "SIGINT")]
    public void It_opens_its_own_view_with_the_log_below_and_a_key_ends_it_in_order(string key, string reason)
    {
        using var screen = new TmuxScreen(80, 24, _folder);
        screen.Command("echo what was there; stty -a > before");
        screen.Command($"{Repository.Program} --demo; echo status $?; stty -a > after");
        screen.Becomes("ten coins are there", () => TopJourneyTests.Coins(screen).Length == 10 && screen.Text.Contains("● Live"));
        Assert.True(screen.IsAlternate);
        Assert.StartsWith(" BybitSpot  this program", screen.Lines[0]);
        Assert.StartsWith("─ log ─", screen.Lines[^5]);
        screen.Becomes("the log stands there", () => screen.Lines[^2].Contains(" INFO "));
        screen.Becomes("prices move", () => screen.Text.Contains('▲') || screen.Text.Contains('▼'));
        screen.Press(key);
        screen.Becomes("it has ended", () => !screen.IsAlternate && screen.HasCursor && screen.Text.Contains("status 0"));
        Assert.Contains($"stopped: {reason} (status 0, ", screen.Text.Replace("\n", ""));
        Until.True("the settings are as they were", () => File.Exists(Path.Combine(_folder, "after")) && File.ReadAllText(Path.Combine(_folder, "after")) == File.ReadAllText(Path.Combine(_folder, "before")));
    }

    [Theory]
    [InlineData("--demo --plain")]
    [InlineData("--demo 2>log | cat")]
    [InlineData("--demo", "TERM=dumb ")]
    public void Elsewhere_or_if_it_is_asked_for_it_writes_lines(string arguments, string before = "")
    {
        using var screen = new TmuxScreen(100, 24, _folder);
        screen.Command($"{before}{Repository.Program} {arguments}");
        screen.Becomes("lines of prices", () => screen.Lines.Count(l => System.Text.RegularExpressions.Regex.IsMatch(l, @"^[A-Z]+\|[0-9.]+\|\d{4}-.*Z$")) > 5);
        Assert.False(screen.IsAlternate);
        screen.Press("C-c");
        screen.Becomes("it has ended", () => screen.Lines[^1].StartsWith("shell>"));
    }
}

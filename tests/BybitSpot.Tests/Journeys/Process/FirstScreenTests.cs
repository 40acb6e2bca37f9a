using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using BybitSpot.Tests.Store;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>What a person sees who starts the program in a terminal, and a machine that does.</summary>
[Collection(StoreJourney.Name)]
public sealed class FirstScreenTests : IDisposable
{
    private static readonly Regex s_colour = new("\e\\[[0-9;]*m");

    private readonly string _folder = Repository.NewScratchFolder();

    public FirstScreenTests() => Assert.SkipUnless(Tool.Installed("script"), "script (util-linux), which makes a terminal, is not installed");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void On_a_terminal_the_log_is_coloured_text_and_where_to_look_stands_last_before_the_prices_and_at_the_end()
    {
        string[] lines = OnTerminal("--demo --plain", ("BYBITSPOT_TYPED", "./run"));

        Assert.Contains(lines, l => s_colour.IsMatch(l));
        Assert.DoesNotContain(lines, l => l.StartsWith('{'));
        string[] plain = [.. lines.Select(l => s_colour.Replace(l, ""))];
        Assert.Matches(@"^\S+Z INFO  app   bybitspot [0-9.]+ started( with \S+=\S+)*$", plain[0]);
        int first = Array.FindIndex(plain, l => Regex.IsMatch(l, @"^[A-Z]+\|"));
        Assert.True(first > 0, string.Join('\n', plain));
        const string Look = @"look from another terminal: \./run get BTC --redis-embedded always, or redis-cli -p \d+ HGETALL bybit_spot:BTC$";
        // What another thread has to say at that moment may come between.
        int look = Array.FindLastIndex(plain, first - 1, l => Regex.IsMatch(l, Look));
        Assert.True(look >= first - 3 && look > Array.FindIndex(plain, l => l.Contains("demo: ", StringComparison.Ordinal)), string.Join('\n', plain));
        Assert.Matches(@"stopped: SIGINT \(status 0, after \d+ s\); .*" + Look, plain[^1]);
    }

    [Theory]
    [InlineData("NO_COLOR", "1", false)]
    [InlineData("TERM", "dumb", false)]
    [InlineData("LOG_FORMAT", "text", true)]
    public void Text_on_a_terminal_has_colours_unless_somebody_minds(string name, string value, bool coloured)
    {
        string[] lines = OnTerminal("--demo --plain", (name, value));

        Assert.Equal(coloured, lines.Any(l => s_colour.IsMatch(l)));
        Assert.Contains(lines, l => l.Contains("look from another terminal: bybitspot get", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.StartsWith('{'));
    }

    [Theory]
    [InlineData("LOG_FORMAT", "json")]
    [InlineData("JOURNAL_STREAM", "9:17")]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "true")]
    public void Where_machines_read_it_is_JSON_even_on_a_terminal(string name, string value)
    {
        string[] lines = OnTerminal("--demo", (name, value));

        Assert.StartsWith("{\"timestamp\":", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => s_colour.IsMatch(l));
    }

    [Fact]
    public void Into_a_file_the_log_is_JSON()
    {
        string[] lines = OnTerminal("--demo --plain 2>log");

        Assert.All(lines, l => Assert.Matches(@"^[A-Z]+\|", l));
        Assert.All(File.ReadAllLines(Path.Combine(_folder, "log")), l => Assert.StartsWith("{\"timestamp\":", l, StringComparison.Ordinal));
    }

    [Fact]
    public void Into_a_pipe_the_log_is_JSON_and_both_places_are_told_there()
    {
        using Journey journey = Journey.Begin("ETHUSDT", "BTCUSDT");
        string look = journey.Bot.Log("where_to_look").Text("look");
        Assert.Equal($"look from another terminal: bybitspot get BTC, or redis-cli -p {journey.Redis.Port} HGETALL bybit_spot:BTC", look);
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Assert.Equal($"what is in Redis: bybitspot get BTC, or redis-cli -p {journey.Redis.Port} HGETALL bybit_spot:BTC", journey.Bot.Log("stopped").Text("look"));
    }

    /// <summary>Runs the program in a terminal until prices come, then presses Ctrl-C.</summary>
    private string[] OnTerminal(string arguments, params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string> { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh", ["HTTP_URL"] = "", ["BYBITSPOT_TYPED"] = "" };
        foreach (string name in (string[])["NO_COLOR", "FORCE_COLOR", "LOG_FORMAT", "LOG_LEVEL", "JOURNAL_STREAM", "NOTIFY_SOCKET", "DOTNET_RUNNING_IN_CONTAINER", "KUBERNETES_SERVICE_HOST", "container", "DISPLAY", "WAYLAND_DISPLAY", "VTE_VERSION", "TERM_PROGRAM", "TMUX"])
            environment[name] = "";
        foreach ((string name, string value) in more)
            environment[name] = value;
        // The shell says whose pid is to be told; exec keeps it.
        using Process terminal = Tool.StartOther("script", _folder, environment, "-qec", $"echo pid=$$; exec {Repository.Program} {arguments}", "/dev/null");
        var lines = new List<string>();
        while (!lines.Exists(l => Regex.IsMatch(Plain(l), @"^[A-Z]+\|")))
        {
            Task<string?> line = Task.Run(terminal.StandardOutput.ReadLine);
            Assert.True(line.Wait(Tool.Limit) && line.Result is not null, "no price came\n" + string.Join('\n', lines));
            lines.Add(line.Result!);
        }
        Signals.Send(int.Parse(lines[0].Trim()["pid=".Length..], CultureInfo.InvariantCulture), Signals.Interrupt);
        Outcome rest = Tool.Finish(terminal);
        Assert.Equal(0, rest.Status);
        return [.. lines.Concat(rest.Output.Split('\n')).Select(l => Plain(l)).Where(l => l.Length > 0).Skip(1)];
    }

    /// <summary>Without what the framework tells a terminal of its keys as soon as anybody in the process asks it something.</summary>
    private static string Plain(string line) => line.TrimEnd('\r').Replace("\e[?1h\e=", "", StringComparison.Ordinal);
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

/// <summary>`get --watch`, into a pipe and on a terminal.</summary>
public sealed class GetWatchTests : GetStage
{
    [Fact]
    public void Watching_into_a_pipe_writes_a_line_for_each_change_and_ends_with_0()
    {
        Store("BTC", "1.10", DateTimeOffset.UtcNow);
        using Process watch = Tool.Start(_folder.Path, null, Arguments("BTC", "XRP", "--watch"));
        TextReader lines = watch.StandardOutput;
        Assert.StartsWith("COIN", Line(lines));
        Assert.StartsWith("BTC   1.10", Line(lines));
        Assert.StartsWith("XRP   -", Line(lines));

        Store("XRP", "0.50", DateTimeOffset.UtcNow);
        Assert.StartsWith("XRP   0.50", Line(lines));
        Store("BTC", "1.20", DateTimeOffset.UtcNow);
        Assert.StartsWith("BTC   1.20", Line(lines));
        Says("spot", "box-1", "BTC stale");
        Assert.Matches("^BTC   1.20 .* stale$", Line(lines));

        Journeys.Signals.Send(watch.Id, Journeys.Signals.Interrupt);
        Assert.Equal(new Outcome(0, "", ""), Tool.Finish(watch));
    }

    [Fact]
    public void A_watch_survives_an_outage_tells_it_once_and_ends_when_nobody_reads()
    {
        Store("BTC", "1.10", DateTimeOffset.UtcNow);
        using Process watch = Tool.Start(_folder.Path, null, Arguments("BTC", "--watch", "--json"));
        Assert.Equal("1.10", JsonDocument.Parse(Line(watch.StandardOutput)).RootElement.GetProperty("ltp").GetString());

        _redis.Kill();
        Assert.StartsWith("bybitspot: no Redis at", Line(watch.StandardError));
        _redis.Launch();
        Store("BTC", "1.20", DateTimeOffset.UtcNow);
        Until.True("the new price", () => Line(watch.StandardOutput).Contains("\"ltp\":\"1.20\""));

        watch.StandardOutput.Close();
        Store("BTC", "1.30", DateTimeOffset.UtcNow);
        Assert.True(watch.WaitForExit(Tool.Limit));
        Assert.Equal(0, watch.ExitCode);
        Assert.Equal("", watch.StandardError.ReadToEnd());
    }

    [Fact]
    public void On_a_terminal_it_draws_and_gives_the_cursor_back()
    {
        Assert.SkipUnless(Tool.Installed("script"), "script (util-linux), which makes a terminal, is not installed");
        Store("BTC", "1.10", DateTimeOffset.UtcNow);

        string drawn = OnTerminal(["BTC", "XRP", "--watch"], noColour: false, until: "q quit");

        Assert.Contains("\e[?1049h\e[?25l", drawn);
        Assert.Contains("BTC", drawn);
        string last = drawn[drawn.LastIndexOf("\e[?25h\e[?1049l", StringComparison.Ordinal)..];
        Assert.Contains("BTC   1.10", last);
    }

    [Fact]
    public void Colour_is_for_terminals_alone_and_NO_COLOR_turns_it_off()
    {
        Store("BTC", "1.10", DateTimeOffset.UtcNow);
        Assert.DoesNotContain('\e', Tool.Run(_folder.Path, null, Arguments("BTC")).Output);
        Assert.SkipUnless(Tool.Installed("script"), "script (util-linux), which makes a terminal, is not installed");

        Assert.Contains("\e[1mCOIN", OnTerminal(["BTC"], noColour: false));
        Assert.DoesNotContain("\e[1m", OnTerminal(["BTC"], noColour: true));
    }

    [Fact]
    public void On_a_terminal_q_ends_the_watch()
    {
        Assert.SkipUnless(Tool.Installed("script"), "script (util-linux), which makes a terminal, is not installed");
        Store("BTC", "1.10", DateTimeOffset.UtcNow);
        Assert.Contains("BTC   1.10", OnTerminal(["BTC", "--watch"], noColour: false, until: "q quit", key: "q"));
    }

    [Fact]
    public void Another_bid_is_news_in_json_and_none_beside_prices()
    {
        Store("BTC", "1.10", DateTimeOffset.UtcNow);
        _redis.Ask("HSET", "bybit_spot:BTC", "bid", "1.09");
        using Process json = Tool.Start(_folder.Path, null, Arguments("BTC", "--watch", "--json"));
        Assert.Equal("1.09", Bid(json));
        using Process text = Tool.Start(_folder.Path, null, Arguments("BTC", "--watch"));
        Assert.StartsWith("COIN", Line(text.StandardOutput));
        Assert.StartsWith("BTC   1.10", Line(text.StandardOutput));

        _redis.Ask("HSET", "bybit_spot:BTC", "bid", "1.08");
        Assert.Equal("1.08", Bid(json));
        // It has looked twice since.
        Thread.Sleep(2_500);
        Store("BTC", "1.20", DateTimeOffset.UtcNow);
        Assert.StartsWith("BTC   1.20", Line(text.StandardOutput));
        foreach (Process watch in (Process[])[json, text])
        {
            Journeys.Signals.Send(watch.Id, Journeys.Signals.Interrupt);
            Assert.Equal(0, Tool.Finish(watch).Status);
        }

        static string? Bid(Process watch) => JsonDocument.Parse(Line(watch.StandardOutput)).RootElement.GetProperty("bid").GetString();
    }

    private string OnTerminal(string[] arguments, bool noColour, string? until = null, string? key = null)
    {
        var environment = new Dictionary<string, string> { ["TERM"] = "xterm", ["SHELL"] = "/bin/sh" };
        if (noColour)
            environment["NO_COLOR"] = "1";
        // The shell says whose pid is to be told; exec keeps it.
        string command = $"echo pid=$$; exec {Repository.Program} {string.Join(' ', Arguments(arguments))}";
        using Process terminal = Tool.StartOther("script", _folder.Path, environment, "-qec", command, "/dev/null");
        var text = new StringBuilder();
        if (until is not null)
        {
            Until.True("it is drawn", () =>
            {
                text.Append((char)terminal.StandardOutput.Read());
                return text.ToString().Contains(until);
            });
            if (key is not null)
            {
                terminal.StandardInput.Write(key);
                terminal.StandardInput.Flush();
            }
            else
                Journeys.Signals.Send(int.Parse(text.ToString().Split("pid=")[1].Split('\r')[0], CultureInfo.InvariantCulture), Journeys.Signals.Interrupt);
        }
        Outcome rest = Tool.Finish(terminal);
        Assert.Equal(0, rest.Status);
        return text + rest.Output;
    }

    private static string Line(TextReader from)
    {
        Task<string?> line = Task.Run(from.ReadLine);
        Assert.True(line.Wait(Tool.Limit), "no line came");
        return line.Result ?? "";
    }
}

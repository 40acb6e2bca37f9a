using BybitSpot.Market;
using System.Text;
using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Signals;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed partial class LogTests
{
    [LoggerMessage(1, LogLevel.Warning, "{text} {number} {flag}", EventName = "tried")]
    private static partial void Tried(ILogger log, string text, long number, bool flag);

    [LoggerMessage(2, LogLevel.Information, "{level} {message}", EventName = "named_alike")]
    private static partial void NamedAlike(ILogger log, string level, string message);

    [Fact]
    public void A_line_is_one_flat_object_with_the_events_own_fields()
    {
        JsonElement line = Assert.Single(Logged(log => Tried(log, "a", 7, true)));

        Assert.Equal(
            ["timestamp", "level", "event", "logger", "text", "number", "flag", "message"],
            line.EnumerateObject().Select(property => property.Name));
        Assert.Equal("2026-01-01T00:00:00.000Z", line.GetProperty("timestamp").GetString());
        Assert.Equal("warn", line.GetProperty("level").GetString());
        Assert.Equal("tried", line.GetProperty("event").GetString());
        Assert.Equal("feed", line.GetProperty("logger").GetString());
        Assert.Equal(7, line.GetProperty("number").GetInt64());
        Assert.True(line.GetProperty("flag").GetBoolean());
        Assert.Equal("a 7 True", line.GetProperty("message").GetString());
    }

    [Fact]
    public void A_field_that_is_named_like_the_lines_frame_steps_aside()
    {
        JsonElement line = Assert.Single(Logged(log => NamedAlike(log, "mine", "my own")));

        Assert.Equal("info", line.GetProperty("level").GetString());
        Assert.Equal("mine", line.GetProperty("level_").GetString());
        Assert.Equal("my own", line.GetProperty("message_").GetString());
        Assert.Equal("mine my own", line.GetProperty("message").GetString());
    }

    [Theory]
    [Trait("Fault", "77")]
    [InlineData("\u001b[2J\u001b]0;x\u0007")]
    [InlineData("a\r\nb\nc\u2028d\u0085e")]
    [InlineData("\"},{\"level\":\"error\"")]
    [InlineData("\ud800 alone \udc00")]
    [InlineData("<script>\u202e")]
    [InlineData("\0\u007f\u009b31m")]
    public void Nothing_can_break_a_line_or_reach_a_terminal_raw(string hostile)
    {
        byte[] json = Bytes(log => Tried(log, hostile, 1, false), asText: false);
        byte[] text = Bytes(log => Tried(log, hostile, 1, false), asText: true);

        Assert.Equal(1, json.Count(b => b == '\n'));
        Assert.Equal((byte)'\n', json[^1]);
        Assert.All(json[..^1], b => Assert.InRange(b, (byte)0x20, (byte)0x7e));
        Assert.Equal(hostile.Replace('\ud800', '\ufffd').Replace('\udc00', '\ufffd'), JsonDocument.Parse(json).RootElement.GetProperty("text").GetString());
        Assert.Equal(1, text.Count(b => b == '\n'));
        Assert.DoesNotContain(Encoding.UTF8.GetString(text[..^1]), char.IsControl);
        Assert.DoesNotContain('\u202e', Encoding.UTF8.GetString(text));
        Assert.DoesNotContain('\u2028', Encoding.UTF8.GetString(text));
    }

    [Theory]
    [InlineData("it's größe, цена, 価格 + `x` 🚀", "it's größe, цена, 価格 + `x` 🚀")]
    [InlineData("a \"quoted\" \\ text", "a \\\"quoted\\\" \\\\ text")]
    [InlineData("<b>&", "\\u003cb\\u003e\\u0026")]
    [InlineData("\u001b[2J\u2028\u2029\u0085\u202e\u200b\ufeff\u007f", "\\u001b[2J\\u2028\\u2029\\u0085\\u202e\\u200b\\ufeff\\u007f")]
    [InlineData("\U000E0041", "\\udb40\\udc41")]
    public void Letters_and_apostrophes_stay_readable_in_JSON_and_what_could_steer_is_escaped(string text, string written)
    {
        string line = Encoding.UTF8.GetString(Bytes(log => Tried(log, text, 1, false), asText: false));

        Assert.Contains($"\"text\":\"{written}\"", line, StringComparison.Ordinal);
        Assert.Equal(text, JsonDocument.Parse(line).RootElement.GetProperty("text").GetString());
    }

    [Fact]
    [Trait("Fault", "77")]
    public void Whatever_stands_in_a_text_its_line_is_one_object_that_reads_back()
    {
        Prop.ForAll<string>(text =>
        {
            string line = Encoding.UTF8.GetString(Bytes(log => Tried(log, text ?? "", 1, false), asText: false));
            return line.IndexOf('\n') == line.Length - 1 && !line[..^1].Any(char.IsControl)
                && JsonDocument.Parse(line).RootElement.GetProperty("text").GetString() == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void An_amount_is_a_number_in_its_field_and_a_word_in_the_message()
    {
        JsonElement summary = Assert.Single(Logged(log => log.Summary(1, 1, 2, 2, 0, 0, 0, 1, 0, 0, 25_123_456)));
        Assert.Equal(25_123_456, summary.GetProperty("allocated_bytes").GetInt64());
        Assert.EndsWith(", 25.1 MB allocated", summary.GetProperty("message").GetString(), StringComparison.Ordinal);

        Assert.Equal("f names every USDT pair", Assert.Single(Logged(log => log.CoinsLoaded("f", NamedCoins.Of(["BTCUSDT", " * "], MarketRules.Spot)))).GetProperty("message").GetString());
        Assert.Equal("f names 1 coin", Assert.Single(Logged(log => log.CoinsLoaded("f", NamedCoins.Of(["BTCUSDT"], MarketRules.Spot)))).GetProperty("message").GetString());
        Assert.Equal(2, Assert.Single(Logged(log => log.CoinsLoaded("f", NamedCoins.Of(["A", "B"], MarketRules.Spot)))).GetProperty("symbols").GetInt64());
    }

    [Fact]
    public void On_a_terminal_the_level_has_a_colour_and_a_text_can_still_not_steer_it()
    {
        var output = new MemoryStream();
        using (var logs = new Logs(output, LogLevel.Information, asText: true, [], new SteppedTime(), coloured: true))
            Tried(logs.CreateLogger("feed"), "\u001b[2J", 1, false);

        Assert.Equal("\u001b[2m2026-01-01T00:00:00.000Z\u001b[0m \u001b[33mWARN \u001b[0m feed  \\u001b[2J 1 False\n", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Fact]
    public void For_people_a_line_has_time_level_room_and_message() =>
        Assert.Equal(
            "2026-01-01T00:00:00.000Z WARN  feed  größe 1 False\n",
            Encoding.UTF8.GetString(Bytes(log => Tried(log, "größe", 1, false), asText: true)));

    [Fact]
    [Trait("Fault", "78")]
    public void A_secret_is_taken_out_wherever_it_comes_from()
    {
        string line = Encoding.UTF8.GetString(
            Bytes(log => log.LogError(new InvalidOperationException("AUTH canary-pass refused"), "sent canary-pass"), asText: false, secrets: ["canary-pass"]));

        Assert.DoesNotContain("canary", line, StringComparison.Ordinal);
        Assert.Contains("AUTH *** refused", line, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_below_the_level_is_not_logged_and_a_critical_event_is_an_error()
    {
        List<JsonElement> lines = Logged(log =>
        {
            log.LogDebug("d");
            log.LogInformation("i");
            log.LogCritical("c");
        });

        Assert.Equal(["info", "error"], lines.Select(line => line.GetProperty("level").GetString()));
    }

    [Fact]
    public void A_very_long_text_is_cut()
    {
        JsonElement line = Assert.Single(Logged(log => Tried(log, new string('x', 100_000), 1, false)));

        Assert.Equal(LogEntry.TextMax + 1, line.GetProperty("text").GetString()!.Length);
    }

    [Fact]
    [Trait("Fault", "60")]
    public void A_blocked_stderr_never_blocks_who_logs_and_the_lost_lines_are_counted_when_it_moves()
    {
        var output = new FickleStream();
        output.Open.Reset();
        using var logs = new Logs(output, LogLevel.Information, asText: false, [], new SteppedTime());
        ILogger log = logs.CreateLogger("feed");
        const int Logged = LineQueue.LinesMax + 500;

        // If logging waited for the writing, this would never end.
        for (int i = 0; i < Logged; i++)
            Tried(log, "x", i, false);
        output.Open.Set();
        Eventually.Holds(() => output.Text.Contains("log_lines_lost", StringComparison.Ordinal), "the loss is told");
        Eventually.Holds(() => Lines(output).Count(line => line.GetProperty("event").GetString() == "tried") is var kept && kept + Lost(output) == Logged, "all lines are written or counted");
    }

    [Fact]
    [Trait("Fault", "60")]
    public void A_full_disk_loses_lines_and_nothing_else_and_is_told_when_there_is_room_again()
    {
        var output = new FickleStream { FailsWith = 28 };
        using var logs = new Logs(output, LogLevel.Information, asText: false, [], TimeProvider.System);
        ILogger log = logs.CreateLogger("feed");

        Tried(log, "lost", 1, false);
        Eventually.Holds(() => output.Writes > 0, "the write is tried");
        logs.Flush();
        output.FailsWith = 0;
        Tried(log, "kept", 2, false);
        Eventually.Holds(() => output.Text.Contains("kept", StringComparison.Ordinal), "writing goes on");

        Assert.DoesNotContain("\"lost\"", output.Text, StringComparison.Ordinal);
        Assert.Equal(1, Lost(output));
    }

    private static long Lost(FickleStream output) =>
        Lines(output).Where(line => line.GetProperty("event").GetString() == "log_lines_lost").Sum(line => line.GetProperty("lines").GetInt64());

    private static List<JsonElement> Lines(FickleStream output) =>
        [.. output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static List<JsonElement> Logged(Action<ILogger> act) =>
        [.. Encoding.UTF8.GetString(Bytes(act, asText: false)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    private static byte[] Bytes(Action<ILogger> act, bool asText, string[]? secrets = null)
    {
        var output = new MemoryStream();
        using (var logs = new Logs(output, LogLevel.Information, asText, secrets ?? [], new SteppedTime()))
            act(logs.CreateLogger("feed"));
        return output.ToArray();
    }
}

using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Recorded;

/// <summary>What `record` and `replay` say to whoever types something else than they take.</summary>
public sealed class RecordCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("record", "FILE")]
    [InlineData("record a.jsonl b.jsonl", "b.jsonl")]
    [InlineData("record a.jsonl --seconds 0", "--seconds is not a number above 0")]
    [InlineData("record a.jsonl --record-to b.jsonl", "--record-to")]
    [InlineData("record a.jsonl --redis-host x", "--redis-host")]
    [InlineData("replay", "FILE")]
    [InlineData("replay a.jsonl --speed -1", "--speed is not a number of 0 or more")]
    [InlineData("replay a.jsonl --from tomorrow", "--from is neither a time")]
    [InlineData("replay a.jsonl --to 1e5", "--to is neither a time")]
    [InlineData("replay a.jsonl --coins B/", "--coins is not a list of coins")]
    [InlineData("replay a.jsonl --fast", "--fast")]
    [InlineData("replay a.jsonl --redis-host x", "--redis-host means nothing without --redis")]
    public void A_wrong_line_is_one_error_and_status_2(string line, string says)
    {
        Outcome outcome = Tool.Call(line.Split(' '));
        Assert.Equal((2, ""), (outcome.Status, outcome.Output));
        Assert.Contains(says, Assert.Single(outcome.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named_with_status_1()
    {
        Outcome outcome = Tool.Call("replay", _folder.File("none.jsonl"));
        Assert.Equal((1, ""), (outcome.Status, outcome.Output));
        Assert.Contains("none.jsonl", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_a_file_that_is_none_is_a_wrong_configuration()
    {
        Outcome outcome = Tool.Call("record", _folder.File("a.jsonl"), "--rotate-size", "5", "--env-file", _folder.Write(".env", ""));
        Assert.Equal(78, outcome.Status);
        Assert.Contains($"RECORD_ROTATE_SIZE: \"5\" {RecordAmounts.SizeWrong} [from --rotate-size]", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("a.jsonl")));
    }

    [Fact]
    public void How_far_a_replay_has_come_is_one_line_that_goes_away()
    {
        string[] files = [_folder.Write("a", new string('x', 300)), _folder.Write("b", new string('x', 100))];
        var terminal = new StringWriter();
        var clock = new SteppedTime();
        var bar = new ReplayBar(files, terminal, clock);
        bar.Show(0, 150, 10);
        bar.Show(0, 200, 11);
        clock.Advance(TimeSpan.FromSeconds(1));
        bar.Show(1, 100, 1234);
        bar.Clear();
        string[] shown = terminal.ToString().Split('\r', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, shown.Length);
        Assert.Matches(@"^#+\.+  38 %  10 messages$", shown[0]);
        Assert.Matches(@"^#+ 100 %  1234 messages$", shown[1]);
        Assert.Equal("\u001b[K", shown[2]);
    }
}

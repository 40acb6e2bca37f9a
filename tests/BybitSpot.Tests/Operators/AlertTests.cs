using Xunit;

namespace BybitSpot.Tests.Operators;

/// <summary>The shipped rules and the board at a real Prometheus that looks at real instances in trouble.</summary>
public sealed class AlertTests(AlertStory story) : IClassFixture<AlertStory>
{
    public static TheoryData<string> Alerts => [.. OperatorFiles.Alerts];

    [Theory]
    [MemberData(nameof(Alerts))]
    public void Each_alert_fires_by_its_fault_and_is_silent_when_that_has_ended(string alert)
    {
        SkipWithoutPrometheus();
        Assert.True(story.Fired.Contains(alert), $"{alert} did not fire; {story.Trouble}");
        Assert.True(story.Cleared.Contains(alert), $"{alert} went on; {story.Trouble}");
    }

    [Fact]
    public void Every_query_of_the_board_shows_something_and_none_is_an_error()
    {
        SkipWithoutPrometheus();
        Assert.True(story.Trouble is null, story.Trouble);
        Assert.Empty(story.Board.Where(q => q.Value is not null).Select(q => $"{q.Key}: {q.Value}"));
    }

    [Fact]
    public void The_board_lets_choose_between_the_instances_that_there_are()
    {
        SkipWithoutPrometheus();
        Assert.NotEmpty(story.Choice);
        Assert.InRange(story.Choice.Length, 1, story.Instances);
        Assert.Contains(OperatorFiles.Board.GetProperty("templating").GetProperty("list").EnumerateArray(), v =>
            v.GetProperty("name").GetString() == "instance" && v.GetProperty("query").GetProperty("query").GetString() == "label_values(bybitspot_build_info, instance)");
    }

    [Fact]
    public void Every_metric_that_rules_and_board_name_is_one_that_the_program_tells()
    {
        SkipWithoutPrometheus();
        Assert.NotEmpty(story.Names);
        string[] named = [.. OperatorFiles.MetricsIn(OperatorFiles.Rules + OperatorFiles.RuleTests + string.Join('\n', OperatorFiles.Queries.Select(q => q.Query)))];
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(story.Names));
    }

    private static void SkipWithoutPrometheus() => Assert.SkipUnless(AlertStory.IsPossible, "prometheus (or prlimit) is not here: apt-get install prometheus");
}

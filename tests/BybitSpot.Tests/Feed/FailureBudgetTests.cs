using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class FailureBudgetTests
{
    [Fact]
    public void The_last_failure_allowed_ends_it()
    {
        var budget = new FailureBudget(3);
        Assert.Equal([false, false, true], [budget.LineFailed(false), budget.LineFailed(false), budget.LineFailed(false)]);
        Assert.Equal((3, "3"), (budget.Failures, budget.Allowed));
    }

    [Fact]
    public void Data_for_a_wanted_topic_sets_the_count_to_zero()
    {
        var budget = new FailureBudget(3);
        budget.LineFailed(false);
        budget.LineFailed(false);
        budget.LineDelivers();
        Assert.Equal(0, budget.Failures);
        Assert.Equal([false, false, true], [budget.LineFailed(true), budget.LineFailed(false), budget.LineFailed(false)]);
    }

    [Fact]
    public void While_another_line_delivers_no_failure_counts()
    {
        var budget = new FailureBudget(2);
        budget.LineDelivers();
        for (int i = 0; i < 10; i++)
            Assert.False(budget.LineFailed(false));
        Assert.Equal(0, budget.Failures);
        Assert.False(budget.LineFailed(true));
        Assert.Equal(1, budget.Failures);
        Assert.True(budget.LineFailed(false));
    }

    [Fact]
    public void Two_lines_that_deliver_must_both_end_before_failures_count()
    {
        var budget = new FailureBudget(1);
        budget.LineDelivers();
        budget.LineDelivers();
        Assert.False(budget.LineFailed(true));
        Assert.True(budget.LineFailed(true));
    }

    [Fact]
    public void A_line_that_was_stopped_on_purpose_delivers_no_longer_and_is_no_failure()
    {
        var budget = new FailureBudget(1);
        budget.LineDelivers();
        budget.LineStopped();
        Assert.Equal(0, budget.Failures);
        Assert.True(budget.LineFailed(false));
    }

    [Fact]
    public void Zero_allows_any_number()
    {
        var budget = new FailureBudget(0);
        for (int i = 0; i < 10_000; i++)
            Assert.False(budget.LineFailed(false));
        Assert.Equal((10_000, "any number"), (budget.Failures, budget.Allowed));
    }
}

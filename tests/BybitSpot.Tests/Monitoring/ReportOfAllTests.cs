using Xunit;

namespace BybitSpot.Tests.Monitoring;

public sealed class ReportOfAllTests
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly HandClock _time = new();

    [Fact]
    public void One_market_is_told_as_it_is()
    {
        FeedReport report = Of(FeedState.Degraded, fresh: 1, stale: 1);
        Assert.Same(report, new ReportOfAll(_time).Of([report]));
    }

    [Theory]
    [InlineData(FeedState.Live, FeedState.Live, FeedState.Live)]
    [InlineData(FeedState.Degraded, FeedState.Live, FeedState.Stale)]
    [InlineData(FeedState.Degraded, FeedState.Live, FeedState.Connecting)]
    [InlineData(FeedState.Degraded, FeedState.Degraded, FeedState.Live)]
    [InlineData(FeedState.Stale, FeedState.Connecting, FeedState.Stale)]
    [InlineData(FeedState.Connecting, FeedState.Connecting, FeedState.Connecting)]
    [InlineData(FeedState.Live, FeedState.Live, FeedState.Empty)]
    [InlineData(FeedState.Connecting, FeedState.Empty, FeedState.Connecting)]
    [InlineData(FeedState.Empty, FeedState.Empty, FeedState.Empty)]
    [InlineData(FeedState.Stopped, FeedState.Stopped, FeedState.Stopped)]
    public void Several_are_worth_what_their_coins_together_would_be(FeedState together, FeedState one, FeedState other) =>
        Assert.Equal(together, new ReportOfAll(_time).Of([Of(one), Of(other)]).State);

    [Fact]
    public void Counts_add_up_stale_coins_are_in_one_order_and_what_is_awaited_is_told()
    {
        FeedReport all = new ReportOfAll(_time).Of(
        [
            Of(FeedState.Degraded, fresh: 3, stale: 1) with { StaleCoins = [new StaleCoin("XRP", "late")] },
            Of(FeedState.Connecting, stale: 2) with { StaleCoins = [new StaleCoin("linear:BTC", "no line"), new StaleCoin("linear:ETH", "no line")], ListAwaited = "the list" },
        ]);
        Assert.Equal((6, 3, 0, 3, "the list", true), (all.Coins, all.Fresh, all.Quiet, all.Stale, all.ListAwaited, all.IsReady));
        Assert.Equal(["XRP", "linear:BTC", "linear:ETH"], all.StaleCoins.Select(c => c.Coin));
    }

    [Fact]
    public void It_is_the_same_object_until_a_part_changes_and_a_state_keeps_the_time_since_which_it_holds()
    {
        var reports = new ReportOfAll(_time);
        FeedReport one = Of(FeedState.Live) with { Since = s_start.AddSeconds(3) }, other = Of(FeedState.Live) with { Since = s_start.AddSeconds(7) };
        FeedReport whole = reports.Of([one, other]);
        Assert.Same(whole, reports.Of([one, other]));
        Assert.Equal(s_start.AddSeconds(7), whole.Since);
        FeedReport next = reports.Of([one with { Fresh = 5 }, other with { Since = s_start.AddSeconds(9) }]);
        Assert.NotSame(whole, next);
        Assert.Equal(s_start.AddSeconds(7), next.Since);
        Assert.Equal(s_start.AddSeconds(20), reports.Of([one, Of(FeedState.Degraded) with { Since = s_start.AddSeconds(20) }]).Since);
    }

    private static FeedReport Of(FeedState state, int fresh = 0, int stale = 0) => new(state, s_start, fresh + stale, fresh, 0, stale, null, []);
}

using BybitSpot.App;
using BybitSpot.Signals;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Web;

[Trait("Fault", "95")]
public sealed class HealthJudgeTests
{
    private readonly SteppedTime _time = new();
    private readonly KeptLog _log = new();
    private readonly Turns _turns = new();
    private readonly HealthJudge _judge;

    public HealthJudgeTests() => _judge = new HealthJudge(_turns, _log, _time);

    [Fact]
    public void A_thread_that_hangs_is_named_within_thirty_seconds_once_in_the_log_and_to_whoever_asks()
    {
        Turn lives = _turns.Begin("watch");
        _turns.Begin("redis");
        TimeSpan hungFor = TimeSpan.Zero;
        while (LookAfter(HealthJudge.LookEvery, lives) is null)
            Assert.True((hungFor += HealthJudge.LookEvery) < TimeSpan.FromSeconds(30), "nobody is named");
        Assert.Equal("redis", LookAfter(HealthJudge.LookEvery, lives));
        Assert.Equal("redis", _judge.Stalled);
        Assert.Contains("redis", Assert.Single(_log.MessagesOf("thread_stalled")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_thread_that_takes_a_turn_seldom_but_takes_it_is_well()
    {
        Turn seldom = _turns.Begin("redis");
        for (int look = 0; look < 400; look++)
            Assert.Null(LookAfter(HealthJudge.LookEvery, look % (HealthJudge.StandingLooks - 1) == 0 ? [seldom] : []));
    }

    [Fact]
    public void A_thread_that_goes_on_is_well_again()
    {
        Turn turn = _turns.Begin("coins");
        for (int look = 0; look <= HealthJudge.StandingLooks; look++)
            LookAfter(HealthJudge.LookEvery);
        Assert.Equal("coins", _judge.Stalled);
        Assert.Null(LookAfter(HealthJudge.LookEvery, turn));
        Assert.Single(_log.MessagesOf("thread_moves"));
    }

    [Theory, Trait("Fault", "66")]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(86_400)]
    public void Time_in_which_the_judge_had_no_turn_himself_counts_as_one_look_however_long(int stoppedForS)
    {
        _turns.Begin("redis");
        // Half of what it takes, then a stop, then the other half.
        for (int look = 0; look < HealthJudge.StandingLooks / 2; look++)
            Assert.Null(LookAfter(HealthJudge.LookEvery));
        Assert.Null(LookAfter(TimeSpan.FromSeconds(stoppedForS)));
        for (int look = 0; look < HealthJudge.StandingLooks / 2 - 2; look++)
            Assert.Null(LookAfter(HealthJudge.LookEvery));
    }

    [Fact]
    public void Many_looks_in_a_hurry_count_as_one()
    {
        _turns.Begin("redis");
        for (int look = 0; look < 1_000; look++)
            Assert.Null(LookAfter(TimeSpan.FromMilliseconds(15)));
    }

    [Fact]
    public void A_thread_that_ended_is_nobodys_concern_and_one_that_never_began_to_take_turns_is()
    {
        Turn line = _turns.Begin("line-1");
        _turns.Begin("line-2");
        _turns.End(line);
        for (int look = 0; look <= HealthJudge.StandingLooks; look++)
            LookAfter(HealthJudge.LookEvery);
        Assert.Equal("line-2", _judge.Stalled);
    }

    [Fact]
    public void A_judge_that_hangs_is_named_by_the_main_thread_which_looks_after_him()
    {
        _judge.Look();
        for (int look = 0; look <= HealthJudge.StandingLooks; look++)
        {
            _judge.LookAtJudge();
            _time.Advance(HealthJudge.LookEvery);
        }
        Assert.Equal("judge", _judge.Stalled);
        _judge.Look();
        _judge.LookAtJudge();
        Assert.Null(_judge.Stalled);
    }

    [Fact]
    public void While_the_program_stops_nobody_is_blamed()
    {
        _turns.Begin("redis");
        _judge.Rest();
        for (int look = 0; look < 2 * HealthJudge.StandingLooks; look++)
            Assert.Null(LookAfter(HealthJudge.LookEvery));
        Assert.Empty(_log.MessagesOf("thread_stalled"));
    }

    private string? LookAfter(TimeSpan time, params Turn[] living)
    {
        _time.Advance(time);
        foreach (Turn turn in living)
            turn.Take();
        return _judge.Look();
    }
}

using BybitSpot.App;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class RestScheduleTests
{
    private readonly RestSchedule _schedule = new();

    [Fact]
    public void The_first_question_is_due_at_once_and_the_next_after_ten_minutes()
    {
        Assert.Equal(TimeSpan.Zero, _schedule.Due);
        Ask(ListVerdict.Believed, at: 0);

        Assert.Equal(Seconds(600), _schedule.Due);
    }

    [Fact]
    public void Listings_are_followed_every_minute()
    {
        _schedule.Start(Seconds(0));
        _schedule.End(ListVerdict.Believed, follow: true, Seconds(1));

        Assert.Equal(Seconds(61), _schedule.Due);
    }

    [Fact]
    public void Two_questions_are_at_least_two_seconds_apart_whoever_asks()
    {
        Ask(ListVerdict.Believed, at: 10);

        _schedule.Want(Seconds(10.5));

        Assert.Equal(Seconds(12), _schedule.Due);
    }

    [Fact]
    public void What_is_wanted_while_a_question_is_on_its_way_is_asked_after_it()
    {
        _schedule.Start(Seconds(0));
        _schedule.Want(Seconds(1));
        Assert.Null(_schedule.Due);
        _schedule.End(ListVerdict.Believed, follow: false, Seconds(5));

        Assert.Equal(Seconds(2), _schedule.Due);
    }

    [Fact]
    public void After_a_ban_nothing_is_asked_for_ten_minutes_not_even_on_demand()
    {
        Ask(ListVerdict.Banned, at: 0);

        _schedule.Want(Seconds(30));

        Assert.True(_schedule.IsPaused(Seconds(599)));
        Assert.False(_schedule.IsPaused(Seconds(600)));
        Assert.Equal(Seconds(600), _schedule.Due);
    }

    [Fact]
    [Trait("Fault", "90")]
    public void A_limit_of_a_second_is_waited_out_in_seconds_and_is_no_pause()
    {
        TimeSpan at = default;
        foreach (int pauseS in (int[])[2, 4, 8, 16, 30, 30])
        {
            _schedule.Start(at);
            _schedule.End(ListVerdict.Limited, follow: false, at);
            Assert.False(_schedule.IsPaused(at));
            // Not before whoever asks is let through again.
            Assert.InRange(_schedule.Due!.Value - at, Seconds(pauseS), Seconds(pauseS + 1));
            at = _schedule.Due.Value;
        }
    }

    [Fact]
    public void Failures_are_tried_again_with_doubling_delays_up_to_a_minute()
    {
        double at = 0;
        foreach (double delay in (double[])[10, 20, 40, 60, 60, 60])
        {
            Ask(ListVerdict.Failed, at);
            Assert.Equal(Seconds(at + delay), _schedule.Due);
            at += delay;
        }
        Ask(ListVerdict.Believed, at);
        Ask(ListVerdict.Failed, at + 600);
        Assert.Equal(Seconds(at + 610), _schedule.Due);
    }

    [Fact]
    public void A_doubted_list_is_asked_for_again_when_a_second_one_counts()
    {
        Ask(ListVerdict.Doubted, at: 5);

        Assert.True(_schedule.Due > Seconds(5) + ListBelief.SecondLook);
        Assert.True(_schedule.Due < Seconds(10) + ListBelief.SecondLook);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Ask(ListVerdict verdict, double at)
    {
        _schedule.Start(Seconds(at));
        _schedule.End(verdict, follow: false, Seconds(at));
    }
}

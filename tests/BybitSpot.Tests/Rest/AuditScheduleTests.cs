using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.Rest;

public sealed class AuditScheduleTests
{
    private readonly AuditSchedule _schedule = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_question_is_due_2_seconds_after_the_start_in_doubt_or_not(bool inDoubt)
    {
        Due(false, 1.999, inDoubt);
        Due(true, 2, inDoubt);
        Due(true, 3, inDoubt);
    }

    [Fact]
    public void In_doubt_it_is_asked_every_5_seconds_otherwise_once_a_minute()
    {
        Ask(10);
        Due(false, 14.999, inDoubt: true);
        Due(true, 15, inDoubt: true);
        Due(false, 15, inDoubt: false);
        Due(false, 69.999, inDoubt: false);
        Due(true, 70, inDoubt: false);
    }

    [Fact]
    public void The_time_since_the_question_counts_not_since_its_answer()
    {
        _schedule.Asked(S(10));
        _schedule.Answered(wantsSecondLook: false);
        Due(true, 15, inDoubt: true);
    }

    [Fact]
    public void Nothing_is_asked_while_a_question_is_under_way()
    {
        _schedule.Asked(S(10));
        Due(false, 15, inDoubt: true);
        Due(false, 3_600, inDoubt: true);
        _schedule.Answered(wantsSecondLook: false);
        Due(true, 3_600, inDoubt: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_second_look_is_due_2_seconds_after_the_first_in_doubt_or_not(bool inDoubt)
    {
        _schedule.Asked(S(10));
        _schedule.Answered(wantsSecondLook: true);
        Due(false, 11.999, inDoubt);
        Due(true, 12, inDoubt);
    }

    [Fact]
    public void After_the_second_look_the_usual_times_hold_again()
    {
        _schedule.Asked(S(10));
        _schedule.Answered(wantsSecondLook: true);
        Ask(12);
        Due(false, 16.999, inDoubt: true);
        Due(true, 17, inDoubt: true);
        Due(false, 71.999, inDoubt: false);
        Due(true, 72, inDoubt: false);
    }

    private static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    private void Ask(double at)
    {
        _schedule.Asked(S(at));
        _schedule.Answered(wantsSecondLook: false);
    }

    private void Due(bool expected, double at, bool inDoubt) => Assert.Equal(expected, _schedule.IsDue(S(at), inDoubt));
}

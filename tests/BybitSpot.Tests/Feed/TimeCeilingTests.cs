using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class TimeCeilingTests
{
    private const long Day = 24 * 3_600_000L;
    private const long Clock = 1_786_310_819_126;
    private TimeCeiling _ceiling;

    [Fact, Trait("Fault", "12")]
    public void A_time_is_taken_up_to_a_day_beyond_the_clock_and_no_further()
    {
        _ceiling.SetClock(Clock);
        Assert.False(_ceiling.Accepts(Clock + Day + 1));
        Assert.True(_ceiling.Accepts(Clock + Day));
    }

    [Fact, Trait("Fault", "12")]
    public void A_time_is_taken_up_to_a_day_beyond_the_newest_accepted_one()
    {
        _ceiling.SetClock(Clock);
        Assert.True(_ceiling.Accepts(Clock + Day));
        Assert.True(_ceiling.Accepts(Clock + 2 * Day));
        Assert.False(_ceiling.Accepts(Clock + 3 * Day + 1));
        Assert.True(_ceiling.Accepts(Clock + 3 * Day));
    }

    [Fact, Trait("Fault", "12")]
    public void An_absurd_time_changes_nothing_for_those_after_it_however_often_it_comes()
    {
        _ceiling.SetClock(Clock);
        Assert.True(_ceiling.Accepts(Clock));
        for (int i = 0; i < 3; i++)
        {
            Assert.False(_ceiling.Accepts(Clock + 365 * Day));
            Assert.True(_ceiling.Accepts(Clock + i));
        }
        for (int i = 0; i < 3; i++)
            Assert.False(_ceiling.Accepts(Clock + 365 * Day + i));
    }

    [Fact]
    public void Recordings_of_past_days_run()
    {
        _ceiling.SetClock(Clock);
        Assert.True(_ceiling.Accepts(1));
        Assert.True(_ceiling.Accepts(Clock - 1_000 * Day));
        Assert.True(_ceiling.Accepts(Clock - 900 * Day));
        Assert.True(_ceiling.Accepts(Clock - 1_000 * Day));
    }

    [Fact, Trait("Fault", "69")]
    public void A_clock_that_is_months_behind_costs_one_message()
    {
        _ceiling.SetClock(Clock - 100 * Day);
        Assert.False(_ceiling.Accepts(Clock));
        Assert.True(_ceiling.Accepts(Clock + 50));
        Assert.True(_ceiling.Accepts(Clock));
        _ceiling.SetClock(Clock - 100 * Day + 1_000);
        Assert.True(_ceiling.Accepts(Clock + 100));
    }

    [Fact]
    public void A_first_absurd_time_is_not_confirmed_by_one_that_is_far_from_it()
    {
        _ceiling.SetClock(Clock);
        Assert.False(_ceiling.Accepts(Clock + 1_000 * Day));
        Assert.False(_ceiling.Accepts(Clock + 900 * Day));
        Assert.True(_ceiling.Accepts(Clock));
        Assert.False(_ceiling.Accepts(Clock + 900 * Day));
    }

    [Fact, Trait("Fault", "68")]
    public void A_clock_that_steps_back_drops_nothing_that_goes_on()
    {
        _ceiling.SetClock(Clock);
        Assert.True(_ceiling.Accepts(Clock));
        _ceiling.SetClock(Clock - 3_600_000);
        Assert.True(_ceiling.Accepts(Clock + 1_000));
        _ceiling.SetClock(Clock - 100 * Day);
        Assert.True(_ceiling.Accepts(Clock + 2_000));
        Assert.False(_ceiling.Accepts(Clock + 2_001 + Day));
    }

    [Fact]
    public void A_clock_that_goes_on_takes_what_comes_after_a_silence_of_days()
    {
        _ceiling.SetClock(Clock);
        Assert.True(_ceiling.Accepts(Clock));
        _ceiling.SetClock(Clock + 10 * Day);
        Assert.True(_ceiling.Accepts(Clock + 10 * Day + 5));
    }
}

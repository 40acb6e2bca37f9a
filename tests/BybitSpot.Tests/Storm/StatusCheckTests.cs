using Xunit;

namespace BybitSpot.Tests.Storm;

// The judge of what readers are told: a price that the exchange has left may stand, but not believed for longer than limit and
// grace, 12 s in all.
public sealed class StatusCheckTests
{
    // Coin 0 is left by the exchange at second 10, unseen; coin 1 stays right.
    private static Scene Left() => new Scene().Writes(1, 0, 0).Writes(1, 1, 0).MovesUnseen(10, 0, 1);

    [Fact]
    public void A_coin_that_is_wrong_for_thirteen_seconds_and_not_flagged_is_found_once_and_by_name()
    {
        StormVerdict verdict = Left().GoesOnSaying(0, 30, "live").Judge(23, statusDemanded: true);
        Charge charge = Assert.Single(verdict.Charges, c => c.Offence == Offence.WrongAndNotFlagged);
        Assert.Equal("C00", charge.Coin);
        Assert.Equal(TimeSpan.FromSeconds(13), verdict.LongestUnflagged);
        Assert.Equal(TimeSpan.FromSeconds(13), verdict.LongestWrong);
    }

    [Fact]
    public void A_coin_that_comes_right_in_time_is_not_charged() =>
        Assert.Empty(Left().GoesOnSaying(0, 30, "live").Shows(21, 0, 1, Scene.TimeOf(1)).Writes(21.5, 0, 1).Offences(30, statusDemanded: true));

    [Fact]
    public void A_coin_that_is_named_stale_in_time_is_not_charged_however_long_it_is_wrong()
    {
        Scene scene = Left().GoesOnSaying(0, 15, "live").GoesOnSaying(20, 60, "degraded", "C00");
        Assert.Empty(scene.Offences(60, statusDemanded: true));
        StormVerdict verdict = scene.Judge(60, statusDemanded: true);
        Assert.Equal(TimeSpan.FromSeconds(50), verdict.LongestWrong);
        Assert.Equal(TimeSpan.FromSeconds(10), verdict.LongestUnflagged);
    }

    [Fact]
    public void Another_coins_flag_does_not_help() =>
        Assert.Equal([Offence.WrongAndNotFlagged], Left().GoesOnSaying(0, 15, "live").GoesOnSaying(20, 60, "degraded", "C01").Offences(30, statusDemanded: true));

    [Fact]
    public void A_flag_that_is_taken_away_while_the_coin_is_still_wrong_is_found() =>
        Assert.Equal([Offence.WrongAndNotFlagged], Left().GoesOnSaying(0, 15, "live").GoesOnSaying(18, 30, "degraded", "C00").GoesOnSaying(31, 40, "live").Offences(40, statusDemanded: true));

    [Fact]
    public void A_coin_of_which_no_instance_says_anything_any_more_is_not_believed_though_the_status_stands()
    {
        Scene scene = Left().Says(5, "live");
        for (int at = 6; at < 40; at++)
            scene.Does(at, "EXPIRE", Scene.Status, "15");
        Assert.Empty(scene.Offences(40, statusDemanded: true));
    }

    [Theory]
    [InlineData("connecting")]
    [InlineData("stale")]
    [InlineData("stopped")]
    public void A_state_that_is_not_to_be_believed_flags_every_coin(string state) =>
        Assert.Empty(Left().GoesOnSaying(0, 15, "live").GoesOnSaying(16, 60, state).Offences(60, statusDemanded: true));

    [Fact]
    public void A_status_that_has_run_out_flags_every_coin_and_not_before()
    {
        // Last written at 6: there until 21, when the coin has been wrong for 11 s; at 8: until 23, for 13 s.
        Assert.Empty(Left().Says(6, "live").Offences(60, statusDemanded: true));
        Assert.Equal([Offence.WrongAndNotFlagged], Left().Says(8, "live").Offences(60, statusDemanded: true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_emptied_Redis_shows_no_price_and_no_status(bool killed)
    {
        Scene scene = Left().GoesOnSaying(0, 15, "live");
        Assert.Empty((killed ? scene.Empties(19) : scene.Does(19, "FLUSHDB")).Offences(60, statusDemanded: true));
    }

    [Fact]
    public void A_coin_that_always_lags_a_little_is_not_wrong_for_long()
    {
        Scene scene = new Scene().Writes(0.5, 1, 0).GoesOnSaying(0, 60, "live");
        for (int step = 1; step <= 60; step++)
            scene.Moves(step, 0, step).Writes(step + 1.5, 0, step);
        Assert.Empty(scene.Offences(61.4, statusDemanded: true));
        Assert.InRange(scene.Judge(61.4).LongestWrong.TotalSeconds, 1.4, 1.6);
    }

    [Fact]
    public void A_coin_that_always_lags_by_thirteen_seconds_is_found_though_writes_go_on()
    {
        Scene scene = new Scene().Writes(0.5, 1, 0).GoesOnSaying(0, 60, "live");
        for (int step = 1; step <= 40; step++)
            scene.Moves(step, 0, step).Writes(step + 14, 0, step);
        Assert.Contains(Offence.WrongAndNotFlagged, scene.Offences(50, statusDemanded: true));
    }

    [Fact]
    public void Excused_time_does_not_count()
    {
        Assert.Empty(Left().GoesOnSaying(0, 30, "live").Excuses(12, 14).Excuses(13, 15).Offences(24, statusDemanded: true));
        Assert.Equal([Offence.WrongAndNotFlagged], Left().GoesOnSaying(0, 30, "live").Excuses(12, 14).Excuses(13, 15).Offences(26, statusDemanded: true));
    }

    [Fact]
    public void A_removed_coin_is_not_wrong_and_one_that_comes_back_has_its_time_anew()
    {
        Assert.DoesNotContain(Offence.WrongAndNotFlagged, Left().GoesOnSaying(0, 60, "live").Watches(11, 0, false).Offences(60, statusDemanded: true));
        Assert.Empty(Left().GoesOnSaying(0, 60, "live").Watches(11, 0, false).Watches(15, 0, true).Offences(26, statusDemanded: true));
        Assert.Equal([Offence.WrongAndNotFlagged], Left().GoesOnSaying(0, 60, "live").Watches(11, 0, false).Watches(15, 0, true).Offences(28, statusDemanded: true));
    }

    [Fact]
    public void Without_any_status_the_check_fails_where_it_is_demanded_and_only_there()
    {
        Assert.Equal([Offence.NoStatus], Left().Offences(60, statusDemanded: true));
        Assert.Empty(Left().Offences(60));
        Assert.Equal(TimeSpan.Zero, Left().Judge(60).LongestUnflagged);
    }

    [Fact]
    public void Where_it_is_not_demanded_what_is_not_flagged_is_measured_and_not_charged()
    {
        StormVerdict verdict = Left().GoesOnSaying(0, 30, "live").Judge(23);
        Assert.DoesNotContain(verdict.Charges, c => c.Offence == Offence.WrongAndNotFlagged);
        Assert.Equal(TimeSpan.FromSeconds(13), verdict.LongestUnflagged);
    }
}

using Xunit;

namespace BybitSpot.Tests.Storm;

// The judge of writes, judged: what is right passes, and each offence is found, alone and by its name.
public sealed class WriteCheckTests
{
    private static string Price(int step) => Ledger.PriceOf(0, step);

    private static string Time(int step) => Scene.Iso(Scene.TimeOf(step));

    [Fact]
    public void What_was_shown_and_is_written_in_order_is_charged_with_nothing()
    {
        StormVerdict verdict = new Scene().Writes(1, 0, 0).Writes(1, 1, 0).Moves(2, 0, 1).Moves(3, 0, 2).Moves(4, 0, 3).Writes(4.1, 0, 1).Writes(4.2, 0, 3)
            .Shows(5, 0, 3, Scene.TimeOf(3) + 700).Writes(5.1, 0, 3, Scene.TimeOf(3) + 700).Writes(6, 0, 3, Scene.TimeOf(3) + 700).Judge(8);
        Assert.Empty(verdict.Charges);
        Assert.Equal(6, verdict.WritesChecked);
    }

    [Fact]
    public void A_write_that_goes_back_is_found() =>
        Assert.Equal([Offence.WentBack], new Scene().Moves(1, 0, 1).Moves(2, 0, 2).Writes(3, 0, 2).Writes(3.1, 0, 1).Writes(3.2, 0, 2).Offences(4));

    [Fact]
    public void Of_one_price_a_time_that_goes_back_is_found() =>
        Assert.Equal([Offence.WentBack],
            new Scene().Moves(1, 0, 1).Shows(1.5, 0, 1, Scene.TimeOf(1) + 500).Writes(2, 0, 1, Scene.TimeOf(1) + 500).Writes(2.1, 0, 1).Offences(4));

    [Fact]
    public void An_older_price_is_found_even_when_the_exchange_shows_it_again_with_a_later_time() =>
        Assert.Equal([Offence.WentBack], new Scene().Moves(1, 0, 1).Writes(2, 0, 1).Shows(2, 0, 0, Scene.TimeOf(9)).Writes(3, 0, 0, Scene.TimeOf(9)).Offences(4));

    [Theory]
    [InlineData("flushed")]
    [InlineData("deleted")]
    [InlineData("killed")]
    public void Nothing_older_comes_back_into_an_emptied_Redis_either(string how)
    {
        Scene scene = new Scene().Moves(1, 0, 1).Writes(2, 0, 1);
        _ = how switch { "flushed" => scene.Does(3, "FLUSHDB"), "killed" => scene.Empties(3), _ => scene.Does(3, "DEL", "bybit_spot:C00") };
        Assert.Equal([Offence.WentBack], scene.Writes(4, 0, 0).Offences(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_same_again_in_an_emptied_Redis_is_not_going_back(bool killed)
    {
        Scene scene = new Scene().Moves(1, 0, 1).Writes(2, 0, 1);
        scene = killed ? scene.Empties(3) : scene.Does(3, "FLUSHDB");
        Assert.Empty(scene.Writes(4, 0, 1).Moves(5, 0, 2).Writes(6, 0, 2).Offences(7));
    }

    [Theory]
    [InlineData("900001.00")]
    [InlineData("500000.01")]
    [InlineData("500000")]
    [InlineData("500000.000")]
    [InlineData("")]
    public void An_invented_price_is_found_another_coins_and_another_text_for_the_same_number_among_them(string price) =>
        Assert.Equal([Offence.InventedPrice], new Scene().Does(1, "HSET", "bybit_spot:C00", "ltp", price, "timestamp", Time(0), "original_symbol", "C00USDT").Offences(2));

    [Theory]
    [InlineData("2024-09-09T15:30:25.124Z")]
    [InlineData("2024-09-09T15:30:25Z")]
    [InlineData("2024-09-09T15:30:25.123")]
    [InlineData("1725895825123")]
    public void An_invented_time_is_found_and_one_in_another_form(string time) =>
        Assert.Equal([Offence.InventedTime], new Scene().Does(1, "HSET", "bybit_spot:C00", "ltp", Price(0), "timestamp", time, "original_symbol", "C00USDT").Offences(2));

    [Fact]
    public void The_time_of_another_price_is_an_invented_one() =>
        Assert.Equal([Offence.InventedTime],
            new Scene().Moves(1, 0, 1).Does(2, "HSET", "bybit_spot:C00", "ltp", Price(1), "timestamp", Time(0), "original_symbol", "C00USDT").Offences(3));

    [Fact]
    public void What_is_written_before_it_was_shown_is_invented() =>
        Assert.Equal([Offence.InventedTime], new Scene().MovesUnseen(1, 0, 1).Writes(2, 0, 1).Shows(3, 0, 1, Scene.TimeOf(1)).Offences(4));

    [Fact]
    public void What_REST_has_shown_may_be_written_with_its_time() =>
        Assert.Empty(new Scene().MovesUnseen(1, 0, 1).Shows(2, 0, 1, Scene.TimeOf(5)).Writes(3, 0, 1, Scene.TimeOf(5)).Offences(4));

    [Fact]
    public void A_hash_that_is_written_by_halves_is_found()
    {
        Assert.Equal([Offence.HalfWritten], new Scene().Does(1, "HSET", "bybit_spot:C00", "ltp", Price(0), "timestamp", Time(0)).Offences(2));
        Assert.Equal([Offence.HalfWritten], new Scene().Does(1, "HSET", "bybit_spot:C00", "original_symbol", "C00USDT").Offences(2));
        Assert.Equal([Offence.HalfWritten], new Scene().Writes(1, 0, 0).Does(2, "HDEL", "bybit_spot:C00", "timestamp").Offences(3));
        Assert.Equal([Offence.HalfWritten], new Scene().Does(1, "HSET", "bybit_spot:C00", "ltp", Price(0), "timestamp", Time(0), "symbol", "C00USDT").Offences(2));
    }

    [Fact]
    public void A_wrong_symbol_is_found() =>
        Assert.Equal([Offence.WrongSymbol], new Scene().Does(1, "HSET", "bybit_spot:C00", "ltp", Price(0), "timestamp", Time(0), "original_symbol", "C01USDT").Offences(2));

    [Fact]
    public void A_key_that_is_nobodys_is_found()
    {
        Assert.Equal([Offence.StrangeKey], new Scene().Does(1, "HSET", "bybit_spot:C99", "ltp", Price(0), "timestamp", Time(0), "original_symbol", "C99USDT").Offences(2));
        Assert.Equal([Offence.StrangeKey], new Scene().Does(1, "HSET", "somebody:else", "a", "b").Offences(2));
    }

    [Fact]
    public void A_removed_coin_that_is_written_again_is_found_once_the_program_has_had_its_time()
    {
        Assert.Equal([Offence.WrittenAfterRemoval, Offence.LeftAfterRemoval], new Scene().Writes(1, 0, 0).Watches(2, 0, false).Does(2.5, "DEL", "bybit_spot:C00").Writes(8, 0, 0).Offences(9));
        Assert.Empty(new Scene().Writes(1, 0, 0).Watches(2, 0, false).Writes(4, 0, 0).Does(4.1, "DEL", "bybit_spot:C00").Offences(9));
        Assert.Empty(new Scene().Writes(1, 0, 0).Watches(2, 0, false).Excuses(2, 7).Writes(8, 0, 0).Does(8.1, "DEL", "bybit_spot:C00").Offences(9));
    }

    [Fact]
    public void A_removed_coin_whose_price_stays_is_found_once_the_program_has_had_its_time()
    {
        Assert.Equal([Offence.LeftAfterRemoval], new Scene().Writes(1, 0, 0).Watches(2, 0, false).Moves(4, 1, 1).Moves(8, 1, 2).Moves(9, 1, 3).Offences(10));
        Assert.Empty(new Scene().Writes(1, 0, 0).Watches(2, 0, false).Moves(4, 1, 1).Offences(6));
        Assert.Empty(new Scene().Writes(1, 0, 0).Watches(2, 0, false).Excuses(3, 9).Offences(10));
        Assert.Empty(new Scene().Writes(1, 0, 0).Watches(2, 0, false).Does(3, "DEL", "bybit_spot:C00").Offences(10));
    }

    [Fact]
    public void A_coin_that_comes_back_with_an_older_price_is_found()
    {
        Scene scene = new Scene().Writes(1, 1, 0).Moves(1, 0, 1).Writes(2, 0, 1).Watches(3, 0, false).Does(4, "DEL", "bybit_spot:C00").Watches(5, 0, true).Writes(6, 0, 0).Writes(7, 0, 1);
        Assert.Equal([Offence.WentBack], scene.Judge(8).Charges.Select(c => c.Offence));
    }

    [Fact]
    public void A_watched_coin_that_is_deleted_is_found() =>
        Assert.Equal([Offence.DeletedThoughWatched], new Scene().Writes(1, 0, 0).Does(9, "DEL", "bybit_spot:C00").Offences(10));

    [Fact]
    public void A_coin_that_is_missing_at_the_end_is_found_one_that_is_wrong_and_one_that_should_be_gone()
    {
        Assert.Equal([Offence.MissingAtTheEnd], new Scene().Writes(1, 0, 0).Offences(2, atTheEnd: true));
        Assert.Equal([Offence.MissingAtTheEnd, Offence.MissingAtTheEnd], new Scene().Writes(1, 0, 0).Writes(1, 1, 0).Does(2, "FLUSHDB").Offences(3, atTheEnd: true));
        Assert.Equal([Offence.WrongAtTheEnd], new Scene().Writes(1, 0, 0).Writes(1, 1, 0).MovesUnseen(2, 1, 1).Offences(3, atTheEnd: true));
        Assert.Equal([Offence.LeftAtTheEnd], new Scene().Writes(1, 0, 0).Writes(1, 1, 0).Watches(2, 0, false).Offences(3, atTheEnd: true));
    }
}

using System.Text;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.RestWord;

namespace BybitSpot.Tests.Feed;

// What REST may set free of what the sequence alone holds back, through the table.
public sealed class ArbitrationTests
{
    private const long Absurd = 1L << 60;

    private readonly LatestTable _table = new();
    private readonly Arbitration _arbitration;
    private readonly int _slot;

    public ArbitrationTests()
    {
        _arbitration = new Arbitration(_table);
        _slot = _table.Add(new Instrument("BTCUSDT", "BTC"));
        _arbitration.Begin(_slot);
    }

    [Fact, Trait("Fault", "92")]
    public void A_suspected_reset_whose_price_REST_shows_is_believed_at_its_first_word()
    {
        Ticker(Order.Newest, "100.00", 1_000, 0);
        Ticker(Order.ResetSuspected, "90.50", 5, 6_000);
        Ticker(Order.ResetSuspected, "90.50", 5, 6_000);
        Stands("100.00", 0);
        Rest(Nothing, "95", 10);
        Rest(Believed, "90.5", 12);
        Stands("90.50", 6_000);
        // The line brings it again, for itself and for whoever judges whether it was heard.
        Ticker(Order.Newest, "90.50", 5, 6_000);
        Ticker(Order.Newest, "91.00", 6, 6_050);
        Trade(Order.Newest, "91.50", 7, 6_060);
    }

    [Fact, Trait("Fault", "92")]
    public void A_reset_less_than_five_seconds_later_is_believed_at_the_second_word()
    {
        Ticker(Order.Newest, "100.00", 1_000, 0);
        Ticker(Order.Late, "90.50", 5, 1);
        Rest(Noted, "90.50", 10);
        Rest(Noted, "90.50", 11.9);
        Stands("100.00", 0);
        Rest(Believed, "90.50", 12);
        Stands("90.50", 1);
    }

    [Fact, Trait("Fault", "92")]
    public void After_one_absurd_sequence_REST_brings_the_ordinary_tickers_back_and_the_trades_with_them()
    {
        Trade(Order.Newest, "99.00", 999, 0);
        Ticker(Order.Newest, "99.00", 999, 10);
        Trade(Order.Newest, "66.00", Absurd, 1_000);
        Ticker(Order.Late, "101.00", 1_001, 1_050);
        Rest(Noted, "101", 10);
        Ticker(Order.Late, "102.00", 1_002, 3_050);
        Rest(Believed, "102", 12);
        Stands("102.00", 3_050);
        Trade(Order.Late, "66.00", Absurd, 1_000);
        Trade(Order.Late, "66.00", Absurd, 9_000);
        Trade(Order.Newest, "103.00", 1_003, 3_040);
        Ticker(Order.Newest, "103.00", 1_003, 3_100);
    }

    [Fact, Trait("Fault", "92")]
    public void Of_a_moving_coin_REST_may_show_one_of_the_last_prices_and_the_newest_is_taken()
    {
        Trade(Order.Newest, "66.00", Absurd, 1_000);
        for (int i = 1; i <= 20; i++)
            Ticker(Order.Late, $"100.{i:00}", 1_000 + i, 1_000 + 100 * i);
        Rest(Nothing, "100.12", 10);
        Rest(Noted, "100.13", 10);
        Rest(Believed, "100.20", 12);
        Stands("100.20", 3_000);
    }

    [Fact, Trait("Fault", "92")]
    public void A_time_that_the_exchanges_clock_has_yet_to_reach_holds_nothing_back_for_ever()
    {
        Trade(Order.Newest, "66.00", Absurd, 3_600_000);
        Ticker(Order.Late, "101.00", 1_001, 1_050);
        Rest(Nothing, "101", 10, exchangeMs: 1_100);
        Ticker(Order.Late, "101.00", 1_001, 1_150);
        Rest(Noted, "101", 15, exchangeMs: 6_100);
        Rest(Believed, "101", 17, exchangeMs: 8_100);
        Stands("101.00", 1_150);
        Trade(Order.Newest, "102.00", 1_002, 8_200);
    }

    [Fact, Trait("Fault", "92")]
    public void A_reset_that_was_none_is_taken_back_when_REST_shows_what_goes_on_with_the_old_sequence()
    {
        Trade(Order.Newest, "100.00", 1_000, 0);
        Ticker(Order.Newest, "100.00", 1_000, 10);
        Ticker(Order.ResetSuspected, "66.00", 5, 6_000);
        Ticker(Order.Newest, "66.00", 5, 6_001);
        Trade(Order.Late, "101.00", 1_001, 7_000);
        Rest(Noted, "101.00", 10);
        Rest(Believed, "101.00", 12);
        Stands("101.00", 7_000);
        Trade(Order.Newest, "102.00", 1_002, 7_001);
        Ticker(Order.Newest, "102.00", 1_002, 7_050);
    }

    [Fact, Trait("Fault", "92")]
    public void A_lagging_ticker_is_not_believed_because_REST_agrees_once_by_chance()
    {
        Trade(Order.Newest, "100.00", 1_000, 1_000);
        Ticker(Order.Late, "99.00", 999, 60_000);
        Rest(Noted, "99", 10);
        Rest(Nothing, "100", 12);
        Rest(Noted, "99", 14);
        // The order goes on in between.
        Trade(Order.Newest, "100.50", 1_001, 60_001);
        Rest(Nothing, "99", 16);
        Ticker(Order.Late, "99.00", 999, 60_002);
        Rest(Noted, "99", 18);
        Rest(Nothing, "98", 19);
        Rest(Noted, "99", 21);
        Stands("100.50", 60_001);
    }

    [Fact, Trait("Fault", "92")]
    public void Where_RESTs_price_stood_here_not_long_ago_what_is_withheld_must_have_gone_on_for_five_seconds()
    {
        Ticker(Order.Newest, "100.00", 1_000, 0);
        Trade(Order.Newest, "66.00", Absurd, 1_000);
        Ticker(Order.Late, "100.00", 1_000, 1_050);
        Ticker(Order.Late, "100.00", 1_000, 5_999);
        Rest(Noted, "100", 10, stood: Stood.Yes);
        Rest(Noted, "100", 12, stood: Stood.Yes);
        Ticker(Order.Late, "100.00", 1_000, 6_000);
        Stands("66.00", 1_000);
        Rest(Believed, "100", 14, stood: Stood.Yes);
    }

    [Fact, Trait("Fault", "92")]
    public void A_price_is_in_doubt_when_what_is_withheld_has_gone_on_for_a_second_and_no_more_when_the_order_goes_on()
    {
        Trade(Order.Newest, "66.00", Absurd, 1_000);
        InDoubt(false);
        Ticker(Order.Late, "101.00", 1_001, 1_999);
        InDoubt(false);
        Ticker(Order.Late, "101.00", 1_001, 2_000);
        Ticker(Order.Late, "100.00", 1_000, 1_500);
        InDoubt(true);
        Trade(Order.Newest, "66.50", Absurd + 1, 2_000);
        InDoubt(false);
        Trade(Order.Late, "66.00", Absurd, 1_000);
        InDoubt(false);
    }

    [Fact, Trait("Fault", "92")]
    public void A_coin_that_is_watched_anew_or_was_never_is_in_no_doubt()
    {
        Trade(Order.Newest, "66.00", Absurd, 1_000);
        Ticker(Order.Late, "101.00", 1_001, 9_000);
        _arbitration.Begin(_slot);
        InDoubt(false);
        Assert.False(_arbitration.IsInDoubt(_slot + 1));
    }

    [Fact, Trait("Fault", "11")]
    public void What_is_older_by_time_too_or_has_no_sequence_is_believed_by_no_word_of_RESTs()
    {
        Trade(Order.Newest, "100.00", 1_000, 1_000);
        Trade(Order.Late, "99.00", 999, 1_000);
        Ticker(Order.Late, "99.00", 999, 999);
        Ticker(Order.Late, "99.00", Tick.NoSequence, 60_000);
        for (int seconds = 10; seconds < 60; seconds++)
            Rest(Nothing, "99.00", seconds);
        Stands("100.00", 1_000);
    }

    [Fact]
    public void A_coin_without_a_price_of_the_stream_takes_none_from_RESTs_word()
    {
        Rest(Nothing, "99.00", 10);
        Trade(Order.Newest, "100.00", 1_000, 1_000);
        Ticker(Order.Late, "99.00", 999, 60_000);
        _arbitration.Begin(_slot);
        Rest(Nothing, "99.00", 10);
        Rest(Nothing, "99.00", 12);
        Assert.Equal(Nothing, _arbitration.ConfirmByRest(_slot + 1, new RestPrice(Of("99"), TimeSpan.Zero, 0, Stood.No)));
    }

    [Fact, Trait("Fault", "82")]
    public void What_a_line_held_is_published_with_its_own_price_and_not_with_that_of_the_message_that_freed_it()
    {
        Named(Order.Newest, "1.5", 1, line: 1);
        Named(Order.Held, "3.5", 3, line: 2);
        Named(Order.Held, "4.5", 4, line: 2);
        Named(Order.Newest, "2.5", 2, line: 1);
        Assert.Equal("2.5", PriceNow());
        Named(Order.Newest, "3.5", 3, line: 1);
        Assert.Equal("4.5", PriceNow());
    }

    private void Trade(object expected, string price, long sequence, long timeMs) => Judge(expected, price, new Stamp(Channel.Trade, 1, sequence, timeMs));

    private void Ticker(object expected, string price, long sequence, long timeMs) => Judge(expected, price, new Stamp(Channel.Ticker, 1, sequence, timeMs));

    private void Named(object expected, string price, ulong id, int line) => Judge(expected, price, new Stamp(Channel.Trade, line, 100, 1_000, 0, id));

    private void Judge(object expected, string price, Stamp stamp)
    {
        byte[] text = Encoding.ASCII.GetBytes(price);
        Order order = _arbitration.Publish(_slot, stamp with { PriceMark = Stamp.MarkOf(text) }, text, 0);
        Assert.True((Order)expected == order, $"{price} {stamp}: {order} instead of {expected}");
    }

    private void Rest(object expected, string shown, double atSeconds, long exchangeMs = 0, Stood stood = Stood.No)
    {
        RestWord word = _arbitration.ConfirmByRest(_slot, new RestPrice(Of(shown), TimeSpan.FromSeconds(atSeconds), exchangeMs, stood));
        Assert.True((RestWord)expected == word, $"REST {shown} at {atSeconds} s: {word} instead of {expected}");
    }

    private void InDoubt(bool expected) => Assert.Equal(expected, _arbitration.IsInDoubt(_slot));

    private void Stands(string price, long timeMs)
    {
        Assert.Equal(SlotState.Priced, _table.Read(_slot, out Tick tick));
        Assert.Equal((price, timeMs), (tick.Price.ToString(), tick.TimeMs));
    }

    private string PriceNow()
    {
        _table.Read(_slot, out Tick tick);
        return tick.Price.ToString();
    }

    private static Price Of(string text) => Price.FromValid(Encoding.ASCII.GetBytes(text));
}

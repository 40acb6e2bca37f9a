using System.Text;
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

// Tickers of derivatives that leave the price out though something was traded: what they confirm, through the table.
public sealed class ConfirmationTests
{
    private readonly LatestTable _table = new();
    private readonly Arbitration _arbitration;
    private readonly int _slot;

    public ConfirmationTests()
    {
        _arbitration = new Arbitration(_table);
        _slot = _table.Add(new Instrument("BTCUSDT", "BTC"));
        _arbitration.Begin(_slot);
    }

    [Fact, Trait("Fault", "15")]
    public void It_confirms_what_stands_and_moves_its_time_and_its_sequence()
    {
        Ticker(Newest, "1.0", 5, 100);
        Confirm(Newest, 7, 200);
        Stands("1.0", 7, 200);
        Confirm(Newest, 9, 300);
        Stands("1.0", 9, 300);
    }

    [Fact, Trait("Fault", "15")]
    public void It_never_puts_back_the_price_of_before_a_trade_that_has_come_since()
    {
        Ticker(Newest, "1.0", 5, 100);
        Trade(Newest, "2.0", 10, 180);
        Confirm(Newest, 11, 200);
        Stands("2.0", 11, 200);
    }

    [Fact, Trait("Fault", "15")]
    public void A_trade_that_comes_late_and_was_in_it_is_newer_than_what_it_confirmed_and_has_its_time()
    {
        // 1, 2 and 1 again between two tickers: the second leaves the price out.
        Ticker(Newest, "1.0", 5, 100);
        Trade(Newest, "2.0", 10, 180);
        Confirm(Newest, 12, 200);
        Trade(Newest, "1.0", 11, 190);
        Stands("1.0", 12, 200);
        Trade(Late, "2.0", 10, 180);
        Trade(Newest, "3.0", 13, 195);
        Stands("3.0", 13, 195);
    }

    [Fact, Trait("Fault", "15")]
    public void It_says_nothing_where_something_newer_stands()
    {
        Ticker(Newest, "1.0", 5, 100);
        Trade(Newest, "2.0", 12, 210);
        Confirm(Late, 11, 250);
        Stands("2.0", 12, 210);
    }

    [Fact, Trait("Fault", "10")]
    public void Repeated_or_late_it_changes_nothing()
    {
        Ticker(Newest, "1.0", 5, 100);
        Confirm(Newest, 9, 300);
        Confirm(Duplicate, 9, 300);
        Confirm(Duplicate, 7, 200);
        Confirm(Duplicate, 7, 400);
        Confirm(Duplicate, 10, 299);
        Stands("1.0", 9, 300);
    }

    [Fact]
    public void A_ticker_with_a_price_that_another_line_brings_later_does_not_turn_its_time_back()
    {
        Ticker(Newest, "1.0", 5, 100);
        Confirm(Newest, 9, 300);
        Ticker(Newest, "1.5", 7, 200);
        Stands("1.5", 9, 300);
        Ticker(Newest, "1.6", 10, 400);
        Stands("1.6", 10, 400);
    }

    [Fact]
    public void Without_a_sequence_or_where_nothing_stands_it_confirms_nothing()
    {
        Confirm(Late, 9, 300);
        Assert.Equal(SlotState.Waiting, _table.Read(_slot, out _));
        Ticker(Newest, "1.0", 5, 100);
        Confirm(Late, Tick.NoSequence, 300);
        Stands("1.0", 5, 100);
    }

    [Fact]
    public void A_coin_that_was_removed_and_comes_back_is_not_confirmed_before_it_has_a_price()
    {
        Ticker(Newest, "1.0", 5, 100);
        _table.Remove(_slot, delete: true);
        _table.Add(new Instrument("BTCUSDT", "BTC"));
        _arbitration.Begin(_slot);
        Confirm(Late, 9, 300);
        Assert.Equal(SlotState.Waiting, _table.Read(_slot, out _));
    }

    [Fact, Trait("Fault", "92")]
    public void After_the_sequence_has_started_anew_what_was_confirmed_before_is_forgotten()
    {
        Ticker(Newest, "1.0", 5_000, 100);
        Confirm(Newest, 6_000, 200);
        Ticker(ResetSuspected, "9.0", 3, 10_000);
        Confirm(Late, 4, 10_050);
        Ticker(Newest, "9.5", 5, 10_100);
        Stands("9.5", 5, 10_100);
        Confirm(Late, 6, 9_000);
        Confirm(Newest, 6, 10_200);
        Stands("9.5", 6, 10_200);
    }

    [Fact, Trait("Fault", "92")]
    public void What_is_later_than_a_confirmed_price_alone_is_withheld()
    {
        Ticker(Newest, "1.0", 5_000, 100);
        Confirm(Newest, 6_000, 20_000);
        Ticker(ResetSuspected, "9.0", 4_000, 10_000);
        Price nine = Price.FromValid("9.0"u8);
        Assert.Equal(RestWord.Nothing, _arbitration.ConfirmByRest(_slot, new RestPrice(nine, TimeSpan.FromSeconds(30), 0, Stood.No)));
        Stands("1.0", 6_000, 20_000);
    }

    [Fact]
    public void A_delta_of_the_book_alone_is_about_what_stands_where_it_is_not_behind_it_and_moves_nothing()
    {
        Alive(Late, 9, 300);
        Ticker(Newest, "1.0", 5, 100);
        Alive(Duplicate, 9, 300);
        Alive(Duplicate, Tick.NoSequence, 300);
        Trade(Newest, "2.0", 12, 350);
        Alive(Late, 11, 400);
        Stands("2.0", 12, 350);
        Alive(Duplicate, 12, 450);
        Stands("2.0", 12, 350);
        // The sequence may have started anew: then it says nothing of the price of before.
        Ticker(ResetSuspected, "9.0", 3, 10_000);
        Alive(Late, 4, 10_100);
    }

    [Fact]
    public void Confirming_allocates_nothing()
    {
        Ticker(Newest, "1.0", 5, 100);
        for (int i = 0; i < 200; i++)
            _arbitration.Confirm(_slot, 6 + i, 101 + i, traded: true, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 200; i < 400; i++)
            _arbitration.Confirm(_slot, 6 + i, 101 + i, traded: true, 0);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private void Trade(object expected, string price, long sequence, long timeMs) => Judge(expected, price, new Stamp(Channel.Trade, 1, sequence, timeMs, 0, (ulong)sequence));

    private void Ticker(object expected, string price, long sequence, long timeMs) => Judge(expected, price, new Stamp(Channel.Ticker, 1, sequence, timeMs));

    private void Judge(object expected, string price, Stamp stamp)
    {
        byte[] text = Encoding.ASCII.GetBytes(price);
        Order order = _arbitration.Publish(_slot, stamp with { PriceMark = Stamp.MarkOf(text) }, text, 0);
        Assert.True((Order)expected == order, $"{price} {stamp}: {order} instead of {expected}");
    }

    private void Confirm(object expected, long sequence, long timeMs)
    {
        Order order = _arbitration.Confirm(_slot, sequence, timeMs, traded: true, 0);
        Assert.True((Order)expected == order, $"cs {sequence} at {timeMs}: {order} instead of {expected}");
    }

    private void Alive(object expected, long sequence, long timeMs)
    {
        Order order = _arbitration.Confirm(_slot, sequence, timeMs, traded: false, 0);
        Assert.True((Order)expected == order, $"cs {sequence} at {timeMs}: {order} instead of {expected}");
    }

    private void Stands(string price, long sequence, long timeMs)
    {
        Assert.Equal(SlotState.Priced, _table.Read(_slot, out Tick tick));
        Assert.Equal((price, sequence, timeMs), (tick.Price.ToString(), tick.Sequence, tick.TimeMs));
    }
}

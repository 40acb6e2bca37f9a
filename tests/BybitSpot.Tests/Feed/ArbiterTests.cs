using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

/// <summary>Which of two messages is newer.</summary>
public sealed class ArbiterTests : ArbiterStage
{
    // ---- which is newer

    [Fact]
    public void The_first_message_is_the_newest() => Judge(Newest, Trade(1, 0));

    [Fact, Trait("Fault", "11")]
    public void A_late_trade_never_overwrites_a_newer_ticker()
    {
        Judge(Newest, Ticker(100, 1_000));
        Judge(Late, Trade(99, 900));
        Judge(Late, Trade(99, 1_000));
        Judge(Late, Trade(99, 60 * Second));
        Stands(Ticker(100, 1_000));
    }

    [Fact, Trait("Fault", "11")]
    public void An_older_message_of_the_same_kind_is_late()
    {
        Judge(Newest, Trade(100, 1_000));
        Judge(Late, Trade(99, 999));
        Judge(Late, Trade(99, 1_000));
        Judge(Late, Trade(99, 5_999));
        Stands(Trade(100, 1_000));
    }

    [Fact]
    public void The_larger_sequence_is_newer_even_where_its_time_is_smaller()
    {
        Judge(Newest, Ticker(100, 1_000));
        Judge(Newest, Trade(101, 990));
        Judge(Newest, Trade(102, 980));
        Judge(Newest, Ticker(103, 970));
        Stands(Ticker(103, 970));
    }

    [Fact]
    public void With_equal_sequence_the_larger_time_is_newer()
    {
        Judge(Newest, Trade(100, 1_000));
        Judge(Newest, Ticker(100, 1_001));
        Judge(Newest, Ticker(100, 2_000));
        Judge(Late, Ticker(100, 1_999));
        Judge(Late, Trade(100, 1_000));
        Stands(Ticker(100, 2_000));
    }

    [Fact]
    public void With_equal_sequence_and_time_the_larger_trade_id_is_newer()
    {
        Judge(Newest, Trade(100, 1_000, id: 5));
        Judge(Newest, Trade(100, 1_000, id: 7, line: 2));
        Judge(Late, Trade(100, 1_000, id: 6, line: 2));
        Judge(Late, Trade(100, 1_000, id: 5));
        Judge(Newest, Trade(100, 1_001, id: 1));
        Judge(Newest, Trade(101, 900, id: 1));
        Stands(Trade(101, 900, id: 1));
    }

    [Fact, Trait("Fault", "10")]
    public void What_is_equal_in_all_is_a_duplicate_from_another_line_and_taken_from_its_own()
    {
        Judge(Newest, Trade(100, 1_000, id: 5, line: 1));
        Judge(Duplicate, Trade(100, 1_000, id: 5, line: 2));
        Judge(Newest, Trade(100, 1_000, id: 5, line: 1));
        Judge(Duplicate, Trade(100, 1_000, id: 5, line: 2));
        Stands(Trade(100, 1_000, id: 5, line: 1));
        Judge(Newest, Trade(101, 1_000, id: 6, line: 2));
        Judge(Duplicate, Trade(101, 1_000, id: 6, line: 1));
        Judge(Newest, Trade(101, 1_000, id: 6, line: 2));
    }

    [Fact]
    public void Ids_order_only_where_both_messages_have_one()
    {
        Judge(Newest, Ticker(100, 1_000, line: 1));
        Judge(Held, Trade(100, 1_000, id: 9, line: 2));
        Judge(Newest, Trade(100, 1_000, id: 9, line: 1));
        Judge(Duplicate, Ticker(100, 1_000, line: 2));
        Judge(Newest, Trade(100, 1_000, id: 10, line: 2));
        Judge(Late, Trade(100, 1_000, id: 9, line: 1));
    }

    // ---- without a sequence

    [Fact]
    public void Without_sequences_the_time_orders()
    {
        Judge(Newest, Trade(Tick.NoSequence, 1_000));
        Judge(Late, Trade(Tick.NoSequence, 999));
        Judge(Newest, Ticker(Tick.NoSequence, 1_001));
        Judge(Late, Trade(Tick.NoSequence, 1_000));
        Judge(Duplicate, Ticker(Tick.NoSequence, 1_001, line: 2));
        Judge(Newest, Ticker(Tick.NoSequence, 1_001));
        Judge(Late, Trade(Tick.NoSequence, 0));
    }

    [Fact]
    public void A_message_without_a_sequence_is_older_than_every_one_with()
    {
        Judge(Newest, Trade(Tick.NoSequence, 9_000));
        Judge(Newest, Trade(0, 1_000));
        Judge(Late, Trade(Tick.NoSequence, 60 * Second));
        Judge(Late, Ticker(Tick.NoSequence, 120 * Second));
        Stands(Trade(0, 1_000));
    }

    [Fact]
    public void A_message_without_a_sequence_neither_suggests_nor_confirms_nor_clears_a_reset()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(Late, Trade(Tick.NoSequence, 10_000));
        Judge(Late, Trade(Tick.NoSequence, 10_001));
        Judge(ResetSuspected, Trade(5, 10_002));
        Judge(Late, Trade(Tick.NoSequence, 10_003));
        Judge(Newest, Trade(6, 10_004));
    }

    // ---- lagging tickers

    [Fact]
    public void A_ticker_behind_the_trades_merely_lags_however_late_its_time()
    {
        Judge(Newest, Trade(1_000, 0));
        for (int i = 0; i < 50; i++)
            Judge(Late, Ticker(900 + i, 10_000 * (i + 1)));
        Stands(Trade(1_000, 0));
        Judge(Newest, Trade(1_001, 20));
        Judge(Newest, Ticker(1_001, 600 * Second));
    }

    [Fact]
    public void Trades_behind_the_ticker_merely_lag_too()
    {
        Judge(Newest, Ticker(1_000, 0));
        for (int i = 0; i < 50; i++)
            Judge(Late, Trade(900 + i, 10_000 * (i + 1)));
        Stands(Ticker(1_000, 0));
    }
}

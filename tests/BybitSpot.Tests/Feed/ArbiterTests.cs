using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

public sealed class ArbiterTests
{
    private const long Second = 1_000;
    private ArbiterState _state;

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

    // ---- of one moment: see MomentPropertyTests, too

    [Fact, Trait("Fault", "82")]
    public void What_a_line_brings_after_what_stands_is_newer_and_what_it_brings_before_is_held()
    {
        Judge(Newest, Named(1, line: 1));
        Judge(Duplicate, Named(1, line: 2));
        Judge(Newest, Named(2, line: 2));
        Judge(Newest, Named(3, line: 2));
        Judge(Duplicate, Named(1, line: 1));
        Judge(Duplicate, Named(2, line: 1));
        Judge(Held, Named(9, line: 1));
        Judge(Duplicate, Named(3, line: 1));
        Judge(Newest, Named(4, line: 1));
        Stands(Named(4, line: 1));
    }

    [Fact, Trait("Fault", "82")]
    public void What_a_line_held_is_newer_when_what_stands_moves_to_what_that_line_brought_before_it()
    {
        Judge(Newest, Named(1, line: 1));
        Judge(Held, Named(3, line: 2));
        Judge(Held, Named(4, line: 2));
        Judge(Held, Named(4, line: 3));
        Judge(Held, Named(5, line: 3));
        Judge(Newest, Named(2, line: 1));
        // The first line's third message: the second line went on from there, and the third from what that one brought.
        Assert.Equal(Newest, Arbiter.Judge(ref _state, Named(3, line: 1), "3"u8));
        Stands(Named(5, line: 3));
        Judge(Duplicate, Named(4, line: 1));
        Judge(Newest, Named(6, line: 3));
    }

    [Fact, Trait("Fault", "82")]
    public void One_price_at_both_ends_of_a_moment_is_told_apart_by_the_ids()
    {
        Judge(Newest, Named(1, line: 1, price: 7));
        Judge(Newest, Named(2, line: 1, price: 8));
        Judge(Newest, Named(3, line: 1, price: 7));
        Judge(Duplicate, Named(1, line: 2, price: 7));
        Judge(Duplicate, Named(2, line: 2, price: 8));
        Stands(Named(3, line: 1, price: 7));
    }

    [Fact, Trait("Fault", "82")]
    public void A_repeated_message_of_a_moment_changes_nothing_on_its_own_line_either()
    {
        Judge(Newest, Named(1));
        Judge(Newest, Named(2));
        Judge(Duplicate, Named(1));
        Stands(Named(2));
        Judge(Newest, Named(3));
    }

    [Fact, Trait("Fault", "82")]
    public void Trades_of_one_id_and_another_price_are_told_apart_by_the_price()
    {
        Judge(Newest, Trade(100, 1_000, id: 5, line: 1) with { PriceMark = 1 });
        Judge(Duplicate, Trade(100, 1_000, id: 5, line: 2) with { PriceMark = 1 });
        Judge(Newest, Trade(100, 1_000, id: 5, line: 2) with { PriceMark = 2 });
        Stands(Trade(100, 1_000, id: 5, line: 2) with { PriceMark = 2 });
    }

    [Fact, Trait("Fault", "82")]
    public void A_ticker_has_the_rank_of_the_trade_that_it_followed()
    {
        Judge(Newest, Trade(100, 1_000, id: 5, line: 1));
        Judge(Duplicate, Ticker(100, 1_000, line: 1));
        Judge(Newest, Ticker(100, 1_000, line: 1) with { PriceMark = 2 });
        Judge(Late, Trade(100, 1_000, id: 4, line: 2));
        // It has stood already.
        Judge(Duplicate, Trade(100, 1_000, id: 5, line: 2));
        Judge(Newest, Trade(100, 1_000, id: 6, line: 2));
    }

    [Fact, Trait("Fault", "82")]
    public void Whatever_was_held_is_forgotten_with_its_moment()
    {
        Judge(Newest, Named(1, line: 1));
        Judge(Held, Named(3, line: 2));
        Judge(Newest, Trade(101, 1_000) with { IdMark = 1 });
        Judge(Newest, Trade(101, 1_000) with { IdMark = 3 });
        Stands(Trade(101, 1_000) with { IdMark = 3 });
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

    // ---- resets

    [Theory]
    [InlineData(Channel.Trade)]
    [InlineData(Channel.Ticker)]
    public void A_lower_sequence_five_seconds_later_is_believed_when_a_second_newer_one_confirms_it(object kind)
    {
        var channel = (Channel)kind;
        Judge(Newest, Of(channel, 1_000, 100));
        Judge(ResetSuspected, Of(channel, 5, 5_100));
        Stands(Of(channel, 1_000, 100));
        Judge(Newest, Of(channel, 6, 5_101));
        Stands(Of(channel, 6, 5_101));
        Judge(Newest, Of(channel, 7, 5_102));
    }

    [Fact]
    public void Less_than_five_seconds_later_is_late_and_suggests_nothing()
    {
        Judge(Newest, Trade(1_000, 100));
        Judge(Late, Trade(5, 5_099));
        Judge(ResetSuspected, Trade(6, 5_100));
    }

    [Fact]
    public void The_five_seconds_count_from_the_latest_time_at_which_that_sequence_was_seen()
    {
        Judge(Newest, Ticker(1_000, 0));
        Judge(Newest, Ticker(1_000, 4_000));
        Judge(Late, Ticker(1_000, 0));
        Judge(Late, Ticker(5, 8_999));
        Judge(ResetSuspected, Ticker(5, 9_000));
    }

    [Fact]
    public void The_five_seconds_count_within_one_kind()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(Newest, Ticker(1_000, 9_000));
        Judge(ResetSuspected, Trade(5, 5_000));
        Judge(Newest, Trade(6, 5_001));
    }

    [Fact]
    public void The_same_message_again_confirms_nothing()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 5_000, line: 1));
        Judge(ResetSuspected, Trade(5, 5_000, line: 2));
        Judge(ResetSuspected, Trade(5, 5_000, line: 1));
        Stands(Trade(1_000, 0));
        Judge(Newest, Trade(5, 5_001));
    }

    [Fact]
    public void What_confirms_may_have_the_same_sequence_later_or_the_same_time_with_a_larger_sequence()
    {
        Judge(Newest, Ticker(1_000, 0));
        Judge(ResetSuspected, Ticker(5, 5_000));
        Judge(Newest, Ticker(5, 5_050));
        _state = default;
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 5_000));
        Judge(Newest, Trade(6, 5_000));
    }

    [Fact]
    public void A_message_that_is_older_than_the_suspected_one_confirms_nothing()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 6_000));
        Judge(ResetSuspected, Trade(6, 5_999));
        Judge(ResetSuspected, Trade(4, 6_001));
        Judge(ResetSuspected, Trade(4, 6_001));
        Judge(ResetSuspected, Trade(5, 6_000));
        Stands(Trade(1_000, 0));
        Judge(Newest, Trade(5, 6_001));
    }

    [Fact]
    public void The_oldest_suspicion_is_kept_and_says_when_the_reset_was()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 6_000));
        Judge(ResetSuspected, Trade(7, 5_500));
        Judge(Newest, Trade(6, 6_000));
        Judge(Late, Trade(8, 5_999));
        Judge(Newest, Trade(8, 6_000));
    }

    [Fact]
    public void A_suspicion_gives_way_to_a_later_one_of_a_smaller_sequence()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(500, 6_000));
        Judge(ResetSuspected, Trade(3, 6_001));
        Judge(Newest, Trade(4, 6_002));
    }

    [Theory]
    [InlineData(1_000, 5_500)]
    [InlineData(1_001, 5_500)]
    [InlineData(1_000, 0)]
    public void A_suspicion_is_dropped_when_the_old_sequence_goes_on(long sequence, long timeMs)
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 5_000));
        JudgeAny(Trade(sequence, timeMs));
        Judge(ResetSuspected, Trade(6, 20_000));
        Judge(Newest, Trade(7, 20_001));
    }

    [Fact]
    public void One_kind_does_not_confirm_the_others_reset()
    {
        Judge(Newest, Ticker(1_000, 0));
        Judge(Late, Trade(999, 0));
        Judge(ResetSuspected, Ticker(5, 5_000));
        Judge(ResetSuspected, Trade(6, 5_001));
        Stands(Ticker(1_000, 0));
        Judge(Newest, Ticker(6, 5_050));
        Judge(Newest, Trade(7, 5_060));
    }

    [Fact]
    public void One_kind_going_on_with_the_old_sequence_does_not_clear_the_others_suspicion()
    {
        Judge(Newest, Ticker(1_000, 0));
        Judge(Late, Trade(999, 0));
        Judge(ResetSuspected, Ticker(5, 5_000));
        Judge(Newest, Trade(1_001, 5_000));
        Judge(Newest, Ticker(6, 5_050));
    }

    [Fact]
    public void A_suspicion_of_before_a_reset_of_the_other_kind_confirms_nothing_after_it()
    {
        Judge(Newest, Trade(4, 0));
        Judge(Newest, Ticker(1_000, 100));
        Judge(ResetSuspected, Trade(2, 5_000));
        Judge(ResetSuspected, Ticker(5, 6_000));
        Judge(Newest, Ticker(6, 6_001));
        Judge(ResetSuspected, Trade(3, 6_002));
        Stands(Ticker(6, 6_001));
    }

    // ---- after a reset

    [Fact]
    public void What_is_left_over_from_before_a_reset_is_late_by_its_time()
    {
        Reset();
        Judge(Late, Trade(1_001, 4_999));
        Judge(Late, Trade(7, 4_999));
        Judge(Late, Ticker(999, 4_999));
        Judge(Late, Ticker(Tick.NoSequence, 4_999));
        Judge(Late, Ticker(7, 4_000));
        Stands(Trade(6, 5_001));
        Judge(Newest, Trade(7, 5_000));
    }

    [Fact]
    public void The_other_kind_is_late_while_it_goes_on_with_the_old_sequence()
    {
        Reset();
        Judge(Late, Ticker(1_000, 5_002));
        Judge(Late, Ticker(1_001, 60 * Second));
        Judge(Late, Ticker(1_000, 120 * Second));
        Stands(Trade(6, 5_001));
        Judge(Newest, Trade(7, 5_003));
        Judge(Late, Ticker(1_002, 121 * Second));
        Judge(Newest, Ticker(7, 5_004));
        Judge(Newest, Ticker(8, 5_005));
        Stands(Ticker(8, 5_005));
    }

    [Fact]
    public void The_other_kind_follows_a_reset_with_its_first_message()
    {
        Reset();
        Judge(Late, Ticker(5, 5_002));
        Judge(Newest, Ticker(7, 5_003));
        Judge(ResetSuspected, Ticker(3, 60 * Second));
        Judge(Newest, Ticker(4, 61 * Second));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public void A_kind_whose_sequence_was_no_higher_than_the_new_one_is_not_held_back(long sequence)
    {
        Judge(Newest, Ticker(sequence, 0));
        Judge(Newest, Trade(1_000, 0));
        Judge(ResetSuspected, Trade(5, 5_000));
        Judge(Newest, Trade(6, 5_001));
        Judge(Newest, Ticker(6, 5_002));
        Judge(Newest, Ticker(7, 5_003));
    }

    [Fact]
    public void After_a_reset_that_was_none_both_kinds_go_on_with_the_old_sequence()
    {
        Reset();
        Judge(Late, Ticker(1_001, 5_100));
        Judge(Newest, Trade(1_002, 5_200));
        Judge(Newest, Ticker(1_002, 5_201));
        Judge(Newest, Ticker(1_003, 5_202));
        Stands(Ticker(1_003, 5_202));
    }

    [Fact]
    public void After_a_reset_that_was_none_the_exact_old_sequence_is_enough_to_go_on()
    {
        Reset();
        Judge(Newest, Trade(1_000, 5_200));
        Judge(Newest, Ticker(1_000, 5_201));
    }

    [Fact]
    public void A_second_reset_is_believed_like_the_first()
    {
        Reset();
        Judge(Newest, Trade(500, 20_000));
        Judge(Late, Trade(3, 24_999));
        Judge(ResetSuspected, Trade(3, 25_000));
        Judge(Newest, Trade(4, 25_001));
        Judge(Late, Trade(501, 24_999));
        Stands(Trade(4, 25_001));
    }

    [Fact]
    public void After_a_reset_the_confirmed_message_is_the_one_that_duplicates_are_told_by()
    {
        Reset();
        Judge(Duplicate, Trade(6, 5_001, line: 2));
        Judge(Late, Trade(5, 5_000, line: 2));
        Judge(Newest, Trade(6, 5_001, line: 1));
    }

    // Trades and tickers at 1000; then the trades start again at 5, confirmed by 6.
    private void Reset()
    {
        Judge(Newest, Trade(1_000, 0));
        Judge(Newest, Ticker(1_000, 10));
        Judge(ResetSuspected, Trade(5, 5_000));
        Judge(Newest, Trade(6, 5_001));
    }

    private void Judge(object expected, Stamp message)
    {
        Stamp before = _state.Newest;
        Order order = JudgeAny(message);
        Assert.True((Order)expected == order, $"{message}: {order} instead of {expected}, after {before}");
    }

    private Order JudgeAny(Stamp message)
    {
        Stamp before = _state.Newest;
        bool had = _state.HasNewest;
        Order order = Arbiter.Judge(ref _state, message);
        Assert.Equal(order == Newest ? message : before, _state.Newest);
        Assert.Equal(had || order == Newest, _state.HasNewest);
        return order;
    }

    private void Stands(Stamp expected) => Assert.Equal(expected, _state.Newest);

    // A trade of one moment whose id is no number.
    private static Stamp Named(ulong id, int line = 1, ulong price = 1) => new(Channel.Trade, line, 100, 1_000, 0, id, price);

    private static Stamp Of(Channel channel, long sequence, long timeMs) => new(channel, 1, sequence, timeMs);

    private static Stamp Trade(long sequence, long timeMs, ulong id = 0, int line = 1) => new(Channel.Trade, line, sequence, timeMs, id);

    private static Stamp Ticker(long sequence, long timeMs, int line = 1) => new(Channel.Ticker, line, sequence, timeMs);
}

using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

/// <summary>Sequences that start anew.</summary>
public sealed class ArbiterResetTests : ArbiterStage
{
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
}

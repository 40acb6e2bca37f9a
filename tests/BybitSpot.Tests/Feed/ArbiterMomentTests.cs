using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;
using static BybitSpot.Feed.Order;

namespace BybitSpot.Tests.Feed;

/// <summary>Messages of one moment; see MomentPropertyTests, too.</summary>
public sealed class ArbiterMomentTests : ArbiterStage
{
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

    // A trade of one moment whose id is no number.
    private static Stamp Named(ulong id, int line = 1, ulong price = 1) => new(Channel.Trade, line, 100, 1_000, 0, id, price);
}

using BybitSpot.Feed;
using BybitSpot.Latest;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class LastHeardTests
{
    private readonly LastHeard _heard = new();

    [Fact]
    public void Nothing_has_been_heard_at_the_start() => Assert.Equal((0, 0, 0), Of(7));

    [Fact]
    public void Each_coin_has_its_own_times_and_the_newest_counts()
    {
        const int Last = LatestTable.SlotsMax - 1;
        _heard.Heard(0, 10);
        _heard.Heard(0, 20);
        _heard.Delayed(1, 30);
        _heard.Acked(Last, 40);
        Assert.Equal([(20, 0, 0), (0, 30, 0), (0, 0, 0), (0, 0, 40)], new[] { Of(0), Of(1), Of(2), Of(Last) });
    }

    [Fact, Trait("Fault", "8")]
    public void When_a_book_came_counts_only_where_books_were_seen_to_repeat_on_this_connection()
    {
        _heard.BookHeard(5, update: 7, at: 10);
        _heard.BookHeard(6, update: 7, at: 11);
        _heard.BookHeard(5, update: 8, at: 12);
        // Without a number nothing says that it is the same.
        _heard.BookHeard(7, update: -1, at: 12);
        _heard.BookHeard(7, update: -1, at: 13);
        _heard.Forget(7);
        Assert.Equal((0, 0), (_heard.BookAt(5), _heard.BookAt(6)));
        _heard.BookHeard(5, update: 8, at: 13);
        Assert.Equal((13, 11, 0), (_heard.BookAt(5), _heard.BookAt(6), _heard.BookAt(7)));
        _heard.Forget(5);
        Assert.Equal((0, 11), (_heard.BookAt(5), _heard.BookAt(6)));
        _heard.Clear();
        _heard.BookHeard(6, update: 7, at: 20);
        Assert.Equal(0, _heard.BookAt(6));
    }

    [Fact, Trait("Fault", "15")]
    public void Whether_tickers_have_shown_a_price_is_forgotten_with_the_connection_and_with_the_coin()
    {
        Assert.False(_heard.ShowsPrice(5));
        _heard.Shows(5, price: true);
        Assert.Equal((true, false), (_heard.ShowsPrice(5), _heard.ShowsPrice(6)));
        _heard.Shows(5, price: false);
        Assert.False(_heard.ShowsPrice(5));
        _heard.Shows(5, price: true);
        _heard.Forget(5);
        Assert.False(_heard.ShowsPrice(5));
        _heard.Shows(5, price: true);
        _heard.Clear();
        Assert.False(_heard.ShowsPrice(5));
    }

    [Fact, Trait("Fault", "79")]
    public void A_coin_is_unusable_from_a_message_that_could_not_be_used_to_the_next_that_could()
    {
        Assert.False(_heard.IsUnusable(5));
        _heard.Heard(5, 10);
        _heard.Unusable(5, 20);
        Assert.True(_heard.IsUnusable(5));
        Assert.Equal(20, _heard.UnusableAt(5));
        Assert.False(_heard.IsUnusable(6));
        _heard.Heard(5, 30);
        Assert.False(_heard.IsUnusable(5));
        _heard.Unusable(5, 40);
        _heard.Forget(5);
        Assert.Equal(0, _heard.UnusableAt(5));
        _heard.Unusable(5, 50);
        _heard.Clear();
        Assert.False(_heard.IsUnusable(5));
    }

    [Fact]
    public void A_coins_first_message_advances_nothing_since_a_snapshot_may_be_old()
    {
        Assert.False(_heard.Advances(3, 1_000));
        Assert.True(_heard.Advances(3, 1_001));
        Assert.False(_heard.Advances(4, 2_000));
    }

    [Fact]
    public void An_equal_or_older_message_advances_nothing_and_does_not_put_the_newest_back()
    {
        _heard.Advances(3, 1_000);
        Assert.False(_heard.Advances(3, 1_000));
        Assert.False(_heard.Advances(3, 500));
        Assert.False(_heard.Advances(3, 999));
        Assert.True(_heard.Advances(3, 1_001));
    }

    [Fact]
    public void A_coin_that_is_forgotten_was_never_heard_and_the_others_stay()
    {
        foreach (int slot in (int[])[5, 6])
        {
            _heard.Heard(slot, 1);
            _heard.Delayed(slot, 2);
            _heard.Acked(slot, 3);
            _heard.Advances(slot, 100);
        }
        _heard.Forget(5);
        Assert.Equal((0, 0, 0), Of(5));
        Assert.False(_heard.Advances(5, 101));
        Assert.Equal((1, 2, 3), Of(6));
        Assert.True(_heard.Advances(6, 101));
    }

    [Fact]
    public void A_new_connection_has_heard_nothing()
    {
        _heard.Heard(0, 1);
        _heard.Delayed(5, 2);
        _heard.Acked(LatestTable.SlotsMax - 1, 3);
        _heard.Advances(0, 100);
        _heard.Clear();
        Assert.Equal([(0, 0, 0), (0, 0, 0), (0, 0, 0)], new[] { Of(0), Of(5), Of(LatestTable.SlotsMax - 1) });
        Assert.False(_heard.Advances(0, 101));
    }

    private (long Heard, long Delayed, long Acked) Of(int slot) => (_heard.HeardAt(slot), _heard.DelayedAt(slot), _heard.AckedAt(slot));
}

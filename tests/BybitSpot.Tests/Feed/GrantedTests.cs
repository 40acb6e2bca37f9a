using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>What a connection tells of its coins: which are refused, which were granted.</summary>
public sealed class GrantedTests : SubscriptionsStage
{
    [Fact, Trait("Fault", "4")]
    public void A_coin_is_refused_only_when_every_topic_of_it_is()
    {
        Want("A", "B", "C");
        Converse(t => t is "tickers.AUSDT" or "publicTrade.BUSDT" or "tickers.BUSDT");
        Assert.Equal([new(1, "no tickers.BUSDT")], _subscriptions.RefusedCoins);
    }

    [Fact, Trait("Fault", "4")]
    public void A_refused_coin_stays_refused_while_it_is_tried_again_and_is_none_once_a_topic_is_granted()
    {
        Want("A", "B");
        Converse(t => t.EndsWith(".AUSDT", StringComparison.Ordinal));
        _now = Subscriptions.RetryRefusedAfter;
        string first = _subscriptions.NextRequest(_now)!, second = _subscriptions.NextRequest(_now)!;
        // One of its two topics is under way, the other refused again.
        Answer(second, "still no");
        Assert.Equal([0], _subscriptions.RefusedCoins.Keys);
        Answer(first, null);
        Assert.Empty(_subscriptions.RefusedCoins);
    }

    [Fact]
    public void A_refused_coin_that_is_wanted_no_longer_is_refused_no_longer()
    {
        Want("A", "B");
        Converse(_ => true);
        Assert.Equal([0, 1], _subscriptions.RefusedCoins.Keys.Order());
        _subscriptions.Unwant([0]);
        Assert.Equal([1], _subscriptions.RefusedCoins.Keys);
    }

    [Fact, Trait("Fault", "4")]
    public void When_the_exchanges_list_has_changed_what_was_refused_is_asked_for_at_once_each_alone()
    {
        Want("A", "B");
        Converse(t => t.EndsWith(".AUSDT", StringComparison.Ordinal));
        Assert.Empty(Asked());
        _subscriptions.RetryRefusedNow();
        Assert.Equal(["subscribe tickers.AUSDT", "subscribe publicTrade.AUSDT"], ConverseAll());
        Assert.Empty(_subscriptions.RefusedCoins);
        _subscriptions.RetryRefusedNow();
        Assert.Empty(Asked());
    }

    [Fact]
    public void Each_coin_is_told_as_granted_once_a_connection_with_its_first_topic()
    {
        Want("A", "B", "C");
        Assert.Empty(_subscriptions.TakeGranted());
        Converse(t => t is "tickers.AUSDT" or "tickers.BUSDT" or "publicTrade.BUSDT");
        Assert.Equal([0, 2], _subscriptions.TakeGranted());
        Assert.Empty(_subscriptions.TakeGranted());
        _subscriptions.RetryRefusedNow();
        Converse();
        Assert.Equal([1], _subscriptions.TakeGranted());
        _subscriptions.AskAgain(2);
        Converse();
        Assert.Empty(_subscriptions.TakeGranted());
        _subscriptions.BeginConnection();
        Converse();
        Assert.Equal([0, 1, 2], _subscriptions.TakeGranted().Order());
    }

    [Fact]
    public void What_was_granted_on_the_last_connection_is_not_told_on_the_next()
    {
        Granted("A");
        _subscriptions.BeginConnection();
        Assert.Empty(_subscriptions.TakeGranted());
    }

    [Fact]
    public void A_coin_that_was_dropped_while_its_request_was_under_way_is_not_told_as_granted()
    {
        Want("A");
        string request = _subscriptions.NextRequest(_now)!;
        _subscriptions.Unwant([0]);
        Answer(request, null);
        Assert.Empty(_subscriptions.TakeGranted());
        // Nor is its first ticker waited for.
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
    }
}

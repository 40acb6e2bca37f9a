using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>Coins that are silent, and are asked for anew.</summary>
public sealed class SilenceTests : SubscriptionsStage
{
    [Fact, Trait("Fault", "8")]
    public void A_coin_asked_for_anew_is_left_and_subscribed_and_waits_for_a_first_ticker_from_its_ack_on()
    {
        Granted("A", "B");
        _subscriptions.TickerCame(0);
        _subscriptions.TickerCame(1);
        _subscriptions.AskAgain(0);
        Assert.True(_subscriptions.AwaitsTicker);
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        _now = TimeSpan.FromSeconds(50);
        Assert.Equal(["unsubscribe tickers.AUSDT publicTrade.AUSDT", "subscribe tickers.AUSDT publicTrade.AUSDT"], ConverseAll());
        Assert.Equal(_now, _subscriptions.OldestAckWithoutTicker);
        _subscriptions.TickerCame(0);
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        Assert.False(_subscriptions.AwaitsTicker);
    }

    [Fact, Trait("Fault", "8")]
    public void A_coin_asked_for_anew_that_stays_silent_is_a_matter_for_a_new_connection()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.AskAgain(0);
        Converse();
        _now = Liveness.FirstTickerWithin;
        var liveness = new Liveness();
        Assert.Equal(LivenessVerdict.NoFirstTicker, liveness.Check(_now, _now, _subscriptions.OldestRequest, _subscriptions.OldestAckWithoutTicker));
        Assert.False(_subscriptions.AskAgainForSilent(_now));
        Assert.Empty(Asked());
        _subscriptions.BeginConnection();
        Converse();
        _now += Liveness.FirstTickerWithin;
        Assert.True(_subscriptions.AskAgainForSilent(_now));
    }

    [Fact, Trait("Fault", "8")]
    public void Silent_coins_are_asked_for_anew_once_and_no_others()
    {
        Granted("A", "B", "C");
        _subscriptions.TickerCame(1);
        _now = Liveness.FirstTickerWithin - TimeSpan.FromTicks(1);
        Assert.True(_subscriptions.AskAgainForSilent(_now));
        Assert.Empty(Asked());
        _now = Liveness.FirstTickerWithin;
        Assert.True(_subscriptions.AskAgainForSilent(_now));
        Assert.Equal(
            ["unsubscribe tickers.AUSDT publicTrade.AUSDT tickers.CUSDT publicTrade.CUSDT", "subscribe tickers.AUSDT publicTrade.AUSDT tickers.CUSDT publicTrade.CUSDT"],
            ConverseAll());
        _now *= 2;
        Assert.False(_subscriptions.AskAgainForSilent(_now));
    }

    [Fact]
    public void Coins_that_stay_silent_are_let_be_for_the_pause_and_then_asked_for_anew()
    {
        Granted("A");
        _subscriptions.AskAgain(0);
        Converse();
        _now = Liveness.FirstTickerWithin;
        _subscriptions.WaitForSilent(_now, TimeSpan.FromMinutes(1));
        Assert.Equal(_now + TimeSpan.FromMinutes(1), _subscriptions.OldestAckWithoutTicker);
        _now += TimeSpan.FromMinutes(1) + Liveness.FirstTickerWithin;
        Assert.True(_subscriptions.AskAgainForSilent(_now));
        Assert.Equal(2, Asked().Count);
    }

    [Fact]
    public void On_a_new_connection_every_coin_waits_for_its_first_ticker_again()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.BeginConnection();
        Assert.True(_subscriptions.AwaitsTicker);
        _now = TimeSpan.FromSeconds(2);
        Converse();
        Assert.Equal(_now, _subscriptions.OldestAckWithoutTicker);
    }

    [Fact]
    public void A_topic_that_is_refused_is_left_out_when_its_coin_is_asked_for_anew()
    {
        Want("A");
        Converse(t => t == "publicTrade.AUSDT");
        _subscriptions.AskAgain(0);
        Assert.Equal(["unsubscribe tickers.AUSDT", "subscribe tickers.AUSDT"], Asked());
    }

    [Fact]
    public void A_coin_that_is_not_carried_cannot_be_asked_for_anew()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.AskAgain(9);
        Assert.Empty(Asked());
        Assert.False(_subscriptions.AwaitsTicker);
    }
}

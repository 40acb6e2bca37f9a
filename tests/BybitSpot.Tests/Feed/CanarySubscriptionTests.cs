using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>How a connection subscribes the canary, and which ticker it probes with.</summary>
public sealed class CanarySubscriptionTests : SubscriptionsStage
{
    private static readonly Instrument s_btc = new("BTCUSDT", "BTC");

    // ---- the canary

    [Fact, Trait("Fault", "9")]
    public void The_canarys_ticker_alone_is_asked_for_and_only_once()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        _subscriptions.AskForCanary(s_btc);
        Assert.Equal(["subscribe tickers.BTCUSDT"], Asked());
        Assert.Equal([(new("AUSDT", "A"), 0), (s_btc, Subscriptions.CanarySlot)], _subscriptions.Coins);
        _subscriptions.AskForCanary(s_btc);
        Assert.Empty(Asked());
    }

    [Fact]
    public void The_canary_is_no_coin()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.TakeGranted();
        _subscriptions.AskForCanary(s_btc);
        Converse();
        Assert.Equal((1, 2), (_subscriptions.CoinCount, _subscriptions.AckedTopics));
        Assert.Empty(_subscriptions.TakeGranted());
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        Assert.False(_subscriptions.AwaitsTicker);
    }

    [Fact]
    public void A_line_that_carries_the_canarys_coin_itself_needs_none()
    {
        _subscriptions.Want([(s_btc, 0)]);
        Converse();
        _subscriptions.AskForCanary(s_btc);
        Assert.Empty(Asked());
        Assert.Equal([(s_btc, 0)], _subscriptions.Coins);
    }

    [Fact]
    public void The_canary_is_left_when_its_coin_is_wanted()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        Converse();
        _subscriptions.CanaryCame();
        _subscriptions.Want([(s_btc, 7)]);
        // What was asked for as the canary stands apart: it may be subscribed still.
        Assert.Equal(["unsubscribe tickers.BTCUSDT", "subscribe publicTrade.BTCUSDT", "subscribe tickers.BTCUSDT"], Asked());
        Assert.Equal([(new("AUSDT", "A"), 0), (s_btc, 7)], _subscriptions.Coins);
        // It has spoken as the canary, not as the coin: there is nothing to probe with.
        Assert.False(_subscriptions.Probe());
    }

    [Fact]
    public void Another_coin_that_is_wanted_leaves_the_canary_where_it_is()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        Converse();
        Want("B");
        Assert.Equal(["subscribe tickers.BUSDT publicTrade.BUSDT"], Asked());
        Assert.Contains((s_btc, Subscriptions.CanarySlot), _subscriptions.Coins);
    }

    [Fact]
    public void A_canary_whose_coin_is_wanted_before_it_was_asked_for_is_never_subscribed()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        _subscriptions.Want([(s_btc, 7)]);
        Assert.Equal(["unsubscribe tickers.BTCUSDT", "subscribe tickers.BTCUSDT publicTrade.BTCUSDT"], Asked());
    }

    [Fact]
    public void A_new_connection_has_no_canary_until_one_is_asked_for()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        Converse();
        _subscriptions.CanaryCame();
        _subscriptions.BeginConnection();
        Assert.Equal(["subscribe tickers.AUSDT publicTrade.AUSDT"], Asked());
        Assert.Equal([(new("AUSDT", "A"), 0)], _subscriptions.Coins);
        _subscriptions.AskForCanary(s_btc);
        Converse();
        // The last connection's canary has spoken, this one's has not.
        Assert.False(_subscriptions.Probe());
        _subscriptions.CanaryCame();
        Probes("tickers.BTCUSDT");
    }

    [Fact, Trait("Fault", "4")]
    public void A_refused_canary_is_no_refused_coin_and_is_tried_again_later()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.AskForCanary(s_btc);
        Converse(t => t == "tickers.BTCUSDT");
        Assert.Empty(_subscriptions.RefusedCoins);
        Assert.True(_subscriptions.AllAnswered);
        Assert.Equal(2, _subscriptions.AckedTopics);
        _subscriptions.AskForCanary(s_btc);
        Assert.Empty(Asked());
        _now += Subscriptions.RetryRefusedAfter;
        Assert.Equal(["subscribe tickers.BTCUSDT"], Asked());
    }

    [Fact, Trait("Fault", "4")]
    public void A_refused_canary_is_not_asked_for_on_the_next_connection_by_itself()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        Converse(t => t == "tickers.BTCUSDT");
        _subscriptions.BeginConnection();
        Assert.Equal(["subscribe tickers.AUSDT publicTrade.AUSDT"], Asked());
        _now = Subscriptions.RetryRefusedAfter * 2;
        Assert.Empty(Asked());
    }

    [Fact, Trait("Fault", "4")]
    public void A_refused_canary_whose_coin_is_wanted_is_not_tried_again()
    {
        Granted("A");
        _subscriptions.AskForCanary(s_btc);
        Converse(t => t == "tickers.BTCUSDT");
        _subscriptions.Want([(s_btc, 7)]);
        Converse();
        _now += Subscriptions.RetryRefusedAfter * 2;
        Assert.Empty(Asked());
        Assert.Empty(_subscriptions.RefusedCoins);
    }

    // ---- the probe

    [Fact, Trait("Fault", "9")]
    public void The_canary_is_probed_with_once_it_has_spoken_before_that_a_coins_ticker_that_has()
    {
        Granted("A", "B");
        Assert.False(_subscriptions.Probe());
        Assert.Empty(Asked());
        _subscriptions.TickerCame(1);
        Probes("tickers.BUSDT");
        _subscriptions.AskForCanary(s_btc);
        Converse();
        Probes("tickers.BUSDT");
        _subscriptions.CanaryCame();
        Probes("tickers.BTCUSDT");
    }

    [Fact]
    public void A_canary_that_has_spoken_but_was_not_granted_yet_is_not_probed_with()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        _subscriptions.AskForCanary(s_btc);
        _subscriptions.CanaryCame();
        Assert.Equal(["subscribe tickers.BTCUSDT"], Asked());
        Probes("tickers.AUSDT");
    }

    [Fact]
    public void A_ticker_that_was_not_granted_is_not_probed_with()
    {
        Want("A");
        _subscriptions.NextRequest(_now);
        _subscriptions.TickerCame(0);
        Assert.False(_subscriptions.Probe());
    }

    [Fact]
    public void Where_only_trades_are_subscribed_there_is_nothing_to_probe_with()
    {
        var subscriptions = new Subscriptions([Channel.Trade], Venue.Spot);
        subscriptions.Want([(new Instrument("AUSDT", "A"), 0)]);
        subscriptions.NextRequest(default);
        subscriptions.Answer(new ControlMessage("subscribe", true, "", "1"), default, out _);
        subscriptions.TickerCame(0);
        Assert.False(subscriptions.Probe());
    }

    [Fact]
    public void A_coin_that_was_probed_with_does_not_wait_for_its_first_ticker_again()
    {
        Granted("A");
        _subscriptions.TickerCame(0);
        Assert.True(_subscriptions.Probe());
        _now = TimeSpan.FromSeconds(9);
        Converse();
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        Assert.False(_subscriptions.AwaitsTicker);
    }

    private void Probes(string topic)
    {
        Assert.True(_subscriptions.Probe());
        Assert.Equal([$"unsubscribe {topic}", $"subscribe {topic}"], ConverseAll());
    }
}

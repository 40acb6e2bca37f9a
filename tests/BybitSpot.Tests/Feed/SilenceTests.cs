// What a connection's subscriptions do about silence and refusals: the canary, coins asked for anew, what was refused.
using System.Text.Json;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class SilenceTests
{
    private static readonly Instrument s_btc = new("BTCUSDT", "BTC");
    private readonly Subscriptions _subscriptions = new([Channel.Ticker, Channel.Trade], Venue.Spot);
    private TimeSpan _now;

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

    // ---- coins asked for anew

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

    // ---- what was refused and what was granted

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

    // A coin's slot is its letter's place in the alphabet.
    private void Want(params string[] coins) => _subscriptions.Want(coins.Select(c => (new Instrument(c + "USDT", c), c[0] - 'A')));

    private void Granted(params string[] coins)
    {
        Want(coins);
        Converse();
    }

    private void Probes(string topic)
    {
        Assert.True(_subscriptions.Probe());
        Assert.Equal([$"unsubscribe {topic}", $"subscribe {topic}"], ConverseAll());
    }

    // What is asked for now, unanswered.
    private List<string> Asked()
    {
        var asked = new List<string>();
        while (_subscriptions.NextRequest(_now) is { } request)
            asked.Add(Told(request).Text);
        return asked;
    }

    private void Converse(Func<string, bool>? isBad = null) => ConverseAll(isBad);

    // Answers as an exchange that knows all topics but the bad ones, until everything was answered.
    private List<string> ConverseAll(Func<string, bool>? isBad = null)
    {
        var asked = new List<string>();
        while (_subscriptions.NextRequest(_now) is { } request)
        {
            (string text, string[] topics) = Told(request);
            asked.Add(text);
            Answer(request, topics.FirstOrDefault(t => isBad?.Invoke(t) ?? false) is { } bad ? $"no {bad}" : null);
        }
        return asked;
    }

    private void Answer(string request, string? refusal)
    {
        using JsonDocument json = JsonDocument.Parse(request);
        var answer = new ControlMessage(json.RootElement.GetProperty("op").GetString()!, refusal is null, refusal ?? "", json.RootElement.GetProperty("req_id").GetString()!);
        Assert.True(_subscriptions.Answer(answer, _now, out _));
    }

    private static (string Text, string[] Topics) Told(string request)
    {
        using JsonDocument json = JsonDocument.Parse(request);
        string[] topics = [.. json.RootElement.GetProperty("args").EnumerateArray().Select(a => a.GetString()!)];
        return ($"{json.RootElement.GetProperty("op").GetString()} {string.Join(' ', topics)}", topics);
    }
}

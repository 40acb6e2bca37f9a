using System.Text.Json;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class SubscriptionsTests
{
    private static readonly Channel[] s_both = [Channel.Ticker, Channel.Trade];
    private readonly Subscriptions _subscriptions = new(s_both, Venue.Spot);
    private TimeSpan _now;

    [Fact]
    public void Each_coin_is_asked_for_by_its_topics_in_a_request_with_an_id()
    {
        _subscriptions.Want([(new Instrument("BTCUSDT", "BTC"), 0), (new Instrument("ETHUSDT", "ETH"), 1)]);
        Assert.Equal("{\"req_id\":\"1\",\"op\":\"subscribe\",\"args\":[\"tickers.BTCUSDT\",\"publicTrade.BTCUSDT\",\"tickers.ETHUSDT\",\"publicTrade.ETHUSDT\"]}",
            _subscriptions.NextRequest(_now));
        Assert.Null(_subscriptions.NextRequest(_now));
        Assert.False(_subscriptions.AllAnswered);
        Assert.True(Answer("1"));
        Assert.True(_subscriptions.AllAnswered);
        Assert.Equal(4, _subscriptions.AckedTopics);
    }

    [Fact]
    public void No_request_holds_more_than_ten_topics_and_no_more_than_16_are_under_way()
    {
        Want([.. Enumerable.Range(0, 100).Select(i => $"C{i}")]);
        var asked = new List<Request>();
        while (Next() is { } request)
            asked.Add(request);
        Assert.Equal(Subscriptions.OutstandingMax, asked.Count);
        Assert.All(asked, r => Assert.Equal(10, r.Topics.Length));
        Assert.True(Answer(asked[0].Id));
        asked.Add(Next()!);
        Assert.Null(Next());
        foreach (Request request in asked[1..])
            Assert.True(Answer(request.Id));
        while (Next() is { } request)
            asked.Add(request);
        Assert.Equal([.. Enumerable.Range(0, 100).SelectMany(i => TopicsOf($"C{i}"))], asked.SelectMany(r => r.Topics));
    }

    [Theory]
    [InlineData(Venue.Linear)]
    [InlineData(Venue.Inverse)]
    public void Derivatives_take_two_hundred_topics_in_a_request_and_one_bad_one_costs_the_others_nothing_but_a_round_trip(Venue venue)
    {
        var subscriptions = new Subscriptions(s_both, venue);
        subscriptions.Want([.. Enumerable.Range(0, 250).Select(i => (new Instrument($"BTC-{i % 28 + 1}DEC{i}", $"{i}"), i))]);
        var sizes = new List<int>();
        var told = new List<RefusedTopic>();
        while (subscriptions.NextRequest(_now) is { } text)
        {
            JsonElement request = JsonDocument.Parse(text).RootElement;
            string[] topics = [.. request.GetProperty("args").EnumerateArray().Select(a => a.GetString()!)];
            bool subscribes = request.GetProperty("op").GetString() == "subscribe";
            sizes.Add(topics.Length);
            string? bad = subscribes ? topics.FirstOrDefault(t => t is "tickers.BTC-8DEC7" or "publicTrade.BTC-8DEC7") : null;
            Assert.True(subscriptions.Answer(
                new ControlMessage(subscribes ? "subscribe" : "unsubscribe", bad is null, bad is null ? "" : $"error:handler not found,topic:{bad}", request.GetProperty("req_id").GetString()!), _now, out IReadOnlyList<RefusedTopic> refused));
            told.AddRange(refused);
        }
        Assert.Equal(["tickers.BTC-8DEC7", "publicTrade.BTC-8DEC7"], told.Select(t => t.Topic));
        Assert.Equal(498, subscriptions.AckedTopics);
        Assert.Equal(200, sizes.Max());
        Assert.InRange(sizes.Count, 3, 8);
    }

    [Fact, Trait("Fault", "4")]
    public void A_coin_that_is_refused_is_put_aside_with_its_reason_and_the_others_live()
    {
        Want("A", "B", "C", "D", "E");
        var refused = new List<RefusedTopic>();
        Converse(t => t.Contains(".CUSDT", StringComparison.Ordinal), refused);
        TimeSpan later = TimeSpan.FromMinutes(10);
        Assert.Equal([new("tickers.CUSDT", "Invalid symbol :[tickers.CUSDT]", later), new("publicTrade.CUSDT", "Invalid symbol :[publicTrade.CUSDT]", later)], refused);
        Assert.Equal(8, _subscriptions.AckedTopics);
        Assert.True(_subscriptions.AllAnswered);
    }

    [Fact, Trait("Fault", "4")]
    public void For_any_set_of_bad_topics_all_good_ones_are_granted_and_exactly_the_bad_ones_put_aside() =>
        Holds.ForSeeds(400, random =>
        {
            var subscriptions = new Subscriptions(s_both, Venue.Spot);
            int coins = random.Next(1, 60);
            string[] topics = [.. Enumerable.Range(0, coins).SelectMany(i => TopicsOf($"C{i}"))];
            double share = random.Next(4) switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
            HashSet<string> bad = [.. topics.Where(_ => random.NextDouble() < share)];
            subscriptions.Want(Enumerable.Range(0, coins).Select(i => (new Instrument($"C{i}USDT", $"C{i}"), i)));
            HashSet<string> granted = [], refused = [];
            var underWay = new List<Request>();
            for (int turns = 0; turns < 5_000 && !subscriptions.AllAnswered; turns++)
            {
                while (subscriptions.NextRequest(default) is { } text)
                    underWay.Add(Request.Parse(text));
                Assert.InRange(underWay.Count, 1, Subscriptions.OutstandingMax);
                // Answers may come in any order; only the exchange's grant counts.
                Request request = underWay[random.Next(underWay.Count)];
                underWay.Remove(request);
                Assert.InRange(request.Topics.Length, 1, 10);
                bool success = !request.Topics.Any(bad.Contains);
                Assert.True(subscriptions.Answer(new ControlMessage("subscribe", success, success ? "subscribe" : "Invalid symbol", request.Id), default, out IReadOnlyList<RefusedTopic> put));
                if (success)
                    Assert.All(request.Topics, t => Assert.True(granted.Add(t)));
                Assert.All(put, p => Assert.True(refused.Add(p.Topic)));
            }
            Assert.True(subscriptions.AllAnswered);
            Assert.True(bad.SetEquals(refused));
            Assert.True(topics.Except(bad).ToHashSet().SetEquals(granted));
            Assert.Equal(granted.Count, subscriptions.AckedTopics);
        });

    [Fact]
    public void A_refused_batch_is_asked_again_in_halves_before_anything_else()
    {
        Want("A", "B", "C", "D", "E", "F");
        Request first = Next()!;
        Request rest = Next()!;
        Assert.Equal(TopicsOf("F"), rest.Topics);
        Assert.True(Answer(first.Id, "args size >10"));
        Want("G");
        Assert.Equal(first.Topics[..5], Next()!.Topics);
        Assert.Equal(first.Topics[5..], Next()!.Topics);
        Assert.Equal(TopicsOf("G"), Next()!.Topics);
    }

    [Fact]
    public void An_answer_without_an_id_is_the_oldest_requests()
    {
        Want([.. Enumerable.Range(0, 10).Select(i => $"C{i}")]);
        Request first = Next()!, second = Next()!;
        Assert.True(_subscriptions.Answer(new ControlMessage("subscribe", true, "", ""), _now, out _));
        Assert.Equal(10, _subscriptions.AckedTopics);
        Assert.False(Answer(first.Id));
        Assert.True(_subscriptions.Answer(new ControlMessage("", true, "", ""), _now, out _));
        Assert.False(Answer(second.Id));
        Assert.Equal(20, _subscriptions.AckedTopics);
    }

    [Fact]
    public void An_answer_without_an_id_is_that_of_a_request_of_its_own_kind()
    {
        Want("A");
        Assert.True(Answer(Next()!.Id));
        Unwant("A");
        Want("B");
        Assert.Equal("unsubscribe", Next()!.Operation);
        Request subscribe = Next()!;
        Assert.Equal("subscribe", subscribe.Operation);
        Assert.True(_subscriptions.Answer(new ControlMessage("subscribe", true, "", ""), _now, out _));
        Assert.Equal(2, _subscriptions.AckedTopics);
        Assert.False(Answer(subscribe.Id));
        Assert.True(_subscriptions.Answer(new ControlMessage("unsubscribe", true, "", ""), _now, out _));
        Assert.True(_subscriptions.AllAnswered);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("0")]
    [InlineData("x")]
    [InlineData("01")]
    public void An_answer_with_an_id_that_was_never_sent_answers_nothing(string id)
    {
        Want("A");
        Next();
        Assert.False(Answer(id));
        Assert.False(_subscriptions.AllAnswered);
    }

    [Fact]
    public void An_answer_that_comes_twice_answers_nothing_the_second_time()
    {
        Want("A");
        string id = Next()!.Id;
        Assert.True(Answer(id));
        Assert.False(Answer(id));
        Assert.False(_subscriptions.Answer(new ControlMessage("subscribe", true, "", ""), _now, out _));
    }

    [Fact]
    public void Already_subscribed_counts_as_granted()
    {
        var subscriptions = new Subscriptions([Channel.Ticker], Venue.Spot);
        subscriptions.Want([(new Instrument("AUSDT", "A"), 0)]);
        Request request = Request.Parse(subscriptions.NextRequest(default)!);
        var answer = new ControlMessage("subscribe", false, "error:already subscribed,topic:tickers.AUSDT", request.Id);
        Assert.True(subscriptions.Answer(answer, default, out IReadOnlyList<RefusedTopic> refused));
        Assert.Empty(refused);
        Assert.Equal(1, subscriptions.AckedTopics);
    }

    [Fact]
    public void Already_subscribed_for_a_batch_is_halved_until_each_stands_alone_and_none_is_put_aside()
    {
        Want("A", "B", "C");
        var refused = new List<RefusedTopic>();
        Converse(t => t.EndsWith(".BUSDT", StringComparison.Ordinal), refused, _ => "error:already subscribed,topic:x");
        Assert.Empty(refused);
        Assert.Equal(6, _subscriptions.AckedTopics);
    }

    [Fact]
    public void A_coin_that_is_wanted_no_longer_is_unsubscribed()
    {
        Want("A", "B");
        Converse(_ => false, []);
        Unwant("A");
        Request leave = Next()!;
        Assert.Equal("unsubscribe", leave.Operation);
        Assert.Equal(TopicsOf("A"), leave.Topics);
        Assert.Equal([1], _subscriptions.Coins.Select(c => c.Slot));
        Assert.Equal(2, _subscriptions.AckedTopics);
        Assert.Null(Next());
    }

    [Fact]
    public void A_coin_that_is_dropped_while_its_request_is_under_way_is_not_asked_for_again()
    {
        Want("A", "B", "C");
        Request batch = Next()!;
        Unwant("B");
        Assert.True(Answer(batch.Id, "Invalid symbol :[tickers.BUSDT]"));
        var asked = new List<Request>();
        while (Next() is { } request)
            asked.Add(request);
        Assert.Equal([.. TopicsOf("A"), .. TopicsOf("C")], asked.Where(r => r.Operation == "subscribe").SelectMany(r => r.Topics));
        foreach (Request request in asked)
            Assert.True(Answer(request.Id));
        Assert.Equal(4, _subscriptions.AckedTopics);
        Assert.True(_subscriptions.AllAnswered);
    }

    [Fact]
    public void A_dropped_coin_whose_single_topic_is_refused_is_not_put_aside()
    {
        var subscriptions = new Subscriptions([Channel.Trade], Venue.Spot);
        subscriptions.Want([(new Instrument("AUSDT", "A"), 0)]);
        Request request = Request.Parse(subscriptions.NextRequest(default)!);
        subscriptions.Unwant([0]);
        Assert.True(subscriptions.Answer(new ControlMessage("subscribe", false, "Invalid symbol", request.Id), default, out IReadOnlyList<RefusedTopic> refused));
        Assert.Empty(refused);
        Assert.Equal("unsubscribe", Request.Parse(subscriptions.NextRequest(Subscriptions.RetryRefusedAfter * 2)!).Operation);
        Assert.Null(subscriptions.NextRequest(Subscriptions.RetryRefusedAfter * 3));
    }

    [Fact]
    public void A_coin_dropped_before_it_was_asked_for_is_never_asked_for()
    {
        Want("A", "B");
        Unwant("A");
        Assert.Equal(TopicsOf("B"), Next()!.Topics);
    }

    [Fact]
    public void A_coin_that_comes_back_is_asked_for_after_it_was_left()
    {
        Want("A");
        Converse(_ => false, []);
        Unwant("A");
        Want("A");
        Assert.Equal(("unsubscribe", "subscribe"), (Next()!.Operation, Next()!.Operation));
    }

    [Fact]
    public void A_coin_that_is_wanted_already_is_not_asked_for_again()
    {
        Want("A");
        Converse(_ => false, []);
        Want("A");
        Assert.Null(Next());
        Assert.Equal(1, _subscriptions.CoinCount);
    }

    [Fact, Trait("Fault", "4")]
    public void A_refused_topic_is_tried_again_after_ten_minutes_alone()
    {
        Want("A", "B");
        _now = TimeSpan.FromSeconds(7);
        Converse(t => t == "tickers.AUSDT", []);
        _now = TimeSpan.FromSeconds(7) + TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1);
        Assert.Null(Next());
        _now += TimeSpan.FromTicks(1);
        Request again = Next()!;
        Assert.Equal(["tickers.AUSDT"], again.Topics);
        Assert.Null(Next());
        Assert.True(Answer(again.Id));
        Assert.Equal(4, _subscriptions.AckedTopics);
        _now += TimeSpan.FromHours(1);
        Assert.Null(Next());
    }

    [Fact]
    public void A_refused_topic_of_a_coin_that_was_left_is_never_tried_again_nor_unsubscribed()
    {
        Want("A");
        Converse(_ => true, []);
        Unwant("A");
        _now = TimeSpan.FromHours(1);
        Assert.Null(Next());
    }

    [Fact]
    public void A_new_connection_asks_for_everything_anew_and_for_what_was_refused_alone()
    {
        Want("A", "B");
        Converse(t => t == "tickers.AUSDT", []);
        Want("C");
        Next();
        _subscriptions.BeginConnection();
        Assert.Equal(0, _subscriptions.AckedTopics);
        Assert.Null(_subscriptions.OldestRequest);
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        _now = TimeSpan.Zero;
        Assert.Equal(["publicTrade.AUSDT", .. TopicsOf("B"), .. TopicsOf("C")], Next()!.Topics);
        Assert.Equal(["tickers.AUSDT"], Next()!.Topics);
        Assert.Null(Next());
    }

    [Fact]
    public void The_oldest_request_without_an_answer_is_known()
    {
        Want([.. Enumerable.Range(0, 10).Select(i => $"C{i}")]);
        Assert.Null(_subscriptions.OldestRequest);
        _now = TimeSpan.FromSeconds(1);
        Request first = Next()!;
        _now = TimeSpan.FromSeconds(2);
        Request second = Next()!;
        Assert.Equal(TimeSpan.FromSeconds(1), _subscriptions.OldestRequest);
        Answer(first.Id);
        Assert.Equal(TimeSpan.FromSeconds(2), _subscriptions.OldestRequest);
        Answer(second.Id);
        Assert.Null(_subscriptions.OldestRequest);
    }

    [Fact]
    public void The_coin_that_waits_longest_for_its_first_ticker_is_known()
    {
        Want([.. Enumerable.Range(0, 10).Select(i => $"C{i}")]);
        Request first = Next()!, second = Next()!;
        _now = TimeSpan.FromSeconds(3);
        Answer(first.Id);
        _now = TimeSpan.FromSeconds(5);
        Answer(second.Id);
        Assert.Equal(TimeSpan.FromSeconds(3), _subscriptions.OldestAckWithoutTicker);
        for (int slot = 0; slot < 5; slot++)
            _subscriptions.TickerCame(slot);
        Assert.Equal(TimeSpan.FromSeconds(5), _subscriptions.OldestAckWithoutTicker);
        Assert.True(_subscriptions.AwaitsTicker);
        Unwant("C9");
        for (int slot = 5; slot < 9; slot++)
            _subscriptions.TickerCame(slot);
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
        Assert.False(_subscriptions.AwaitsTicker);
    }

    [Fact]
    public void A_ticker_before_the_answer_counts_as_the_first()
    {
        Want("A");
        Request request = Next()!;
        _subscriptions.TickerCame(0);
        Answer(request.Id);
        Assert.Null(_subscriptions.OldestAckWithoutTicker);
    }

    private sealed record Request(string Id, string Operation, string[] Topics)
    {
        public static Request Parse(string text)
        {
            using JsonDocument json = JsonDocument.Parse(text);
            JsonElement root = json.RootElement;
            return new Request(root.GetProperty("req_id").GetString()!, root.GetProperty("op").GetString()!,
                [.. root.GetProperty("args").EnumerateArray().Select(a => a.GetString()!)]);
        }
    }

    private static string[] TopicsOf(string coin) => [$"tickers.{coin}USDT", $"publicTrade.{coin}USDT"];

    // A coin's slot is its number, or its letter's place in the alphabet.
    private static int SlotOf(string coin) => coin.Length > 1 ? int.Parse(coin[1..]) : coin[0] - 'A';

    private void Want(params string[] coins) => _subscriptions.Want(coins.Select(c => (new Instrument(c + "USDT", c), SlotOf(c))));

    private void Unwant(string coin) => _subscriptions.Unwant([SlotOf(coin)]);

    private Request? Next() => _subscriptions.NextRequest(_now) is { } text ? Request.Parse(text) : null;

    private bool Answer(string id, string? refusal = null) =>
        _subscriptions.Answer(new ControlMessage("subscribe", refusal is null, refusal ?? "subscribe", id), _now, out _);

    // Answers as an exchange that knows all topics but the bad ones, until everything was answered.
    private void Converse(Func<string, bool> isBad, List<RefusedTopic> refused, Func<string, string>? reason = null)
    {
        while (Next() is { } request)
        {
            string? bad = request.Topics.FirstOrDefault(isBad);
            string said = bad is null ? "" : reason?.Invoke(bad) ?? $"Invalid symbol :[{bad}]";
            Assert.True(_subscriptions.Answer(new ControlMessage(request.Operation, bad is null, said, request.Id), _now, out IReadOnlyList<RefusedTopic> put));
            refused.AddRange(put);
        }
    }
}

// A connection's subscriptions against exchanges of several kinds: whichever way one takes a request with a bad topic in it and
// whatever it says of it, the good topics live, the bad ones wait, and little is asked.
using System.Text.Json;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class RefusedAgainTests
{
    private static readonly Channel[] s_both = [Channel.Ticker, Channel.Trade];

    /// <summary>What becomes of the good topics of a request with a bad one.</summary>
    public enum Takes
    {
        None,
        Good,
        UpToTheBad,
    }

    /// <summary>What a refusal names.</summary>
    public enum Names
    {
        None,
        First,
        All,
        Symbol,
    }

    // As far as a connection's subscriptions see it.
    private sealed class Exchange(Takes takes, Names names, string words)
    {
        public readonly HashSet<string> Bad = [], Subscribed = [];
        public readonly List<(string Operation, string[] Topics, TimeSpan At)> Requests = [];
        public string? Busy;
        public bool DeafToUnsubscribe;

        public ControlMessage Answer(string request, TimeSpan now)
        {
            using JsonDocument json = JsonDocument.Parse(request);
            string operation = json.RootElement.GetProperty("op").GetString()!, id = json.RootElement.GetProperty("req_id").GetString()!;
            string[] topics = [.. json.RootElement.GetProperty("args").EnumerateArray().Select(a => a.GetString()!)];
            Requests.Add((operation, topics, now));
            if (operation == "unsubscribe")
            {
                if (!DeafToUnsubscribe)
                    Subscribed.ExceptWith(topics);
                return new ControlMessage(operation, true, "", id);
            }
            if (Busy is not null)
                return new ControlMessage(operation, false, Busy, id);
            string[] wrong = [.. topics.Where(t => Bad.Contains(t) || Subscribed.Contains(t))];
            int first = wrong.Length == 0 ? topics.Length : Array.IndexOf(topics, wrong[0]);
            string[] taken = takes == Takes.None && wrong.Length > 0 ? [] : [.. topics[..(takes == Takes.Good ? topics.Length : first)].Except(wrong)];
            bool twice = wrong.Length > 0 && !Bad.Contains(wrong[0]);
            Subscribed.UnionWith(taken);
            if (wrong.Length == 0)
                return new ControlMessage(operation, true, "subscribe", id);
            if (twice)
                return new ControlMessage(operation, false, names == Names.None ? "error:already subscribed" : $"error:already subscribed,topic:{wrong[0]}", id);
            string said = names switch
            {
                Names.None => words,
                Names.First => $"{words} :[{wrong[0]}]",
                Names.All => $"{words} :[{string.Join(',', wrong.Where(Bad.Contains))}]",
                _ => $"{words} :[{wrong[0].Split('.')[1]}]",
            };
            return new ControlMessage(operation, false, said, id);
        }
    }

    private Subscriptions _subscriptions = new(s_both, Venue.Spot);
    private readonly List<RefusedTopic> _told = [];
    private TimeSpan _now;

    public static TheoryData<Takes, Names, string> Exchanges
    {
        get
        {
            var all = new TheoryData<Takes, Names, string>();
            foreach (Takes takes in Enum.GetValues<Takes>())
                foreach (Names names in Enum.GetValues<Names>())
                    foreach (string words in (string[])["Invalid symbol", "something is odd"])
                        all.Add(takes, names, words);
            return all;
        }
    }

    [Theory, MemberData(nameof(Exchanges)), Trait("Fault", "80"), Trait("Fault", "81")]
    public void For_any_bad_coins_at_any_exchange_the_good_ones_live_soon_and_the_bad_ones_wait(Takes takes, Names names, string words) =>
        Holds.ForSeeds(40, random =>
        {
            _subscriptions = new Subscriptions(s_both, Venue.Spot);
            _now = TimeSpan.Zero;
            _told.Clear();
            var exchange = new Exchange(takes, names, words);
            int coins = random.Next(1, 40);
            for (int i = 0; i < coins; i++)
                if (random.Next(8) == 0)
                    exchange.Bad.UnionWith(TopicsOf($"C{i}"));
            Want(coins);
            Pass(exchange, TimeSpan.FromSeconds(20));
            string[] good = [.. Enumerable.Range(0, coins).SelectMany(i => TopicsOf($"C{i}")).Except(exchange.Bad)];
            Assert.Equal(good.Order(), exchange.Subscribed.Order());
            Assert.Equal(good.Length, _subscriptions.AckedTopics);
            Assert.Equal(exchange.Bad.Count / 2, _subscriptions.RefusedCoins.Count);
            Assert.All(exchange.Requests, r => Assert.InRange(r.Topics.Length, 1, 10));
        });

    [Theory, Trait("Fault", "80")]
    [InlineData(Takes.None)]
    [InlineData(Takes.Good)]
    [InlineData(Takes.UpToTheBad)]
    public void One_bad_coin_of_thirty_costs_two_requests_more_a_channel_wherever_it_stands(Takes takes)
    {
        for (int bad = 0; bad < 30; bad++)
        {
            Assert.InRange(RequestsFor(takes, bad, [Channel.Trade]), 3, 5);
            // Both topics of all coins make six requests by themselves.
            Assert.InRange(RequestsFor(takes, bad, s_both), 6, 9);
        }
    }

    [Fact, Trait("Fault", "80")]
    public void Named_topics_alone_are_dropped_and_the_rest_is_granted_before_anything_waits()
    {
        var exchange = new Exchange(Takes.None, Names.All, "Invalid symbol");
        exchange.Bad.UnionWith([.. TopicsOf("C0"), .. TopicsOf("C3")]);
        Want(5);
        Converse(exchange);
        Assert.Equal(6, _subscriptions.AckedTopics);
        Assert.Equal(["publicTrade.C0USDT", "publicTrade.C3USDT", "tickers.C0USDT", "tickers.C3USDT"], _told.Select(r => r.Topic).Order());
        Assert.All(_told, r => Assert.Equal(TimeSpan.FromMinutes(10), r.RetryAfter));
        Assert.Equal(3, exchange.Requests.Count);
    }

    [Theory, Trait("Fault", "81")]
    [InlineData(Names.First)]
    [InlineData(Names.None)]
    public void A_topic_that_is_subscribed_already_takes_no_new_one_with_it(Names names)
    {
        var exchange = new Exchange(Takes.None, names, "Invalid symbol") { DeafToUnsubscribe = true };
        Want(2);
        Converse(exchange);
        _subscriptions.Unwant([1]);
        Converse(exchange);
        // It flows still. Beside the new ones it would have their request refused.
        int before = exchange.Requests.Count;
        Want(5);
        Converse(exchange);
        Assert.Equal(10, _subscriptions.AckedTopics);
        Assert.Empty(_told);
        string[] again = TopicsOf("C1");
        Assert.All(exchange.Requests.Skip(before), r => Assert.True(r.Topics.All(again.Contains) || !r.Topics.Any(again.Contains)));
    }

    [Fact, Trait("Fault", "81")]
    public void Of_a_batch_refused_for_a_topic_that_is_subscribed_already_that_one_is_granted_and_the_rest_live()
    {
        var exchange = new Exchange(Takes.None, Names.First, "Invalid symbol");
        exchange.Subscribed.UnionWith(["publicTrade.C1USDT", "tickers.C3USDT"]);
        Want(5);
        Converse(exchange);
        Assert.Equal(10, exchange.Subscribed.Count);
        Assert.Equal(10, _subscriptions.AckedTopics);
        Assert.Empty(_told);
        Assert.InRange(exchange.Requests.Count, 3, 5);
    }

    // ---- words that say nothing for good

    [Theory, Trait("Fault", "91")]
    [InlineData("system busy", 1)]
    [InlineData("system busy", 30)]
    [InlineData("Too many visits", 300)]
    [InlineData("", 30)]
    [InlineData("system busy, topic: tickers.C0USDT", 30)]
    public void Everything_refused_for_two_seconds_is_granted_within_five_seconds_of_the_end(string words, int coins)
    {
        var exchange = new Exchange(Takes.None, Names.First, "") { Busy = words };
        Want(coins);
        Pass(exchange, TimeSpan.FromSeconds(2));
        Assert.Equal(0, _subscriptions.AckedTopics);
        Assert.Equal(coins, _subscriptions.RefusedCoins.Count);
        Assert.All(_told, r => Assert.InRange(r.RetryAfter.TotalSeconds, 1, 2));
        exchange.Busy = null;
        Pass(exchange, TimeSpan.FromSeconds(5));
        Assert.Equal(2 * coins, _subscriptions.AckedTopics);
        Assert.Empty(_subscriptions.RefusedCoins);
    }

    [Fact, Trait("Fault", "91")]
    public void What_is_refused_for_now_is_asked_for_after_1_s_and_2_and_4_to_60_and_then_every_60()
    {
        _subscriptions = new Subscriptions([Channel.Trade], Venue.Spot);
        var exchange = new Exchange(Takes.None, Names.First, "") { Busy = "system busy" };
        Want(1);
        Pass(exchange, TimeSpan.FromSeconds(305));
        double[] at = [.. exchange.Requests.Select(r => r.At.TotalSeconds)];
        Assert.Equal([0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303], at.Select(s => Math.Round(s)));
        // Told at first, and when it has become as seldom as may be.
        Assert.Equal([1, 60], _told.Select(r => r.RetryAfter.TotalSeconds));
        exchange.Busy = null;
        Pass(exchange, TimeSpan.FromSeconds(61));
        Assert.Equal(1, _subscriptions.AckedTopics);
        // Granted: the next refusal begins anew.
        _subscriptions.BeginConnection();
        (_now, exchange.Busy) = (TimeSpan.Zero, "system busy");
        _told.Clear();
        Converse(exchange);
        Assert.Equal(TimeSpan.FromSeconds(1), Assert.Single(_told).RetryAfter);
    }

    [Theory, Trait("Fault", "91")]
    [InlineData("system busy")]
    [InlineData("system busy, topic: tickers.{0}")]
    public void However_many_are_refused_no_second_sees_more_than_a_bounded_number_of_requests(string words)
    {
        var exchange = new Exchange(Takes.None, Names.First, "");
        Want(500);
        // Each answer names the first of its own request.
        exchange.Busy = words.Replace("{0}", "C0USDT");
        Converse(exchange);
        int first = exchange.Requests.Count;
        Assert.InRange(first, 100, 100 + 4 * Subscriptions.PassingInRowMax);
        Pass(exchange, TimeSpan.FromSeconds(120));
        Assert.All(exchange.Requests.Skip(first).GroupBy(r => (int)r.At.TotalSeconds), g => Assert.InRange(g.Count(), 0, 2 * Subscriptions.RetriesPerSecondMax + 4));
        // At first, and when each stands alone and is asked for as seldom as may be.
        Assert.InRange(_told.Count, 1, 100 + 1_000 + 10);
    }

    [Fact, Trait("Fault", "4")]
    public void A_batch_refused_without_names_while_others_are_granted_is_taken_apart_at_once()
    {
        var exchange = new Exchange(Takes.None, Names.None, "something is odd");
        exchange.Bad.UnionWith(TopicsOf("C29"));
        Want(30);
        Converse(exchange);
        Assert.Equal(58, _subscriptions.AckedTopics);
        Assert.Equal(2, _told.Count);
    }

    [Fact, Trait("Fault", "4")]
    public void A_topic_that_was_granted_before_is_not_believed_gone_at_the_first_word()
    {
        var exchange = new Exchange(Takes.None, Names.First, "");
        Want(1);
        Converse(exchange);
        _subscriptions.BeginConnection();
        exchange.Subscribed.Clear();
        exchange.Busy = "Invalid symbol";
        Converse(exchange);
        _told.Clear();
        Pass(exchange, TimeSpan.FromSeconds(1.2));
        Assert.Equal(TimeSpan.FromSeconds(2), _told[^1].RetryAfter);
        exchange.Busy = null;
        Pass(exchange, TimeSpan.FromSeconds(2.2));
        Assert.Equal(2, _subscriptions.AckedTopics);
    }

    [Fact, Trait("Fault", "91")]
    public void Everything_refused_for_now_is_a_matter_for_a_new_connection_after_three_times()
    {
        var exchange = new Exchange(Takes.None, Names.First, "") { Busy = "system busy" };
        Want(30);
        int[] seen = [.. Enumerable.Range(0, 40).Select(_ =>
        {
            Pass(exchange, TimeSpan.FromSeconds(0.1));
            return _subscriptions.AllRefused;
        })];
        Assert.Equal([1, 2, 3], seen.Where(n => n > 0).Distinct());
        Assert.Equal(3, seen[^1]);
        _subscriptions.BeginConnection();
        Assert.Equal(0, _subscriptions.AllRefused);
    }

    [Fact, Trait("Fault", "91")]
    public void A_watchlist_of_only_misspelt_symbols_is_no_matter_for_a_new_connection_nor_is_one_that_is_granted_in_part()
    {
        var exchange = new Exchange(Takes.None, Names.First, "Invalid symbol");
        exchange.Bad.UnionWith([.. TopicsOf("C0"), .. TopicsOf("C1")]);
        Want(2);
        Pass(exchange, TimeSpan.FromMinutes(1));
        Assert.Equal(0, _subscriptions.AllRefused);
        Assert.Equal(2, _subscriptions.RefusedCoins.Count);

        _subscriptions = new Subscriptions(s_both, Venue.Spot);
        var odd = new Exchange(Takes.None, Names.First, "something is odd");
        odd.Bad.UnionWith(TopicsOf("C0"));
        Want(2);
        Pass(odd, TimeSpan.FromMinutes(1));
        Assert.Equal(0, _subscriptions.AllRefused);
        // A misspelt one beside it does not count as one that is granted.
        _subscriptions = new Subscriptions(s_both, Venue.Spot);
        var mixed = new Exchange(Takes.None, Names.First, "Invalid symbol");
        mixed.Bad.UnionWith(TopicsOf("C0"));
        Want(2);
        Converse(mixed);
        Assert.Equal(0, _subscriptions.AllRefused);
    }

    [Fact, Trait("Fault", "4")]
    public void Refused_for_now_or_for_good_the_change_of_the_exchanges_list_has_it_asked_for_at_once()
    {
        var exchange = new Exchange(Takes.None, Names.First, "something is odd");
        exchange.Bad.UnionWith(TopicsOf("C0"));
        Want(2);
        Pass(exchange, TimeSpan.FromSeconds(100));
        exchange.Bad.Clear();
        _subscriptions.RetryRefusedNow();
        Converse(exchange);
        Assert.Equal(4, _subscriptions.AckedTopics);
    }

    [Fact, Trait("Fault", "80")]
    public void A_topic_that_was_refused_by_name_is_asked_for_alone_on_the_next_connection_and_what_all_shared_is_not()
    {
        var exchange = new Exchange(Takes.None, Names.First, "something is odd");
        exchange.Bad.UnionWith(TopicsOf("C0"));
        Want(3);
        Converse(exchange);
        _subscriptions.BeginConnection();
        exchange.Subscribed.Clear();
        exchange.Requests.Clear();
        Converse(exchange);
        Assert.Equal([4, 1, 1], exchange.Requests.Select(r => r.Topics.Length));

        _subscriptions = new Subscriptions(s_both, Venue.Spot);
        var busy = new Exchange(Takes.None, Names.First, "") { Busy = "system busy" };
        Want(3);
        Pass(busy, TimeSpan.FromSeconds(3.5));
        _subscriptions.BeginConnection();
        busy.Requests.Clear();
        busy.Busy = null;
        Converse(busy);
        Assert.Equal([6], busy.Requests.Select(r => r.Topics.Length));
    }

    private int RequestsFor(Takes takes, int bad, Channel[] channels)
    {
        _subscriptions = new Subscriptions(channels, Venue.Spot);
        _now = TimeSpan.Zero;
        var exchange = new Exchange(takes, Names.First, "Invalid symbol");
        exchange.Bad.UnionWith(TopicsOf($"C{bad}"));
        Want(30);
        Converse(exchange);
        Assert.Equal(29 * channels.Length, _subscriptions.AckedTopics);
        Assert.Equal([bad], _subscriptions.RefusedCoins.Keys);
        return exchange.Requests.Count;
    }

    private static string[] TopicsOf(string coin) => [$"tickers.{coin}USDT", $"publicTrade.{coin}USDT"];

    private void Want(int coins) => _subscriptions.Want(Enumerable.Range(0, coins).Select(i => (new Instrument($"C{i}USDT", $"C{i}"), i)));

    private void Converse(Exchange exchange)
    {
        while (_subscriptions.NextRequest(_now) is { } request)
        {
            Assert.True(exchange.Requests.Count < 20_000, "it asks and asks");
            Assert.True(_subscriptions.Answer(exchange.Answer(request, _now), _now, out IReadOnlyList<RefusedTopic> refused));
            _told.AddRange(refused);
        }
    }

    // As the line does: asked ten times a second.
    private void Pass(Exchange exchange, TimeSpan time)
    {
        TimeSpan end = _now + time;
        for (; _now < end; _now += TimeSpan.FromSeconds(0.1))
            Converse(exchange);
        Converse(exchange);
    }
}

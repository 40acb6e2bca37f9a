using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class TopicsTests
{
    private static readonly Channel[] s_both = [Channel.Ticker, Channel.Trade];

    [Fact]
    public void Topics_are_named_as_the_exchange_names_them()
    {
        Assert.Equal("tickers.BTCUSDT", Topics.Name(Channel.Ticker, "BTCUSDT"));
        Assert.Equal("publicTrade.BTCUSDT", Topics.Name(Channel.Trade, "BTCUSDT"));
        Assert.Equal(21_000, Topics.CharactersPerConnectionMax);
    }

    [Fact]
    public void Spot_takes_ten_topics_in_a_request_and_derivatives_many_more_but_fewer_than_five_hundred()
    {
        Assert.Equal(10, Topics.ArgsPerRequestMax(Venue.Spot));
        Assert.Equal((200, 200), (Topics.ArgsPerRequestMax(Venue.Linear), Topics.ArgsPerRequestMax(Venue.Inverse)));
    }

    [Fact]
    public void A_coins_characters_are_those_of_its_topics_with_quotes_and_commas()
    {
        Assert.Equal("\"tickers.BTCUSDT\",\"publicTrade.BTCUSDT\",".Length, Topics.CharactersOf(Of("BTC"), s_both));
        Assert.Equal("\"publicTrade.AUSDT\",".Length, Topics.CharactersOf(Of("A"), [Channel.Trade]));
    }

    [Fact]
    public void Coins_that_fit_share_the_first_connection()
    {
        var used = new List<int>();
        Assert.Equal([0, 0, 0], Topics.Place(used, [Of("A"), Of("B"), Of("C")], s_both));
        Assert.Equal([3 * Topics.CharactersOf(Of("A"), s_both)], used);
    }

    [Fact]
    public void A_connection_is_filled_to_the_last_character_and_not_beyond()
    {
        int one = Topics.CharactersOf(Of("A"), s_both);
        List<int> used = [21_000 - one];
        Assert.Equal([0, 1], Topics.Place(used, [Of("A"), Of("B")], s_both));
        Assert.Equal([21_000, one], used);
    }

    [Fact]
    public void Freed_room_is_used_again_before_a_new_connection_is_opened()
    {
        List<int> used = [20_999, 0, 20_000];
        Assert.Equal([1], Topics.Place(used, [Of("A")], s_both));
        Assert.Equal(3, used.Count);
    }

    [Fact, Trait("Fault", "57")]
    public void Five_thousand_coins_are_spread_within_the_limit_and_those_that_stay_never_move()
    {
        Instrument[] coins = [.. Enumerable.Range(0, 5_000).Select(i => Of($"COIN{i}"))];
        var used = new List<int>();
        int[] places = Topics.Place(used, coins, s_both);
        Assert.All(used, u => Assert.InRange(u, 1, Topics.CharactersPerConnectionMax));
        for (int place = 0; place < used.Count; place++)
            Assert.Equal(coins.Where((_, i) => places[i] == place).Sum(c => Topics.CharactersOf(c, s_both)), used[place]);
        int all = coins.Sum(c => Topics.CharactersOf(c, s_both));
        Assert.Equal((all + 20_949) / 20_950, used.Count);
        int[] before = [.. used];
        int[] more = Topics.Place(used, [.. Enumerable.Range(0, 500).Select(i => Of($"MORE{i}"))], s_both);
        Assert.All(before.SkipLast(1).Zip(used), pair => Assert.InRange(pair.Second, pair.First, Topics.CharactersPerConnectionMax));
        Assert.All(more, place => Assert.InRange(place, before.Length - 1, used.Count - 1));
    }

    private static Instrument Of(string coin) => new(coin + "USDT", coin);
}

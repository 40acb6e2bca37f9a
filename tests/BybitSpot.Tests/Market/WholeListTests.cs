using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Simulator;
using Xunit;
using Listing = BybitSpot.Market.Listing;

namespace BybitSpot.Tests.Market;

/// <summary>Whole lists: spot's is the exchange's own, those of derivatives are made in its forms.</summary>
public sealed class WholeListTests
{
    private static readonly MarketRules s_every = new(Venue.Spot, MarketRules.EveryQuote);

    [Fact]
    public void No_two_instruments_of_a_market_share_a_key_and_none_is_refused()
    {
        foreach ((string name, MarketRules market, int least) in (IEnumerable<(string, MarketRules, int)>)[("spot", s_every, 557), ("linear", MarketRules.Linear, 700), ("inverse", MarketRules.Inverse, 30)])
        {
            InstrumentList list = ListOf(name);
            Assert.InRange(list.Count, least, Watchlist.CoinsMax);
            Resolution all = Watchlist.Resolve([Watchlist.Everything], list, market);
            Assert.Empty(all.Notes);
            Assert.Equal(list.Count, all.Watchlist.Instruments.Count);
            Assert.Equal(list.Count, all.Watchlist.Instruments.Select(i => PriceKeys.KeyOf(i)).Distinct(StringComparer.Ordinal).Count());
        }
    }

    [Fact]
    public void Linear_and_inverse_share_a_kind_of_key_but_no_key()
    {
        Watchlist linear = All("linear", MarketRules.Linear), inverse = All("inverse", MarketRules.Inverse);
        Assert.Empty(Watchlist.Collisions(linear, inverse));
        Assert.True(MarketRules.ShareKeys(Venue.Linear, Venue.Inverse));
        Assert.False(MarketRules.ShareKeys(Venue.Spot, Venue.Linear));
    }

    [Fact]
    public void Coins_that_two_watchlists_both_have_are_told_with_both_symbols()
    {
        Watchlist first = Watchlist.Resolve(["TUSDUSDT", "BTCUSDT"], null, MarketRules.Linear).Watchlist, second = Watchlist.Resolve(["BTCUSD", "TUSD"], null, MarketRules.Inverse).Watchlist;
        Instrument linear = MarketRules.Linear.Named("TUSDUSDT", "TUSD"), inverse = MarketRules.Inverse.Named("TUSD", "TUSD");
        Assert.Equal([(linear, inverse)], Watchlist.Collisions(first, second));
        Assert.Equal([(inverse, linear)], Watchlist.Collisions(second, first));
    }

    [Fact]
    public void Of_two_listed_symbols_with_one_coin_the_later_is_refused_and_both_are_named()
    {
        var list = new InstrumentList([new Listing("ABCUSDT", "ABC", "USDT"), new Listing("ABC", "A", "BC")]);
        foreach (MarketRules market in (MarketRules[])[s_every, MarketRules.Linear])
        {
            Resolution both = Watchlist.Resolve(["ABCUSDT", "ABC"], list, market);
            Assert.Equal(["ABCUSDT"], both.Watchlist.Instruments.Select(i => i.Symbol));
            Assert.Equal([new SymbolNote("ABC", "would share the key of ABCUSDT (coin ABC)", true)], both.Notes);
        }
    }

    [Fact]
    public void Every_symbol_of_a_list_is_taken_as_itself_by_its_form_too()
    {
        foreach ((string name, MarketRules market) in (IEnumerable<(string, MarketRules)>)[("spot", s_every), ("linear", MarketRules.Linear), ("inverse", MarketRules.Inverse)])
            foreach (Instrument instrument in All(name, market).Instruments)
            {
                Assert.Equal(instrument, market.FromForm(instrument.Symbol));
                Assert.Equal(instrument.Symbol, SymbolText.Of(instrument.Symbol.ToLowerInvariant(), market));
                Assert.Equal(instrument.Symbol, SymbolText.Of(instrument.Symbol, market, ListOf(name)));
            }
    }

    [Fact]
    public void On_spot_every_quote_is_read_off_the_form_as_the_exchange_has_it()
    {
        foreach (ListedSymbol known in Listed.Of("spot"))
            Assert.Equal(new Listing(known.Symbol, known.BaseCoin, known.QuoteCoin), s_every.ListingByForm(known.Symbol));
    }

    private static Watchlist All(string name, MarketRules market) => Watchlist.Resolve([Watchlist.Everything], ListOf(name), market).Watchlist;

    private static InstrumentList ListOf(string market) => new(Listed.Of(market).Select(l => new Listing(l.Symbol, l.BaseCoin, l.QuoteCoin)));
}

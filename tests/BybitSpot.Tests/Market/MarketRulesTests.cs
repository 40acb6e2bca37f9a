using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class MarketRulesTests
{
    private static readonly MarketRules s_three = new(Venue.Spot, "USDT", "USDC", "EUR");
    private static readonly MarketRules s_every = new(Venue.Spot, MarketRules.EveryQuote);

    private static readonly InstrumentList s_spot = new(
    [
        new("BTCUSDT", "BTC", "USDT"), new("BTCUSDC", "BTC", "USDC"), new("BTCEUR", "BTC", "EUR"), new("USDTBRL", "USDT", "BRL"), new("USDTUSD", "USDT", "USD"), new("BTCRLUSD", "BTC", "RLUSD"),
    ]);

    private static readonly InstrumentList s_linear = new(
    [
        new("BTCUSDT", "BTC", "USDT"), new("1000PEPEUSDT", "1000PEPE", "USDT"), new("SHIB1000USDT", "SHIB1000", "USDT"), new("10000LADYSUSDT", "10000LADYS", "USDT"), new("BTCPERP", "BTC", "USDC"),
        new("BTC-26DEC25", "BTC", "USDC"), new("BTCUSDT-25DEC26", "BTC", "USDT"), new("WC_ENG_ARG_USDT-15JUL26", "WC_ENG_ARG_", "USDT"), new("ODDFORM", "BTC", "USD"),
    ]);

    [Theory]
    [InlineData("BTCUSDT", "BTC")]
    [InlineData("1000PEPEUSDT", "1000PEPE")]
    [InlineData("10000LADYSUSDT", "10000LADYS")]
    [InlineData("SHIB1000USDT", "SHIB1000")]
    [InlineData("BTCPERP", "BTCPERP")]
    [InlineData("BTC-26DEC25", "BTC-26DEC25")]
    [InlineData("BTCUSDT-25DEC26", "BTCUSDT-25DEC26")]
    [InlineData("WC_ENG_ARG_USDT-15JUL26", "WC_ENG_ARG_USDT-15JUL26")]
    public void On_linear_the_coin_is_the_symbol_without_a_trailing_USDT_and_never_the_base_coin(string symbol, string coin)
    {
        var instrument = new Instrument(symbol, coin) { Venue = Venue.Linear };
        Assert.Equal(instrument, Assert.Single(Watchlist.Resolve([symbol], null, MarketRules.Linear).Watchlist.Instruments));
        Resolution listed = Watchlist.Resolve([symbol], s_linear, MarketRules.Linear);
        Assert.Equal(instrument, Assert.Single(listed.Watchlist.Instruments));
        Assert.Empty(listed.Notes);
    }

    [Theory]
    [InlineData("BTCUSD")]
    [InlineData("BTCUSDZ26")]
    [InlineData("BTCUSD-25DEC26")]
    public void On_inverse_the_coin_is_the_whole_symbol(string symbol) => Assert.Equal(new Instrument(symbol, symbol) { Venue = Venue.Inverse }, MarketRules.Inverse.FromForm(symbol));

    [Fact]
    public void Coins_of_another_market_than_the_first_are_shown_with_it()
    {
        var linear = new MarketRules(Venue.Linear) { IsFirst = false };
        Assert.Equal(("linear:BTC", "BTC", Venue.Linear), linear.FromForm("BTCUSDT") is { } other ? (other.Name, other.Coin, other.Venue) : default);
        Assert.Equal("BTC", MarketRules.Linear.FromForm("BTCUSDT")!.Name);
        Assert.NotEqual(MarketRules.Spot.FromForm("BTCUSDT"), MarketRules.Linear.FromForm("BTCUSDT"));
    }

    [Fact]
    public void A_form_that_nobody_has_seen_is_taken_on_derivatives_where_the_exchange_lists_it()
    {
        Assert.Equal(new Instrument("ODDFORM", "ODDFORM") { Venue = Venue.Linear }, Assert.Single(Watchlist.Resolve(["ODDFORM"], s_linear, MarketRules.Linear).Watchlist.Instruments));
        Assert.Null(MarketRules.Linear.FromForm("ODDFORM"));
    }

    [Theory]
    [InlineData("linear", "")]
    [InlineData("linear", "USDT")]
    [InlineData("linear", "PERP")]
    [InlineData("linear", "BTC")]
    [InlineData("linear", "BTCUSD")]
    [InlineData("linear", "BTC-PERP")]
    [InlineData("linear", "-26DEC25")]
    [InlineData("linear", "BTC-26DEC")]
    [InlineData("linear", "BTC_USDT")]
    [InlineData("linear", "btcusdt")]
    [InlineData("linear", "<b>USDT")]
    [InlineData("linear", "A:B-26DEC25")]
    [InlineData("inverse", "USD")]
    [InlineData("inverse", "BTCUSDT")]
    [InlineData("inverse", "BTCUSDA26")]
    [InlineData("inverse", "BTC-26DEC25")]
    public void Without_a_list_what_has_no_form_of_the_market_is_refused(string market, string symbol) => Assert.Null(Rules(market).FromForm(symbol));

    [Theory]
    [InlineData("linear", "btc", "BTCUSDT")]
    [InlineData("linear", "BTC/USDT", "BTCUSDT")]
    [InlineData("linear", "btc-usdt", "BTCUSDT")]
    [InlineData("linear", " btc_usdt ", "BTCUSDT")]
    [InlineData("linear", "btcperp", "BTCPERP")]
    [InlineData("linear", "btc-26dec25", "BTC-26DEC25")]
    [InlineData("linear", "btcusdt-25dec26", "BTCUSDT-25DEC26")]
    [InlineData("linear", "perp", "PERPUSDT")]
    [InlineData("linear", "1000pepe", "1000PEPE")]
    [InlineData("inverse", "btc", "BTCUSD")]
    [InlineData("inverse", "BTC/USD", "BTCUSD")]
    [InlineData("inverse", "btc-usd", "BTCUSD")]
    [InlineData("inverse", "btcusdz26", "BTCUSDZ26")]
    [InlineData("inverse", "BTCUSDT", "BTCUSDT")]
    [InlineData("inverse", "BTCUSDC", "BTCUSDC")]
    public void What_people_write_is_understood_as_the_market_has_it(string market, string written, string symbol) => Assert.Equal(symbol, SymbolText.Of(written, Rules(market)));

    [Fact]
    public void What_the_list_has_counts_before_any_guess_on_linear_too()
    {
        Assert.Equal("1000PEPEUSDT", SymbolText.Of("1000pepe", MarketRules.Linear, s_linear));
        Assert.Equal("ODDFORM", SymbolText.Of("oddform", MarketRules.Linear, s_linear));
    }

    [Theory]
    [InlineData("linear", "BTCUSD", "BTCUSDT")]
    [InlineData("linear", "BTC-PERP", "BTCPERP")]
    [InlineData("linear", "BTC/USDC", "BTCPERP")]
    [InlineData("linear", "PEPE", "1000PEPEUSDT")]
    [InlineData("linear", "PEPEUSDT", "1000PEPEUSDT")]
    [InlineData("linear", "shib", "SHIB1000USDT")]
    [InlineData("linear", "NOSUCHUSDT", null)]
    [InlineData("inverse", "BTCUSDT", "BTCUSD")]
    [InlineData("inverse", "BTCPERP", "BTCUSD")]
    [InlineData("inverse", "BTC-26DEC25", null)]
    public void What_was_perhaps_meant_is_proposed_as_the_market_has_it(string market, string written, string? meant) =>
        Assert.Equal(meant, SymbolText.Suggestion(written, Rules(market), market == "linear" ? s_linear : null));

    [Fact]
    public void What_is_refused_is_told_in_words_that_hold_for_the_market()
    {
        Assert.Equal("is not in the exchange's list of what trades; is 1000PEPEUSDT meant?", Refused("PEPE", s_linear, MarketRules.Linear));
        Assert.Equal("is not in the exchange's list of what trades", Refused("BTC-26DEC99", s_linear, MarketRules.Linear));
        Assert.Equal("is not a linear instrument: a symbol is written as the exchange lists it, such as BTCUSDT, BTCPERP, BTCUSDT-25DEC26; is BTCUSDT meant?", Refused("BTCUSD", null, MarketRules.Linear));
        Assert.Equal("is not an inverse instrument: a symbol is written as the exchange lists it, such as BTCUSD, BTCUSDZ26; is BTCUSD meant?", Refused("BTCUSDT", null, MarketRules.Inverse));
        Assert.Equal("is quoted in USDC; only USDT pairs are taken (QUOTES says which)", Refused("BTCUSDC", s_spot, MarketRules.Spot));
        Assert.Equal("is quoted in BRL; only USDT, USDC and EUR pairs are taken (QUOTES says which)", Refused("USDTBRL", s_spot, s_three));
        Assert.StartsWith("is not a USDT, USDC or EUR pair: a symbol is capital letters and digits that end in USDT, USDC or EUR, such as BTCUSDT", Refused("BTCBRL", null, s_three));
        Assert.StartsWith("is not a pair: ", Refused("NONSENSE", null, s_every));
        Assert.Equal("means every linear instrument of the exchange's list, which could not be had yet", Refused("*", null, MarketRules.Linear));
    }

    [Theory]
    [InlineData("BTCUSDT", "BTC")]
    [InlineData("BTCUSDC", "BTCUSDC")]
    [InlineData("BTCEUR", "BTCEUR")]
    [InlineData("btc/usdc", "BTCUSDC")]
    [InlineData("btc-eur", "BTCEUR")]
    [InlineData("btc", "BTC")]
    public void Other_quotes_are_taken_on_spot_under_the_whole_symbol_where_they_are_asked_for(string written, string coin)
    {
        foreach (InstrumentList? list in (InstrumentList?[])[s_spot, null])
            Assert.Equal(coin, Assert.Single(Watchlist.Resolve([written], list, s_three).Watchlist.Instruments).Coin);
    }

    [Fact]
    public void On_spot_the_list_says_what_the_quote_is_and_without_it_the_longest_known_ending()
    {
        var usd = new MarketRules(Venue.Spot, "USD");
        Assert.Equal(["USDTUSD"], Watchlist.Resolve(["USDTUSD", "BTCRLUSD", "BTCUSDT"], s_spot, usd).Watchlist.Instruments.Select(i => i.Symbol));
        Assert.Equal(["USDTUSD", "BTCUSD"], Watchlist.Resolve(["USDTUSD", "BTCRLUSD", "BTCXUSD", "BTCUSDT", "btc"], null, usd).Watchlist.Instruments.Select(i => i.Coin));
        Assert.Null(usd.FromForm("PYUSD"));
        Assert.Equal(new Instrument("USDTBRL", "USDTBRL"), s_every.FromForm("USDTBRL"));
        Assert.Equal(new Instrument("BTCNEWQ", "BTCNEWQ"), new MarketRules(Venue.Spot, "NEWQ").FromForm("BTCNEWQ"));
    }

    [Theory]
    [InlineData("USDT", "BTCUSDT")]
    [InlineData("USDT,EUR", "BTCEUR BTCUSDT")]
    [InlineData("*", "BTCEUR BTCRLUSD BTCUSDC BTCUSDT USDTBRL USDTUSD")]
    public void A_star_means_every_pair_of_the_wanted_quotes(string quotes, string symbols)
    {
        Resolution resolution = Watchlist.Resolve(["*"], s_spot, new MarketRules(Venue.Spot, quotes.Split(',')));
        Assert.Equal(symbols, string.Join(' ', resolution.Watchlist.Instruments.Select(i => i.Symbol)));
        Assert.Empty(resolution.Notes);
    }

    [Fact]
    public void A_star_means_every_instrument_of_derivatives()
    {
        Assert.Equal(s_linear.Count, Watchlist.Resolve(["*"], s_linear, MarketRules.Linear).Watchlist.Instruments.Count);
        Assert.Equal(["every USDT pair", "every USDT, USDC and EUR pair", "every pair", "every linear instrument", "every inverse instrument"],
            new[] { MarketRules.Spot, s_three, s_every, MarketRules.Linear, MarketRules.Inverse }.Select(r => r.EverythingText));
    }

    [Fact, Trait("Fault", "77")]
    public void Whatever_a_list_names_only_what_is_safe_everywhere_becomes_a_coin()
    {
        foreach (string symbol in (string[])["", "É", "A\r\nB", "<b>", "A:B", "A B", "A.B", "a", "-A", "_A", "A{1}", "A,B", "A|B", new string('A', 33)])
            foreach (MarketRules market in (MarketRules[])[MarketRules.Linear, MarketRules.Inverse, s_every])
                Assert.Null(market.FromListing(new Listing(symbol, "A", "X"), out _));
    }

    private static string Refused(string symbol, InstrumentList? listed, MarketRules market)
    {
        SymbolNote note = Assert.Single(Watchlist.Resolve([symbol], listed, market).Notes);
        Assert.True(note.Refused);
        return note.Reason;
    }

    private static MarketRules Rules(string market) => market == "linear" ? MarketRules.Linear : MarketRules.Inverse;
}

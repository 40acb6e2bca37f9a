using BybitSpot.Market;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class WatchlistTests
{
    private static readonly InstrumentList s_listed = new(
    [
        new("BTCUSDT", "BTC", "USDT"), new("ETHUSDT", "ETH", "USDT"), new("1INCHUSDT", "1INCH", "USDT"), new("AUSDT", "A", "USDT"),
        new("BTCUSDC", "BTC", "USDC"), new("USDTBRL", "USDT", "BRL"), new("BTCRLUSD", "BTC", "RLUSD"),
        new("XBTUSDT", "BTC", "USDT"), new("RUSDT", "RUSD", "T"),
    ]);

    [Theory]
    [InlineData("BTCUSDT", "BTC")]
    [InlineData("1INCHUSDT", "1INCH")]
    [InlineData("0GUSDT", "0G")]
    [InlineData("AUSDT", "A")]
    [InlineData("C98USDT", "C98")]
    [InlineData("USDTUSDT", "USDT")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ01USDT", "ABCDEFGHIJKLMNOPQRSTUVWXYZ01")]
    public void The_coin_is_what_stands_before_a_trailing_USDT(string symbol, string coin) =>
        Assert.Equal(new Instrument(symbol, coin), MarketRules.Spot.FromForm(symbol));

    [Theory]
    [InlineData("")]
    [InlineData("USDT")]
    [InlineData("USDTBRL")]
    [InlineData("USDTUSD")]
    [InlineData("BTCRLUSD")]
    [InlineData("BTCUSDC")]
    [InlineData("btcusdt")]
    [InlineData("btcUSDT")]
    [InlineData("BTC-USDT")]
    [InlineData("BTCUSDT ")]
    [InlineData("ÄUSDT")]
    [InlineData("²USDT")]
    [InlineData("B\r\nUSDT")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ012USDT")]
    public void What_is_not_of_the_form_of_a_USDT_pair_has_no_coin(string symbol) => Assert.Null(MarketRules.Spot.FromForm(symbol));

    [Fact]
    public void Coins_stand_in_the_order_in_which_they_were_named()
    {
        Resolution resolution = Watchlist.Resolve(["ETHUSDT", "AUSDT", "BTCUSDT"], s_listed, MarketRules.Spot);
        Assert.Equal([new("ETHUSDT", "ETH"), new("AUSDT", "A"), new("BTCUSDT", "BTC")], resolution.Watchlist.Instruments);
        Assert.Empty(resolution.Notes);
    }

    [Fact, Trait("Fault", "56")]
    public void Lower_case_and_spaces_are_tidied_and_told()
    {
        Resolution resolution = Watchlist.Resolve([" btcusdt", "ETHUSDT\t"], s_listed, MarketRules.Spot);
        Assert.Equal([new("BTCUSDT", "BTC"), new("ETHUSDT", "ETH")], resolution.Watchlist.Instruments);
        Assert.Equal([(" btcusdt", false), ("ETHUSDT\t", false)], resolution.Notes.Select(n => (n.Symbol, n.Refused)));
        Assert.StartsWith("taken as BTCUSDT", resolution.Notes[0].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("btc")]
    [InlineData("BTC/USDT")]
    [InlineData(" btc-usdt ")]
    [InlineData("BTC_USDT")]
    public void A_coin_or_a_pair_as_people_write_it_is_taken_and_told_with_a_list_and_without(string written)
    {
        foreach (InstrumentList? list in (InstrumentList?[])[s_listed, null])
        {
            Resolution resolution = Watchlist.Resolve([written], list, MarketRules.Spot);
            Assert.Equal([new("BTCUSDT", "BTC")], resolution.Watchlist.Instruments);
            SymbolNote note = Assert.Single(resolution.Notes);
            Assert.Equal((written, false), (note.Symbol, note.Refused));
            Assert.StartsWith("taken as BTCUSDT", note.Reason, StringComparison.Ordinal);
        }
    }

    [Fact, Trait("Fault", "56")]
    public void A_coin_named_twice_is_taken_once_and_told()
    {
        Resolution resolution = Watchlist.Resolve(["BTCUSDT", "ETHUSDT", "BTCUSDT"], s_listed, MarketRules.Spot);
        Assert.Equal([new("BTCUSDT", "BTC"), new("ETHUSDT", "ETH")], resolution.Watchlist.Instruments);
        Assert.Equal([new("BTCUSDT", "named more than once", false)], resolution.Notes);
    }

    [Fact]
    public void Of_two_symbols_that_map_to_one_coin_the_later_is_refused_and_both_are_named()
    {
        Resolution resolution = Watchlist.Resolve(["XBTUSDT", "BTCUSDT"], s_listed, MarketRules.Spot);
        Assert.Equal([new("XBTUSDT", "BTC")], resolution.Watchlist.Instruments);
        SymbolNote note = Assert.Single(resolution.Notes);
        Assert.Equal(("BTCUSDT", true), (note.Symbol, note.Refused));
        Assert.Contains("XBTUSDT", note.Reason, StringComparison.Ordinal);
        Assert.Contains("BTC", note.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("BTCUSDC", "USDC")]
    [InlineData("USDTBRL", "BRL")]
    [InlineData("BTCRLUSD", "RLUSD")]
    [InlineData("RUSDT", "quoted in T")]
    public void A_pair_that_is_quoted_in_something_else_is_refused_with_its_quote(string symbol, string said)
    {
        Resolution resolution = Watchlist.Resolve([symbol], s_listed, MarketRules.Spot);
        Assert.Empty(resolution.Watchlist.Instruments);
        SymbolNote note = Assert.Single(resolution.Notes);
        Assert.True(note.Refused);
        Assert.Contains(said, note.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_exchange_does_not_list_is_refused_and_the_others_are_taken()
    {
        Resolution resolution = Watchlist.Resolve(["NOPEUSDT", "BTCUSDT"], s_listed, MarketRules.Spot);
        Assert.Equal([new("BTCUSDT", "BTC")], resolution.Watchlist.Instruments);
        Assert.Equal([new("NOPEUSDT", "is not in the exchange's list of what trades", true)], resolution.Notes);
    }

    [Fact]
    public void The_coin_comes_from_the_exchanges_list_where_there_is_one()
    {
        Assert.Equal([new("XBTUSDT", "BTC")], Watchlist.Resolve(["XBTUSDT"], s_listed, MarketRules.Spot).Watchlist.Instruments);
        Assert.Equal([new("XBTUSDT", "XBT")], Watchlist.Resolve(["XBTUSDT"], null, MarketRules.Spot).Watchlist.Instruments);
    }

    [Fact]
    public void Without_the_exchanges_list_the_form_decides()
    {
        Resolution resolution = Watchlist.Resolve(["NOPEUSDT", "USDTBRL", "<b>USDT"], null, MarketRules.Spot);
        Assert.Equal([new("NOPEUSDT", "NOPE")], resolution.Watchlist.Instruments);
        Assert.Equal([("USDTBRL", true), ("<b>USDT", true)], resolution.Notes.Where(n => n.Refused).Select(n => (n.Symbol, n.Refused)));
    }

    [Fact]
    public void A_star_means_every_USDT_pair_of_the_list_in_order_of_symbols()
    {
        Resolution resolution = Watchlist.Resolve([" * "], s_listed, MarketRules.Spot);
        Assert.Equal(["1INCHUSDT", "AUSDT", "BTCUSDT", "ETHUSDT"], resolution.Watchlist.Instruments.Select(i => i.Symbol));
        Assert.Equal(["XBTUSDT"], resolution.Notes.Where(n => n.Refused).Select(n => n.Symbol));
    }

    [Fact]
    public void Coins_named_before_a_star_keep_their_place()
    {
        Resolution resolution = Watchlist.Resolve(["ETHUSDT", "*"], s_listed, MarketRules.Spot);
        Assert.Equal(["ETHUSDT", "1INCHUSDT", "AUSDT", "BTCUSDT"], resolution.Watchlist.Instruments.Select(i => i.Symbol));
    }

    [Fact]
    public void A_star_without_the_exchanges_list_is_refused()
    {
        Resolution resolution = Watchlist.Resolve(["*", "BTCUSDT"], null, MarketRules.Spot);
        Assert.Equal(["BTCUSDT"], resolution.Watchlist.Instruments.Select(i => i.Symbol));
        Assert.Equal([("*", true)], resolution.Notes.Select(n => (n.Symbol, n.Refused)));
    }

    [Fact]
    public void More_coins_than_the_limit_are_refused_by_name()
    {
        Resolution resolution = Watchlist.Resolve([.. Enumerable.Range(0, Watchlist.CoinsMax + 2).Select(i => $"C{i}USDT")], null, MarketRules.Spot);
        Assert.Equal(Watchlist.CoinsMax, resolution.Watchlist.Instruments.Count);
        Assert.Equal(["C8000USDT", "C8001USDT"], resolution.Notes.Select(n => n.Symbol));
        Assert.All(resolution.Notes, n => Assert.True(n.Refused));
    }

    [Fact]
    public void Applying_a_difference_gives_the_new_watchlist_and_touches_nothing_that_stays() =>
        Holds.ForAll(Gen.Two(Lists), 500, pair =>
        {
            (Watchlist before, Watchlist after) = (pair.Item1, pair.Item2);
            (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(before, after);
            var applied = new HashSet<Instrument>(before.Instruments);
            Assert.All(removed, i => Assert.True(applied.Remove(i)));
            Assert.All(added, i => Assert.True(applied.Add(i)));
            Assert.True(applied.SetEquals(after.Instruments));
            IEnumerable<Instrument> staying = before.Instruments.Where(after.Contains);
            Assert.Empty(staying.Intersect(added));
            Assert.Empty(staying.Intersect(removed));
            Assert.Equal(after.Instruments.Where(added.Contains), added);
            Assert.Equal(before.Instruments.Where(removed.Contains), removed);
        });

    [Fact]
    public void A_symbol_whose_coin_changed_is_both_removed_and_added()
    {
        Watchlist before = Watchlist.Resolve(["XBTUSDT"], null, MarketRules.Spot).Watchlist;
        Watchlist after = Watchlist.Resolve(["XBTUSDT"], s_listed, MarketRules.Spot).Watchlist;
        (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(before, after);
        Assert.Equal([new("XBTUSDT", "BTC")], added);
        Assert.Equal([new("XBTUSDT", "XBT")], removed);
    }

    [Fact]
    public void Of_two_listings_with_one_symbol_the_later_counts()
    {
        var list = new InstrumentList([new("AUSDT", "OLD", "USDT"), new("AUSDT", "NEW", "USDT")]);
        Assert.Equal(new Listing("AUSDT", "NEW", "USDT"), list.Find("AUSDT"));
        Assert.Equal(1, list.Count);
        Assert.Null(list.Find("ausdt"));
    }

    private static Gen<Watchlist> Lists { get; } =
        Gen.Choose(0, 25).ListOf().Select(numbers => Watchlist.Resolve([.. numbers.Select(n => $"C{n}USDT")], null, MarketRules.Spot).Watchlist);
}

using BybitSpot.Market;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Market;

public sealed class SymbolTextTests
{
    private static readonly InstrumentList s_listed = new(
    [
        new("BTCUSDT", "BTC", "USDT"), new("TUSDUSDT", "TUSD", "USDT"), new("FANCYUSDUSDT", "FANCYUSD", "USDT"), new("LONGNAMEDCOINUSDT", "LONGNAMEDCOIN", "USDT"), new("BTCUSDC", "BTC", "USDC"), new("BTC-26DEC25", "BTC", "USDC"),
    ]);

    [Theory]
    [InlineData("BTCUSDT", "BTCUSDT")]
    [InlineData(" btcusdt\t", "BTCUSDT")]
    [InlineData("btc", "BTCUSDT")]
    [InlineData("BTC/USDT", "BTCUSDT")]
    [InlineData("btc-usdt", "BTCUSDT")]
    [InlineData("BTC_USDT", "BTCUSDT")]
    [InlineData("BTC : USDT", "BTCUSDT")]
    [InlineData("BTC USDT", "BTCUSDT")]
    [InlineData("1inch", "1INCHUSDT")]
    [InlineData("0g/usdt", "0GUSDT")]
    [InlineData("A", "AUSDT")]
    [InlineData("PERP", "PERPUSDT")]
    [InlineData("USDC", "USDCUSDT")]
    [InlineData("pyusd", "PYUSDUSDT")]
    [InlineData("TUSD", "TUSDUSDT")]
    [InlineData("WBTC", "WBTCUSDT")]
    [InlineData("STETH", "STETHUSDT")]
    [InlineData("BBSOL", "BBSOLUSDT")]
    public void What_people_write_is_the_symbol_that_they_mean(string written, string symbol) => Assert.Equal(symbol, SymbolText.Of(written, MarketRules.Spot));

    [Theory]
    [InlineData("USDT")]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("BTC-26DEC25")]
    [InlineData("BTCUSDT-26DEC25")]
    [InlineData("BTCPERP")]
    [InlineData("BTC-PERP")]
    [InlineData("BTCUSDH26")]
    [InlineData("BTCUSD")]
    [InlineData("BTC/USD")]
    [InlineData("BTCUSDC")]
    [InlineData("ETHBTC")]
    [InlineData("USDTBRL")]
    [InlineData("BTCEUR")]
    [InlineData("/USDT")]
    [InlineData("BTC--USDT")]
    [InlineData("B/T/C/USDT")]
    [InlineData("NOTAPAIR")]
    [InlineData("ÄUSDT")]
    [InlineData("Ä")]
    [InlineData("A\u001b[2J")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZ012")]
    public void What_is_something_else_stays_as_it_is(string written) => Assert.Equal(written, SymbolText.Of(written, MarketRules.Spot));

    [Theory]
    [InlineData("BTCUSD", "BTCUSDT")]
    [InlineData("btc/usd", "BTCUSDT")]
    [InlineData("BTC-USDC", "BTCUSDT")]
    [InlineData("BTC-PERP", "BTCUSDT")]
    [InlineData("BTCUSDH26", "BTCUSDT")]
    [InlineData("ETHBTC", "ETHUSDT")]
    [InlineData("BTC-26DEC25", null)]
    [InlineData("USDTBRL", null)]
    [InlineData("fartcoin", "FARTCOINUSDT")]
    [InlineData("BTCUSDT", null)]
    [InlineData("BTC", null)]
    [InlineData("USDT", null)]
    public void The_pair_that_was_perhaps_meant_is_proposed(string written, string? meant) => Assert.Equal(meant, SymbolText.Suggestion(written, MarketRules.Spot));

    [Theory]
    [InlineData("FANCYUSD", "FANCYUSDUSDT")]
    [InlineData("BTCUSDC", "BTCUSDC")]
    [InlineData("BTC-26DEC25", "BTC-26DEC25")]
    [InlineData("btc", "BTCUSDT")]
    [InlineData("newcoin", "NEWCOINUSDT")]
    [InlineData("longnamedcoin", "LONGNAMEDCOINUSDT")]
    [InlineData("UNKNOWNCOIN", "UNKNOWNCOIN")]
    [InlineData("BTCUSD", "BTCUSD")]
    public void What_the_exchange_lists_counts_before_any_guess(string written, string symbol) => Assert.Equal(symbol, SymbolText.Of(written, MarketRules.Spot, s_listed));

    [Fact]
    public void Taking_a_text_twice_changes_nothing_and_a_symbol_stays_itself()
    {
        Gen<string> text = Gen.Elements("BTC", "usdt", "USD", "USDC", "/", "-", "_", " ", ":", "eth", "PERP", "26DEC25", "1", "a", "*").ArrayOf().Select(parts => string.Concat(parts));
        Prop.ForAll(text.ToArbitrary(), written =>
            SymbolText.Of(SymbolText.Of(written, MarketRules.Spot), MarketRules.Spot) == SymbolText.Of(written, MarketRules.Spot)
            && (MarketRules.Spot.FromForm(written) is null || SymbolText.Of(written, MarketRules.Spot) == written)
            && SymbolText.Of(written, MarketRules.Spot, s_listed) is var listed && SymbolText.Of(listed, MarketRules.Spot, s_listed) == listed).QuickCheckThrowOnFailure();
    }
}

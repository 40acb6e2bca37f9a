using BybitSpot.App;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class CoinSelectionTests
{
    private readonly CoinSelection _selection = new(MarketRules.Spot);

    [Fact]
    public void The_first_list_differs_from_nothing() => Assert.False(_selection.Differs(List("BTCUSDT")));

    [Theory]
    [InlineData("BTCUSDT ETHUSDT", false)]
    [InlineData("ETHUSDT BTCUSDT", false)]
    [InlineData("BTCUSDT", true)]
    [InlineData("BTCUSDT ETHUSDT SOLUSDT", true)]
    [InlineData("BTCUSDT SOLUSDT", true)]
    [InlineData("SOLUSDT XRPUSDT", true)]
    [InlineData("", true)]
    public void A_later_list_differs_where_it_names_other_symbols_in_whatever_order(string later, bool differs)
    {
        _selection.Believe(List("BTCUSDT", "ETHUSDT"));
        Assert.Equal(differs, _selection.Differs(List(later.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
    }

    [Fact]
    public void Each_list_is_compared_with_the_last_one_believed()
    {
        _selection.Believe(List("BTCUSDT"));
        _selection.Believe(List("BTCUSDT", "ETHUSDT"));
        Assert.False(_selection.Differs(List("BTCUSDT", "ETHUSDT")));
        Assert.True(_selection.Differs(List("BTCUSDT")));
    }

    private static InstrumentList List(params string[] symbols) => new(symbols.Select(s => new Listing(s, s[..^4], "USDT")));
}

using System.Text;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class SymbolMapTests
{
    [Fact]
    public void Every_symbol_finds_its_own_slot_and_no_other_finds_one()
    {
        string[] symbols = [.. Enumerable.Range(0, 5_000).Select(i => $"SAMEHEAD{i}USDT"), .. Enumerable.Range(0, 500).Select(i => $"C{i}USDT"), "AUSDT", "0GUSDT"];
        var map = new SymbolMap([.. symbols.Select((s, i) => (new Instrument(s, s), 7 * i))]);
        for (int i = 0; i < symbols.Length; i++)
        {
            Assert.Equal(7 * i, Find(map, symbols[i]));
            Assert.Equal(-1, Find(map, symbols[i] + "X"));
            Assert.Equal(-1, Find(map, symbols[i].ToLowerInvariant()));
            Assert.Equal(-1, Find(map, symbols[i][1..]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("BTCUSDT")]
    [InlineData("BTCUSD\0")]
    public void An_empty_map_finds_nothing(string symbol) => Assert.Equal(-1, Find(SymbolMap.Empty, symbol));

    [Fact]
    public void Symbols_that_differ_only_in_trailing_zero_bytes_are_different()
    {
        var map = new SymbolMap([(new Instrument("AUSDT", "A"), 3)]);
        Assert.Equal(3, Find(map, "AUSDT"));
        Assert.Equal(-1, Find(map, "AUSDT\0"));
        Assert.Equal(-1, Find(map, ""));
    }

    private static int Find(SymbolMap map, string symbol) => map.Find(Encoding.UTF8.GetBytes(symbol));
}

using BybitSpot.Market;
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <summary>How many coins a file names; with <c>"*"</c> in it that is every USDT pair, however many it names beside.</summary>
internal readonly record struct NamedCoins(long Number, bool Everything) : ILoggedNumber
{
    public static NamedCoins Of(IReadOnlyList<string> symbols) => new(symbols.Count, symbols.Any(s => s.Trim() == Watchlist.Everything));

    public override string ToString() => Everything ? $"every {Instrument.Quote} pair" : Number == 1 ? "1 coin" : $"{Number} coins";
}

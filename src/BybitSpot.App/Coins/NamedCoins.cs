using BybitSpot.Market;
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <summary>How many coins a file names; with <c>"*"</c> in it that is all that the market has of what is wanted, however many it names beside.</summary>
/// <param name="Everything">What the star means there; null: it is not named.</param>
internal readonly record struct NamedCoins(long Number, string? Everything) : ILoggedNumber
{
    public static NamedCoins Of(IReadOnlyList<string> symbols, MarketRules market) =>
        new(symbols.Count, symbols.Any(s => s.Trim() == Watchlist.Everything) ? market.EverythingText : null);

    public override string ToString() => Everything is not null ? Everything : Number == 1 ? "1 coin" : $"{Number} coins";
}

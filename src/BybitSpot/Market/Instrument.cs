using System.Collections.Frozen;

namespace BybitSpot.Market;

/// <summary>Something that trades: its symbol (<c>BTCUSDT</c>) and the coin that it prices (<c>BTC</c>).</summary>
public sealed record Instrument(string Symbol, string Coin)
{
    /// <summary>Longest symbol that is taken, in characters; the exchange's longest on spot has 14.</summary>
    public const int SymbolLengthMax = 32;

    /// <summary>What every coin of the watchlist is quoted in.</summary>
    public const string Quote = "USDT";

    /// <summary>
    /// Takes the coin from the symbol's form alone, by cutting a trailing <c>USDT</c>: for use only where the exchange's own
    /// list cannot be had, since suffixes are ambiguous (<c>USDTBRL</c> is not the coin BRL).
    /// </summary>
    /// <returns>Null if the symbol is not of the form of a USDT pair: capital letters and digits, then <c>USDT</c>.</returns>
    public static Instrument? FromForm(string symbol) =>
        symbol.Length > Quote.Length && symbol.Length <= SymbolLengthMax
        && symbol.EndsWith(Quote, StringComparison.Ordinal)
        && symbol.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c))
            ? new Instrument(symbol, symbol[..^Quote.Length])
            : null;
}

/// <summary>One entry of the exchange's list of what trades.</summary>
public sealed record Listing(string Symbol, string BaseCoin, string QuoteCoin);

/// <summary>The exchange's own list of what trades now. Immutable.</summary>
public sealed class InstrumentList
{
    private readonly FrozenDictionary<string, Listing> _bySymbol;

    /// <param name="listings">Entries with unique symbols; of two with one symbol the later counts.</param>
    public InstrumentList(IEnumerable<Listing> listings)
    {
        var bySymbol = new Dictionary<string, Listing>(StringComparer.Ordinal);
        foreach (Listing listing in listings)
            bySymbol[listing.Symbol] = listing;
        _bySymbol = bySymbol.ToFrozenDictionary(StringComparer.Ordinal);
    }

    public int Count => _bySymbol.Count;

    public IEnumerable<Listing> All => _bySymbol.Values;

    public Listing? Find(string symbol) => _bySymbol.GetValueOrDefault(symbol);
}

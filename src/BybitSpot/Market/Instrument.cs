using System.Collections.Frozen;

namespace BybitSpot.Market;

/// <summary>Something that trades: its symbol (<c>BTCUSDT</c>) and the coin that it prices (<c>BTC</c>). What a market's coins are called, <see cref="MarketRules"/> says.</summary>
public sealed record Instrument(string Symbol, string Coin)
{
    /// <summary>Where it trades: another market's BTCUSDT is another instrument.</summary>
    public Venue Venue { get; init; }

    /// <summary>What people and programs are shown: the coin, and with a market that is not the program's first the market before it, <c>linear:BTC</c>.</summary>
    public string Name { get; init; } = Coin;

    /// <summary>Longest symbol that is taken, in characters; the exchange's longest on spot has 14, of its futures 23.</summary>
    public const int SymbolLengthMax = 32;

    /// <summary>Longest <see cref="Name"/>: a symbol behind <c>inverse:</c>.</summary>
    public const int NameLengthMax = 8 + SymbolLengthMax;

    /// <summary>The one quote that is cut from a symbol to have its coin.</summary>
    public const string Quote = "USDT";

    /// <summary>
    /// Whether the text can be a symbol at all: capital letters, digits, hyphens and underscores, the first of them a letter or a digit. Such a
    /// text is safe as it is in a key, a line, a label, a path, a request, a shell.
    /// </summary>
    public static bool IsSymbol(string text) =>
        text.Length is > 0 and <= SymbolLengthMax && IsPlain(text[0]) && text.All(c => IsPlain(c) || c is '-' or '_');

    /// <summary>Whether the text is capital letters and digits alone, as coins and spot's symbols are.</summary>
    public static bool IsPlain(string text) => text.Length is > 0 and <= SymbolLengthMax && text.All(IsPlain);

    private static bool IsPlain(char c) => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c);
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

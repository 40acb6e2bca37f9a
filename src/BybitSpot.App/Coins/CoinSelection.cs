// Which coins are watched, given the file and what the exchange's list has said so far. Pure; used by the coins thread alone.
// What must stay true: without a list a symbol's form decides; a coin that the list once named and no longer does is kept,
// never removed; a symbol that the list doesn't know waits for a newer list, and only that symbol.
using BybitSpot.Market;

namespace BybitSpot.App;

internal sealed class CoinSelection(MarketRules market)
{
    private readonly Dictionary<string, Listing> _delisted = new(StringComparer.Ordinal);
    private readonly HashSet<string> _byForm = new(StringComparer.Ordinal);
    private InstrumentList? _believed;

    public Watchlist Current { get; private set; } = Watchlist.Empty;

    public bool HasList => _believed is not null;

    /// <summary>The watchlist that the symbols come to now.</summary>
    public Resolution Select(IReadOnlyList<string> symbols) => Watchlist.Resolve(symbols, Effective(), market);

    /// <summary>Those of the symbols that have the form of a coin but that the list doesn't know; none while there is no list.</summary>
    public List<string> Unknown(IReadOnlyList<string> symbols)
    {
        List<string> unknown = Unlisted(symbols);
        unknown.RemoveAll(symbol => _delisted.ContainsKey(symbol) || _byForm.Contains(symbol));
        return unknown;
    }

    /// <summary>Those of the symbols that have the form of a coin and are not in the list, watched or not; none while there is no list.</summary>
    public List<string> Unlisted(IReadOnlyList<string> symbols)
    {
        var unlisted = new List<string>();
        if (_believed is null)
            return unlisted;
        InstrumentList? listed = Effective();
        foreach (string written in symbols)
        {
            string symbol = SymbolText.Of(written, market, listed);
            if (_believed.Find(symbol) is null && market.FromForm(symbol) is not null)
                unlisted.Add(symbol);
        }
        return unlisted;
    }

    /// <summary>Takes these by their form until the next list comes: REST doesn't answer.</summary>
    public void TakeByForm(IEnumerable<string> symbols) => _byForm.UnionWith(symbols);

    /// <summary>Whether a newer list names other symbols than the last one; not of the first.</summary>
    public bool Differs(InstrumentList list) =>
        _believed is not null && (_believed.Count != list.Count || list.All.Any(l => _believed.Find(l.Symbol) is null));

    /// <summary>A newer list is believed.</summary>
    /// <returns>The watched coins that it no longer names, each told once.</returns>
    public List<string> Believe(InstrumentList list)
    {
        var newlyDelisted = new List<string>();
        foreach (Instrument instrument in Current.Instruments)
        {
            if (list.Find(instrument.Symbol) is not null)
                _delisted.Remove(instrument.Symbol);
            else if (_believed?.Find(instrument.Symbol) is { } once && _delisted.TryAdd(instrument.Symbol, once))
                newlyDelisted.Add(instrument.Symbol);
        }
        _believed = list;
        _byForm.Clear();
        return newlyDelisted;
    }

    /// <summary>This watchlist is in effect.</summary>
    public void Applied(Watchlist watchlist)
    {
        Current = watchlist;
        if (_delisted.Count == 0)
            return;
        var watched = new HashSet<string>(StringComparer.Ordinal);
        foreach (Instrument instrument in watchlist.Instruments)
            watched.Add(instrument.Symbol);
        foreach (string symbol in new List<string>(_delisted.Keys))
            if (!watched.Contains(symbol))
                _delisted.Remove(symbol);
    }

    private InstrumentList? Effective()
    {
        if (_believed is null || (_delisted.Count == 0 && _byForm.Count == 0))
            return _believed;
        var all = new List<Listing>(_believed.All);
        all.AddRange(_delisted.Values);
        foreach (string symbol in _byForm)
            if (_believed.Find(symbol) is null && market.ListingByForm(symbol) is { } listing)
                all.Add(listing);
        return new InstrumentList(all);
    }
}

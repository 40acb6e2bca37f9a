namespace BybitSpot.Market;

/// <summary>
/// The coins that are wanted, in the order in which they were named. Immutable: a change makes a new one, and
/// <see cref="Diff"/> tells what to subscribe and what to leave, so that unchanged coins are never touched.
/// </summary>
public sealed class Watchlist
{
    /// <summary>Most coins at once; the exchange lists under 600 on spot, under 900 on linear.</summary>
    public const int CoinsMax = 8_000;

    /// <summary>In a list of symbols: all that the exchange lists of what the market's rules want.</summary>
    public const string Everything = "*";

    public static readonly Watchlist Empty = new([], null);

    private readonly HashSet<Instrument> _set;

    private Watchlist(IReadOnlyList<Instrument> instruments, string? awaits)
    {
        Instruments = instruments;
        Awaits = awaits;
        _set = [.. instruments];
    }

    public IReadOnlyList<Instrument> Instruments { get; }

    /// <summary>Why these are not all yet that are wanted; null if they are.</summary>
    public string? Awaits { get; }

    /// <summary>The same without these coins.</summary>
    public Watchlist Without(IReadOnlySet<Instrument> instruments) => new([.. Instruments.Where(i => !instruments.Contains(i))], Awaits);

    public bool Contains(Instrument instrument) => _set.Contains(instrument);

    /// <summary>What changes from <paramref name="before"/> to <paramref name="after"/>. A symbol whose coin changed is in both lists.</summary>
    public static (IReadOnlyList<Instrument> Added, IReadOnlyList<Instrument> Removed) Diff(Watchlist before, Watchlist after) =>
        ([.. after.Instruments.Where(i => !before.Contains(i))], [.. before.Instruments.Where(i => !after.Contains(i))]);

    /// <summary>
    /// Checks requested symbols and makes the watchlist of those that pass. The others are left out, each with its reason;
    /// what was only tidied (spaces, case, a coin's name, a repetition) is noted.
    /// </summary>
    /// <param name="symbols">As the user wrote them.</param>
    /// <param name="listed">The exchange's list, or null when it cannot be had: then the form of a symbol decides.</param>
    /// <param name="market">How symbols become coins there.</param>
    public static Resolution Resolve(IReadOnlyCollection<string> symbols, InstrumentList? listed, MarketRules market)
    {
        var accepted = new List<Instrument>();
        var symbolByCoin = new Dictionary<string, string>(StringComparer.Ordinal);
        var notes = new List<SymbolNote>();
        foreach (string written in Expand(symbols, listed, market, notes))
        {
            string symbol = SymbolText.Of(written, market, listed);
            Instrument? instrument = Identify(symbol, listed, market, out string reason);
            if (symbol != written && instrument is not null)
                notes.Add(new SymbolNote(written, $"taken as {symbol}: {market.HowWritten}", Refused: false));
            if (instrument is null)
                notes.Add(new SymbolNote(written, reason, Refused: true));
            else if (symbolByCoin.TryGetValue(instrument.Coin, out string? earlier))
                notes.Add(earlier == symbol
                    ? new SymbolNote(written, "named more than once", Refused: false)
                    : new SymbolNote(written, $"would share the key of {earlier} (coin {instrument.Coin})", Refused: true));
            else if (accepted.Count == CoinsMax)
                notes.Add(new SymbolNote(written, $"more than {CoinsMax} coins", Refused: true));
            else
            {
                symbolByCoin.Add(instrument.Coin, symbol);
                accepted.Add(instrument);
            }
        }
        bool awaits = listed is null && symbols.Any(s => s.Trim() == Everything);
        return new Resolution(new Watchlist(accepted, awaits ? $"\"{Everything}\" needs the exchange's list of what trades, which has not come yet" : null), notes);
    }

    /// <summary>
    /// The instruments of two watchlists that have the same coin, which may not be on markets that share keys (<see cref="MarketRules.ShareKeys"/>):
    /// each pair once, in the order of the second.
    /// </summary>
    public static IReadOnlyList<(Instrument First, Instrument Second)> Collisions(Watchlist first, Watchlist second)
    {
        Dictionary<string, Instrument> byCoin = first.Instruments.ToDictionary(i => i.Coin, StringComparer.Ordinal);
        return [.. second.Instruments.Where(i => byCoin.ContainsKey(i.Coin)).Select(i => (byCoin[i.Coin], i))];
    }

    private static IEnumerable<string> Expand(IEnumerable<string> symbols, InstrumentList? listed, MarketRules market, List<SymbolNote> notes)
    {
        foreach (string symbol in symbols)
        {
            if (symbol.Trim() != Everything)
                yield return symbol;
            else if (listed is null)
                notes.Add(new SymbolNote(symbol, $"means {market.EverythingText} of the exchange's list, which could not be had yet", Refused: true));
            else
                foreach (Listing listing in listed.All.Where(market.Wants).OrderBy(l => l.Symbol, StringComparer.Ordinal))
                    yield return listing.Symbol;
        }
    }

    private static Instrument? Identify(string symbol, InstrumentList? listed, MarketRules market, out string reason)
    {
        reason = "";
        if (listed?.Find(symbol) is { } listing)
            return market.FromListing(listing, out reason);
        bool isOne = market.FromForm(symbol) is not null;
        if (isOne && listed is null)
            return market.FromForm(symbol);
        // On derivatives there may be forms that nobody has seen yet; the list has them all.
        bool isUnlisted = isOne || (listed is not null && market.Venue != Venue.Spot && Instrument.IsSymbol(symbol));
        string? meant = isOne && market.Venue == Venue.Spot ? null : SymbolText.Suggestion(symbol, market, listed);
        reason = (isUnlisted ? "is not in the exchange's list of what trades" : $"is not {market.OneText}: {market.HowWritten}") + (meant is null ? "" : $"; is {meant} meant?");
        return null;
    }
}

/// <summary>Something to tell about a symbol of the coins file.</summary>
/// <param name="Refused">True: left out. False: taken, after tidying.</param>
public sealed record SymbolNote(string Symbol, string Reason, bool Refused);

/// <summary>The watchlist that a list of symbols comes to, and what there is to say about it.</summary>
public sealed record Resolution(Watchlist Watchlist, IReadOnlyList<SymbolNote> Notes);

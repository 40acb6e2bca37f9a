namespace BybitSpot.Market;

/// <summary>
/// The coins that are wanted, in the order in which they were named. Immutable: a change makes a new one, and
/// <see cref="Diff"/> tells what to subscribe and what to leave, so that unchanged coins are never touched.
/// </summary>
public sealed class Watchlist
{
    /// <summary>Most coins at once; the exchange lists under 600 on spot.</summary>
    public const int CoinsMax = 8_000;

    /// <summary>In a list of symbols: every USDT pair that the exchange lists.</summary>
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
    public static Resolution Resolve(IReadOnlyCollection<string> symbols, InstrumentList? listed)
    {
        var accepted = new List<Instrument>();
        var symbolByCoin = new Dictionary<string, string>(StringComparer.Ordinal);
        var notes = new List<SymbolNote>();
        foreach (string written in Expand(symbols, listed, notes))
        {
            string symbol = SymbolText.Of(written, listed);
            Instrument? instrument = Identify(symbol, listed, out string reason);
            if (symbol != written && instrument is not null)
                notes.Add(new SymbolNote(written, $"taken as {symbol}: {SymbolText.HowWritten}", Refused: false));
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

    private static IEnumerable<string> Expand(IEnumerable<string> symbols, InstrumentList? listed, List<SymbolNote> notes)
    {
        foreach (string symbol in symbols)
        {
            if (symbol.Trim() != Everything)
                yield return symbol;
            else if (listed is null)
                notes.Add(new SymbolNote(symbol, "means every USDT pair of the exchange's list, which could not be had yet", Refused: true));
            else
                foreach (Listing listing in listed.All.Where(l => l.QuoteCoin == Instrument.Quote).OrderBy(l => l.Symbol, StringComparer.Ordinal))
                    yield return listing.Symbol;
        }
    }

    private static Instrument? Identify(string symbol, InstrumentList? listed, out string reason)
    {
        reason = "";
        if (Instrument.FromForm(symbol) is not { } byForm)
        {
            reason = listed?.Find(symbol) is { } other
                ? $"is quoted in {other.QuoteCoin}; only {Instrument.Quote} pairs are taken"
                : $"is not a USDT pair: {SymbolText.HowWritten}" + (SymbolText.Suggestion(symbol) is { } meant ? $"; is {meant} meant?" : "");
            return null;
        }
        if (listed is null)
            return byForm;
        if (listed.Find(symbol) is not { } listing)
        {
            reason = "is not in the exchange's list of what trades";
            return null;
        }
        if (listing.BaseCoin.Length is 0 or > Instrument.SymbolLengthMax || !listing.BaseCoin.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c)))
        {
            reason = "is listed with a coin whose name is none";
            return null;
        }
        if (listing.QuoteCoin == Instrument.Quote)
            return new Instrument(symbol, listing.BaseCoin);
        reason = $"is quoted in {listing.QuoteCoin}; only {Instrument.Quote} pairs are taken";
        return null;
    }
}

/// <summary>Something to tell about a symbol of the coins file.</summary>
/// <param name="Refused">True: left out. False: taken, after tidying.</param>
public sealed record SymbolNote(string Symbol, string Reason, bool Refused);

/// <summary>The watchlist that a list of symbols comes to, and what there is to say about it.</summary>
public sealed record Resolution(Watchlist Watchlist, IReadOnlyList<SymbolNote> Notes);

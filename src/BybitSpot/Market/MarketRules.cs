// What is one market's own, as a value: which of its instruments are taken, what their coins are called, and how that is said. Made of
// the market and, on spot, of the quotes that are wanted; handed to whoever turns symbols into coins. Pure, immutable. What must stay
// true: where there is the exchange's list, it decides, since endings are ambiguous (BTCRLUSD, USDTBRL); without it the form does
// (SymbolForm.cs), which refuses rather than guesses. Of a symbol nothing but a trailing USDT is ever cut, and only where that is all
// of its quote: on derivatives a base coin is shared by the perpetual and some forty dated futures, so it is never taken for a name.
namespace BybitSpot.Market;

public sealed class MarketRules
{
    /// <summary>In a list of quotes: all that there are.</summary>
    public const string EveryQuote = "*";

    /// <summary>Most quotes that can be named; the exchange has some twenty on spot.</summary>
    public const int QuotesMax = 32;

    public static readonly MarketRules Spot = new(Venue.Spot);
    public static readonly MarketRules Linear = new(Venue.Linear);
    public static readonly MarketRules Inverse = new(Venue.Inverse);

    /// <param name="quotes">Of which quotes spot pairs are taken, or <see cref="EveryQuote"/>; on derivatives they mean nothing.</param>
    public MarketRules(Venue venue, params IReadOnlyList<string> quotes)
    {
        Venue = venue;
        Quotes = venue != Venue.Spot ? [] : quotes.Count == 0 ? [Instrument.Quote] : quotes.Contains(EveryQuote) ? [EveryQuote] : [.. quotes.Distinct()];
        TakesEveryQuote = Quotes.Contains(EveryQuote);
        MainQuote = venue == Venue.Inverse ? "USD" : venue == Venue.Linear || TakesEveryQuote || Quotes.Contains(Instrument.Quote) ? Instrument.Quote : Quotes[0];
    }

    public Venue Venue { get; }

    /// <summary>Whether it is the program's first market, whose coins are shown by their name alone.</summary>
    public bool IsFirst { get; init; } = true;

    /// <summary>On spot the wanted quotes, <see cref="EveryQuote"/> alone for all; elsewhere none.</summary>
    public IReadOnlyList<string> Quotes { get; }

    public bool TakesEveryQuote { get; }

    /// <summary>With what a coin that stands alone is paired: <c>btc</c> is BTCUSDT, on inverse BTCUSD.</summary>
    public string MainQuote { get; }

    /// <summary>The best known instrument, where none is named.</summary>
    public Instrument BestKnown => FromForm("BTC" + MainQuote) ?? Named("BTC" + MainQuote, "BTC" + MainQuote);

    /// <summary>What one of its instruments is called in messages, with its article: <c>a USDT pair</c>.</summary>
    public string OneText => Venue switch
    {
        Venue.Linear => "a linear instrument",
        Venue.Inverse => "an inverse instrument",
        _ => TakesEveryQuote ? "a pair" : $"a {QuotesText("or")} pair",
    };

    /// <summary>What a star means: <c>every USDT pair</c>.</summary>
    public string EverythingText => Venue == Venue.Spot ? $"every {(TakesEveryQuote ? "" : QuotesText("and") + " ")}pair" : $"every {Venue.ToString().ToLowerInvariant()} instrument";

    /// <summary>What a symbol is, for messages.</summary>
    public string HowWritten => Venue switch
    {
        Venue.Linear => "a symbol is written as the exchange lists it, such as BTCUSDT, BTCPERP, BTCUSDT-25DEC26",
        Venue.Inverse => "a symbol is written as the exchange lists it, such as BTCUSD, BTCUSDZ26",
        _ => $"a symbol is capital letters and digits{(TakesEveryQuote ? "" : $" that end in {QuotesText("or")}")}, such as BTC{MainQuote}",
    };

    public bool WantsQuote(string quote) => TakesEveryQuote || Quotes.Contains(quote);

    /// <summary>Whether a star means it, too.</summary>
    public bool Wants(Listing listing) => Venue != Venue.Spot || WantsQuote(listing.QuoteCoin);

    /// <summary>What is meant by a symbol as far as its form tells: for use only where the exchange's own list cannot be had.</summary>
    /// <returns>Null if it has not the form of one of this market's symbols, or not of those that are wanted.</returns>
    public Instrument? FromForm(string symbol) => ListingByForm(symbol) is { } listing ? FromListing(listing, out _) : null;

    /// <summary>As the exchange would list a symbol of this form; null as for <see cref="FromForm"/>.</summary>
    public Listing? ListingByForm(string symbol) => SymbolForm.Read(symbol, this) is { } listing && Wants(listing) ? listing : null;

    /// <summary>The instrument of an entry of the exchange's list.</summary>
    /// <returns>Null if it is not taken, with the reason.</returns>
    public Instrument? FromListing(Listing listing, out string reason)
    {
        reason = "";
        bool isTether = listing.QuoteCoin == Instrument.Quote && listing.Symbol.Length > Instrument.Quote.Length && listing.Symbol.EndsWith(Instrument.Quote, StringComparison.Ordinal);
        if (!Wants(listing))
            reason = $"is quoted in {listing.QuoteCoin}; only {QuotesText("and")} pairs are taken (QUOTES says which)";
        else if (!(Venue == Venue.Spot ? Instrument.IsPlain(listing.Symbol) : Instrument.IsSymbol(listing.Symbol)))
            reason = "is listed under a symbol that is none";
        else if (Venue == Venue.Spot && isTether && !Instrument.IsPlain(listing.BaseCoin))
            reason = "is listed with a coin whose name is none";
        if (reason.Length > 0)
            return null;
        string coin = !isTether ? listing.Symbol : Venue == Venue.Spot ? listing.BaseCoin : listing.Symbol[..^Instrument.Quote.Length];
        return Named(listing.Symbol, coin);
    }

    /// <summary>An instrument of this market's.</summary>
    public Instrument Named(string symbol, string coin) => new(symbol, coin) { Venue = Venue, Name = IsFirst ? coin : $"{Venue.Name()}:{coin}" };

    /// <summary>Whether two markets' prices have keys of one kind, so that equal coins would share a key.</summary>
    public static bool ShareKeys(Venue one, Venue other) => (one == Venue.Spot) == (other == Venue.Spot);

    private string QuotesText(string and) =>
        Quotes.Count < 2 ? string.Concat(Quotes) : $"{string.Join(", ", Quotes.SkipLast(1))} {and} {Quotes[^1]}";
}

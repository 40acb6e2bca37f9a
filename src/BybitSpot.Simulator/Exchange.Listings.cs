namespace BybitSpot.Simulator;

// What is listed: by a test or a script at any time, or all of the market's symbols at once. A delisted symbol's
// subscribers stay in the book: listed anew, it is heard by them again.
public sealed partial class Exchange
{
    private readonly ListedMarket _listed;

    /// <summary>Lists a symbol, or lists it anew with another price.</summary>
    public void List(string symbol, string baseCoin, string quoteCoin, string tickSize, string price)
    {
        lock (_gate) _listed.List(new ListedSymbol(symbol, baseCoin, quoteCoin, tickSize), price);
    }

    /// <summary>Lists the exchange's real spot symbols with their real tick sizes, at made-up prices of a plausible level.</summary>
    public void ListSpot() => ListAll();

    /// <summary>Lists all of the market: on spot the real symbols, on linear and inverse plausible ones; at made-up prices.</summary>
    public void ListAll()
    {
        lock (_gate)
        {
            foreach (var known in Listed.Of(Options.Market)) _listed.List(known, PriceLevel.Of(known));
        }
    }

    /// <summary>Lists a symbol before it trades: REST names it under status=PreLaunch alone, its topics are there, but for the order book's.</summary>
    public void ListBeforeLaunch(string symbol, string price)
    {
        lock (_gate) _listed.List(Listed.Guess(Options.Market, symbol, price) with { Status = "PreLaunch" }, price);
    }

    /// <summary>
    /// Lists a symbol of which only the name need be known: coins and tick size as at the real exchange, or as far as the name
    /// and the price tell them.
    /// </summary>
    public void List(string symbol, string? price = null)
    {
        var known = Listed.Find(Options.Market, symbol) ?? Listed.Guess(Options.Market, symbol, price);
        List(known.Symbol, known.BaseCoin, known.QuoteCoin, known.TickSize, price ?? PriceLevel.Of(known));
    }

    /// <summary>The symbol is gone from REST, its topics go silent, new subscriptions to it are refused.</summary>
    public void Delist(string symbol)
    {
        lock (_gate) _listed.Delist(symbol);
    }

    /// <summary>The last price, as given.</summary>
    public string LastPrice(string symbol)
    {
        lock (_gate) return _listed.Find(symbol).Price;
    }

    /// <summary>The newest number of the symbol's sequence: its last trade's, unless the book moved since.</summary>
    public long LastSeq(string symbol)
    {
        lock (_gate) return _listed.Find(symbol).Seq;
    }

    /// <summary>All that is listed now, in order.</summary>
    internal Listing[] Listings()
    {
        lock (_gate) return [.. _listed.All];
    }

    /// <summary>Another number after each listing and delisting.</summary>
    internal int ListingChanges
    {
        get
        {
            lock (_gate) return _listed.Changes;
        }
    }
}

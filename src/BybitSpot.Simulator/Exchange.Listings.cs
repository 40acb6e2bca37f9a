namespace BybitSpot.Simulator;

// What is listed: by a test or a script at any time, or the exchange's real symbols all at once. A delisted symbol's
// subscribers stay in the book: listed anew, it is heard by them again.
public sealed partial class Exchange
{
    private readonly ListedMarket _listed;

    /// <summary>Lists a symbol, or lists it anew with another price.</summary>
    public void List(string symbol, string baseCoin, string quoteCoin, string tickSize, string price)
    {
        lock (_gate) _listed.List(symbol, baseCoin, quoteCoin, tickSize, price);
    }

    /// <summary>Lists the exchange's real spot symbols with their real tick sizes, at made-up prices of a plausible level.</summary>
    public void ListSpot()
    {
        lock (_gate)
        {
            foreach (var known in ListedSpot.All) _listed.List(known.Symbol, known.BaseCoin, known.QuoteCoin, known.TickSize, PriceLevel.Of(known));
        }
    }

    /// <summary>
    /// Lists a symbol of which only the name need be known: coins and tick size as at the real exchange, or as far as the name
    /// and the price tell them.
    /// </summary>
    public void List(string symbol, string? price = null)
    {
        var known = ListedSpot.Find(symbol) ?? ListedSpot.Guess(symbol, price);
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

    /// <summary>The newest seq given to one of the symbol's trades.</summary>
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

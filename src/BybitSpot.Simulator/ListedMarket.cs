namespace BybitSpot.Simulator;

// The market that tests and the price walk move: which symbols are listed, and REST's view of them. Under the gate.
internal sealed class ListedMarket(Exchange exchange, string market) : IVenue
{
    /// <summary>Far apart, so that symbols have sequences of their own, as on the real exchange.</summary>
    private const long SeqSpacing = 1_000_000_000_000;

    private readonly Dictionary<string, Listing> _bySymbol = new(StringComparer.Ordinal);
    private readonly List<Listing> _inOrder = [];
    private int _listedEver;

    public long NowMs => exchange.Clock.GetUtcNow().ToUnixTimeMilliseconds() + exchange.Faults.ClockOffsetMs;

    public IReadOnlyList<Listing> All => _inOrder;

    /// <summary>Counts listings and delistings.</summary>
    public int Changes { get; private set; }

    public Listing List(ListedSymbol known, string price)
    {
        Delist(known.Symbol);
        var listing = new Listing(known.Symbol, known.BaseCoin, known.QuoteCoin, known.TickSize, price, ++_listedEver * SeqSpacing, () => exchange.Now) { Status = known.Status };
        _bySymbol.Add(known.Symbol, listing);
        _inOrder.Add(listing);
        Changes++;
        listing.Book.Follow(price, listing.Seq, NowMs);
        exchange.BookIsListed(listing);
        return listing;
    }

    public void Delist(string symbol)
    {
        if (!_bySymbol.Remove(symbol, out var listing)) return;
        _inOrder.Remove(listing);
        Changes++;
    }

    public Listing Find(string symbol) =>
        _bySymbol.GetValueOrDefault(symbol) ?? throw new ArgumentException($"{symbol} is not listed", nameof(symbol));

    public bool IsListed(Listing listing) => _bySymbol.GetValueOrDefault(listing.Symbol) == listing;

    public bool Knows(string topic) =>
        _bySymbol.TryGetValue(Topic.Symbol(topic), out var listing) && (!Topic.IsOfBook(topic) || (topic == listing.Book.Topic && listing.HasBook));

    public void Subscribed(string topic)
    {
        if (Topic.IsOfBook(topic)) exchange.RepeatBook(Find(Topic.Symbol(topic)));
    }

    public bool TrySnapshot(string topic, TextBuffer into)
    {
        if (!_bySymbol.TryGetValue(Topic.Symbol(topic), out var listing)) return false;
        if (topic == listing.Book.Topic) return TryBook(listing, into);
        if (topic != listing.TickerTopic) return false;
        // While a ticker waits for its turn a new spot subscriber waits with the others: two within 50 ms would break the rule.
        // Elsewhere the waiting one is a delta, and a snapshot has to come first.
        if (listing.TickerWaits && market == "spot") return false;
        listing.LastTickerAt = exchange.Now;
        Payloads.Ticker(into, market, listing, NowMs, TickerShape.Snapshot, lastPrice: exchange.Faults.LastPrice(listing.Symbol));
        return true;
    }

    private bool TryBook(Listing listing, TextBuffer into)
    {
        // A change that waits for its pace comes to the new subscriber with the others.
        if (listing.Book.Waits) return false;
        listing.Book.LastSentAt = exchange.Now;
        Payloads.Book(into, market, listing, NowMs);
        return true;
    }

    public IEnumerable<(string Symbol, string Json)> Instruments() => _inOrder.Select(listing => (listing.Symbol, Instrument(listing)));

    public IEnumerable<(string Symbol, string Json)> Tickers() => _inOrder.Select(listing => (listing.Symbol, Ticker(listing)));

    private string Instrument(Listing listing) => market == "spot"
        ? $$$"""{"symbol":"{{{listing.Symbol}}}","baseCoin":"{{{listing.BaseCoin}}}","quoteCoin":"{{{listing.QuoteCoin}}}","innovation":"0","status":"Trading","marginTrading":"utaOnly","stTag":"0","lotSizeFilter":{"basePrecision":"0.000001","quotePrecision":"0.0000001","minOrderQty":"0.000001","maxOrderQty":"1000","minOrderAmt":"5","maxOrderAmt":"4000000"},"priceFilter":{"tickSize":"{{{listing.TickSizeText}}}"},"riskParameters":{"priceLimitRatioX":"0.01","priceLimitRatioY":"0.02"}}"""
        : $$$"""{"symbol":"{{{listing.Symbol}}}","contractType":"{{{Listed.ContractType(market, listing.Symbol)}}}","status":"{{{listing.Status}}}","baseCoin":"{{{listing.BaseCoin}}}","quoteCoin":"{{{listing.QuoteCoin}}}","launchTime":"1585526400000","deliveryTime":"0","priceScale":"2","priceFilter":{"minPrice":"{{{listing.TickSizeText}}}","maxPrice":"1999999.8","tickSize":"{{{listing.TickSizeText}}}"},"settleCoin":"{{{(market == "linear" ? listing.QuoteCoin : listing.BaseCoin)}}}"}""";

    private string Ticker(Listing listing)
    {
        var price = exchange.Faults.RestPrice(listing.Symbol) ?? listing.PriceAt(exchange.Now - TimeSpan.FromMilliseconds(exchange.Faults.RestLateMs));
        var (bid, ask) = Sides(listing, price);
        return $$"""{"symbol":"{{listing.Symbol}}","bid1Price":"{{bid.Price}}","bid1Size":"{{bid.Size}}","ask1Price":"{{ask.Price}}","ask1Size":"{{ask.Size}}","lastPrice":"{{price}}","prevPrice24h":"{{listing.PreviousDay}}","price24hPcnt":"{{listing.Change24h}}","highPrice24h":"{{listing.High}}","lowPrice24h":"{{listing.Low}}","turnover24h":"{{listing.Turnover}}","volume24h":"{{listing.Volume}}","usdIndexPrice":"{{listing.UsdIndex}}"}""";
    }

    /// <summary>The book's, or some around a price that is not the present one.</summary>
    private (BookSide Bid, BookSide Ask) Sides(Listing listing, string price)
    {
        if (listing.HasBook && exchange.Faults.RestPrice(listing.Symbol) is null && exchange.Faults.RestLateMs == 0) return (listing.Book.Bid, listing.Book.Ask);
        return (new BookSide(price, "1.5"), new BookSide(listing.Step.TryTicks(price, out var ticks) ? listing.Step.Format(ticks + 1) : price, "0.75"));
    }
}

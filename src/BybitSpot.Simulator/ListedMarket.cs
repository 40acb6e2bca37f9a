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

    public Listing List(string symbol, string baseCoin, string quoteCoin, string tickSize, string price)
    {
        Delist(symbol);
        var listing = new Listing(symbol, baseCoin, quoteCoin, tickSize, price, ++_listedEver * SeqSpacing, () => exchange.Now);
        _bySymbol.Add(symbol, listing);
        _inOrder.Add(listing);
        Changes++;
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

    public bool Knows(string topic) => _bySymbol.ContainsKey(Topic.Symbol(topic));

    public bool TrySnapshot(string topic, TextBuffer into)
    {
        if (!topic.StartsWith("tickers.", StringComparison.Ordinal) || !_bySymbol.TryGetValue(Topic.Symbol(topic), out var listing)) return false;
        // While a ticker waits for its turn a new spot subscriber waits with the others: two within 50 ms would break the rule.
        // Elsewhere the waiting one is a delta, and a snapshot has to come first.
        if (listing.TickerWaits && market == "spot") return false;
        listing.LastTickerAt = exchange.Now;
        Payloads.Ticker(into, market, listing, NowMs, TickerShape.Snapshot, lastPrice: exchange.Faults.LastPrice(listing.Symbol));
        return true;
    }

    public IEnumerable<(string Symbol, string Json)> Instruments() => _inOrder.Select(listing => (listing.Symbol, Instrument(listing)));

    public IEnumerable<(string Symbol, string Json)> Tickers() => _inOrder.Select(listing => (listing.Symbol, Ticker(listing)));

    private string Instrument(Listing listing) => market == "spot"
        ? $$$"""{"symbol":"{{{listing.Symbol}}}","baseCoin":"{{{listing.BaseCoin}}}","quoteCoin":"{{{listing.QuoteCoin}}}","innovation":"0","status":"Trading","marginTrading":"utaOnly","stTag":"0","lotSizeFilter":{"basePrecision":"0.000001","quotePrecision":"0.0000001","minOrderQty":"0.000001","maxOrderQty":"1000","minOrderAmt":"5","maxOrderAmt":"4000000"},"priceFilter":{"tickSize":"{{{listing.TickSizeText}}}"},"riskParameters":{"priceLimitRatioX":"0.01","priceLimitRatioY":"0.02"}}"""
        : $$$"""{"symbol":"{{{listing.Symbol}}}","contractType":"{{{(market == "linear" ? "LinearPerpetual" : "InversePerpetual")}}}","status":"Trading","baseCoin":"{{{listing.BaseCoin}}}","quoteCoin":"{{{listing.QuoteCoin}}}","launchTime":"1585526400000","deliveryTime":"0","priceScale":"2","priceFilter":{"minPrice":"{{{listing.TickSizeText}}}","maxPrice":"1999999.8","tickSize":"{{{listing.TickSizeText}}}"},"settleCoin":"{{{(market == "linear" ? listing.QuoteCoin : listing.BaseCoin)}}}"}""";

    private string Ticker(Listing listing)
    {
        var price = exchange.Faults.RestPrice(listing.Symbol) ?? listing.PriceAt(exchange.Now - TimeSpan.FromMilliseconds(exchange.Faults.RestLateMs));
        var ask = listing.Step.TryTicks(price, out var ticks) ? listing.Step.Format(ticks + 1) : price;
        return $$"""{"symbol":"{{listing.Symbol}}","bid1Price":"{{price}}","bid1Size":"1.5","ask1Price":"{{ask}}","ask1Size":"0.75","lastPrice":"{{price}}","prevPrice24h":"{{listing.PreviousDay}}","price24hPcnt":"{{listing.Change24h}}","highPrice24h":"{{listing.High}}","lowPrice24h":"{{listing.Low}}","turnover24h":"{{listing.Turnover}}","volume24h":"{{listing.Volume}}","usdIndexPrice":"{{listing.UsdIndex}}"}""";
    }
}

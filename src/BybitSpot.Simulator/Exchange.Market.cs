namespace BybitSpot.Simulator;

// The market's moves. A trade leaves at once; the ticker that follows it shows the trade's seq as cs and leaves within the
// pace, one per pace and topic, showing whatever is newest by then: so trades and tickers share one order, as on the real
// exchange. Prices move although topics may be silenced: REST is where that shows.
public sealed partial class Exchange
{
    /// <summary>A publicTrade frame holds at most so many.</summary>
    public const int TradesPerFrameMax = 1024;

    /// <summary>The most trades of one <see cref="Burst"/>: their frames stay well below what a connection's way out holds.</summary>
    public const int BurstTradesMax = 100_000;

    private readonly TextBuffer _payload = new();

    private TimeSpan TickerPace => TimeSpan.FromMilliseconds(Options.Market == "spot" ? 50 : 100);

    /// <summary>
    /// One trade. Without <paramref name="seq"/> the symbol's next, without <paramref name="timeMs"/> now. A block trade is made
    /// off the book: unless told otherwise it leaves the ticker and the last price alone (unverified at the real exchange).
    /// Returns the trade's seq.
    /// </summary>
    public long Trade(string symbol, string price, long? seq = null, long? timeMs = null, bool blockTrade = false, bool rpi = false,
        string size = "0.01", bool? movesTicker = null) => TradeMany(symbol, [price], seq, timeMs, blockTrade, rpi, size, movesTicker);

    /// <summary>Several trades in one frame with one seq; the last is the newest.</summary>
    public long TradeMany(string symbol, IReadOnlyList<string> prices, long? seq = null, long? timeMs = null, bool blockTrade = false,
        bool rpi = false, string size = "0.01", bool? movesTicker = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(prices.Count, TradesPerFrameMax);
        lock (_gate)
        {
            var listing = _listed.Find(symbol);
            var (priceBefore, seqBefore) = (listing.Price, listing.Seq);
            var given = seq ?? listing.Seq + 1;
            listing.Seq = given;
            var atMs = timeMs ?? _listed.NowMs;
            Payloads.BeginTrades(_payload, Options.Market, listing, atMs);
            for (var i = 0; i < prices.Count; i++)
            {
                listing.Traded(prices[i], size);
                Payloads.AddTrade(_payload, Options.Market, listing, new TradeEntry(i, atMs, size, blockTrade, rpi, !Faults.NoSeq));
            }
            Payloads.EndTrades(_payload);
            Publish(listing.TradeTopic, _payload.Written);
            if (movesTicker ?? !blockTrade)
            {
                listing.ShowTrade();
                TickerSoon(listing);
                MoveBook(listing, atMs);
            }
            else
            {
                listing.HideTrade(priceBefore, seqBefore);
            }
            return given;
        }
    }

    /// <summary>The symbol's sequence starts anew, as after a restart of the exchange: its next trade is 1, and so are the ticker behind it and the book's u.</summary>
    public void ResetSequence(string symbol)
    {
        lock (_gate)
        {
            var listing = _listed.Find(symbol);
            listing.Seq = 0;
            listing.Book.Restart();
        }
    }

    /// <summary>
    /// A ticker now, whatever the pace: with the price and cs of the last trade that moved it, or those given. On linear a delta, without lastPrice
    /// when <paramref name="withPrice"/> is false.
    /// </summary>
    public void PushTicker(string symbol, string? price = null, long? cs = null, long? timeMs = null, string? usdIndexPrice = null, bool withPrice = true)
    {
        lock (_gate)
        {
            var listing = _listed.Find(symbol);
            listing.MakeUp(price ?? listing.Price, cs);
            listing.UsdIndex = usdIndexPrice ?? listing.UsdIndex;
            SendTicker(listing, timeMs, withPrice);
        }
    }

    /// <summary>
    /// So many frames over the symbols in turn, trades and tickers alternately for each, every one with a new price and a higher
    /// seq than the one before, as fast as the clients read. Returns the last price of each symbol.
    /// </summary>
    public IReadOnlyDictionary<string, string> Flood(IReadOnlyList<string> symbols, long ticks)
    {
        var listings = new Listing[symbols.Count];
        var steps = new long[symbols.Count];
        lock (_gate)
        {
            for (var i = 0; i < listings.Length; i++)
            {
                listings[i] = _listed.Find(symbols[i]);
                listings[i].Step.TryTicks(listings[i].Price, out steps[i]);
            }
        }
        for (long tick = 0; tick < ticks; tick++)
        {
            var i = (int)(tick % listings.Length);
            var isTrade = (tick / listings.Length + i) % 2 == 0;
            WaitForReaders(isTrade ? listings[i].TradeTopic : listings[i].TickerTopic);
            lock (_gate) FloodOne(listings[i], ++steps[i], isTrade);
        }
        lock (_gate) return listings.DistinctBy(listing => listing.Symbol).ToDictionary(listing => listing.Symbol, listing => listing.Price);
    }

    private void FloodOne(Listing listing, long priceTicks, bool isTrade)
    {
        listing.Seq++;
        listing.ShowTrade();
        listing.Traded(listing.Step.Format(priceTicks), "0.01");
        var atMs = _listed.NowMs;
        MoveBook(listing, atMs);
        if (!isTrade)
        {
            SendTicker(listing, null, true);
            return;
        }
        Payloads.BeginTrades(_payload, Options.Market, listing, atMs);
        Payloads.AddTrade(_payload, Options.Market, listing, new TradeEntry(0, atMs, "0.01", false, false, !Faults.NoSeq));
        Payloads.EndTrades(_payload);
        Publish(listing.TradeTopic, _payload.Written);
    }

    /// <summary>
    /// So many trades at once, each one tick above the one before and every tenth back again, in as few frames as hold them;
    /// the trades of a frame share one seq. Returns the last seq.
    /// </summary>
    public long Burst(string symbol, int trades)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(trades, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(trades, BurstTradesMax);
        lock (_gate)
        {
            var listing = _listed.Find(symbol);
            listing.Step.TryTicks(listing.Price, out var from);
            var prices = new List<string>(TradesPerFrameMax);
            for (var i = 0; i < trades; i++)
            {
                prices.Add(listing.Step.Format(from + i % 10 + 1));
                if (prices.Count < TradesPerFrameMax && i + 1 < trades) continue;
                TradeMany(symbol, prices);
                prices.Clear();
            }
            return listing.Seq;
        }
    }

    /// <summary>What the walk does: a trade, unless the symbol was delisted meanwhile (or listed anew). False then.</summary>
    internal bool TryTrade(Listing listing, IReadOnlyList<string> prices, string size)
    {
        lock (_gate)
        {
            if (!_listed.IsListed(listing)) return false;
            TradeMany(listing.Symbol, prices, size: size);
            return true;
        }
    }

    /// <summary>The USD index moves, and a ticker that repeats price and cs shows it, at its pace. False when delisted.</summary>
    internal bool TryMoveIndex(Listing listing, string usdIndex)
    {
        lock (_gate)
        {
            if (!_listed.IsListed(listing)) return false;
            listing.UsdIndex = usdIndex;
            if (Options.Market != "spot")
            {
                listing.BookMoved();
                MoveBook(listing, _listed.NowMs);
            }
            TickerSoon(listing);
            return true;
        }
    }

    private void TickerSoon(Listing listing)
    {
        if (listing.TickerWaits) return;
        var dueAt = listing.LastTickerAt + TickerPace;
        if (dueAt is not { } later || later <= Now)
        {
            SendTicker(listing, null, true);
            return;
        }
        listing.TickerWaits = true;
        Agenda.Add(later, () =>
        {
            lock (_gate)
            {
                listing.TickerWaits = false;
                if (_listed.IsListed(listing)) SendTicker(listing, null, true);
            }
        });
    }

    private void SendTicker(Listing listing, long? timeMs, bool withPrice)
    {
        listing.LastTickerAt = Now;
        Payloads.Ticker(_payload, Options.Market, listing, timeMs ?? _listed.NowMs, TickerShape.Delta, withPrice && listing.Price != listing.PublishedPrice, Faults.LastPrice(listing.Symbol));
        (listing.PublishedPrice, listing.PublishedVolume) = (listing.Price, listing.Volume);
        Publish(listing.TickerTopic, _payload.Written);
    }
}

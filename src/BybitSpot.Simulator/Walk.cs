namespace BybitSpot.Simulator;

/// <summary>Which coins walk, and how fast.</summary>
/// <param name="Lively">Symbols that trade in bursts.</param>
/// <param name="Slow">Symbols that trade now and then.</param>
/// <param name="MessagesPerSecond">Trade frames and tickers of all together; null: each coin's own pace.</param>
internal sealed record WalkPlan(IReadOnlyList<string> Lively, IReadOnlyList<string> Slow, int? MessagesPerSecond = null)
{
    /// <summary>The best known coins lively and all others slow.</summary>
    public static WalkPlan Default { get; } = Of(ListedSpot.All.Count, null);

    /// <summary>The first so many: the best known before the others.</summary>
    public static WalkPlan Of(int symbols, int? messagesPerSecond, string market = "spot")
    {
        string[] best = [.. PriceLevel.BestKnown.Select(entry => entry.Coin + Listed.MainQuote(market)).Where(symbol => Listed.Find(market, symbol) is not null).Take(symbols)];
        return new WalkPlan(best, [.. Listed.Of(market).Select(entry => entry.Symbol).Except(best).Take(symbols - best.Length)], messagesPerSecond);
    }
}

// Prices that walk. Each coin has its own times and prices (WalkingCoin); this holds the order of what is due in the walk's
// own time, which runs `speed` times as fast as the clock and stands still for a machine that was too slow. One task. A coin
// that is listed while it runs joins, one that is delisted drops out.
internal sealed class Walk
{
    /// <summary>What is due leaves so often: little enough to look continuous, and several thousand messages a second share few wakes.</summary>
    private static readonly TimeSpan _wakeEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>Time that is lost beyond this is not made up for: a suspended machine would send hours at once.</summary>
    private static readonly TimeSpan _behindMax = TimeSpan.FromSeconds(1);

    private readonly Exchange _exchange;
    private readonly ulong _seed;
    private readonly double _speed;
    private readonly PriorityQueue<(WalkingCoin Coin, bool IsTrade), (TimeSpan At, long Order)> _due = new();
    private readonly Dictionary<string, Pace> _paces = new(StringComparer.Ordinal);
    private readonly HashSet<Listing> _known = [];
    private readonly List<string> _prices = [];
    private int _listingChanges;
    private long _order;
    private TimeSpan _playedUntil;

    /// <summary>What the exchange lists now, and the plan names, walks; the rest stands still.</summary>
    public Walk(Exchange exchange, WalkPlan plan, ulong seed, double speed)
    {
        (_exchange, _seed) = (exchange, seed);
        for (var i = 0; i < plan.Slow.Count; i++) _paces[plan.Slow[i]] = Paces.Slow(plan.Slow[i], i);
        var (lively, slowed) = Paces.Meet(plan.MessagesPerSecond, plan.Lively.Count, _paces.Values);
        foreach (var symbol in plan.Lively) _paces[symbol] = lively;
        // Speed 0 has no meaning for a walk without an end: it would only burn the processor.
        _speed = (speed > 0 ? speed : 1) * slowed;
        _listingChanges = exchange.ListingChanges;
        foreach (var listing in exchange.Listings())
        {
            _known.Add(listing);
            if (_paces.TryGetValue(listing.Symbol, out var pace)) Join(new WalkingCoin(listing, pace, seed), TimeSpan.Zero);
        }
    }

    public async Task RunAsync(CancellationToken stop)
    {
        var (last, walked) = (_exchange.Now, TimeSpan.Zero);
        while (true)
        {
            await Task.Delay(_wakeEvery, _exchange.Clock, stop).ConfigureAwait(false);
            var now = _exchange.Now;
            walked += (now - last < _behindMax ? now - last : _behindMax) * _speed;
            last = now;
            PlayUntil(walked, stop);
        }
    }

    /// <summary>Everything due up to a moment of the walk's own time, in order.</summary>
    internal void PlayUntil(TimeSpan moment, CancellationToken stop)
    {
        if (_exchange.ListingChanges != _listingChanges) AdoptNew();
        _playedUntil = moment;
        while (_due.TryPeek(out var next, out var due) && due.At <= moment)
        {
            stop.ThrowIfCancellationRequested();
            _due.Dequeue();
            var (coin, isTrade) = next;
            if (!(isTrade ? Trade(coin) : _exchange.TryMoveIndex(coin.Listing, coin.NextIndex())))
            {
                _known.Remove(coin.Listing);
                continue;
            }
            Later(coin, isTrade, due.At + (isTrade ? coin.NextTradeIn() : coin.NextIndexIn()));
        }
    }

    private bool Trade(WalkingCoin coin)
    {
        _prices.Clear();
        var size = coin.NextTrade(_prices);
        return _exchange.TryTrade(coin.Listing, _prices, size);
    }

    private void AdoptNew()
    {
        _listingChanges = _exchange.ListingChanges;
        foreach (var listing in _exchange.Listings())
        {
            if (_known.Add(listing)) Join(new WalkingCoin(listing, _paces.GetValueOrDefault(listing.Symbol, Paces.NewlyListed), _seed), _playedUntil);
        }
    }

    private void Join(WalkingCoin coin, TimeSpan from)
    {
        Later(coin, isTrade: true, from + coin.NextTradeIn());
        if (coin.Pace.IndexEvery is not null) Later(coin, isTrade: false, from + coin.FirstIndexIn());
    }

    private void Later(WalkingCoin coin, bool isTrade, TimeSpan at) => _due.Enqueue((coin, isTrade), (at, _order++));
}

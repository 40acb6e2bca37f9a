using System.Globalization;

namespace BybitSpot.Simulator;

// One coin's walk: what its next trade frame holds and when the next is due. Its numbers come from the seed and its own name
// alone, times and index from another sequence than prices, so neither who listens, nor which other coins walk, nor the rate
// changes its prices (being lively does: bursts have other frames). It goes on from whatever the price is (a script may have traded), pulled towards where it began:
// after hours it is still a plausible price. Used by the walk's one task.
internal sealed class WalkingCoin
{
    private const int TradesInABurstFrameMax = 200;

    private readonly decimal _quoteUsd;
    private ulong _prices;
    private ulong _times;
    private long _home;
    private long _ticks;
    private string _walkedTo;

    public WalkingCoin(Listing listing, Pace pace, ulong seed)
    {
        Listing = listing;
        Pace = pace;
        _prices = seed ^ PriceLevel.Hash(listing.Symbol);
        _times = ~_prices;
        _quoteUsd = PriceLevel.Usd(listing.QuoteCoin);
        _walkedTo = listing.Price;
        _home = _ticks = TicksOf(listing.Price, 1);
    }

    public Listing Listing { get; }

    public Pace Pace { get; }

    /// <summary>Exponential, as arrivals are; of a lively coin every other follows the one before at once.</summary>
    public TimeSpan NextTradeIn()
    {
        var mean = Pace.TradeEvery.TotalSeconds;
        if (!Pace.InBursts) return Exponential(mean);
        var close = Math.Min(0.0025, mean / 2);
        // Half the gaps are close ones, so the others make up for them.
        return Next(ref _times) % 2 == 0 ? TimeSpan.FromSeconds(close) : Exponential(2 * mean - close);
    }

    public TimeSpan FirstIndexIn() => Pace.IndexEvery.GetValueOrDefault() * Fraction();

    public TimeSpan NextIndexIn() => Pace.IndexEvery.GetValueOrDefault() * (0.9 + 0.2 * Fraction());

    /// <summary>Adds the frame's prices and answers the trades' size.</summary>
    public string NextTrade(List<string> prices)
    {
        if (Listing.Price != _walkedTo) _home = _ticks = TicksOf(Listing.Price, _ticks);
        var count = TradesInFrame((int)(Next(ref _prices) % 1000));
        var up = IsUp();
        // A twenty-thousandth of the price, and at least three ticks.
        var stepMax = (ulong)Math.Max(3, _ticks / 20_000);
        for (var i = 0; i < count; i++)
        {
            // The first trade moves; those that share its order take the next prices, or more at the same.
            var away = i == 0 ? (long)(Next(ref _prices) % stepMax) + 1 : (long)(Next(ref _prices) % 2);
            _ticks = Math.Clamp(up ? _ticks + away : _ticks - away, Math.Max(1, _home / 2), Math.Max(2, _home * 2));
            prices.Add(Listing.Step.Format(_ticks));
        }
        _walkedTo = prices[^1];
        return string.Create(CultureInfo.InvariantCulture, $"0.{Next(ref _prices) % 900 + 100}");
    }

    /// <summary>The price in dollars, give or take a few ticks.</summary>
    public string NextIndex()
    {
        if (!decimal.TryParse(Listing.Step.Format(Math.Max(1, TicksOf(Listing.Price, _ticks) + (long)(Next(ref _times) % 11) - 5)), CultureInfo.InvariantCulture, out var price)) return "";
        return Math.Round(price * _quoteUsd, 18).ToString("0.##################", CultureInfo.InvariantCulture);
    }

    private int TradesInFrame(int perMille) => Pace.InBursts
        ? perMille switch { < 780 => 1, < 985 => 2 + (int)(Next(ref _prices) % 7), _ => 20 + (int)(Next(ref _prices) % (TradesInABurstFrameMax - 20)) }
        : perMille < 900 ? 1 : 2 + (int)(Next(ref _prices) % 3);

    /// <summary>Even chances at home; the further away, the likelier back.</summary>
    private bool IsUp()
    {
        var pull = (long)Int128.Clamp((Int128)5000 * (_ticks - _home) / _home, -400, 400);
        return (long)(Next(ref _prices) % 1000) < 500 - pull;
    }

    private long TicksOf(string price, long otherwise) =>
        Listing.Step.TryTicks(price, out var ticks) && ticks is > 0 and < long.MaxValue / 4 ? ticks : otherwise;

    private TimeSpan Exponential(double meanSeconds) => TimeSpan.FromSeconds(-Math.Log(1 - Fraction()) * meanSeconds);

    private double Fraction() => (Next(ref _times) >> 11) * (1.0 / (1UL << 53));

    /// <summary>SplitMix64: the same numbers on every machine and version, which System.Random doesn't promise.</summary>
    private static ulong Next(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}

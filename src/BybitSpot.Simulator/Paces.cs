namespace BybitSpot.Simulator;

/// <summary>How lively a coin is.</summary>
/// <param name="TradeEvery">The mean time from trade frame to trade frame.</param>
/// <param name="IndexEvery">How often a ticker repeats price and cs and moves the USD index alone; null: never.</param>
/// <param name="InBursts">Trades come in clusters, some frames hold very many.</param>
internal sealed record Pace(TimeSpan TradeEvery, TimeSpan? IndexEvery, bool InBursts);

// Who is how lively: the best known coins trade in bursts, the next ninety every few seconds, the rest once in minutes, and
// of those some repeat their ticker once a second, some every ten, some never, as illiquid coins do. A rate that is asked for
// is met by the lively coins alone, so that the quiet ones stay quiet; only one below what the quiet ones need slows all.
internal static class Paces
{
    private const int CalmCoins = 90;
    private const double LivelyTradesPerSecond = 3;

    /// <summary>A lively coin isn't slowed below this.</summary>
    private const double LivelyTradesPerSecondMin = 0.1;

    private const double TickerPaceSeconds = 0.05;

    /// <summary>A coin that was listed while running: there is some interest in it.</summary>
    public static readonly Pace NewlyListed = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), InBursts: false);

    public static Pace Slow(string symbol, int rank)
    {
        var hash = PriceLevel.Hash(symbol);
        if (rank < CalmCoins) return new Pace(TimeSpan.FromSeconds(6 + hash % 9), TimeSpan.FromSeconds(5), InBursts: false);
        TimeSpan? indexEvery = ((hash >> 8) % 4) switch { 0 => TimeSpan.FromSeconds(1), 1 => TimeSpan.FromSeconds(10), _ => null };
        return new Pace(TimeSpan.FromSeconds(60 + hash % 240), indexEvery, InBursts: false);
    }

    /// <summary>The lively coins' pace, and by how much everything has to be slowed (1: not) for the rate asked for.</summary>
    public static (Pace Lively, double Slowed) Meet(int? messagesPerSecond, int livelyCoins, IEnumerable<Pace> others)
    {
        if (messagesPerSecond is not { } rate || livelyCoins == 0) return (Lively(LivelyTradesPerSecond), 1);
        var rest = others.Sum(pace => 2 / pace.TradeEvery.TotalSeconds + (pace.IndexEvery is { } every ? 1 / every.TotalSeconds : 0));
        var each = (rate - rest) / livelyCoins;
        var least = LivelyTradesPerSecondMin + TickersPerSecond(LivelyTradesPerSecondMin + 1);
        if (each <= least) return (Lively(LivelyTradesPerSecondMin), rate / (rest + least * livelyCoins));
        // Trades t and the tickers they cause: rising in t, so halving finds it.
        var (low, high) = (LivelyTradesPerSecondMin, each);
        for (var i = 0; i < 50; i++)
        {
            var middle = (low + high) / 2;
            if (middle + TickersPerSecond(middle + 1) < each) low = middle;
            else high = middle;
        }
        return (Lively(low), 1);
    }

    private static Pace Lively(double tradesPerSecond) =>
        new(TimeSpan.FromTicks(Math.Max(1, (long)(TimeSpan.TicksPerSecond / tradesPerSecond))), TimeSpan.FromSeconds(1), InBursts: true);

    /// <summary>After a ticker the next comes with the next event, but not within the pace: the mean of max(pace, exponential).</summary>
    private static double TickersPerSecond(double eventsPerSecond) =>
        1 / (TickerPaceSeconds + Math.Exp(-eventsPerSecond * TickerPaceSeconds) / eventsPerSecond);
}

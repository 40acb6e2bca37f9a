using System.Globalization;

namespace BybitSpot.Simulator;

// Where prices begin: made up, but of a level that the tick size and the coins make plausible, and the same in every run and
// for every seed. One price of a coin in dollars serves all its symbols, so that BTCEUR is as far from BTCUSDT as euros are
// from dollars. Pure.
internal static class PriceLevel
{
    /// <summary>A price of fewer ticks than this would jump by whole percents with each.</summary>
    private const long TicksMin = 100;

    /// <summary>The best known coins, in dollars.</summary>
    public static readonly (string Coin, decimal Usd)[] BestKnown =
    [
        ("BTC", 65000m), ("ETH", 1920m), ("SOL", 140m), ("BNB", 610m), ("XRP", 2.15m),
        ("DOGE", 0.165m), ("ADA", 0.58m), ("AVAX", 18.2m), ("LINK", 13.4m), ("LTC", 84.5m),
    ];

    private static readonly Dictionary<string, decimal> _usd = new(BestKnown.Select(entry => KeyValuePair.Create(entry.Coin, entry.Usd)), StringComparer.Ordinal)
    {
        ["USDT"] = 1, ["USDC"] = 1, ["USDE"] = 1, ["USD1"] = 1, ["RLUSD"] = 1, ["XUSD"] = 1, ["USD"] = 1, ["DAI"] = 1,
        ["EUR"] = 1.15m, ["GBP"] = 1.33m, ["BRL"] = 0.18m, ["PLN"] = 0.27m, ["TRY"] = 0.024m, ["AED"] = 0.2723m,
        ["WBTC"] = 65000m, ["METH"] = 2080m, ["BBSOL"] = 161m,
    };

    /// <summary>The price text that a symbol begins with.</summary>
    public static string Of(ListedSymbol symbol)
    {
        if (!TickSize.TryParse(symbol.TickSize, out var step)) throw new ArgumentException($"no tick size: {symbol.TickSize}", nameof(symbol));
        if (TryUsd(symbol.BaseCoin) is not { } usd || !_usd.TryGetValue(symbol.QuoteCoin, out var quoteUsd)) return OfTicks(symbol.Symbol, step);
        var text = Math.Round(usd / quoteUsd, 18).ToString("0.##################", CultureInfo.InvariantCulture);
        return step.TryTicks(text, out var ticks) && ticks >= TicksMin ? step.Format(ticks) : OfTicks(symbol.Symbol, step);
    }

    /// <summary>What one of the quote coin is worth in dollars; 1 where unknown.</summary>
    public static decimal Usd(string quoteCoin) => _usd.GetValueOrDefault(quoteCoin, 1);

    /// <summary>FNV-1a: the same on every machine and in every run, which string.GetHashCode isn't.</summary>
    public static ulong Hash(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    /// <summary>A coin's own price, or that of its USDT symbol by that symbol's tick size.</summary>
    private static decimal? TryUsd(string coin)
    {
        if (_usd.TryGetValue(coin, out var known)) return known;
        if (ListedSpot.Find(coin + "USDT") is not { } against || !TickSize.TryParse(against.TickSize, out var step)) return null;
        return decimal.TryParse(OfTicks(against.Symbol, step), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var usd) ? usd : null;
    }

    /// <summary>Most coins' tick size leaves their price four digits.</summary>
    private static string OfTicks(string symbol, TickSize step) => step.Format(1000 + (long)(Hash(symbol) % 9000));
}

namespace BybitSpot.Simulator;

// What each market lists: spot the real exchange's symbols, linear and inverse plausible ones in its forms (linear.tsv, inverse.tsv).
// Pure.
//   linear    BTCUSDT 1000PEPEUSDT BTCPERP BTC-26DEC25 BTCUSDT-25DEC26 WC_ENG_ARG_USDT-15JUL26
//   inverse   BTCUSD BTCUSDZ26

/// <summary>The symbols of each market: "spot", "linear" or "inverse".</summary>
public static class Listed
{
    private static readonly Lazy<ListedTable> _linear = new(() => new ListedTable("linear.tsv"));
    private static readonly Lazy<ListedTable> _inverse = new(() => new ListedTable("inverse.tsv"));

    public static IReadOnlyList<ListedSymbol> Of(string market) => TableOf(market)?.All ?? ListedSpot.All;

    public static ListedSymbol? Find(string market, string symbol) => TableOf(market) is { } table ? table.Find(symbol) : ListedSpot.Find(symbol);

    /// <summary>A coin's symbol, or a symbol's name: the perpetual where there is one.</summary>
    public static ListedSymbol? OfCoin(string market, string coin) =>
        market == "spot" ? ListedSpot.OfCoin(coin) : Find(market, coin) ?? Find(market, coin + MainQuote(market));

    /// <summary>What the best known coins are quoted in.</summary>
    public static string MainQuote(string market) => market == "inverse" ? "USD" : "USDT";

    /// <summary>Base and quote by the symbol's form.</summary>
    public static (string BaseCoin, string QuoteCoin) Cut(string market, string symbol)
    {
        if (market == "spot") return ListedSpot.Cut(symbol);
        var hyphen = symbol.IndexOf('-', StringComparison.Ordinal);
        var before = hyphen > 0 ? symbol[..hyphen] : symbol;
        if (market == "inverse") return (before.LastIndexOf("USD", StringComparison.Ordinal) is > 0 and var at ? before[..at] : before, "USD");
        if (before.Length > 4 && before.EndsWith("USDT", StringComparison.Ordinal)) return (before[..^4], "USDT");
        return (before.Length > 4 && before.EndsWith("PERP", StringComparison.Ordinal) ? before[..^4] : before, "USDC");
    }

    /// <summary>For symbols that aren't listed: the coins by the name, the tick size by the price's decimals.</summary>
    public static ListedSymbol Guess(string market, string symbol, string? price)
    {
        var (baseCoin, quoteCoin) = Cut(market, symbol);
        var point = price?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        // Without a price the level follows the tick size, so any will do.
        var decimals = price is null ? 4 : point < 0 ? 0 : price.Length - point - 1;
        return new ListedSymbol(symbol, baseCoin, quoteCoin, decimals == 0 ? "1" : "0." + new string('0', decimals - 1) + "1");
    }

    /// <summary>What REST calls a contract of this name.</summary>
    public static string ContractType(string market, string symbol)
    {
        var isDated = symbol.Contains('-', StringComparison.Ordinal) || (market == "inverse" && char.IsAsciiDigit(symbol[^1]));
        return (market == "linear" ? "Linear" : "Inverse") + (isDated ? "Futures" : "Perpetual");
    }

    private static ListedTable? TableOf(string market) => market switch
    {
        "linear" => _linear.Value,
        "inverse" => _inverse.Value,
        _ => null,
    };
}

namespace BybitSpot.Simulator;

// The exchange's spot symbols as facts: spot.tsv beside this file, read once from the program itself. Immutable.

/// <summary>The real exchange's spot symbols, in its order.</summary>
public static class ListedSpot
{
    /// <summary>Longer ones first where one ends in another.</summary>
    private static readonly string[] _quotes =
        ["USDT", "USDC", "USDE", "USD1", "RLUSD", "XUSD", "EUR", "BRL", "GBP", "AED", "PLN", "TRY", "USD", "BTC", "ETH", "SOL"];

    private static readonly ListedTable _table = new("spot.tsv");

    public static IReadOnlyList<ListedSymbol> All => _table.All;

    public static ListedSymbol? Find(string symbol) => _table.Find(symbol);

    /// <summary>A coin's symbol: against USDT where there is one, else its first. A symbol's name is taken, too.</summary>
    public static ListedSymbol? OfCoin(string coin) =>
        Find(coin) ?? Find(coin + "USDT") ?? All.FirstOrDefault(entry => entry.BaseCoin == coin);

    public static (string BaseCoin, string QuoteCoin) Cut(string symbol)
    {
        var quote = _quotes.FirstOrDefault(quote => symbol.Length > quote.Length && symbol.EndsWith(quote, StringComparison.Ordinal)) ?? "";
        return (symbol[..^quote.Length], quote);
    }
}

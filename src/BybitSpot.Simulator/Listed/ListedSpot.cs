using System.Globalization;

namespace BybitSpot.Simulator;

/// <summary>One row of spot.tsv.</summary>
public sealed record ListedSymbol(string Symbol, string BaseCoin, string QuoteCoin, string TickSize);

// The exchange's spot symbols as facts: spot.tsv beside this file, read once from the program itself. Immutable.

/// <summary>The real exchange's spot symbols, in its order.</summary>
public static class ListedSpot
{
    /// <summary>Longer ones first where one ends in another.</summary>
    private static readonly string[] _quotes =
        ["USDT", "USDC", "USDE", "USD1", "RLUSD", "XUSD", "EUR", "BRL", "GBP", "AED", "PLN", "TRY", "USD", "BTC", "ETH", "SOL"];

    private static readonly Dictionary<string, ListedSymbol> _bySymbol;

    static ListedSpot()
    {
        All = Read();
        _bySymbol = All.ToDictionary(entry => entry.Symbol, StringComparer.Ordinal);
    }

    public static IReadOnlyList<ListedSymbol> All { get; }

    public static ListedSymbol? Find(string symbol) => _bySymbol.GetValueOrDefault(symbol);

    /// <summary>A coin's symbol: against USDT where there is one, else its first. A symbol's name is taken, too.</summary>
    public static ListedSymbol? OfCoin(string coin) =>
        Find(coin) ?? Find(coin + "USDT") ?? All.FirstOrDefault(entry => entry.BaseCoin == coin);

    /// <summary>For symbols that aren't listed: the quote coin by the name's end, the tick size by the price's decimals.</summary>
    public static ListedSymbol Guess(string symbol, string? price)
    {
        var (baseCoin, quoteCoin) = Cut(symbol);
        var point = price?.IndexOf('.', StringComparison.Ordinal) ?? -1;
        // Without a price the level follows the tick size, so any will do.
        var decimals = price is null ? 4 : point < 0 ? 0 : price.Length - point - 1;
        return new ListedSymbol(symbol, baseCoin, quoteCoin, decimals == 0 ? "1" : "0." + new string('0', decimals - 1) + "1");
    }

    public static (string BaseCoin, string QuoteCoin) Cut(string symbol)
    {
        var quote = _quotes.FirstOrDefault(quote => symbol.Length > quote.Length && symbol.EndsWith(quote, StringComparison.Ordinal)) ?? "";
        return (symbol[..^quote.Length], quote);
    }

    private static List<ListedSymbol> Read()
    {
        using var stream = typeof(ListedSpot).Assembly.GetManifestResourceStream("spot.tsv") ?? throw new InvalidOperationException("spot.tsv is not in the program");
        using var reader = new StreamReader(stream);
        var rows = new List<ListedSymbol>(600);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var cells = line.Split('\t');
            if (cells.Length != 4) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"spot.tsv:{rows.Count + 2}: four cells are expected"));
            rows.Add(new ListedSymbol(cells[0], cells[1], cells[2], cells[3]));
        }
        return rows;
    }
}

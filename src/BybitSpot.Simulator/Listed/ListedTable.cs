using System.Globalization;

namespace BybitSpot.Simulator;

/// <summary>One row of a table beside this file.</summary>
public sealed record ListedSymbol(string Symbol, string BaseCoin, string QuoteCoin, string TickSize)
{
    public const string Trading = "Trading";

    /// <summary>Trading, or PreLaunch: listed before it trades.</summary>
    public string Status { get; init; } = Trading;
}

// A market's symbols as a table of the program's own: symbol, base coin, quote coin, tick size and, on derivatives, status. Read once.
// Immutable.
internal sealed class ListedTable
{
    private readonly Dictionary<string, ListedSymbol> _bySymbol;

    public ListedTable(string name)
    {
        using var stream = typeof(ListedTable).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"{name} is not in the program");
        using var reader = new StreamReader(stream);
        var rows = new List<ListedSymbol>(800);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#')) continue;
            var cells = line.Split('\t');
            if (cells.Length is not (4 or 5)) throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"{name}:{rows.Count + 2}: four or five cells are expected"));
            rows.Add(new ListedSymbol(cells[0], cells[1], cells[2], cells[3]) { Status = cells.ElementAtOrDefault(4) ?? ListedSymbol.Trading });
        }
        All = rows;
        _bySymbol = rows.ToDictionary(entry => entry.Symbol, StringComparer.Ordinal);
    }

    public IReadOnlyList<ListedSymbol> All { get; }

    public ListedSymbol? Find(string symbol) => _bySymbol.GetValueOrDefault(symbol);
}

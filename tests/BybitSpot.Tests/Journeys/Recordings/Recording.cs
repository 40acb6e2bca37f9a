using System.Globalization;
using System.Text.Json;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>A recorded stream, read by the test on its own: which messages carry prices, and which of them is the newest.</summary>
internal sealed class Recording(IReadOnlyList<string> lines)
{
    /// <summary>Lines that carry a price, by their index.</summary>
    public IReadOnlyList<int> PriceLines { get; } = [.. Enumerable.Range(0, lines.Count).Where(i => PricesOf(lines[i]).Any())];

    public static Recording Read(string path) => new(File.ReadAllLines(path));

    /// <summary>The first so many lines.</summary>
    public Recording Cut(int count) => new([.. lines.Take(count)]);

    /// <summary>With one more at the end.</summary>
    public Recording With(string line) => new([.. lines, line]);

    public void Write(string path) => File.WriteAllLines(path, lines);

    /// <summary>
    /// The newest price of a symbol and its time, as a reader of Redis must find them; null if there is none. Newest: the
    /// largest sequence (a trade's seq, a ticker's cs), then the largest time, then the larger trade id, then what comes later.
    /// </summary>
    public (string Price, string Timestamp)? Newest(string symbol)
    {
        Entry? newest = null;
        foreach (Entry entry in lines.SelectMany(PricesOf).Where(e => e.Symbol == symbol))
            if (newest is null || entry.Order(newest) >= 0)
                newest = entry;
        return newest is null ? null : (newest.Price, DateTimeOffset.FromUnixTimeMilliseconds(newest.TimeMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
    }

    private sealed record Entry(string Symbol, long Sequence, long TimeMs, decimal? Id, string Price)
    {
        public int Order(Entry other)
        {
            int order = (Sequence, TimeMs).CompareTo((other.Sequence, other.TimeMs));
            return order == 0 && Id is { } id && other.Id is { } otherId ? id.CompareTo(otherId) : order;
        }
    }

    private static IEnumerable<Entry> PricesOf(string line)
    {
        JsonElement recorded = JsonDocument.Parse(line).RootElement;
        if (recorded.GetProperty("dir").GetString() != "in")
            yield break;
        JsonElement frame = JsonDocument.Parse(recorded.GetProperty("raw").GetString()!).RootElement;
        string topic = frame.TryGetProperty("topic", out JsonElement named) ? named.GetString()! : "";
        if (topic.StartsWith("tickers."))
        {
            JsonElement data = frame.GetProperty("data");
            yield return new Entry(data.GetProperty("symbol").GetString()!, frame.GetProperty("cs").GetInt64(), frame.GetProperty("ts").GetInt64(), null, data.GetProperty("lastPrice").GetString()!);
        }
        if (!topic.StartsWith("publicTrade."))
            yield break;
        foreach (JsonElement trade in frame.GetProperty("data").EnumerateArray())
            if (!Is(trade, "BT") && !Is(trade, "RPI"))
                yield return new Entry(trade.GetProperty("s").GetString()!, trade.GetProperty("seq").GetInt64(), trade.GetProperty("T").GetInt64(),
                    decimal.Parse(trade.GetProperty("i").GetString()!, CultureInfo.InvariantCulture), trade.GetProperty("p").GetString()!);
    }

    private static bool Is(JsonElement trade, string mark) => trade.TryGetProperty(mark, out JsonElement value) && value.GetBoolean();
}

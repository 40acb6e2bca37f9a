using System.Globalization;
using System.Text.Json;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>A recorded stream, read by the test on its own: which messages carry prices, and which of them is the newest.</summary>
internal sealed class Recording(IReadOnlyList<string> lines)
{
    private readonly Entry[][] _prices = [.. lines.Select(line => PricesOf(line).ToArray())];

    /// <summary>Lines that carry a price, by their index.</summary>
    public IReadOnlyList<int> PriceLines => [.. Enumerable.Range(0, lines.Count).Where(i => _prices[i].Length > 0)];

    public IReadOnlyList<string> Symbols => [.. _prices.SelectMany(p => p).Select(p => p.Symbol).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>What the exchange sent of tickers and trades, in order.</summary>
    public IEnumerable<(string Topic, string Raw)> Frames => lines.Where(IsIncoming).Select(RawOf).Select(raw => (TopicOf(raw), raw)).Where(f => IsTicker(f.Item1) || IsTrade(f.Item1));

    public static Recording Read(string path) => new(File.ReadAllLines(path));

    /// <summary>The lines up to this one, and no more than so many.</summary>
    public Recording CutBehind(int line, int linesMax = int.MaxValue) => new([.. lines.Take(line + 1).TakeLast(linesMax)]);

    /// <summary>Lines with trades of which no ticker has told yet, by their index.</summary>
    public IReadOnlyList<int> TradesBeforeTheirTicker()
    {
        var told = new Dictionary<string, long>();
        var found = new List<int>();
        for (int i = 0; i < lines.Count; i++)
        {
            foreach (Entry ticker in _prices[i].Where(p => p.Id is null))
                told[ticker.Symbol] = Math.Max(told.GetValueOrDefault(ticker.Symbol), ticker.Sequence);
            if (_prices[i].Any(p => p.Id is not null && p.Sequence > told.GetValueOrDefault(p.Symbol)))
                found.Add(i);
        }
        return found;
    }

    /// <summary>As if the frames of one kind of topic had come so much later.</summary>
    public Recording Late(Func<string, bool> kind, double seconds) => new(
        [.. lines.Where(IsIncoming).OrderBy(line => JsonDocument.Parse(line).RootElement.GetProperty("recv_ts").GetDouble() + (kind(TopicOf(RawOf(line))) ? seconds : 0))]);

    /// <summary>Each frame of several trades as one frame a trade; and the first of these, and then the frame as it was, once more behind them.</summary>
    public Recording SplitAndRepeated() => new([.. lines.SelectMany(line =>
    {
        if (!IsIncoming(line) || !IsTrade(TopicOf(RawOf(line))))
            return [line];
        JsonElement[] trades = [.. JsonDocument.Parse(RawOf(line)).RootElement.GetProperty("data").EnumerateArray()];
        string[] apart = [.. trades.Select(trade => WithTrades(line, trade))];
        return (string[])[.. apart, apart[0], line];
    })]);

    public static bool IsTicker(string topic) => topic.StartsWith("tickers.");

    public static bool IsTrade(string topic) => topic.StartsWith("publicTrade.");

    /// <summary>
    /// The newest price of a symbol and its time, as a reader of Redis must find them; null if there is none. Newest: the
    /// largest sequence (a trade's seq, a ticker's cs), then the largest time, then the larger trade id, then what comes later.
    /// </summary>
    public (string Price, string Timestamp)? Newest(string symbol)
    {
        Entry? newest = null;
        foreach (Entry entry in _prices.SelectMany(p => p).Where(e => e.Symbol == symbol))
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

    private static bool IsIncoming(string line) => JsonDocument.Parse(line).RootElement.GetProperty("dir").GetString() == "in";

    private static string RawOf(string line) => JsonDocument.Parse(line).RootElement.GetProperty("raw").GetString()!;

    private static string TopicOf(string raw) => JsonDocument.Parse(raw).RootElement.TryGetProperty("topic", out JsonElement named) ? named.GetString()! : "";

    private static string WithTrades(string line, JsonElement trade)
    {
        JsonElement recorded = JsonDocument.Parse(line).RootElement;
        var frame = JsonDocument.Parse(RawOf(line)).RootElement.EnumerateObject()
            .Select(p => $"{JsonSerializer.Serialize(p.Name)}:{(p.Name == "data" ? $"[{trade.GetRawText()}]" : p.Value.GetRawText())}");
        return JsonSerializer.Serialize(new Dictionary<string, object> { ["dir"] = "in", ["recv_ts"] = recorded.GetProperty("recv_ts").GetDouble(), ["raw"] = $"{{{string.Join(',', frame)}}}" });
    }

    private static IEnumerable<Entry> PricesOf(string line)
    {
        if (!IsIncoming(line))
            yield break;
        JsonElement frame = JsonDocument.Parse(RawOf(line)).RootElement;
        string topic = TopicOf(RawOf(line));
        if (IsTicker(topic))
        {
            JsonElement data = frame.GetProperty("data");
            yield return new Entry(data.GetProperty("symbol").GetString()!, frame.GetProperty("cs").GetInt64(), frame.GetProperty("ts").GetInt64(), null, data.GetProperty("lastPrice").GetString()!);
        }
        if (!IsTrade(topic))
            yield break;
        foreach (JsonElement trade in frame.GetProperty("data").EnumerateArray())
            if (!Is(trade, "BT") && !Is(trade, "RPI"))
                yield return new Entry(trade.GetProperty("s").GetString()!, trade.GetProperty("seq").GetInt64(), trade.GetProperty("T").GetInt64(),
                    decimal.Parse(trade.GetProperty("i").GetString()!, CultureInfo.InvariantCulture), trade.GetProperty("p").GetString()!);
    }

    private static bool Is(JsonElement trade, string mark) => trade.TryGetProperty(mark, out JsonElement value) && value.GetBoolean();
}

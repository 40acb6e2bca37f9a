// What is shown of a running feed as JSON: what /status, /prices and /events say. Pure. What must stay true: prices and times are
// texts, as they stand in Redis; docs/http.md says the same.
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

internal static class BoardJson
{
    /// <summary>Quotes and apostrophes as people read them: nothing of this is ever put into HTML as it is.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string StateName(FeedState state) => state switch
    {
        FeedState.Connecting => "connecting",
        FeedState.Live => "live",
        FeedState.Degraded => "degraded",
        FeedState.Stale => "stale",
        FeedState.Empty => "empty",
        _ => "stopped",
    };

    public static string StateName(CoinState state) => state switch
    {
        CoinState.Fresh => "fresh",
        CoinState.Quiet => "quiet",
        _ => "stale",
    };

    public static string TimeText(DateTimeOffset time) => IsoTime.Text(time.ToUnixTimeMilliseconds());

    public static void Write(Utf8JsonWriter json, BoardStatus status)
    {
        json.WriteStartObject();
        json.WriteString("time", TimeText(status.Time));
        json.WriteString("market", status.Market);
        if (status.Shard is { } shard)
            json.WriteString("shard", shard);
        json.WriteString("instance", status.Instance);
        json.WriteString("version", status.Version);
        json.WriteString("started", TimeText(status.Started));
        json.WriteString("state", StateName(status.State));
        json.WriteString("since", TimeText(status.Since));
        json.WriteBoolean("ready", status.Ready);
        json.WriteString("reason", status.Reason);
        json.WriteNumber("coins", status.Coins);
        json.WriteNumber("fresh", status.Fresh);
        json.WriteNumber("quiet", status.Quiet);
        json.WriteNumber("stale", status.Stale);
        json.WriteString("endpoint", status.Endpoint);
        json.WriteNumber("lines", status.Lines);
        json.WriteNumber("lines_connected", status.LinesConnected);
        json.WriteNumber("ticks", status.Ticks);
        WriteRounded(json, "ticks_per_second", status.TicksPerSecond, "0.#");
        Write(json, "reconnects", status.Reconnects);
        Write(json, "dropped", status.Dropped);
        json.WriteStartObject("redis");
        json.WriteString("endpoint", status.Redis.Endpoint);
        json.WriteString("trouble", status.Redis.Trouble);
        json.WriteNumber("servers", status.Redis.Servers);
        json.WriteNumber("servers_up", status.Redis.ServersUp);
        json.WriteNumber("writes", status.Redis.Writes);
        WriteRounded(json, "writes_per_second", status.Redis.WritesPerSecond, "0.#");
        WriteRounded(json, "latency_p50_ms", status.Redis.LatencyP50Ms, "0.###");
        WriteRounded(json, "latency_p99_ms", status.Redis.LatencyP99Ms, "0.###");
        json.WriteNumber("other_writers", status.Redis.OtherWriters);
        json.WriteEndObject();
        if (status.ClockOffsetMs is { } offset)
            json.WriteNumber("clock_offset_ms", offset);
        else
            json.WriteNull("clock_offset_ms");
        json.WriteEndObject();
    }

    /// <summary>A coin whole.</summary>
    public static void Write(Utf8JsonWriter json, BoardCoin coin)
    {
        json.WriteStartObject();
        json.WriteString("coin", coin.Coin);
        json.WriteString("symbol", coin.Symbol);
        json.WriteString("price", coin.Price);
        json.WriteString("timestamp", coin.Timestamp);
        WriteWorth(json, coin.State, coin.Age, coin.Reason);
        if (coin.DayAgo is { } before)
            json.WriteString("day_ago", before);
        if (coin.Trail.Count > 0)
        {
            json.WriteStartArray("trail");
            foreach (float point in coin.Trail)
                if (float.IsFinite(point))
                    json.WriteNumberValue(point);
                else
                    json.WriteNullValue();
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>The same without what seldom changes.</summary>
    public static void WriteNews(Utf8JsonWriter json, CoinStanding standing, bool priced, Tick tick, TimeSpan? age)
    {
        json.WriteStartObject();
        json.WriteString("coin", standing.Instrument.Name);
        if (priced)
        {
            Span<byte> timestamp = stackalloc byte[IsoTime.Length];
            IsoTime.Format(tick.TimeMs, timestamp);
            json.WriteString("price", tick.Price.Text);
            json.WriteString("timestamp", timestamp);
        }
        else
        {
            json.WriteNull("price");
            json.WriteNull("timestamp");
        }
        WriteWorth(json, standing.State, age, standing.Reason);
        json.WriteEndObject();
    }

    private static void WriteWorth(Utf8JsonWriter json, CoinState state, TimeSpan? age, string? reason)
    {
        json.WriteString("state", StateName(state));
        if (age is { } since)
            json.WriteNumber("age_ms", (long)since.TotalMilliseconds);
        else
            json.WriteNull("age_ms");
        if (reason is not null)
            json.WriteString("reason", reason);
    }

    /// <summary>Writes what does not need more digits than people read.</summary>
    private static void WriteRounded(Utf8JsonWriter json, string name, double? value, string format)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WritePropertyName(name);
            json.WriteRawValue(number.ToString(format, CultureInfo.InvariantCulture), skipInputValidation: true);
        }
        else
            json.WriteNull(name);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach ((string key, long count) in counts)
            json.WriteNumber(key, count);
        json.WriteEndObject();
    }
}

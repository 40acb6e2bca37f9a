// What a running program tells over HTTP, read back: GET /status and the coins of GET /prices and of /events. Pure. What must stay true:
// whatever stands there gives something or a JsonException; texts have a limit, and what is not known is left as it is by default.
using System.Text.Json;
using BybitSpot.Latest;

namespace BybitSpot.App;

internal static class BoardReading
{
    /// <summary>More than all coins there are.</summary>
    public const int CoinsMax = 5_000;

    /// <summary>Longer texts are cut; reasons are the longest.</summary>
    private const int TextMax = 500;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    public static BoardStatus Status(ReadOnlyMemory<byte> text)
    {
        using JsonDocument document = JsonDocument.Parse(text, s_options);
        JsonElement root = document.RootElement;
        // Any other program's answer would else be a feed that is nothing.
        if (root.ValueKind != JsonValueKind.Object || Text(root, "state") is not { } state || !Enum.TryParse(state, ignoreCase: true, out FeedState known) || Moment(root, "time") is not { } time)
            throw new JsonException("it is no status of a bybitspot");
        return new BoardStatus
        {
            Time = time,
            Market = Text(root, "market") ?? "",
            Shard = Text(root, "shard"),
            Instance = Text(root, "instance") ?? "",
            Version = Text(root, "version") ?? "",
            Started = Moment(root, "started") ?? time,
            State = known,
            Since = Moment(root, "since") ?? time,
            Ready = Member(root, "ready", JsonValueKind.True) is not null,
            Reason = Text(root, "reason"),
            Coins = (int)Number(root, "coins"),
            Fresh = (int)Number(root, "fresh"),
            Quiet = (int)Number(root, "quiet"),
            Stale = (int)Number(root, "stale"),
            Endpoint = Text(root, "endpoint") ?? "",
            Lines = (int)Number(root, "lines"),
            LinesConnected = (int)Number(root, "lines_connected"),
            Ticks = (long)Number(root, "ticks"),
            TicksPerSecond = Number(root, "ticks_per_second"),
            Reconnects = Counts(root, "reconnects"),
            Dropped = Counts(root, "dropped"),
            Redis = Member(root, "redis", JsonValueKind.Object) is { } redis ? RedisOf(redis) : new BoardRedis(),
            ClockOffsetMs = Member(root, "clock_offset_ms", JsonValueKind.Number) is { } offset && offset.TryGetInt64(out long ms) ? ms : null,
        };
    }

    /// <summary>A coin, over what is known of it: a later telling leaves out what stays as it was.</summary>
    /// <param name="coin">Null: it has no name.</param>
    /// <param name="known">Null: nothing.</param>
    /// <param name="trail">Its past, if that is told.</param>
    public static BoardCoin? Coin(JsonElement coin, Func<string, BoardCoin?> known, out float[]? trail)
    {
        trail = null;
        if (coin.ValueKind != JsonValueKind.Object || Text(coin, "coin") is not { Length: > 0 } name)
            return null;
        BoardCoin before = known(name) ?? new BoardCoin(name);
        if (Member(coin, "trail", JsonValueKind.Array) is { } points)
            trail = [.. points.EnumerateArray().Take(PriceTrail.Length).Select(p => p.ValueKind == JsonValueKind.Number && p.TryGetSingle(out float point) ? point : float.NaN)];
        CoinState state = Enum.TryParse(Text(coin, "state"), ignoreCase: true, out CoinState said) ? said : CoinState.Stale;
        return before with
        {
            Symbol = Text(coin, "symbol") ?? before.Symbol,
            Price = Text(coin, "price"),
            Timestamp = Text(coin, "timestamp"),
            State = state,
            Reason = state == CoinState.Stale ? Text(coin, "reason") : null,
            Age = Member(coin, "age_ms", JsonValueKind.Number) is { } age && age.TryGetDouble(out double ms) && Math.Abs(ms) < 1e12 ? TimeSpan.FromMilliseconds(ms) : null,
            DayAgo = Text(coin, "day_ago") ?? before.DayAgo,
        };
    }

    /// <summary>Reads what holds coins: the answer of /prices, or a `prices` event.</summary>
    /// <param name="coin">For each of them.</param>
    /// <param name="removed">For each that is not watched any more.</param>
    public static void Prices(ReadOnlyMemory<byte> text, Action<JsonElement> coin, Action<string> removed)
    {
        using JsonDocument document = JsonDocument.Parse(text, s_options);
        if (document.RootElement.ValueKind != JsonValueKind.Object || Member(document.RootElement, "coins", JsonValueKind.Array) is not { } coins || coins.GetArrayLength() > CoinsMax)
            throw new JsonException("these are no coins of a bybitspot");
        foreach (JsonElement each in coins.EnumerateArray())
            coin(each);
        if (Member(document.RootElement, "removed", JsonValueKind.Array) is { } gone)
            foreach (JsonElement each in gone.EnumerateArray())
                if (each.ValueKind == JsonValueKind.String)
                    removed(each.GetString()!);
    }

    /// <summary>What an error says: <c>{"error":"…"}</c>; null if it says nothing.</summary>
    public static string? Error(ReadOnlyMemory<byte> text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text, s_options);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Text(document.RootElement, "error") : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BoardRedis RedisOf(JsonElement redis) => new()
    {
        Endpoint = Text(redis, "endpoint") ?? "",
        Trouble = Text(redis, "trouble"),
        Servers = (int)Number(redis, "servers"),
        ServersUp = (int)Number(redis, "servers_up"),
        Writes = (long)Number(redis, "writes"),
        WritesPerSecond = Number(redis, "writes_per_second"),
        LatencyP50Ms = Member(redis, "latency_p50_ms", JsonValueKind.Number)?.GetDouble(),
        LatencyP99Ms = Member(redis, "latency_p99_ms", JsonValueKind.Number)?.GetDouble(),
        OtherWriters = (int)Number(redis, "other_writers"),
    };

    private static Dictionary<string, long> Counts(JsonElement root, string name)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        if (Member(root, name, JsonValueKind.Object) is { } object_)
            foreach (JsonProperty count in object_.EnumerateObject().Take(100))
                if (count.Value.ValueKind == JsonValueKind.Number && count.Value.TryGetInt64(out long value))
                    counts[count.Name] = value;
        return counts;
    }

    private static JsonElement? Member(JsonElement of, string name, JsonValueKind kind) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind ? value : null;

    private static double Number(JsonElement of, string name) =>
        Member(of, name, JsonValueKind.Number) is { } value && value.TryGetDouble(out double number) && Math.Abs(number) < 1e15 ? number : 0;

    private static string? Text(JsonElement of, string name) =>
        Member(of, name, JsonValueKind.String)?.GetString() is { } text ? text.Length > TextMax ? text[..TextMax] : text : null;

    private static DateTimeOffset? Moment(JsonElement of, string name) =>
        Member(of, name, JsonValueKind.String) is { } value && value.TryGetDateTimeOffset(out DateTimeOffset moment) ? moment : null;
}

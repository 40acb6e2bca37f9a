using System.Text.Json;

namespace BybitSpot.Simulator;

// One line of a recording taken apart. Pure. The raw frame is taken out of its JSON string byte for byte, and its topic is
// looked for wherever in the object it stands; a frame that breaks off after its topic still has one.
internal readonly record struct RecordedLine(bool IsIncoming, long AtUs, int RawBytes)
{
    /// <summary>Null, or why the line is broken. <paramref name="raw"/> must be as long as the line.</summary>
    public static string? TryParse(ReadOnlySpan<byte> line, byte[] raw, out RecordedLine parsed)
    {
        parsed = default;
        bool? isIncoming = null;
        double? atSeconds = null;
        int? rawBytes = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "no JSON object";
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("dir"u8))
                {
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.String) return "\"dir\" must be \"in\" or \"out\"";
                    isIncoming = reader.ValueTextEquals("in"u8) ? true : reader.ValueTextEquals("out"u8) ? false : null;
                    if (isIncoming is null) return "\"dir\" must be \"in\" or \"out\"";
                }
                else if (reader.ValueTextEquals("recv_ts"u8))
                {
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.Number || !reader.TryGetDouble(out var seconds) || seconds is not (>= 0 and < 1e11)) return "\"recv_ts\" must be seconds";
                    atSeconds = seconds;
                }
                else if (reader.ValueTextEquals("raw"u8))
                {
                    reader.Read();
                    if (reader.TokenType != JsonTokenType.String) return "\"raw\" must be a string";
                    rawBytes = reader.CopyString(raw);
                }
                else
                {
                    reader.Read();
                    reader.Skip();
                }
            }
            // Anything behind the object makes this throw.
            while (reader.Read()) { }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The first of them is a syntax error, the other a string that is no Unicode.
            return $"broken JSON: {e.Message}";
        }
        if (isIncoming is not { } incoming) return "\"dir\" is missing";
        if (atSeconds is not { } at) return "\"recv_ts\" is missing";
        if (rawBytes is not { } bytes) return "\"raw\" is missing";
        parsed = new RecordedLine(incoming, (long)(at * 1e6), bytes);
        return null;
    }

    public static string? TopicOf(ReadOnlySpan<byte> frame)
    {
        try
        {
            var reader = new Utf8JsonReader(frame);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isTopic = reader.ValueTextEquals("topic"u8);
                reader.Read();
                if (isTopic) return reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A recorded frame may be anything; without a topic it belongs to nobody.
        }
        return null;
    }

    /// <summary>A tickers frame's lastPrice, or null.</summary>
    public static string? LastPriceOf(ReadOnlyMemory<byte> frame)
    {
        try
        {
            using var document = JsonDocument.Parse(frame);
            return document.RootElement.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Object
                && data.TryGetProperty("lastPrice", out var price) && price.ValueKind == JsonValueKind.String ? price.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

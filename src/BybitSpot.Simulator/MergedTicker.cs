using System.Buffers;
using System.Text.Json;

namespace BybitSpot.Simulator;

// A recorded ticker topic's state, as a subscriber would get it now: a snapshot as it came; a delta laid over what stood, in the
// delta's own shape and key order, as a snapshot. Pure.
internal static class MergedTicker
{
    /// <param name="before">What stood; null: nothing, and a delta is all that there is.</param>
    /// <returns>The frame itself where it is no delta, or nothing can be made of it.</returns>
    public static byte[] Of(byte[]? before, ReadOnlyMemory<byte> frame)
    {
        if (before is null) return frame.ToArray();
        try
        {
            using var delta = JsonDocument.Parse(frame);
            using var stood = JsonDocument.Parse(before);
            if (!delta.RootElement.TryGetProperty("type", out var type) || !type.ValueEquals("delta"u8)) return frame.ToArray();
            var changed = delta.RootElement.GetProperty("data");
            var bytes = new ArrayBufferWriter<byte>(before.Length + frame.Length);
            using (var json = new Utf8JsonWriter(bytes))
            {
                json.WriteStartObject();
                foreach (var root in delta.RootElement.EnumerateObject())
                {
                    json.WritePropertyName(root.Name);
                    if (root.NameEquals("type"u8)) json.WriteStringValue("snapshot"u8);
                    else if (!root.NameEquals("data"u8)) json.WriteRawValue(root.Value.GetRawText());
                    else WriteData(json, stood.RootElement.GetProperty("data"), changed);
                }
                json.WriteEndObject();
            }
            return bytes.WrittenSpan.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // A recorded frame may be anything.
            return frame.ToArray();
        }
    }

    private static void WriteData(Utf8JsonWriter json, JsonElement stood, JsonElement changed)
    {
        json.WriteStartObject();
        foreach (var field in stood.EnumerateObject())
        {
            json.WritePropertyName(field.Name);
            json.WriteRawValue((changed.TryGetProperty(field.Name, out var now) ? now : field.Value).GetRawText());
        }
        foreach (var field in changed.EnumerateObject())
        {
            if (stood.TryGetProperty(field.Name, out _)) continue;
            json.WritePropertyName(field.Name);
            json.WriteRawValue(field.Value.GetRawText());
        }
        json.WriteEndObject();
    }
}

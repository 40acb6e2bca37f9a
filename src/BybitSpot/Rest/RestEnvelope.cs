// What every REST body has around it. Pure. What must stay true: a body that isn't wholly JSON of the documented shape is
// trouble, never half an answer that is taken for the whole.
//
// {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[…],"nextPageCursor":""},"retExtInfo":{},"time":1786310818969}
using System.Text.Json;

namespace BybitSpot.Rest;

/// <summary>Beside the list.</summary>
/// <param name="TimeMs">The exchange's time of the answer; 0 if it has none.</param>
internal readonly record struct RestEnvelope(string Cursor, long TimeMs)
{
    /// <summary>Too many requests in a second, as the REST interface says it; HTTP 403 says that it has lost patience.</summary>
    private const int TooManyRequests = 10006;

    private const int RefusalTextMax = 200;
    private const int CursorMax = 1024;

    /// <summary>Reads one entry of the list; the reader stands at its first token and is left at its last.</summary>
    public delegate void EntryReader(ref Utf8JsonReader reader);

    /// <summary>Reads a body, each entry of its list by <paramref name="entry"/>.</summary>
    /// <returns>Null, or why the body is not taken.</returns>
    public static RestTrouble? Parse(ReadOnlySpan<byte> body, EntryReader entry, out RestEnvelope envelope)
    {
        envelope = new RestEnvelope("", 0);
        try
        {
            return ParseWhole(body, entry, ref envelope);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            return new RestTrouble("the body is not JSON of the documented shape");
        }
    }

    private static RestTrouble? ParseWhole(ReadOnlySpan<byte> body, EntryReader entry, ref RestEnvelope envelope)
    {
        int? code = null;
        string message = "";
        bool listSeen = false;
        var reader = new Utf8JsonReader(body);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("retCode"u8))
            {
                reader.Read();
                code = reader.GetInt32();
            }
            else if (reader.ValueTextEquals("retMsg"u8))
            {
                reader.Read();
                message = reader.GetString() ?? "";
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                envelope = envelope with { TimeMs = reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long time) ? time : 0 };
                reader.Skip();
            }
            else if (reader.ValueTextEquals("result"u8))
            {
                listSeen = ParseResult(ref reader, entry, ref envelope);
            }
            else
            {
                reader.Skip();
            }
        }
        while (reader.Read())
        {
        }
        if (code is null || (code == 0 && !listSeen))
            return new RestTrouble("the body has no retCode or no list");
        if (code == 0)
            return null;
        string text = message.Length > RefusalTextMax ? message[..RefusalTextMax] : message;
        return new RestTrouble($"retCode {code}: {text}", Limited: code == TooManyRequests);
    }

    private static bool ParseResult(ref Utf8JsonReader reader, EntryReader entry, ref RestEnvelope envelope)
    {
        bool listSeen = false;
        reader.Read();
        // An error's result is {} or null.
        if (reader.TokenType == JsonTokenType.Null)
            return false;
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("list"u8))
            {
                listSeen = true;
                Expect(ref reader, JsonTokenType.StartArray);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    if (reader.TokenType != JsonTokenType.StartObject)
                        throw new JsonException();
                    entry(ref reader);
                }
            }
            else if (reader.ValueTextEquals("nextPageCursor"u8))
            {
                reader.Read();
                string cursor = reader.GetString() ?? "";
                if (cursor.Length > CursorMax)
                    throw new JsonException();
                envelope = envelope with { Cursor = cursor };
            }
            else
            {
                reader.Skip();
            }
        }
        return listSeen;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException();
    }
}

// Takes the list out of one REST body. Pure. What must stay true: a body that isn't wholly JSON of the documented shape adds
// trouble, never half a list that is taken for the whole; names that could not be a symbol are left out, since they go into
// Redis keys.
//
// {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[{"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT",
//   "innovation":"0","status":"Trading","lotSizeFilter":{…},"priceFilter":{"tickSize":"0.1"}}],"nextPageCursor":""},"time":1786310818969}
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Rest;

internal static class InstrumentsBody
{
    /// <summary>Too many requests: the REST interface's own way to say what HTTP 403 says.</summary>
    private const int TooManyRequests = 10006;

    private const int RefusalTextMax = 200;
    private const int CursorMax = 1024;

    /// <summary>Adds the body's trading instruments to <paramref name="listed"/>.</summary>
    /// <returns>Null, or why the body is not taken.</returns>
    public static InstrumentsAnswer? Parse(ReadOnlySpan<byte> body, List<Listing> listed, out string cursor)
    {
        cursor = "";
        try
        {
            return ParseEnvelope(body, listed, out cursor);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            return InstrumentsAnswer.Failed("the body is not JSON of the documented shape");
        }
    }

    private static InstrumentsAnswer? ParseEnvelope(ReadOnlySpan<byte> body, List<Listing> listed, out string cursor)
    {
        cursor = "";
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
            else if (reader.ValueTextEquals("result"u8))
            {
                listSeen = ParseResult(ref reader, listed, out cursor);
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
            return InstrumentsAnswer.Failed("the body has no retCode or no list");
        if (code == 0)
            return null;
        string text = message.Length > RefusalTextMax ? message[..RefusalTextMax] : message;
        return InstrumentsAnswer.Failed($"retCode {code}: {text}", banned: code == TooManyRequests);
    }

    private static bool ParseResult(ref Utf8JsonReader reader, List<Listing> listed, out string cursor)
    {
        cursor = "";
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
                    if (ParseEntry(ref reader) is { } listing)
                        listed.Add(listing);
            }
            else if (reader.ValueTextEquals("nextPageCursor"u8))
            {
                reader.Read();
                cursor = reader.GetString() ?? "";
                if (cursor.Length > CursorMax)
                    throw new JsonException();
            }
            else
            {
                reader.Skip();
            }
        }
        return listSeen;
    }

    private static Listing? ParseEntry(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        string? symbol = null, baseCoin = null, quoteCoin = null;
        bool trading = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("symbol"u8))
                symbol = Name(ref reader);
            else if (reader.ValueTextEquals("baseCoin"u8))
                baseCoin = Name(ref reader);
            else if (reader.ValueTextEquals("quoteCoin"u8))
                quoteCoin = Name(ref reader);
            else if (reader.ValueTextEquals("status"u8))
            {
                reader.Read();
                trading = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("Trading"u8);
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                    throw new JsonException();
            }
            else
            {
                reader.Skip();
            }
        }
        return trading && symbol is not null && baseCoin is not null && quoteCoin is not null
            ? new Listing(symbol, baseCoin, quoteCoin)
            : null;
    }

    /// <summary>Null for what cannot be the name of a symbol or a coin.</summary>
    private static string? Name(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException();
        if (reader.ValueTextEquals("USDT"u8))
            return Instrument.Quote;
        string name = reader.GetString()!;
        if (name.Length is 0 or > Instrument.SymbolLengthMax)
            return null;
        foreach (char c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_'))
                return null;
        return name;
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw new JsonException();
    }
}

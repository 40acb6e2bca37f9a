// Takes the list of instruments out of one REST body. Pure. What must stay true: names that could not be a symbol are left out,
// since they go into Redis keys.
//
// {"symbol":"BTCUSDT","baseCoin":"BTC","quoteCoin":"USDT","innovation":"0","status":"Trading","lotSizeFilter":{…},"priceFilter":{"tickSize":"0.1"}}
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Rest;

internal static class InstrumentsBody
{
    /// <summary>Adds the body's trading instruments to <paramref name="listed"/>.</summary>
    /// <param name="withPreLaunch">Whether those count, too, that are listed before they trade.</param>
    /// <returns>Null, or why the body is not taken.</returns>
    public static RestTrouble? Parse(ReadOnlySpan<byte> body, bool withPreLaunch, List<Listing> listed, out string cursor)
    {
        RestTrouble? trouble = RestEnvelope.Parse(
            body,
            (ref Utf8JsonReader reader) =>
            {
                if (ParseEntry(ref reader, withPreLaunch) is { } listing)
                    listed.Add(listing);
            },
            out RestEnvelope envelope);
        cursor = envelope.Cursor;
        return trouble;
    }

    private static Listing? ParseEntry(ref Utf8JsonReader reader, bool withPreLaunch)
    {
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
                trading = reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("Trading"u8) || (withPreLaunch && reader.ValueTextEquals("PreLaunch"u8)));
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
}

// Asks the exchange's REST interface for the last price of everything, in one body. It has no time for each symbol, only its
// own. Blocks its caller's thread; call it on a thread that may wait.
//
// {"symbol":"BTCUSDT","bid1Price":"65140.4","bid1Size":"0.1","ask1Price":"65140.5","ask1Size":"0.2","lastPrice":"65140.5","prevPrice24h":"64000.1",…}
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>All last prices at one moment.</summary>
/// <param name="Prices">By symbol; empty for a symbol that is named with what is no price.</param>
/// <param name="Listed">How many symbols the body names, those without a price included.</param>
/// <param name="TimeMs">The exchange's time of the answer; 0 if it has none.</param>
/// <param name="AskedAt">A time stamp of the time provider's.</param>
internal sealed record TickersAnswer(IReadOnlyDictionary<string, Price> Prices, int Listed, long TimeMs, long AskedAt, long AnsweredAt)
{
    /// <summary>The prices 24 hours before, of those that had one.</summary>
    public IReadOnlyDictionary<string, Price> DayAgo { get; init; } = new Dictionary<string, Price>();
}

internal sealed class Tickers(RestClient rest, Venue venue)
{
    private readonly string _path = "/v5/market/tickers?category=" + venue.ToString().ToLowerInvariant();

    public string Endpoint => rest.Endpoint;

    /// <summary>Whether the exchange wants no questions for a while.</summary>
    public bool IsBanned => rest.IsPaused;

    /// <param name="wanted">The symbols whose prices are taken; the others are only counted.</param>
    /// <param name="answer">Null if there is trouble.</param>
    public RestTrouble? Ask(IReadOnlySet<string> wanted, CancellationToken stop, out TickersAnswer? answer)
    {
        TickersAnswer? read = null;
        RestTrouble? trouble = rest.Ask(
            get =>
            {
                if (get(_path, out RestBody body) is { } failed)
                    return failed;
                return Parse(body, wanted, out read);
            },
            stop);
        answer = trouble is null ? read : null;
        return trouble;
    }

    internal static RestTrouble? Parse(in RestBody body, IReadOnlySet<string> wanted, out TickersAnswer? answer)
    {
        var prices = new Dictionary<string, Price>(wanted.Count, StringComparer.Ordinal);
        var dayAgo = new Dictionary<string, Price>(wanted.Count, StringComparer.Ordinal);
        var names = new Dictionary<string, string>(wanted.Count, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (string symbol in wanted)
            names[symbol] = symbol;
        int listed = 0;
        RestTrouble? trouble = RestEnvelope.Parse(
            body.Span,
            (ref Utf8JsonReader reader) =>
            {
                listed++;
                ParseEntry(ref reader, names, prices, dayAgo);
            },
            out RestEnvelope envelope);
        answer = trouble is null ? new TickersAnswer(prices, listed, envelope.TimeMs, body.AskedAt, body.AnsweredAt) { DayAgo = dayAgo } : null;
        return trouble;
    }

    private static void ParseEntry(
        ref Utf8JsonReader reader, Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> names, Dictionary<string, Price> prices, Dictionary<string, Price> dayAgo)
    {
        string? symbol = null;
        Price price = default, before = default;
        bool priced = false, hadOne = false;
        Span<char> name = stackalloc char[Instrument.SymbolLengthMax];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("symbol"u8))
            {
                reader.Read();
                // Bytes may be more than characters, never fewer.
                if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= Instrument.SymbolLengthMax)
                    names.TryGetValue(name[..reader.CopyString(name)], out symbol);
                reader.Skip();
            }
            else if (reader.ValueTextEquals("lastPrice"u8))
                priced = TryPrice(ref reader, out price);
            else if (reader.ValueTextEquals("prevPrice24h"u8))
                hadOne = TryPrice(ref reader, out before);
            else
                reader.Skip();
        }
        if (symbol is null)
            return;
        prices[symbol] = priced ? price : default;
        if (hadOne)
            dayAgo[symbol] = before;
    }

    private static bool TryPrice(ref Utf8JsonReader reader, out Price price)
    {
        price = default;
        reader.Read();
        bool taken = reader.TokenType == JsonTokenType.String && !reader.ValueIsEscaped && Price.TryParse(reader.ValueSpan, out price);
        reader.Skip();
        return taken;
    }
}

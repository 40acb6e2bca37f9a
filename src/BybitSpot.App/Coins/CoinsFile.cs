// Reads config/coins.json: {"coins":["BTCUSDT",…]}, with "allowEmpty": true if an empty list is meant; beside "coins", which are of the
// market of BYBIT_WS_URL, "spot", "linear" and "inverse" may name symbols of these. Pure. What must stay true: a file that is not wholly
// right gives no list at all, but a line number and a reason that a person can act on.
using System.Text.Json;
using System.Text.Unicode;
using BybitSpot.Market;

namespace BybitSpot.App;

/// <summary>What a coins file came to: symbols as they were written, or an error.</summary>
/// <param name="Symbols">Of "coins".</param>
internal sealed record CoinsFile(IReadOnlyList<string> Symbols, CoinsError? Error, IReadOnlyList<(string Key, int Line)> UnknownKeys)
{
    /// <summary>Of "spot", "linear" and "inverse", those that stand there.</summary>
    public IReadOnlyDictionary<Venue, IReadOnlyList<string>> Markets { get; init; } = new Dictionary<Venue, IReadOnlyList<string>>();

    /// <summary>All that are named of a market.</summary>
    /// <param name="first">The market of BYBIT_WS_URL, whose symbols may stand in two places.</param>
    public IReadOnlyList<string> SymbolsOf(Venue venue, Venue first)
    {
        IReadOnlyList<string> own = Markets.GetValueOrDefault(venue, []);
        return venue != first ? own : own.Count == 0 ? Symbols : [.. Symbols, .. own];
    }

    /// <summary>Largest file that is read, in bytes.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>Most unknown keys that are told.</summary>
    private const int UnknownKeysMax = 10;

    public static CoinsFile Wrong(int line, string reason) => new([], new CoinsError(line, reason), []);

    public static CoinsFile Parse(ReadOnlySpan<byte> content)
    {
        if (content.Length > BytesMax)
            return Wrong(1, $"the file is larger than {BytesMax} bytes");
        if (content.StartsWith("\uFEFF"u8))
            content = content[3..];
        if (!Utf8.IsValid(content))
            return Wrong(LineOfInvalidText(content), "the text is not UTF-8");
        if (content.Trim(" \t\r\n"u8).IsEmpty)
            return Wrong(1, "the file is empty");
        var reader = new Utf8JsonReader(content, new JsonReaderOptions { MaxDepth = 16 });
        try
        {
            return ParseObject(ref reader, content);
        }
        catch (JsonException failure)
        {
            return Wrong((int)(failure.LineNumber ?? 0) + 1, Plain(failure.Message));
        }
        catch (InvalidOperationException)
        {
            // A half of a surrogate pair, written as an escape, is no text.
            return Wrong(LineAt(content, reader.TokenStartIndex), "an escape in the text does not stand for a character");
        }
    }

    private static CoinsFile ParseObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> content)
    {
        List<string>? symbols = null;
        var markets = new Dictionary<Venue, IReadOnlyList<string>>();
        bool allowEmpty = false, allowEmptySeen = false;
        int coinsLine = 1;
        var unknown = new List<(string, int)>();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            return Wrong(LineAt(content, reader.TokenStartIndex), "the file does not hold an object: {\"coins\": [\"BTCUSDT\"]} is one");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int line = LineAt(content, reader.TokenStartIndex);
            if (reader.ValueTextEquals("coins"u8))
            {
                if (symbols is not null)
                    return Wrong(line, "\"coins\" stands in the file twice");
                reader.Read();
                coinsLine = line;
                symbols = [];
                if (ParseSymbols(ref reader, content, "coins", symbols) is { } wrong)
                    return new CoinsFile([], wrong, []);
            }
            else if (VenueOf(ref reader) is { } venue)
            {
                var own = new List<string>();
                if (!markets.TryAdd(venue, own))
                    return Wrong(line, $"\"{venue.Name()}\" stands in the file twice");
                reader.Read();
                if (ParseSymbols(ref reader, content, venue.Name(), own) is { } wrong)
                    return new CoinsFile([], wrong, []);
            }
            else if (reader.ValueTextEquals("allowEmpty"u8))
            {
                if (allowEmptySeen)
                    return Wrong(line, "\"allowEmpty\" stands in the file twice");
                allowEmptySeen = true;
                reader.Read();
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
                    return Wrong(line, $"\"allowEmpty\" is {Kind(reader.TokenType)}, neither true nor false");
                allowEmpty = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                if (unknown.Count < UnknownKeysMax)
                    unknown.Add((reader.GetString()!, line));
                reader.Skip();
            }
        }
        // Reads to the end: what stands after the object is an error too.
        while (reader.Read())
        {
        }
        if (symbols is null && markets.Count == 0)
            return Wrong(1, "\"coins\" is missing");
        bool isEmpty = (symbols is null or { Count: 0 }) && markets.Values.All(m => m.Count == 0);
        return isEmpty && !allowEmpty
            ? Wrong(coinsLine, $"\"{(symbols is null ? markets.Keys.First().Name() : "coins")}\" is empty; if that is meant, say \"allowEmpty\": true")
            : new CoinsFile(symbols ?? [], null, unknown) { Markets = markets };
    }

    private static Venue? VenueOf(ref Utf8JsonReader reader)
    {
        foreach (Venue venue in Enum.GetValues<Venue>())
            if (reader.ValueTextEquals(venue.Name()))
                return venue;
        return null;
    }

    private static CoinsError? ParseSymbols(ref Utf8JsonReader reader, ReadOnlySpan<byte> content, string key, List<string> symbols)
    {
        if (reader.TokenType == JsonTokenType.String && reader.GetString()!.Trim() == Watchlist.Everything)
        {
            symbols.Add(Watchlist.Everything);
            return null;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
            return new CoinsError(LineAt(content, reader.TokenStartIndex), $"\"{key}\" is {Kind(reader.TokenType)}, not a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                return new CoinsError(
                    LineAt(content, reader.TokenStartIndex),
                    $"coin number {symbols.Count + 1} is {Kind(reader.TokenType)}, not a symbol in quotes");
            symbols.Add(reader.GetString()!);
        }
        return null;
    }

    private static string Kind(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a text",
        JsonTokenType.Number => "a number",
        JsonTokenType.Null => "null",
        _ => "true or false",
    };

    private static int LineAt(ReadOnlySpan<byte> content, long index) => content[..(int)index].Count((byte)'\n') + 1;

    private static int LineOfInvalidText(ReadOnlySpan<byte> content)
    {
        int line = 1;
        foreach (Range part in content.Split((byte)'\n'))
        {
            if (!Utf8.IsValid(content[part]))
                return line;
            line++;
        }
        return line;
    }

    /// <summary>The parser's words without its advice to programmers.</summary>
    private static string Plain(string message)
    {
        int end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        string text = end < 0 ? message : message[..end];
        return text.Replace(" Change the reader options.", "", StringComparison.Ordinal).Trim();
    }
}

/// <param name="Line">Counted from 1.</param>
internal sealed record CoinsError(int Line, string Reason);

// Puts symbols into the text of a coins file and takes them out of it, and leaves every other byte as it is: indentation, line
// endings, byte order mark, other keys. Pure. What must stay true: a text comes out only if it reads back as exactly the list
// that was meant; a text that cannot be read is never changed.
using System.Text;
using System.Text.Json;
using BybitSpot.Market;

namespace BybitSpot.App;

/// <summary>What an edit came to.</summary>
/// <param name="Content">The new text; null when there is nothing to change, or an error.</param>
/// <param name="Changed">The symbols that were put in or taken out.</param>
/// <param name="Unchanged">The symbols that were there already, or are not there.</param>
/// <param name="Error">Why the text cannot be read.</param>
/// <param name="Refusal">Why the edit isn't made, though the text is fine.</param>
/// <param name="Usage">Which symbol is none, and why.</param>
internal sealed record CoinsEdit(
    byte[]? Content, IReadOnlyList<string> Changed, IReadOnlyList<string> Unchanged, CoinsError? Error = null, string? Refusal = null, string? Usage = null);

internal static class CoinsText
{
    private readonly record struct Element(int Start, int End, string Symbol);

    private sealed record Place(int Open, int Close, List<Element> Elements);

    /// <summary>Adds symbols at the end of the list.</summary>
    /// <param name="symbols">As <see cref="SymbolText"/> has them; of those that are not there yet each must have the form of a symbol of the market.</param>
    /// <param name="market">What a symbol is there.</param>
    public static CoinsEdit Add(byte[] content, IReadOnlyList<string> symbols, MarketRules market)
    {
        if (Find(content, mayBeEmpty: true, out Place place) is { } wrong)
            return new CoinsEdit(null, [], [], wrong);
        var missing = new List<string>();
        var there = new List<string>();
        foreach (string symbol in symbols)
            (Holds(place, symbol, market) || missing.Contains(symbol) ? there : missing).Add(symbol);
        if (missing.Count == 0)
            return new CoinsEdit(null, [], there);
        if (missing.Select(m => WrongForm(m, market)).FirstOrDefault(w => w is not null) is { } usage)
            return new CoinsEdit(null, [], there, Usage: usage);
        if (place.Elements.Count + missing.Count > Watchlist.CoinsMax)
            return new CoinsEdit(null, [], there, Refusal: $"more than {Watchlist.CoinsMax} coins");
        string[] quoted = [.. missing.Select(s => $"\"{s}\"")];
        byte[] edited;
        if (place.Elements.Count > 0)
        {
            string between = Between(content, place);
            edited = Spliced(content, place.Elements[^1].End, place.Elements[^1].End, string.Concat(quoted.Select(q => between + q)));
        }
        else
            edited = Spliced(content, place.Open + 1, place.Close, Filled(content, place, quoted));
        return Checked(edited, [.. place.Elements.Select(e => e.Symbol), .. missing], missing, there);
    }

    /// <summary>Takes symbols out, wherever and however often they stand in the list.</summary>
    /// <param name="symbols">As somebody wrote them: symbols or coins.</param>
    public static CoinsEdit Remove(byte[] content, IReadOnlyList<string> symbols, MarketRules market)
    {
        if (Find(content, mayBeEmpty: false, out Place place) is { } wrong)
            return new CoinsEdit(null, [], [], wrong);
        var gone = new List<string>();
        var absent = new List<string>();
        foreach (string symbol in symbols)
        {
            string meant = SymbolText.Of(symbol, market);
            (Holds(place, meant, market) ? gone : absent).Add(meant);
        }
        if (gone.Count == 0)
            return new CoinsEdit(null, [], absent);
        List<string> left = [.. place.Elements.Where(e => !gone.Contains(Meant(e, market))).Select(e => e.Symbol)];
        byte[] edited = content;
        for (int i = place.Elements.Count - 1; i >= 0; i--)
            if (gone.Contains(Meant(place.Elements[i], market)))
            {
                edited = Without(edited, place, i);
                _ = Find(edited, mayBeEmpty: true, out place);
            }
        if (left.Count == 0 && CoinsFile.Parse(edited).Error is not null)
            return new CoinsEdit(null, [], absent, Refusal: "no coin would be left; if that is meant, say \"allowEmpty\": true in the file first");
        return Checked(edited, left, [.. gone.Distinct()], absent);
    }

    /// <summary>Why the symbol cannot be added, or null.</summary>
    private static string? WrongForm(string symbol, MarketRules market) =>
        symbol == Watchlist.Everything || market.FromForm(symbol) is not null
            ? null
            : $"{TerminalText.Clean(symbol)} {Watchlist.Resolve([symbol], null, market).Notes[0].Reason}";

    private static bool Holds(Place place, string symbol, MarketRules market) => place.Elements.Exists(e => Meant(e, market) == symbol);

    /// <summary>What an element is taken as when the file is read.</summary>
    private static string Meant(Element element, MarketRules market) => SymbolText.Of(element.Symbol, market);

    private static CoinsEdit Checked(byte[] edited, List<string> expected, IReadOnlyList<string> changed, IReadOnlyList<string> unchanged)
    {
        CoinsFile read = CoinsFile.Parse(edited);
        if (read.Error is not null)
            return new CoinsEdit(null, [], unchanged, read.Error);
        if (!read.Symbols.SequenceEqual(expected))
            throw new InvalidOperationException("the edited coins file does not read back as meant");
        return new CoinsEdit(edited, changed, unchanged);
    }

    /// <summary>What stands between two elements of the list: as between the last two that are there.</summary>
    private static string Between(byte[] content, Place place)
    {
        if (place.Elements is [.., var last, var end])
            return Text(content, last.End, end.Start);
        string before = Text(content, place.Open + 1, place.Elements[0].Start);
        return before.Contains('\n') ? "," + before : Compact(content, place) ? "," : ", ";
    }

    /// <summary>The inside of a list that was empty.</summary>
    private static string Filled(byte[] content, Place place, string[] quoted)
    {
        string inside = Text(content, place.Open + 1, place.Close);
        if (!inside.Contains('\n'))
            return string.Join(Compact(content, place) ? "," : ", ", quoted);
        string newLine = inside.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        string outer = inside[(inside.LastIndexOf('\n') + 1)..];
        string inner = outer + (outer.StartsWith('\t') ? "\t" : outer.Length > 2 ? "    " : "  ");
        return newLine + inner + string.Join("," + newLine + inner, quoted) + newLine + outer;
    }

    /// <summary>Whether the file is written without spaces: <c>"coins":[</c>.</summary>
    private static bool Compact(byte[] content, Place place) => place.Open > 0 && content[place.Open - 1] == (byte)':';

    private static byte[] Without(byte[] content, Place place, int index)
    {
        List<Element> all = place.Elements;
        Element element = all[index];
        if (all.Count == 1)
            return Spliced(content, place.Open + 1, place.Close, "");
        if (index == 0)
            return Spliced(content, element.Start, all[1].Start, "");
        // The first of a row of several leaves the row to the next one.
        bool startsRow = Text(content, all[index - 1].End, element.Start).Contains('\n');
        bool nextInRow = index + 1 < all.Count && !Text(content, element.End, all[index + 1].Start).Contains('\n');
        return startsRow && nextInRow
            ? Spliced(content, element.Start, all[index + 1].Start, "")
            : Spliced(content, all[index - 1].End, element.End, "");
    }

    private static byte[] Spliced(byte[] content, int start, int end, string text) =>
        [.. content.AsSpan(0, start), .. Encoding.UTF8.GetBytes(text), .. content.AsSpan(end)];

    private static string Text(byte[] content, int start, int end) => Encoding.UTF8.GetString(content, start, end - start);

    /// <summary>Where the list stands in the text.</summary>
    /// <param name="mayBeEmpty">An empty list is no error: it is about to be filled.</param>
    /// <returns>Why the text cannot be read, or null.</returns>
    private static CoinsError? Find(byte[] content, bool mayBeEmpty, out Place place)
    {
        place = new Place(0, 0, []);
        CoinsError? wrong = CoinsFile.Parse(content).Error;
        if (wrong is not null && !mayBeEmpty)
            return wrong;
        int skipped = content.AsSpan().StartsWith("\uFEFF"u8) ? 3 : 0;
        var reader = new Utf8JsonReader(content.AsSpan(skipped), new JsonReaderOptions { MaxDepth = 16 });
        Place? found = null;
        try
        {
            while (reader.Read())
                if (reader.CurrentDepth == 1 && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("coins"u8)
                    && reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                    found = ListAt(ref reader, skipped);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            return wrong;
        }
        if (found is null)
            return wrong ?? new CoinsError(1, "it has no list \"coins\", which is what this command edits");
        if (wrong is not null && found.Elements.Count > 0)
            return wrong;
        place = found;
        return null;
    }

    /// <returns>Null when there is something in it that is no text.</returns>
    private static Place? ListAt(ref Utf8JsonReader reader, int skipped)
    {
        int open = (int)reader.TokenStartIndex + skipped;
        var elements = new List<Element>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            elements.Add(new Element((int)reader.TokenStartIndex + skipped, (int)reader.BytesConsumed + skipped, reader.GetString()!));
        return reader.TokenType == JsonTokenType.EndArray ? new Place(open, (int)reader.TokenStartIndex + skipped, elements) : null;
    }
}

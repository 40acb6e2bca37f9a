// What the exchange's words mean when it refuses a subscribe request: which topics they name, and whether they say something
// for good. Pure. The words are untrusted: whatever they are, only topics of the very request that is answered are ever named.
//
//   {"success":false,"ret_msg":"Invalid symbol :[publicTrade.XUSDT]","req_id":"7","op":"subscribe"}                 spot
//   {"success":false,"ret_msg":"error:handler not found,topic:tickers.XUSDT","req_id":"7","op":"subscribe"}         linear
//   {"success":false,"ret_msg":"error:already subscribed,topic:tickers.BTCUSDT","req_id":"7","op":"subscribe"}
//   {"success":false,"ret_msg":"args size \u003e10","op":"subscribe"}
//
// The first two have been seen at the exchange by many, the symbol alone in the brackets by one; the others of the lasting kind
// are the same said otherwise. What is not in the list may be over in a moment: busy, too many requests, words never seen.

namespace BybitSpot.Feed;

/// <summary>What a refusal says.</summary>
internal enum RefusalKind : byte
{
    /// <summary>Nothing for good: it may be granted in a moment.</summary>
    Passing,

    /// <summary>There is no such symbol, no such topic.</summary>
    Lasting,

    /// <summary>It flows already: no refusal at all.</summary>
    AlreadySubscribed,

    /// <summary>Too much in one request; nothing against what is in it.</summary>
    TooMuch,
}

internal static class Refusal
{
    // Without case and spacing, as Squeezed leaves words.
    private static readonly (string Phrase, RefusalKind Kind)[] s_phrases =
    [
        ("alreadysubscribed", RefusalKind.AlreadySubscribed),
        ("argssize", RefusalKind.TooMuch),
        ("argslength", RefusalKind.TooMuch),
        ("handlernotfound", RefusalKind.Lasting),
        ("invalidsymbol", RefusalKind.Lasting),
        ("invalidtopic", RefusalKind.Lasting),
        ("symbolinvalid", RefusalKind.Lasting),
        ("symbolisinvalid", RefusalKind.Lasting),
        ("symbolnotfound", RefusalKind.Lasting),
        ("symbolnotexist", RefusalKind.Lasting),
        ("symboldoesnotexist", RefusalKind.Lasting),
        ("nosuchsymbol", RefusalKind.Lasting),
        ("unknownsymbol", RefusalKind.Lasting),
        ("topicnotfound", RefusalKind.Lasting),
        ("topicnotexist", RefusalKind.Lasting),
        ("topicdoesnotexist", RefusalKind.Lasting),
        ("nosuchtopic", RefusalKind.Lasting),
        ("unknowntopic", RefusalKind.Lasting),
    ];

    /// <summary>What the words say of a request in which they name nothing.</summary>
    public static RefusalKind KindOf(string words)
    {
        (string text, int[] _) = Squeezed(words);
        return Phrases(text) is [var first, ..] ? first.Kind : RefusalKind.Passing;
    }

    /// <summary>What the words say of each topic: null where they do not name it, nor, if they name no topic, its symbol.</summary>
    public static RefusalKind?[] Named(string words, IReadOnlyList<string> topics)
    {
        int[] places = [.. topics.Select(t => PlaceOf(t, words))];
        if (Array.TrueForAll(places, p => p < 0))
            places = [.. topics.Select(t => PlaceOf(t[(t.IndexOf('.') + 1)..], words))];
        var kinds = new RefusalKind?[topics.Count];
        if (Array.TrueForAll(places, p => p < 0))
            return kinds;
        (string text, int[] at) = Squeezed(words);
        List<(int Place, RefusalKind Kind)> phrases = Phrases(text);
        for (int i = 0; i < kinds.Length; i++)
        {
            if (places[i] < 0)
                continue;
            // Several may be said in one answer: a name belongs to what stands before it, else to what comes first.
            int before = phrases.FindLastIndex(p => at[p.Place] < places[i]);
            kinds[i] = phrases.Count == 0 ? RefusalKind.Passing : phrases[Math.Max(before, 0)].Kind;
        }
        return kinds;
    }

    // Where the name stands as a whole: BTCUSDT is not named by BTCUSDT-25DEC26, nor a symbol by another topic's name.
    private static int PlaceOf(string name, string words)
    {
        for (int at = 0; (at = words.IndexOf(name, at, StringComparison.OrdinalIgnoreCase)) >= 0; at++)
        {
            int end = at + name.Length;
            if ((at == 0 || !(IsOfName(words[at - 1]) || words[at - 1] == '.')) && (end == words.Length || !IsOfName(words[end])))
                return at;
        }
        return -1;
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    private static List<(int Place, RefusalKind Kind)> Phrases(string text)
    {
        var found = new List<(int Place, RefusalKind Kind)>();
        foreach ((string phrase, RefusalKind kind) in s_phrases)
            for (int at = 0; (at = text.IndexOf(phrase, at, StringComparison.Ordinal)) >= 0; at++)
                found.Add((at, kind));
        found.Sort((a, b) => a.Place.CompareTo(b.Place));
        return found;
    }

    // The words in small letters without spacing, and where each character stood.
    private static (string Text, int[] At) Squeezed(string words)
    {
        int[] at = [.. Enumerable.Range(0, words.Length).Where(i => !char.IsWhiteSpace(words[i]) && words[i] is not ('_' or '-'))];
        return (string.Concat(at.Select(i => char.ToLowerInvariant(words[i]))), at);
    }
}

/// <summary>What the exchange refused, to be told: a topic, or a request in which no topic is named.</summary>
/// <param name="Topic">Its name; of a whole request the first's and how many more there are.</param>
/// <param name="RetryAfter">When it is asked for again.</param>
internal sealed record RefusedTopic(string Topic, string Reason, TimeSpan RetryAfter);

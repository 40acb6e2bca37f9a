// From what people write to the symbol that they mean: `btc`, `BTC/USDT`, `BTC-USDT` and ` btcusdt` are BTCUSDT. Pure; one rule for
// commands, flags and the coins file. What must stay true: a symbol that is one already stays as it is, so taking a text twice
// changes nothing; what the exchange lists counts before any guess; `BTC-26DEC25` is a symbol of its own and no pair of BTC.
namespace BybitSpot.Market;

public static class SymbolText
{
    /// <summary>What a symbol is, for messages.</summary>
    public const string HowWritten = "a symbol is capital letters and digits that end in USDT, such as BTCUSDT";

    /// <summary>What stands between the two coins of a pair where people write one.</summary>
    private const string Separators = "/-_: ";

    /// <summary>
    /// What else symbols end in than the quote that is taken, and how long a coin before it has to be: coins have such names, too
    /// (PYUSD, WBTC, STETH, BBSOL), all with one or two letters before. From the exchange's list of 2026-08-09, and its futures.
    /// </summary>
    private static readonly (string Text, int CoinLengthMin)[] s_otherEnds =
    [
        ("RLUSD", 1), ("USDC", 1), ("USDE", 1), ("USD1", 1), ("PERP", 1), ("USD", 3), ("EUR", 3), ("GBP", 3), ("BRL", 3), ("TRY", 3),
        ("PLN", 3), ("AED", 3), ("DAI", 3), ("BTC", 3), ("ETH", 3), ("SOL", 3), ("MNT", 3),
    ];

    /// <summary>
    /// A longer word that stands alone is no coin unless the exchange lists it: of the 410 coins of 2026-08-09 five are longer, of
    /// what else gets into a file most.
    /// </summary>
    private const int CoinLengthMax = 7;

    /// <summary>The letters of the months in which a future can end: BTCUSDH26.</summary>
    private const string Months = "FGHJKMNQUVXZ";

    /// <summary>In capitals, without spaces around, and without a separator before the quote; nothing is guessed.</summary>
    public static string Plain(string written)
    {
        string text = written.Trim().ToUpperInvariant();
        if (!text.EndsWith(Instrument.Quote, StringComparison.Ordinal))
            return text;
        string coin = text[..^Instrument.Quote.Length].TrimEnd();
        if (coin.Length > 1 && Separators.Contains(coin[^1]))
            coin = coin[..^1].TrimEnd();
        return coin.Length > 0 && coin.All(IsPlain) ? coin + Instrument.Quote : text;
    }

    /// <summary>The symbol that is meant: <see cref="Plain"/>, and of a coin that stands alone its pair.</summary>
    /// <param name="listed">The exchange's list, or null when it cannot be had: then the form decides.</param>
    public static string Of(string written, InstrumentList? listed = null)
    {
        string text = Plain(written);
        if (Instrument.FromForm(text) is not null || listed?.Find(text) is not null || Instrument.FromForm(text + Instrument.Quote) is not { } pair)
            return text;
        return listed?.Find(pair.Symbol) is not null || IsCoin(text) ? pair.Symbol : text;
    }

    /// <summary>The pair that was perhaps meant by a symbol that is none, or null: BTCUSDT for BTCUSD, BTC/USDC and BTC-PERP.</summary>
    public static string? Suggestion(string written)
    {
        string text = Plain(written);
        if (OtherEnd(text) is not { } end)
            return text.Length > CoinLengthMax ? Instrument.FromForm(text + Instrument.Quote)?.Symbol : null;
        string coin = text[..^end].TrimEnd([.. Separators]);
        return coin != Instrument.Quote && Instrument.FromForm(coin + Instrument.Quote) is { } meant ? meant.Symbol : null;
    }

    /// <summary>Whether a word has the form of a coin's name, as far as that can be told.</summary>
    private static bool IsCoin(string text) => text.Length <= CoinLengthMax && text != Instrument.Quote && OtherEnd(text) is null;

    /// <summary>How many letters of the text are another end than the quote's; null: it has none.</summary>
    private static int? OtherEnd(string text)
    {
        int dated = "USDH26".Length;
        if (text.Length > dated + 1 && text[^dated..].StartsWith("USD", StringComparison.Ordinal)
            && Months.Contains(text[^3]) && char.IsAsciiDigit(text[^2]) && char.IsAsciiDigit(text[^1]))
            return dated;
        foreach ((string end, int coinLengthMin) in s_otherEnds)
            if (text.Length >= end.Length + coinLengthMin && text.EndsWith(end, StringComparison.Ordinal))
                return end.Length;
        return null;
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c);
}

// From what people write to the symbol that they mean on one market: `btc`, `BTC/USDT`, `BTC-USDT` and ` btcusdt` are BTCUSDT, on inverse
// `btc` and `BTC/USD` are BTCUSD. Pure; one rule for commands, flags and the coins file. What must stay true: a symbol that is one
// already stays as it is, so taking a text twice changes nothing; what the exchange lists counts before any guess; `BTC-26DEC25`
// is a symbol of its own and no pair of BTC.
namespace BybitSpot.Market;

public static class SymbolText
{
    /// <summary>What stands between the two coins of a pair where people write one.</summary>
    private const string Separators = "/-_: ";

    /// <summary>
    /// A longer word that stands alone is no coin unless the exchange lists it: of the 410 coins of 2026-08-09 five are longer, of
    /// what else gets into a file most.
    /// </summary>
    private const int CoinLengthMax = 7;

    /// <summary>In capitals, without spaces around, and without a separator before the quote; nothing is guessed.</summary>
    public static string Plain(string written, MarketRules market)
    {
        string text = written.Trim().ToUpperInvariant();
        foreach (string quote in QuotesOf(market))
        {
            if (!text.EndsWith(quote, StringComparison.Ordinal))
                continue;
            string coin = text[..^quote.Length].TrimEnd();
            if (coin.Length > 1 && Separators.Contains(coin[^1]))
                coin = coin[..^1].TrimEnd();
            if (Instrument.IsPlain(coin))
                return coin + quote;
        }
        return text;
    }

    /// <summary>The symbol that is meant: <see cref="Plain"/>, and of a coin that stands alone its pair.</summary>
    /// <param name="listed">The exchange's list, or null when it cannot be had: then the form decides.</param>
    public static string Of(string written, MarketRules market, InstrumentList? listed = null)
    {
        string text = Plain(written, market);
        if (market.FromForm(text) is not null || listed?.Find(text) is not null || !Instrument.IsPlain(text) || market.FromForm(text + market.MainQuote) is not { } pair)
            return text;
        return listed?.Find(pair.Symbol) is not null || IsCoin(text, market) ? pair.Symbol : text;
    }

    /// <summary>
    /// What was perhaps meant by a symbol that is none, or null: BTCUSDT for BTCUSD, BTC/USDC and BTC-PERP; on linear BTCPERP for the
    /// last two, and 1000PEPEUSDT for PEPE where the exchange lists that; on inverse BTCUSD for BTCUSDT.
    /// </summary>
    public static string? Suggestion(string written, MarketRules market, InstrumentList? listed = null)
    {
        string text = Plain(written, market);
        if (Multiple(text, market, listed) is { } multiple)
            return multiple;
        string? meant;
        if (SymbolForm.OtherEnd(text, market) is not { } end)
            meant = text.Length > CoinLengthMax ? market.FromForm(text + market.MainQuote)?.Symbol : null;
        else
        {
            string coin = text[..^end].TrimEnd([.. Separators]);
            bool isUsdc = market.Venue == Venue.Linear && text[^end..] is "USDC" or "PERP";
            meant = coin != market.MainQuote && Instrument.IsPlain(coin) ? market.FromForm(coin + (isUsdc ? "PERP" : market.MainQuote))?.Symbol : null;
        }
        return meant is null || meant == text || (listed is not null && listed.Find(meant) is null) ? null : meant;
    }

    /// <summary>The quotes that may stand behind a separator, longer before shorter.</summary>
    private static IEnumerable<string> QuotesOf(MarketRules market) =>
        market.Venue != Venue.Spot ? [market.MainQuote]
        : market.TakesEveryQuote ? SymbolForm.Ends.Select(e => e.Text).Where(e => e != "PERP")
        : market.Quotes.OrderByDescending(q => q.Length);

    /// <summary>Derivatives of cheap coins are of a thousand of them and more: 1000PEPEUSDT, SHIB1000USDT.</summary>
    private static string? Multiple(string text, MarketRules market, InstrumentList? listed)
    {
        if (listed is null || market.Venue != Venue.Linear || !Instrument.IsPlain(text))
            return null;
        string coin = text.EndsWith(Instrument.Quote, StringComparison.Ordinal) ? text[..^Instrument.Quote.Length] : text;
        for (string many = "1000"; many.Length <= "10000000".Length; many += "0")
            foreach (string symbol in (string[])[many + coin + Instrument.Quote, coin + many + Instrument.Quote])
                if (listed.Find(symbol) is not null)
                    return symbol;
        return null;
    }

    /// <summary>Whether a word has the form of a coin's name, as far as that can be told.</summary>
    private static bool IsCoin(string text, MarketRules market) => text.Length <= CoinLengthMax && text != market.MainQuote && SymbolForm.OtherEnd(text, market) is null;
}

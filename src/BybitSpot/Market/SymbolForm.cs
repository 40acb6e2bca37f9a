// What a symbol's form alone tells. Pure. Needed where the exchange's list cannot be had, and to understand what people write.
//
//   spot      BTCUSDT BTCUSDC USDTBRL BTCRLUSD                      base and quote; the longest known ending is the quote
//   linear    BTCUSDT 1000PEPEUSDT SHIB1000USDT                     perpetual, settled in USDT
//             BTCPERP                                               perpetual, settled in USDC
//             BTCUSDT-25DEC26 BTC-26DEC25 WC_ENG_ARG_USDT-15JUL26   dated, in USDT, in USDC; an event
//   inverse   BTCUSD BTCUSDZ26                                      perpetual, and dated by a letter for the month
namespace BybitSpot.Market;

internal static class SymbolForm
{
    /// <summary>
    /// What symbols end in, longer before shorter, and how long a coin before it has to be: coins have such names, too (PYUSD, WBTC,
    /// STETH, BBSOL), all with one or two letters before. From the exchange's list of 2026-08-09, and its futures.
    /// </summary>
    public static readonly (string Text, int CoinLengthMin)[] Ends =
    [
        ("RLUSD", 1), ("USDT", 1), ("USDC", 1), ("USDE", 1), ("USD1", 1), ("PERP", 1), ("XUSD", 3), ("USD", 3), ("EUR", 3), ("GBP", 3), ("BRL", 3),
        ("TRY", 3), ("PLN", 3), ("AED", 3), ("DAI", 3), ("BTC", 3), ("ETH", 3), ("SOL", 3), ("MNT", 3),
    ];

    private const string Usd = "USD", Usdc = "USDC", Perpetual = "PERP";

    /// <summary>The letters of the months in which a future can end: BTCUSDH26.</summary>
    private const string Months = "FGHJKMNQUVXZ";

    /// <summary>As the exchange would list it; null if the market has no symbols of this form.</summary>
    public static Listing? Read(string symbol, MarketRules market)
    {
        if (!Instrument.IsSymbol(symbol))
            return null;
        if (market.Venue == Venue.Spot)
            return !Instrument.IsPlain(symbol) ? null : QuoteOf(symbol, market) is { } quote ? new Listing(symbol, symbol[..^quote.Length], quote) : null;
        int day = DayOf(symbol);
        string before = day > 0 ? symbol[..day] : symbol;
        if (day == 0 && !Instrument.IsPlain(symbol))
            return null;
        if (market.Venue == Venue.Inverse)
        {
            int length = day > 0 || !EndsInMonth(symbol) ? 0 : "Z26".Length;
            return EndsIn(before[..^length], Usd) ? new Listing(symbol, before[..^(length + Usd.Length)], Usd) : null;
        }
        if (EndsIn(before, Instrument.Quote))
            return new Listing(symbol, before[..^Instrument.Quote.Length].TrimEnd('_'), Instrument.Quote);
        if (day > 0)
            return new Listing(symbol, before, Usdc);
        return EndsIn(symbol, Perpetual) ? new Listing(symbol, symbol[..^Perpetual.Length], Usdc) : null;
    }

    /// <summary>How many letters at its end are one of <see cref="Ends"/>, but the market's own; or a month's, of a future. Null: none are.</summary>
    public static int? OtherEnd(string text, MarketRules market)
    {
        int dated = "USDH26".Length;
        if (text.Length > dated + 1 && EndsInMonth(text))
            return dated;
        foreach ((string end, int coinLengthMin) in Ends)
            if (end != market.MainQuote && text.Length >= end.Length + coinLengthMin && text.EndsWith(end, StringComparison.Ordinal))
                return end.Length;
        return null;
    }

    // The longest ending that is known or wanted, but one that leaves too little for a coin.
    private static string? QuoteOf(string symbol, MarketRules market)
    {
        string? longest = null;
        foreach ((string end, int coinLengthMin) in Ends)
            if (end != Perpetual && symbol.Length >= end.Length + coinLengthMin && symbol.EndsWith(end, StringComparison.Ordinal) && end.Length > (longest?.Length ?? 0))
                longest = end;
        foreach (string quote in market.Quotes)
            if (EndsIn(symbol, quote) && quote.Length > (longest?.Length ?? 0) && !Array.Exists(Ends, e => e.Text == quote))
                longest = quote;
        return longest;
    }

    private static bool EndsIn(string text, string end) => text.Length > end.Length && text.EndsWith(end, StringComparison.Ordinal);

    private static bool EndsInMonth(string text) =>
        text.Length > "USDH26".Length && char.IsAsciiDigit(text[^1]) && char.IsAsciiDigit(text[^2]) && Months.Contains(text[^3]) && EndsIn(text[..^3], Usd);

    /// <summary>Where the day begins in a symbol that ends in one (-5DEC25, -26DEC25), its hyphen first; 0 if it ends in none.</summary>
    private static int DayOf(string symbol)
    {
        int at = symbol.IndexOf('-');
        ReadOnlySpan<char> day = at > 0 ? symbol.AsSpan(at + 1) : default;
        return day.Length is 6 or 7 && char.IsAsciiDigit(day[0]) && char.IsAsciiDigit(day[day.Length - 6])
            && char.IsAsciiLetterUpper(day[^5]) && char.IsAsciiLetterUpper(day[^4]) && char.IsAsciiLetterUpper(day[^3]) && char.IsAsciiDigit(day[^2]) && char.IsAsciiDigit(day[^1])
            ? at
            : 0;
    }
}

// Which columns the table has on a screen of some width, and how wide each is. Pure. As it gets narrower they go in turn: the price's
// time, the row of blocks, 24 hours, the age, the state's word, the change, in whose place the word comes again where that alone fits;
// mark, coin, price and arrow stay.
namespace BybitSpot.App;

internal sealed record TopColumns
{
    public const int Gap = 2;

    /// <summary>Of a change in per cent: <c>+9999%</c>, <c>+999.99%</c>.</summary>
    public const int Change = 8;

    public const int Age = 6;

    /// <summary>Of the state's word. Where a coin is stale, its reason goes on to the end of the line.</summary>
    public const int State = 6;

    /// <summary>Of the exchange's time of a price, without its day.</summary>
    public const int Time = 12;

    /// <summary>Of its title with the mark of the order.</summary>
    private const int CoinMin = 5;

    /// <summary>A dated future's whole name where there is room, and a dated event's on a wide screen: their ends tell them apart.</summary>
    private const int CoinMax = 16, CoinMaxNarrow = 9, CoinMaxWide = 24;

    /// <summary>Of its title with the mark of the order; and of a price that is not cut: the exchange's own are shorter.</summary>
    private const int PriceMin = 6, PriceMax = 24;

    /// <summary>Room for points below each other. Where a price has more places than that, it alone stands aside.</summary>
    private const int AlignedMax = 14, AlignedMaxWide = 18;

    private const int Narrow = 60, Wide = 110;

    /// <summary>A shorter row of blocks shows nothing.</summary>
    private const int TrailMin = 8;

    public int Coin { get; private init; }

    public int Price { get; private init; }

    /// <summary>Places behind the point, where prices stand aligned at it; null: they stand to the right.</summary>
    public int? Decimals { get; private init; }

    public bool HasOpened { get; private init; }

    public bool HasState { get; private init; }

    public bool HasAge { get; private init; }

    public bool HasDay { get; private init; }

    public bool HasTime { get; private init; }

    /// <summary>0: there is none.</summary>
    public int Trail { get; private init; }

    public static TopColumns For(IReadOnlyCollection<TopCoin> coins, int width)
    {
        int coin = CoinMin, whole = 0, decimals = 0, price = PriceMin;
        bool day = false;
        foreach (TopCoin shown in coins)
        {
            string text = shown.Coin.Price ?? "-";
            int point = text.IndexOf('.', StringComparison.Ordinal);
            coin = Math.Max(coin, Cells.Width(TerminalText.Clean(shown.Coin.Coin)));
            whole = Math.Max(whole, point < 0 ? text.Length : point);
            decimals = Math.Max(decimals, point < 0 ? 0 : text.Length - point - 1);
            price = Math.Max(price, text.Length);
            day |= shown.Coin.DayAgo is not null;
        }
        bool narrow = width < Narrow;
        price = Math.Min(price, PriceMax);
        int behind = Math.Min(decimals, Math.Max((width < Wide ? AlignedMax : AlignedMaxWide) - whole - 1, 0));
        var columns = new TopColumns
        {
            Coin = Math.Min(coin, narrow ? CoinMaxNarrow : width < Wide ? CoinMax : CoinMaxWide),
            Price = narrow ? price : Math.Max(price, Math.Min(whole + (behind > 0 ? 1 + behind : 0), PriceMax)),
            Decimals = narrow ? null : behind,
        };
        // A space, the mark and a space before it, and the arrow behind the price.
        int left = width - (3 + columns.Coin + Gap + columns.Price + 2);
        columns = columns with { HasOpened = Takes(Change, ref left) };
        columns = columns with { HasState = Takes(State, ref left) };
        columns = columns with { HasAge = Takes(Age, ref left) };
        columns = columns with { HasDay = day && Takes(Change, ref left) };
        int trail = Math.Clamp(left - Gap, 0, PriceTrail.Length);
        if (trail < TrailMin)
            return columns;
        left -= trail + Gap;
        return columns with { Trail = trail, HasTime = Takes(Time, ref left) };
    }

    private static bool Takes(int width, ref int left)
    {
        if (left < width + Gap)
            return false;
        left -= width + Gap;
        return true;
    }
}

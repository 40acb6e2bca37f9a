using BybitSpot.Latest;

namespace BybitSpot.App;

/// <summary>A coin of the view: what its source says of it, what its price has done, and where the source has it in its order.</summary>
internal sealed record TopCoin(BoardCoin Coin, PriceMovement Movement, int Place)
{
    public decimal? SinceDayAgo => PriceMovement.Change(PriceMovement.Number(Coin.DayAgo), Movement.Price);

    public bool Matches(string filter) =>
        Coin.Coin.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || Coin.Symbol.Contains(filter, StringComparison.OrdinalIgnoreCase)
        || WordOf(Coin.State).StartsWith(filter, StringComparison.OrdinalIgnoreCase);

    public static string WordOf(CoinState state) => state switch
    {
        CoinState.Fresh => FeedStanding.Fresh,
        CoinState.Quiet => FeedStanding.Quiet,
        _ => FeedStanding.Stale,
    };

    public static string MarkOf(CoinState state) => state switch
    {
        CoinState.Fresh => "●",
        CoinState.Quiet => "○",
        _ => "×",
    };
}

/// <summary>What the view's coins can be sorted by.</summary>
internal enum TopSort
{
    /// <summary>As the source has them.</summary>
    Given,
    Coin,
    Price,
    Opened,
    Day,
    Age,
    State,
}

internal static class TopOrder
{
    /// <summary>The first with which it makes sense to begin: the dearest, the one that rose most, the oldest, those that cannot be believed.</summary>
    public static bool BeginsDescending(TopSort by) => by is not (TopSort.Given or TopSort.Coin);

    /// <summary>As the column is called; null: there is none.</summary>
    public static string? TitleOf(TopSort by) => by switch
    {
        TopSort.Coin => "COIN",
        TopSort.Price => "PRICE",
        TopSort.Opened => "OPENED",
        TopSort.Day => "24 H",
        TopSort.Age => "AGE",
        TopSort.State => "STATE",
        _ => null,
    };

    public static string MarkOf(bool descending) => descending ? "▼" : "▲";

    /// <summary>Those without the value stand last, whichever way round; of equals the name decides.</summary>
    public static List<TopCoin> Sorted(IEnumerable<TopCoin> coins, TopSort by, bool descending)
    {
        var sorted = coins.ToList();
        sorted.Sort((a, b) =>
        {
            int order = by switch
            {
                TopSort.Given => Both<int>(a.Place, b.Place, descending),
                TopSort.Coin => 0,
                TopSort.Price => Both(a.Movement.Price, b.Movement.Price, descending),
                TopSort.Opened => Both(a.Movement.SinceOpened, b.Movement.SinceOpened, descending),
                TopSort.Day => Both(a.SinceDayAgo, b.SinceDayAgo, descending),
                TopSort.Age => Both(a.Coin.Age, b.Coin.Age, descending),
                _ => Both<int>((int)a.Coin.State, (int)b.Coin.State, descending),
            };
            if (order != 0)
                return order;
            int byName = string.CompareOrdinal(a.Coin.Coin, b.Coin.Coin);
            return by == TopSort.Coin && descending ? -byName : byName;
        });
        return sorted;
    }

    private static int Both<T>(T? a, T? b, bool descending)
        where T : struct, IComparable<T> =>
        (a, b) switch
        {
            (null, null) => 0,
            (null, _) => 1,
            (_, null) => -1,
            ({ } first, { } second) => descending ? second.CompareTo(first) : first.CompareTo(second),
        };
}

// The table's lines: a head that says what it is sorted by, and a line a coin. Pure. What must stay true: no colour is the only sign
// of anything; what a source says is text and nothing else.
using BybitSpot.Latest;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

/// <param name="Gone">Whether what is shown is not how things stand now.</param>
internal sealed record TopTable(TopColumns Columns, int Width, TopSort SortedBy, bool Descending, bool Gone)
{
    /// <summary>How long a move is seen: at first as a shout, then said, then as an arrow alone.</summary>
    private static readonly TimeSpan s_loud = TimeSpan.FromSeconds(1), s_said = TimeSpan.FromSeconds(4), s_arrow = TimeSpan.FromSeconds(10);

    public SegmentLine Head()
    {
        var line = new ScreenLine(Width);
        line.Gap(3, Looks.Bar);
        Title(line, TopSort.Coin, Columns.Coin, right: false);
        line.Gap(TopColumns.Gap, Looks.Bar);
        Title(line, TopSort.Price, Columns.Price, right: true);
        line.Gap(2, Looks.Bar);
        if (Columns.HasOpened)
            Next(TopSort.Opened, TopColumns.Change, right: true);
        if (Columns.HasDay)
            Next(TopSort.Day, TopColumns.Change, right: true);
        if (Columns.HasAge)
            Next(TopSort.Age, TopColumns.Age, right: true);
        if (Columns.HasTime)
            line.Gap(TopColumns.Gap, Looks.Bar).Add(Cells.Right("TIME (UTC)", TopColumns.Time), Looks.Bar);
        if (Columns.HasState)
            Next(TopSort.State, TopColumns.State, right: false);
        if (Columns.Trail > 0)
            line.Gap(TopColumns.Gap, Looks.Bar).Add(Cells.Left(Columns.Trail < 12 ? "TREND" : "LAST MINUTES", Columns.Trail), Looks.Bar);
        return line.Filled(Looks.Bar).Done;

        void Next(TopSort of, int width, bool right)
        {
            line.Gap(TopColumns.Gap, Looks.Bar);
            Title(line, of, width, right);
        }
    }

    public SegmentLine Row(TopCoin coin, TimeSpan now, TimeSpan age)
    {
        bool stale = coin.Coin.State == CoinState.Stale;
        var line = new ScreenLine(Width, Gone ? Looks.Faint : default(Style?));
        (Style price, string arrow, Style arrowLook) = MoveOf(coin, now, stale);
        line.Gap(1).Add(TopCoin.MarkOf(coin.Coin.State), LookOf(coin.Coin.State)).Gap(1)
            .Add(Cells.Left(coin.Coin.Coin, Columns.Coin), Looks.Strong).Gap(TopColumns.Gap)
            .Add(PriceOf(coin.Coin.Price, out int behind), price).Gap(1).Add(arrow, arrowLook).Gap(behind);
        if (Columns.HasOpened)
            ChangeOf(coin.Movement.SinceOpened);
        if (Columns.HasDay)
            ChangeOf(coin.SinceDayAgo);
        if (Columns.HasAge)
            line.Gap(TopColumns.Gap).Add(Cells.Right(coin.Coin.Age is { } since ? AgeText(since + age) : "-", TopColumns.Age), Looks.Plain);
        if (Columns.HasTime)
            line.Gap(TopColumns.Gap).Add(Cells.Right(TimeOf(coin.Coin.Timestamp), TopColumns.Time), Looks.Faint);
        if (Columns.HasState)
            line.Gap(TopColumns.Gap);
        if (Columns.HasState && stale)
            return line.Add(coin.Coin.Reason is { Length: > 0 } reason ? $"{FeedStanding.Stale}: {reason}" : FeedStanding.Stale, Looks.Bad).Done;
        if (Columns.HasState)
            line.Add(Cells.Left(TopCoin.WordOf(coin.Coin.State), TopColumns.State), LookOf(coin.Coin.State));
        if (Columns.Trail > 0)
            line.Gap(TopColumns.Gap).Add(Sparkline.Of(coin.Coin.Trail, Columns.Trail), Looks.Trend);
        return line.Done;

        void ChangeOf(decimal? change) => line.Gap(TopColumns.Gap).Add(
            Cells.Right(PriceMovement.Text(change), TopColumns.Change),
            change switch { > 0 => Looks.Good, < 0 => Looks.Bad, _ => Looks.Faint });
    }

    /// <summary>In whole seconds, since more would never stand still.</summary>
    public static string AgeText(TimeSpan age) => age > TimeSpan.FromSeconds(-1) && age < TimeSpan.FromMinutes(1) ? $"{(int)age.TotalSeconds}s" : PriceTable.AgeText(age);

    private void Title(ScreenLine line, TopSort of, int width, bool right)
    {
        string text = TopOrder.TitleOf(of) + (of == SortedBy ? TopOrder.MarkOf(Descending) : "");
        line.Add(right ? Cells.Right(text, width) : Cells.Left(text, width), of == SortedBy ? Looks.BarStrong : Looks.Bar);
    }

    /// <summary>The text itself, so that the points of all stand below each other.</summary>
    /// <param name="behind">What is left of its column: the arrow stands close to the price.</param>
    private string PriceOf(string? text, out int behind)
    {
        text ??= "-";
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int decimals = Columns.Decimals ?? 0;
        behind = decimals == 0 ? 0 : point < 0 ? decimals + 1 : Math.Max(decimals - (text.Length - point - 1), 0);
        behind = Math.Min(behind, Math.Max(Columns.Price - Cells.Width(TerminalText.Clean(text)), 0));
        return Cells.Right(text, Columns.Price - behind);
    }

    private static (Style Price, string Arrow, Style ArrowLook) MoveOf(TopCoin coin, TimeSpan now, bool stale)
    {
        Style still = stale || coin.Coin.Price is null ? Looks.Faint : Looks.Plain;
        if (coin.Movement.At is not { } at || now - at >= s_arrow)
            return (still, " ", still);
        bool up = coin.Movement.Direction > 0;
        Style said = up ? Looks.Good : Looks.Bad;
        Style loud = up ? Looks.GoodStrong : Looks.BadStrong;
        Style price = now - at < s_loud ? loud : now - at < s_said ? said : still;
        return (price, up ? "▲" : "▼", now - at < s_said ? price : Looks.Faint);
    }

    /// <summary>Of <c>2026-11-26T08:40:00.123Z</c> the time; of what has another form the text.</summary>
    private static string TimeOf(string? timestamp) => timestamp is null ? "-" : timestamp.Length == 24 && timestamp[10] == 'T' ? timestamp[11..23] : timestamp;

    private static Style LookOf(CoinState state) => state switch
    {
        CoinState.Fresh => Looks.Good,
        CoinState.Quiet => Looks.Plain,
        _ => Looks.BadStrong,
    };
}

// How prices look to people and to scripts. Pure: the time is an argument.
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace BybitSpot.App;

internal static class PriceTable
{
    private const string Bold = "\e[1m", Faint = "\e[2m", Plain = "\e[0m";
    private static readonly string[] s_head = ["COIN", "PRICE", "TIMESTAMP", "AGE"];

    /// <summary>How wide each column has to be, those of an earlier table counted.</summary>
    public static int[] Widths(IEnumerable<StoredPrice> prices, DateTimeOffset now, int[]? earlier = null)
    {
        int[] widths = earlier ?? [.. s_head.Select(h => h.Length)];
        foreach (StoredPrice price in prices)
        {
            string[] cells = Cells(price, now);
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], cells[i].Length);
        }
        return widths;
    }

    public static string Head(int[] widths, bool colour, int widthMax = int.MaxValue) => Row(s_head, widths, colour ? Bold : null, widthMax);

    public static string Row(StoredPrice price, int[] widths, DateTimeOffset now, bool colour, int widthMax = int.MaxValue) =>
        Row(Cells(price, now), widths, colour && price.Price is null ? Faint : null, widthMax);

    public static string AgeText(TimeSpan age)
    {
        // The local clock may be a little behind the exchange's; far behind is worth seeing.
        if (age < TimeSpan.Zero && age > TimeSpan.FromSeconds(-1))
            age = TimeSpan.Zero;
        string sign = age < TimeSpan.Zero ? "-" : "";
        TimeSpan size = age.Duration();
        return sign + (size.TotalSeconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(size.TotalSeconds * 10) / 10:0.0}s")
            : size.TotalHours < 1 ? $"{size.Minutes}m{size.Seconds:00}s"
            : size.TotalDays < 1 ? $"{size.Hours}h{size.Minutes:00}m"
            : $"{(int)size.TotalDays}d{size.Hours:00}h");
    }

    public static TimeSpan? AgeOf(StoredPrice price, DateTimeOffset now) =>
        DateTimeOffset.TryParse(price.Timestamp, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? now - time : null;

    public static void WriteJson(Utf8JsonWriter json, StoredPrice price, DateTimeOffset now)
    {
        json.WriteStartObject();
        json.WriteString("coin", price.Coin);
        json.WriteString("ltp", price.Price);
        json.WriteString("timestamp", price.Timestamp);
        json.WriteString("original_symbol", price.Symbol);
        if (AgeOf(price, now) is { } age)
            json.WriteNumber("age_ms", (long)age.TotalMilliseconds);
        else
            json.WriteNull("age_ms");
        json.WriteString("state", price.State);
        if (price.IsStale is { } stale)
            json.WriteBoolean("stale", stale);
        else
            json.WriteNull("stale");
        foreach ((string name, string value) in price.More)
            json.WriteString(name, value);
        json.WriteEndObject();
    }

    private static string[] Cells(StoredPrice price, DateTimeOffset now) =>
    [
        price.Coin,
        TerminalText.Clean(price.Price ?? "-"),
        TerminalText.Clean(price.Timestamp ?? "-"),
        AgeOf(price, now) is { } age ? AgeText(age) : "-",
        price.Note ?? (price.Price is null ? "not in Redis" : ""),
    ];

    private static string Row(string[] cells, int[] widths, string? colour, int widthMax)
    {
        var line = new StringBuilder();
        for (int i = 0; i < cells.Length; i++)
            line.Append(i < widths.Length ? cells[i].PadRight(widths[i] + 2) : cells[i]);
        string text = line.ToString().TrimEnd();
        if (text.Length > widthMax)
            text = text[..widthMax];
        return colour is null ? text : colour + text + Plain;
    }
}

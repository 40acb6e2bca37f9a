// What a coin's price has done since the view was opened. Pure: the time is an argument. What must stay true: figures come from the
// exact texts, by decimal; a price that is no number, or has more digits than one holds, moves without a figure.
using System.Globalization;

namespace BybitSpot.App;

internal sealed class PriceMovement
{
    private string? _text;
    private decimal? _opened;

    /// <summary>Above 0: it rose last; below: it fell.</summary>
    public int Direction { get; private set; }

    /// <summary>When it did; null if it has not moved yet.</summary>
    public TimeSpan? At { get; private set; }

    public decimal? Price { get; private set; }

    /// <summary>In per cent, since the view was opened.</summary>
    public decimal? SinceOpened => Change(_opened, Price);

    public void Take(string? text, TimeSpan now)
    {
        if (text == _text)
            return;
        (decimal? price, bool first) = (Number(text), _text is null);
        int direction = price is null || Price is null ? 1 : price.Value.CompareTo(Price.Value);
        (_text, Price) = (text, price);
        _opened ??= price;
        if (!first && text is not null && direction != 0)
            (Direction, At) = (direction, now);
    }

    /// <summary>In per cent; null where one of them is not known, or the first is nothing.</summary>
    public static decimal? Change(decimal? from, decimal? to)
    {
        if (from is not > 0 || to is not { } now)
            return null;
        try
        {
            return (now - from.Value) / from.Value * 100;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    public static decimal? Number(string? text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) ? number : null;

    /// <summary><c>+0.12%</c></summary>
    public static string Text(decimal? change) => change switch
    {
        null => "",
        // Wider than its column, and more than anybody reads.
        >= 10_000 => ">9999%",
        >= 1_000 or <= -1_000 => change.Value.ToString("+0;-0", CultureInfo.InvariantCulture) + "%",
        _ => change.Value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) + "%",
    };
}

// What `get --watch` draws on a terminal: a window into the table that scrolls, each price that changed since the last drawing marked
// by an arrow (and a colour, never by it alone), a last line that says where one is and what can be pressed. No terminal, no clock
// here; keys come from another thread than drawings are made on.
using System.Globalization;

namespace BybitSpot.App;

internal sealed class PriceScreen
{
    private const string Green = "\e[32m", Red = "\e[31m", Faint = "\e[2m", Plain = "\e[0m";

    /// <summary>Lines that are no prices: the head and the last.</summary>
    private const int OtherLines = 2;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, string?> _drawn = new(StringComparer.Ordinal);
    private int _first, _page = 1, _count;

    /// <summary>Takes a key.</summary>
    /// <returns>False if it ends the watching.</returns>
    public bool Press(ConsoleKeyInfo key)
    {
        lock (_gate)
        {
            if (key.KeyChar is 'q' or 'Q')
                return false;
            int first = (key.Key, key.KeyChar) switch
            {
                (ConsoleKey.DownArrow, _) or (_, 'j') => _first + 1,
                (ConsoleKey.UpArrow, _) or (_, 'k') => _first - 1,
                (ConsoleKey.PageDown, _) or (_, ' ') => _first + _page,
                (ConsoleKey.PageUp, _) or (_, 'b') => _first - _page,
                (ConsoleKey.Home, _) or (_, 'g') => 0,
                (ConsoleKey.End, _) or (_, 'G') => _count,
                _ => _first,
            };
            _first = Math.Clamp(first, 0, Math.Max(0, _count - _page));
            return true;
        }
    }

    /// <param name="height">Lines of the terminal.</param>
    /// <param name="trouble">Why the prices are those of before; null if they are not.</param>
    public IReadOnlyList<string> Draw(IReadOnlyList<StoredPrice> prices, int[] widths, DateTimeOffset now, int width, int height, bool colour, string? trouble)
    {
        lock (_gate)
        {
            (_page, _count) = (Math.Max(height - OtherLines, 1), prices.Count);
            _first = Math.Clamp(_first, 0, Math.Max(0, _count - _page));
            var lines = new List<string> { "  " + PriceTable.Head(widths, colour, Math.Max(width - 2, 0)) };
            foreach (StoredPrice price in prices.Skip(_first).Take(_page))
                lines.Add(Row(price, widths, now, width, colour));
            foreach (StoredPrice price in prices)
                _drawn[price.Coin] = price.Price;
            string note = trouble ?? Place();
            note = note.Length > width ? note[..width] : note;
            lines.Add(colour ? Faint + note + Plain : note);
            return lines;
        }
    }

    private string Row(StoredPrice price, int[] widths, DateTimeOffset now, int width, bool colour)
    {
        int change = _drawn.TryGetValue(price.Coin, out string? before) && before is not null && price.Price is not null ? Compare(price.Price, before) : 0;
        string mark = change switch { > 0 => "▲ ", < 0 => "▼ ", _ => "  " };
        string row = mark + PriceTable.Row(price, widths, now, colour && change == 0, Math.Max(width - mark.Length, 0));
        return !colour || change == 0 ? row : (change > 0 ? Green : Red) + row + Plain;
    }

    private string Place()
    {
        string place = _count <= _page ? $"{_count} coins" : $"{_first + 1} to {Math.Min(_first + _page, _count)} of {_count} coins, arrows scroll";
        return $"  {place}, q quits";
    }

    // Text that is no number, or has too many digits for one, has changed upwards.
    private static int Compare(string price, string before)
    {
        if (price == before)
            return 0;
        return decimal.TryParse(price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal now)
            && decimal.TryParse(before, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal then)
            ? now.CompareTo(then) : 1;
    }
}

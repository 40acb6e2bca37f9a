using System.Globalization;

namespace BybitSpot.Simulator;

// A price step such as 0.1 or 0.00005, held as an integer and a count of decimals, so that a walk of prices is a walk of
// integers and its text is exact. Text is written as the exchange writes it: no exponent, no zeros at the end.
internal readonly struct TickSize
{
    public const int FormatMaxChars = 24;

    /// <summary>10^18 is the largest power of ten in a long.</summary>
    private const int DecimalsMax = 18;

    private readonly long _step;
    private readonly int _decimals;

    private TickSize(long step, int decimals)
    {
        _step = step;
        _decimals = decimals;
    }

    public static bool TryParse(string text, out TickSize tickSize)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var decimals = point < 0 ? 0 : text.Length - point - 1;
        tickSize = default;
        if (!TryScale(text, decimals, out var step) || step <= 0) return false;
        tickSize = new TickSize(step, decimals);
        return true;
    }

    /// <summary>How many whole steps a price holds; digits beyond the step's decimals are cut off.</summary>
    public bool TryTicks(string price, out long ticks)
    {
        ticks = 0;
        if (_step == 0 || !TryScale(price, _decimals, out var scaled)) return false;
        ticks = scaled / _step;
        return true;
    }

    public int Format(long ticks, Span<char> into)
    {
        var scaled = checked(ticks * _step);
        var divisor = 1L;
        for (var i = 0; i < _decimals; i++) divisor *= 10;
        (scaled / divisor).TryFormat(into, out var count, default, CultureInfo.InvariantCulture);
        var fraction = scaled % divisor;
        if (fraction == 0) return count;
        into[count++] = '.';
        while (fraction != 0)
        {
            divisor /= 10;
            into[count++] = (char)('0' + fraction / divisor);
            fraction %= divisor;
        }
        return count;
    }

    public string Format(long ticks)
    {
        Span<char> digits = stackalloc char[FormatMaxChars];
        return new string(digits[..Format(ticks, digits)]);
    }

    private static bool TryScale(string text, int decimals, out long scaled)
    {
        scaled = 0;
        if (text.Length == 0 || decimals > DecimalsMax) return false;
        var seen = -1;
        foreach (var c in text)
        {
            if (c == '.' && seen < 0)
            {
                seen = 0;
                continue;
            }
            if (!char.IsAsciiDigit(c)) return false;
            if (seen >= decimals) continue;
            if (scaled > (long.MaxValue - 9) / 10) return false;
            scaled = scaled * 10 + (c - '0');
            if (seen >= 0) seen++;
        }
        for (var i = Math.Max(seen, 0); i < decimals; i++)
        {
            if (scaled > long.MaxValue / 10) return false;
            scaled *= 10;
        }
        return true;
    }
}

// What is recorded where, and when a new file begins; and how people write sizes and spans of time. Pure.
using System.Globalization;

namespace BybitSpot.App;

/// <param name="Name">Of the files.</param>
internal sealed record RecordOptions(RecordName Name)
{
    /// <summary>A file of so many bytes is followed by another; null: however many.</summary>
    public long? SizeMax { get; init; }

    /// <summary>Where a whole number of these has passed since 1970, another file begins; null: never.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Whether there may be several files.</summary>
    public bool Rotates => SizeMax is not null || Every is not null;
}

internal static class RecordAmounts
{
    public const string SizeWrong = "is not a size (10K to 1T: a number with K, M, G or T for thousands, millions and so on)";
    public const string SpanWrong = "is not a span of time (1s to 366d: a number with s, m, h or d)";

    private const long SizeMin = 10_000, SizeMax = 1_000_000_000_000;

    private static readonly TimeSpan s_spanMin = TimeSpan.FromSeconds(1), s_spanMax = TimeSpan.FromDays(366);

    /// <summary><c>100M</c>, <c>2.5G</c>, <c>500000</c>.</summary>
    public static bool TrySize(string text, out long bytes)
    {
        decimal unit = Unit(text, ("K", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("", 1m));
        decimal size = unit * Number(text);
        bytes = size is >= SizeMin and <= SizeMax ? (long)size : 0;
        return bytes > 0;
    }

    /// <summary><c>30s</c>, <c>10m</c>, <c>1h</c>, <c>7d</c>.</summary>
    public static bool TrySpan(string text, out TimeSpan span)
    {
        decimal seconds = Unit(text, ("s", 1m), ("m", 60m), ("h", 3_600m), ("d", 86_400m)) * Number(text);
        span = seconds >= (decimal)s_spanMin.TotalSeconds && seconds <= (decimal)s_spanMax.TotalSeconds ? TimeSpan.FromSeconds((double)seconds) : default;
        return span != default;
    }

    private static decimal Unit(string text, params ReadOnlySpan<(string Letter, decimal Value)> units)
    {
        foreach ((string letter, decimal value) in units)
            if (letter.Length == 0 ? text.Length > 0 && char.IsAsciiDigit(text[^1]) : text.EndsWith(letter, StringComparison.OrdinalIgnoreCase))
                return value;
        return 0;
    }

    private static decimal Number(string text) =>
        text.Length is > 0 and < 16 && decimal.TryParse(char.IsAsciiLetter(text[^1]) ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : 0;
}

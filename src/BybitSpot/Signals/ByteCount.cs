using System.Globalization;

namespace BybitSpot.Signals;

/// <summary>A number that a log line's field holds as it is, and its message as people say it.</summary>
public interface ILoggedNumber
{
    long Number { get; }
}

/// <summary>So many bytes: <c>512 bytes</c>, <c>25.1 MB</c> (of a million).</summary>
public readonly record struct ByteCount(long Number) : ILoggedNumber
{
    private static readonly string[] s_units = ["kB", "MB", "GB", "TB"];

    public static implicit operator ByteCount(long number) => new(number);

    public override string ToString()
    {
        // Rounded up to 1000.0 it is the next unit's.
        const double Most = 999.95;
        double size = Number;
        int unit = -1;
        for (; Math.Abs(size) >= (unit < 0 ? 1_000 : Most) && unit < s_units.Length - 1; unit++)
            size /= 1_000;
        return unit < 0 ? Number == 1 ? "1 byte" : $"{Number} bytes" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {s_units[unit]}");
    }
}

// How the files of a recording are called. Pure. `{time}` in the name is the file's beginning, 20260809T212641Z, `{market}` the market; without
// it the files of markets that are not the program's first have theirs before the ending: prices.linear.jsonl.gz. Where the name is taken,
// or where one file follows another, a number stands there: prices.0002.jsonl.gz. What must stay true: no file that is
// there is ever written to.
using System.Globalization;

namespace BybitSpot.App;

/// <summary>How a recording is compressed.</summary>
internal enum RecordForm
{
    Plain,
    Gzip,
    Zstd,
}

/// <param name="text">As it was given.</param>
internal sealed class RecordName(string text)
{
    /// <summary>Stands for the time at which a file begins.</summary>
    public const string Time = "{time}";

    /// <summary>Stands for the market.</summary>
    public const string Market = "{market}";

    /// <summary>The standard output.</summary>
    public const string Output = "-";

    private const string GzipEnding = ".gz";
    private const string ZstdEnding = ".zst";

    public bool IsOutput => text == Output;

    /// <summary>By the ending.</summary>
    public RecordForm Form => text.EndsWith(GzipEnding, StringComparison.OrdinalIgnoreCase) ? RecordForm.Gzip
        : text.EndsWith(ZstdEnding, StringComparison.OrdinalIgnoreCase) ? RecordForm.Zstd
        : RecordForm.Plain;

    /// <summary>Whether files are told apart by the time at which they begin.</summary>
    public bool HasTime => text.Contains(Time, StringComparison.Ordinal);

    /// <summary>What is wrong with a name; null: nothing is.</summary>
    public static string? Wrong(string text) =>
        text.Length == 0 || text.Contains('\0') || text.EndsWith('/') || (OperatingSystem.IsWindows() && text.EndsWith('\\')) ? "is not a file name" : null;

    /// <summary>The name of one market's recording.</summary>
    /// <param name="isFirst">Whether it is the one of BYBIT_WS_URL, which is called as was given.</param>
    public RecordName Of(string market, bool isFirst) => new(
        text.Contains(Market, StringComparison.Ordinal) ? text.Replace(Market, market, StringComparison.Ordinal)
        : isFirst ? text
        : BeforeEnding(text, market));

    /// <summary>One name of a file that begins now.</summary>
    /// <param name="number">Which one; 0: without a number.</param>
    public string Of(DateTimeOffset now, int number)
    {
        string name = text.Replace(Time, now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return number == 0 ? name : BeforeEnding(name, number.ToString("0000", CultureInfo.InvariantCulture));
    }

    private string BeforeEnding(string name, string part)
    {
        int end = name.Length - Form switch { RecordForm.Gzip => GzipEnding.Length, RecordForm.Zstd => ZstdEnding.Length, _ => 0 };
        int dot = name.LastIndexOf('.', end - 1);
        if (dot > Math.Max(name.LastIndexOf('/'), name.LastIndexOf('\\')) + 1)
            end = dot;
        return $"{name[..end]}.{part}{name[end..]}";
    }

    /// <summary>The first number to try: one file of several has one from the beginning, where no time tells them apart.</summary>
    public int FirstNumber(bool several) => several && !HasTime ? 1 : 0;
}

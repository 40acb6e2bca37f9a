namespace BybitSpot.Market;

/// <summary>Times as Redis and the console show them: ISO 8601, UTC, three decimals, <c>2024-09-09T15:30:25.123Z</c>.</summary>
public static class IsoTime
{
    /// <summary>Length of every formatted time, in characters.</summary>
    public const int Length = 24;

    /// <summary>The last millisecond of the year 9999, the last that has this form.</summary>
    public const long TimeMsMax = 253_402_300_799_999;

    /// <summary>The first millisecond of 2018, when there was no such exchange yet: an earlier time is in the wrong unit, or none.</summary>
    public const long TimeMsMin = 1_514_764_800_000;

    private const long DayMs = 86_400_000;

    /// <summary>Writes the time; nothing is allocated.</summary>
    /// <param name="timeMs">Milliseconds since 1970 (UTC), 0 to <see cref="TimeMsMax"/>.</param>
    /// <param name="text">Takes <see cref="Length"/> characters.</param>
    public static void Format(long timeMs, Span<byte> text)
    {
        text = text[..Length];
        long day = timeMs / DayMs;
        int ms = (int)(timeMs - day * DayMs);
        // Days to a date as Howard Hinnant derives it (chrono-compatible low-level date algorithms): years start in March,
        // so that the leap day is the last of its year.
        int shifted = (int)day + 719_468;
        int era = shifted / 146_097;
        int dayOfEra = shifted - era * 146_097;
        int yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int monthFromMarch = (5 * dayOfYear + 2) / 153;
        int dayOfMonth = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1;
        int month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
        int year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
        Put(text, 0, 4, year);
        text[4] = (byte)'-';
        Put(text, 5, 2, month);
        text[7] = (byte)'-';
        Put(text, 8, 2, dayOfMonth);
        text[10] = (byte)'T';
        Put(text, 11, 2, ms / 3_600_000);
        text[13] = (byte)':';
        Put(text, 14, 2, ms / 60_000 % 60);
        text[16] = (byte)':';
        Put(text, 17, 2, ms / 1_000 % 60);
        text[19] = (byte)'.';
        Put(text, 20, 3, ms % 1_000);
        text[23] = (byte)'Z';
    }

    /// <summary>The same as text, for what is said seldom.</summary>
    public static string Text(long timeMs)
    {
        Span<byte> text = stackalloc byte[Length];
        Format(timeMs, text);
        return System.Text.Encoding.ASCII.GetString(text);
    }

    private static void Put(Span<byte> text, int at, int digits, int value)
    {
        for (int i = at + digits - 1; i >= at; i--)
        {
            text[i] = (byte)('0' + value % 10);
            value /= 10;
        }
    }
}

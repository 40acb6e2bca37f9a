// Which part of a recording is played: from and to, as a time of day or as seconds from the recording's start. Pure.
using System.Globalization;

namespace BybitSpot.App;

internal readonly record struct ReplayMoment(long Us, bool FromStart)
{
    public const string Wrong = "is neither a time (2026-08-09T21:26:41Z) nor seconds from the recording's start";

    /// <summary>Most seconds from the start that mean anything: a hundred years.</summary>
    private const decimal SecondsMax = 3_155_760_000;

    /// <summary>A time without a zone is UTC.</summary>
    public static bool TryParse(string text, out ReplayMoment moment)
    {
        moment = default;
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds <= SecondsMax)
            moment = new ReplayMoment((long)(seconds * 1_000_000), FromStart: true);
        else if (text.Length >= 10 && text[4] == '-' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            moment = new ReplayMoment((time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond, FromStart: false);
        else
            return false;
        return moment.Us >= 0;
    }

    /// <summary>In microseconds since 1970.</summary>
    public long Of(long startUs) => FromStart ? startUs + Us : Us;
}

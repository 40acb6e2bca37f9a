// /readyz: the feed's report in words. Pure. The first line says all that matters: `ready`, or what is missing; the state, the
// counts and the first of the stale coins follow. What must stay true: text that comes from elsewhere steers no terminal.
using System.Globalization;
using System.Text;

namespace BybitSpot.App;

internal static class Readiness
{
    /// <summary>How many stale coins are named; all of them are counted.</summary>
    public const int StaleNamedMax = 20;

    public static Answer Of(FeedReport report)
    {
        var text = new StringBuilder(256);
        text.Append(report.IsReady ? "ready" : "not ready: " + Missing(report)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"state {BoardJson.StateName(report.State)} since {report.Since.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n");
        if (report.State == FeedState.Empty)
            text.Append("the list of coins is empty on purpose\n");
        text.Append(CultureInfo.InvariantCulture, $"coins {report.Coins}: {report.Fresh} fresh, {report.Quiet} quiet, {report.Stale} stale\n");
        foreach (StaleCoin stale in report.StaleCoins.Take(StaleNamedMax))
            text.Append(CultureInfo.InvariantCulture, $"stale {TerminalText.Clean(stale.Coin)}: {TerminalText.Clean(stale.Reason)}\n");
        if (report.StaleCoins.Count > StaleNamedMax)
            text.Append(CultureInfo.InvariantCulture, $"and {report.StaleCoins.Count - StaleNamedMax} more\n");
        return Answer.Text(report.IsReady ? 200 : 503, text.ToString());
    }

    /// <summary>Why prices cannot be relied on.</summary>
    public static string Missing(FeedReport report)
    {
        string? feed = report.State switch
        {
            FeedState.Connecting => report.ListAwaited is { } awaited ? TerminalText.Clean(awaited) : "no price has come yet",
            FeedState.Stale => "every coin is stale",
            FeedState.Stopped => "stopped as asked",
            _ => null,
        };
        string? redis = report.RedisTrouble is { } trouble ? "Redis takes no writes: " + TerminalText.Clean(trouble) : null;
        string? status = report.StatusTrouble is { } refusal ? "Redis does not take the price_feed keys, so readers can believe nothing: " + TerminalText.Clean(refusal) : null;
        return string.Join("; ", new[] { feed, redis, status }.OfType<string>());
    }
}

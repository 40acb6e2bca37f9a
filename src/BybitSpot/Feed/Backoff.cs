// How long to wait before the next connection. Pure arithmetic; the line keeps the count of steps.
//
// The exchange bans an address that opens 500 connections in 5 minutes. With the smallest interval that the settings take
// (10 ms) the first 13 delays together last 73 s or more and each later one 54 s or more, so a line never opens more than 20.
namespace BybitSpot.Feed;

internal static class Backoff
{
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection must have delivered for the delay to fall back to the first.</summary>
    public static readonly TimeSpan UsefulAfter = TimeSpan.FromSeconds(60);

    /// <summary>Least delay after the exchange has answered 403: it bans addresses for ten minutes, and asks for no requests meanwhile.</summary>
    public static readonly TimeSpan ForbiddenDelayMin = TimeSpan.FromMinutes(10);

    /// <summary>Spread of the delays, so that many programs do not come back in step.</summary>
    public const double Jitter = 0.1;

    /// <summary>The delay before a reconnect: <paramref name="interval"/> × 2^<paramref name="step"/> ± 10 %, at most <see cref="DelayMax"/>.</summary>
    /// <param name="step">0 for the first.</param>
    /// <param name="interval">The first delay.</param>
    /// <param name="random">Uniform in [0, 1).</param>
    public static TimeSpan Delay(int step, TimeSpan interval, double random)
    {
        double maxMs = DelayMax.TotalMilliseconds;
        double baseMs = Math.Min(interval.TotalMilliseconds * Math.Pow(2, Math.Min(step, 32)), maxMs);
        double lowMs = baseMs * (1 - Jitter);
        double highMs = Math.Min(baseMs * (1 + Jitter), maxMs);
        return TimeSpan.FromMilliseconds(lowMs + (highMs - lowMs) * random);
    }
}

// How long to wait before the next connection. Pure arithmetic; the line keeps the count of steps.
//
// The exchange bans an address that opens 500 connections in 5 minutes. With the smallest interval that the settings take
// (10 ms) the first 13 delays together last 73 s or more and each later one 54 s or more, so a line never opens more than 20.
//
// The delay falls back to the first after a connection that was useful: 30 s of prices lay between its first price and its last
// data, give or take what it takes to subscribe and what passes between two prices. One that is cut every half minute is then
// followed at once, ten times in five minutes. An upgrade, acks, pongs and messages without a usable price make none useful.
//
// Redundant lines are there to leave no gap, so where others carry the same coins, or are to, a connection that brought prices and that the
// other side or the network ended after a second or more is followed soon, and its end does not make later delays longer. That may be once a
// second and more, so only as long as the whole process has made few connections lately: see ConnectPace.
//
// A connection on which the exchange refuses every coin, with words that say nothing for good, is asked again on, and given up
// when all was refused three times (after 3 s); the next of that kind after four times, and so on up to fifteen, which takes
// nearly ten minutes, since what is refused is asked for ever more seldom.
namespace BybitSpot.Feed;

internal static class Backoff
{
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(60);

    /// <summary>How long prices must have come on a connection for the delay to fall back to the first.</summary>
    public static readonly TimeSpan UsefulAfter = TimeSpan.FromSeconds(30);

    /// <summary>What is not held against it: the time before its first price and after its last.</summary>
    public static readonly TimeSpan UsefulMargin = TimeSpan.FromSeconds(3);

    /// <summary>With redundant lines, the delay after a connection that had brought prices, unless the first delay is shorter.</summary>
    public static readonly TimeSpan RedundantDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>How long such a connection must have stood.</summary>
    public static readonly TimeSpan RedundantAfter = TimeSpan.FromSeconds(1);

    /// <summary>How often everything is refused before a new connection is made.</summary>
    public const int RefusalsMin = 3;

    /// <summary>The same when new connections have not helped: by then nearly ten minutes have passed on this one.</summary>
    public const int RefusalsMax = 15;

    /// <summary>Least delay after the exchange has answered 403: it bans addresses for ten minutes, and asks for no requests meanwhile.</summary>
    public static readonly TimeSpan ForbiddenDelayMin = TimeSpan.FromMinutes(10);

    /// <summary>Spread of the delays, so that many programs do not come back in step.</summary>
    public const double Jitter = 0.1;

    /// <summary>Whether a connection was useful.</summary>
    /// <param name="pricesFor">From its first price to its last data.</param>
    public static bool WasUseful(TimeSpan pricesFor) => pricesFor >= UsefulAfter - UsefulMargin;

    /// <summary>How often every coin of a connection must be refused for a new one to be made.</summary>
    /// <param name="inVain">Connections in a row that were made for that and did not help.</param>
    public static int RefusalsBeforeReconnect(int inVain) => Math.Min(RefusalsMin + inVain, RefusalsMax);

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

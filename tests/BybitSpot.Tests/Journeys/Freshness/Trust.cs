using BybitSpot.Tests.Journeys.Store;

namespace BybitSpot.Tests.Journeys.Freshness;

/// <summary>What readers of Redis see of the feed's worth, and what tests wait for.</summary>
internal static class Trust
{
    /// <summary>Seen within 10 s by the design; the rest is for machines that are busy.</summary>
    public static readonly TimeSpan SeenWithin = TimeSpan.FromSeconds(60);

    public static void StateBecomes(this Journey journey, string state, TimeSpan? limit = null) =>
        Until.Equal("the feed's state", state, () => journey.Redis.Status().GetValueOrDefault("state", "none"), limit ?? SeenWithin, () => journey.Bot.ErrorText);

    /// <summary>Waits until exactly these coins are called stale, and the hash counts them.</summary>
    public static void StaleBecome(this Journey journey, params string[] coins)
    {
        Until.Equal("the stale coins", string.Join(' ', coins), () => string.Join(' ', journey.Redis.StaleCoins()), SeenWithin, () => journey.Bot.ErrorText);
        Until.Equal("their number", $"{coins.Length}", () => journey.Redis.Status().GetValueOrDefault("stale", "none"), SeenWithin, () => journey.Bot.ErrorText);
    }

    /// <summary>How often a topic was asked for by a subscribe request.</summary>
    public static int Asked(this Journey journey, string topic) =>
        journey.Exchange.Requests.Count(r => r.Text.Contains("\"subscribe\"", StringComparison.Ordinal) && r.Text.Contains($"\"{topic}\"", StringComparison.Ordinal));

    /// <summary>A ticker of the coin each 200 ms, with nothing new but its time, until disposed.</summary>
    public static IDisposable Ticking(this Journey journey, params string[] symbols) => new Ticker(journey, symbols);

    private sealed class Ticker : IDisposable
    {
        private readonly Timer _timer;

        public Ticker(Journey journey, string[] symbols) =>
            _timer = new Timer(
                _ =>
                {
                    foreach (string symbol in symbols)
                        journey.Exchange.PushTicker(symbol);
                },
                null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));

        public void Dispose()
        {
            using var done = new ManualResetEvent(false);
            _timer.Dispose(done);
            done.WaitOne(TimeSpan.FromSeconds(5));
        }
    }
}

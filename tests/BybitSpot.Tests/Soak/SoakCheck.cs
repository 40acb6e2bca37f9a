// Judges each write of a price as Redis tells it: right, wrong (never shown so by the exchange, or not whole), or back (older than
// what the same server has, in the same life: what a killed server forgot is forgotten, and what a replica takes over from its primary
// is what it has, whatever it had before). Any thread; one lock.
using System.Globalization;
using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Soak;

/// <param name="serverPorts">From which primaries talk to their replicas.</param>
internal sealed class SoakCheck(SoakMarket market, IReadOnlySet<int> serverPorts)
{
    /// <summary>So many are told in words; all are counted.</summary>
    private const int StoriesMax = 20;

    private readonly Lock _gate = new();
    private readonly List<string> _stories = [];
    private readonly int[] _written = [.. Enumerable.Repeat(-1, market.Count)];

    /// <summary>Those at primaries.</summary>
    public long Writes { get; private set; }

    public long Wrong { get; private set; }

    public long Back { get; private set; }

    /// <summary>From a coin's new price until it, or a newer one, was written, at most; first prices do not count.</summary>
    public (TimeSpan Time, string Coin) LongestBehind { get; private set; } = (TimeSpan.Zero, "-");

    public IReadOnlyList<string> Stories
    {
        get
        {
            lock (_gate)
                return [.. _stories];
        }
    }

    /// <summary>Whether each coin was written last at this step or at a later one.</summary>
    public bool HasReached(int[] steps)
    {
        lock (_gate)
            return !_written.Where((step, coin) => step < steps[coin]).Any();
    }

    /// <summary>What one life of one server has of each coin.</summary>
    public sealed class Life(string server)
    {
        public string Server => server;

        internal Dictionary<int, (int Step, long TimeMs)> Last { get; } = [];
    }

    public void Take(Life life, PriceWrite write)
    {
        lock (_gate)
        {
            bool isTakenOver = serverPorts.Contains(write.FromPort);
            Writes += isTakenOver ? 0 : 1;
            if (market.FindKey(write.Key) is not { } coin || SoakMarket.StepOf(coin, write.Price) is not { } step || TimeOf(write.Timestamp) is not { } timeMs || !market.WasShown(coin, step, timeMs))
            {
                Wrong++;
                Tell($"wrong at {life.Server}: {write}");
                return;
            }
            if (!isTakenOver && life.Last.TryGetValue(coin, out (int Step, long TimeMs) last) && (step, timeMs).CompareTo(last) < 0)
            {
                Back++;
                Tell($"back at {life.Server}: {write} after {SoakMarket.PriceOf(coin, last.Step)} of {last.TimeMs - timeMs} ms later");
                return;
            }
            life.Last[coin] = (step, timeMs);
            if (!isTakenOver && _written[coin] >= 0 && market.BehindAt(coin, _written[coin], market.Now) is var behind && behind > LongestBehind.Time)
                LongestBehind = (behind, $"{SoakMarket.NameOf(coin)} at {market.Now:hh\\:mm\\:ss\\.fff}");
            _written[coin] = isTakenOver ? _written[coin] : step;
        }
    }

    private void Tell(string story)
    {
        if (_stories.Count < StoriesMax)
            _stories.Add(story);
    }

    private static long? TimeOf(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUnixTimeMilliseconds() : null;
}

// One market's part of the bridge: what is watched there, the lines that carry it, and the judgement of its coins. Table, sink and page are
// shared with the other markets. Under the bridge's gate. What must stay true: nothing here waits for another market.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Monitoring;
using BybitSpot.Redis;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot;

/// <summary>What all markets share.</summary>
internal sealed record MarketParts(LatestTable Latest, RedisSink Redis, CommonParts Lines, Lock Gate, Action GaveUp, Action<string, Exception> Died, ILoggerFactory Loggers, TimeProvider Time);

internal sealed class MarketFeed
{
    private readonly LatestTable _latest;
    private readonly MarketParts _parts;
    private readonly bool _keepsRemoved;
    private readonly ILogger _log;

    /// <param name="options">With the feed of this market.</param>
    /// <param name="isFirst">Whether its threads and loggers are called by their name alone, without the market.</param>
    public MarketFeed(BridgeOptions options, bool isFirst, MarketParts parts)
    {
        (_latest, _parts, Venue) = (parts.Latest, parts, options.Feed.Venue);
        // Guarded, or shared out, it may be another instance's still.
        _keepsRemoved = options.KeepRemovedCoins || options.Redis.Writing.Guarded || !options.Shard.IsWhole;
        string suffix = isFirst ? "" : Venue.Name();
        _log = parts.Loggers.CreateLogger(Named("bridge", '.'));
        Lines = new LineSet(options.Feed, parts.Lines, parts.Redis.Flush, parts.GaveUp, parts.Died, parts.Time, parts.Loggers.CreateLogger(Named("feed", '.')));
        Tickers? tickers = options.Rest is null ? null : new Tickers(options.Rest, Venue);
        Monitor = new FreshnessMonitor(Named("watch", '-'), options, _latest, Lines, parts.Redis, tickers, parts.Lines.Clock, parts.Gate, parts.Time, parts.Loggers.CreateLogger(Named("watch", '.')), parts.Died);

        string Named(string name, char before) => suffix.Length == 0 ? name : $"{name}{before}{suffix}";
    }

    public Venue Venue { get; }

    public LineSet Lines { get; }

    public FreshnessMonitor Monitor { get; }

    public Watchlist Watchlist { get; private set; } = Watchlist.Empty;

    public FeedReport Report => Monitor.Status.Report;

    /// <summary>Starts the thread that judges. Once.</summary>
    public void Start() => OwnThread.Start(Monitor.Thread, Monitor.Run, _parts.Died);

    /// <summary>Makes this the watchlist: subscribes what is new, unsubscribes what is gone, does not touch the rest.</summary>
    /// <exception cref="InvalidOperationException">There are no slots left for the new coins; nothing has changed.</exception>
    public void Apply(Watchlist wanted)
    {
        (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(Watchlist, wanted);
        if (!_latest.HasRoomFor(added))
            throw new InvalidOperationException($"more than {LatestTable.SlotsMax} different coins were named since the program started");
        Watchlist = wanted;
        Monitor.Status.ListAwaited = wanted.Awaits;
        if (added.Count == 0 && removed.Count == 0)
            return;
        _log.WatchlistApplied(wanted.Instruments.Count, added.Count, removed.Count);
        // Each coin's slot before its line, so that no message finds it missing; for a removal the other way round.
        Remove(removed);
        Add(added);
    }

    /// <summary>Ends its lines, within the limit, and its judgement.</summary>
    /// <param name="leaves">The others go on.</param>
    public void Stop(TimeSpan limit, bool leaves = false)
    {
        Lines.Stop(limit);
        Monitor.Stop(leaves);
    }

    private void Add(IReadOnlyList<Instrument> added)
    {
        if (added.Count == 0)
            return;
        (Instrument Instrument, int Slot)[] coins = [.. added.Select(i => (i, _latest.Add(i)))];
        Lines.Add(coins);
        foreach ((Instrument instrument, int slot) in coins)
            Monitor.Add(instrument, slot);
    }

    private void Remove(IReadOnlyList<Instrument> removed)
    {
        if (removed.Count == 0)
            return;
        (Instrument Instrument, int Slot)[] coins = [.. removed.Select(i => (i, _latest.TryFind(i, out int slot) ? slot : throw new InvalidOperationException($"{i.Symbol} has no slot")))];
        Lines.Remove(coins);
        foreach ((_, int slot) in coins)
        {
            Monitor.Remove(slot);
            _latest.Remove(slot, delete: !_keepsRemoved);
        }
    }
}

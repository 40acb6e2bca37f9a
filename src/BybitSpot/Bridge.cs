using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Monitoring;
using BybitSpot.Redis;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot;

/// <summary>Why the engine ended by itself.</summary>
public enum Ending
{
    /// <summary>As many failures in a row as RECONNECT_MAX_ATTEMPTS allows.</summary>
    GaveUp,

    /// <summary>A thread died of an exception.</summary>
    ThreadDied,
}

/// <summary>
/// The way of a price, in one direction: exchange → lines → latest table → Redis. Wires the rooms; other readers, such as a
/// console, take their own drain from <see cref="Latest"/>.
/// </summary>
public sealed partial class Bridge : IDisposable
{
    private static readonly TimeSpan s_linesEndWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastPricesWithin = TimeSpan.FromSeconds(2);

    private readonly BridgeOptions _options;
    private readonly ILogger _log;
    private readonly AnchoredClock _clock;
    private readonly LineSet _lines;
    private readonly RedisSink _redis;
    private readonly OtherWriters _writers;
    private readonly FreshnessMonitor _monitor;
    private readonly TaskCompletionSource<Ending> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Watchlist _watchlist = Watchlist.Empty;
    private bool _started, _stopped;

    public Bridge(BridgeOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _log = loggers.CreateLogger("bridge");
        RedisOptions redis = options.Redis with { ClientName = options.InstanceId };
        _redis = new RedisSink(Latest, options.Feed.Venue, options.InstanceId, redis, time, loggers.CreateLogger("redis"), options.Turns, options.Reserve, ReportDeath);
        _writers = new OtherWriters(options.Feed.Venue, options.InstanceId, redis, WatchedCoins, () => _redis.Trouble is null, time, loggers.CreateLogger("redis"));
        _clock = new AnchoredClock(time);
        _lines = new LineSet(options.Feed, Latest, _clock, _redis.Flush, () => _ended.TrySetResult(Ending.GaveUp), ReportDeath, time, loggers.CreateLogger("feed"), options.Turns, options.Reserve);
        Tickers? tickers = options.Rest is null ? null : new Tickers(options.Rest, options.Feed.Venue);
        _monitor = new FreshnessMonitor(options, Latest, _lines, _redis, tickers, _clock, _gate, time, loggers.CreateLogger("watch"), ReportDeath);
    }

    /// <summary>The newest price of every coin.</summary>
    public LatestTable Latest { get; } = new();

    /// <summary>Whether prices can be believed now. Any thread.</summary>
    public FeedReport Report => _monitor.Status.Report;

    /// <summary>Ends when the engine has given up; never when it was stopped.</summary>
    public Task<Ending> Ended => _ended.Task;

    /// <summary>Starts the thread that writes to Redis. Returns at once, whether or not Redis can be reached.</summary>
    public void Start()
    {
        lock (_gate)
        {
            if (_started || _stopped)
                return;
            _started = true;
            OwnThread.Start("redis", _redis.Run, ReportDeath);
            OwnThread.Start("watch", _monitor.Run, ReportDeath);
            OwnThread.Start("writers", _writers.Run, ReportDeath);
        }
    }

    /// <summary>Makes this the watchlist: subscribes what is new, unsubscribes what is gone, does not touch the rest. Any thread.</summary>
    /// <exception cref="InvalidOperationException">There are no slots left for the new coins; nothing has changed.</exception>
    public void Apply(Watchlist wanted)
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(_watchlist, wanted);
            if (!Latest.HasRoomFor(added))
                throw new InvalidOperationException($"more than {LatestTable.SlotsMax} different coins were named since the program started");
            _watchlist = wanted;
            _monitor.Status.ListAwaited = wanted.Awaits;
            if (added.Count == 0 && removed.Count == 0)
                return;
            _log.WatchlistApplied(wanted.Instruments.Count, added.Count, removed.Count);
            // Each coin's slot before its line, so that no message finds it missing; for a removal the other way round.
            Remove(removed);
            Add(added);
        }
    }

    /// <summary>The exchange's list has changed: symbols that were refused are tried again. Any thread.</summary>
    public void RetryRefused()
    {
        lock (_gate)
            if (!_stopped)
                _lines.RetryRefused();
    }

    /// <summary>Symbols to look out for that the exchange does not list yet. Any thread.</summary>
    /// <param name="seen">Called when REST's prices name one of them; must not wait.</param>
    public void Await(IReadOnlyList<string> symbols, Action seen) => _monitor.Audit.Listings.Await(symbols, seen);

    /// <summary>A thread that died takes the program down, whosever it is.</summary>
    public void ReportDeath(string thread, Exception exception)
    {
        _log.ThreadDied(thread, exception.ToString());
        _ended.TrySetResult(Ending.ThreadDied);
    }

    /// <summary>Logs the counters since start as one event, <c>summary</c>.</summary>
    public void LogSummary()
    {
        int priced = 0;
        for (int slot = 0; slot < Latest.Count; slot++)
            if (Latest.Read(slot, out _) == SlotState.Priced)
                priced++;
        lock (_gate)
        {
            FeedTotals feed = _lines.Totals;
            _log.Summary(_watchlist.Instruments.Count, priced, feed.Counts.Messages, feed.Counts.Ticks, feed.Counts.Late, feed.Counts.Duplicates,
                feed.Dropped.Values.Sum(), _redis.Written, _redis.Refused, feed.Counts.Reconnects, GC.GetTotalAllocatedBytes(precise: true));
        }
    }

    /// <summary>Ends all lines, writes the last prices (2 s at most), closes all sockets. Returns within 4 s.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            _stopped = true;
            _lines.Stop(s_linesEndWithin);
            _monitor.Stop();
            _writers.Stop();
            if (_started)
                _redis.Stop(s_lastPricesWithin);
        }
    }

    public void Dispose() => Stop();

    private string[] WatchedCoins()
    {
        lock (_gate)
            return [.. _watchlist.Instruments.Select(i => i.Coin)];
    }

    private void Add(IReadOnlyList<Instrument> added)
    {
        if (added.Count == 0)
            return;
        (Instrument Instrument, int Slot)[] coins = [.. added.Select(i => (i, Latest.Add(i)))];
        _lines.Add(coins);
        foreach ((Instrument instrument, int slot) in coins)
            _monitor.Add(instrument, slot);
    }

    private void Remove(IReadOnlyList<Instrument> removed)
    {
        if (removed.Count == 0)
            return;
        (Instrument Instrument, int Slot)[] coins = [.. removed.Select(i => (i, Latest.TryFind(i, out int slot) ? slot : throw new InvalidOperationException($"{i.Symbol} has no slot")))];
        _lines.Remove(coins);
        foreach ((_, int slot) in coins)
        {
            _monitor.Remove(slot);
            // Guarded, it may be another instance's still.
            Latest.Remove(slot, delete: !_options.KeepRemovedCoins && !_options.Redis.Writing.Guarded);
        }
    }
}

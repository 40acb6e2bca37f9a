using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
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
/// console, take their own drain from <see cref="Latest"/>. Each market has lines and a judgement of its own.
/// </summary>
public sealed partial class Bridge : IDisposable
{
    private static readonly TimeSpan s_linesEndWithin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_lastPricesWithin = TimeSpan.FromSeconds(2);

    private readonly BridgeOptions _options;
    private readonly ILogger _log;
    private readonly AnchoredClock _clock;
    private readonly MarketParts _parts;
    private readonly RedisSink _redis;
    private readonly OtherWriters _writers;
    private readonly ReportOfAll _report;
    private readonly TaskCompletionSource<Ending> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    // The first is the one of the options; it is always there.
    private volatile MarketFeed[] _markets;

    // Of markets that were left.
    private FeedTotals _totalsBefore = FeedTotals.Sum([]);
    private bool _started, _stopped;

    public Bridge(BridgeOptions options, ILoggerFactory loggers, TimeProvider time)
    {
        _options = options;
        _log = loggers.CreateLogger("bridge");
        RedisOptions redis = options.Redis with { ClientName = options.InstanceId };
        _redis = new RedisSink(Latest, options.Feed.Venue, options.InstanceId, redis, time, loggers.CreateLogger("redis"), options.Turns, options.Reserve, ReportDeath);
        _writers = new OtherWriters(options.InstanceId, redis, WatchedCoins, () => _redis.Trouble is null, time, loggers.CreateLogger("redis"));
        _clock = new AnchoredClock(time);
        _report = new ReportOfAll(time);
        var lines = new CommonParts(Latest, options.Feed.ReconnectAttemptsMax, _clock, options.Turns, options.Reserve, details: options.Redis.Writing.Extended && !options.WritesNowhere);
        _parts = new MarketParts(Latest, _redis, lines, _gate, () => _ended.TrySetResult(Ending.GaveUp), ReportDeath, loggers, time);
        _markets = [new MarketFeed(options, isFirst: true, _parts)];
    }

    /// <summary>The newest price of every coin.</summary>
    public LatestTable Latest { get; } = new();

    /// <summary>Where Redis is, for people.</summary>
    public string RedisEndpoint => _options.Redis.Endpoint;

    /// <summary>Whether prices can be believed now, of all markets together. Any thread.</summary>
    public FeedReport Report => _report.Of([.. _markets.Select(m => m.Report)]);

    /// <summary>The same of each market, the first one first. Any thread.</summary>
    public IReadOnlyList<(Venue Venue, FeedReport Report)> Reports => [.. _markets.Select(m => (m.Venue, m.Report))];

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
            foreach (MarketFeed market in _markets)
                market.Start();
            if (_options.WritesNowhere)
                return;
            OwnThread.Start("redis", _redis.Run, ReportDeath);
            OwnThread.Start("writers", _writers.Run, ReportDeath);
        }
    }

    /// <summary>Makes this a market's watchlist: subscribes what is new, unsubscribes what is gone, does not touch the rest. Any thread.</summary>
    /// <exception cref="InvalidOperationException">There are no slots left for the new coins; nothing has changed.</exception>
    public void Apply(Venue venue, Watchlist wanted)
    {
        lock (_gate)
        {
            if (_stopped)
                return;
            MarketFeed? market = Find(venue);
            if (market is null)
            {
                market = new MarketFeed(_options with { Feed = _options.Feed.For(venue) }, isFirst: false, _parts);
                market.Apply(wanted);
                _markets = [.. _markets, market];
                if (_started)
                    market.Start();
                return;
            }
            market.Apply(wanted);
        }
    }

    /// <summary>A market is watched no longer, as if its coins were taken off one by one; the first one stays, without coins. Any thread.</summary>
    public void Leave(Venue venue)
    {
        lock (_gate)
        {
            if (_stopped || Find(venue) is not { } market)
                return;
            market.Apply(Watchlist.Empty);
            if (market == _markets[0])
                return;
            _markets = [.. _markets.Where(m => m != market)];
            market.Stop(s_linesEndWithin, leaves: true);
            _totalsBefore = FeedTotals.Sum([_totalsBefore, market.Lines.Totals]);
        }
    }

    /// <summary>A market's list has changed: symbols that were refused are tried again. Any thread.</summary>
    public void RetryRefused(Venue venue)
    {
        lock (_gate)
            if (!_stopped)
                Find(venue)?.Lines.RetryRefused();
    }

    /// <summary>Symbols to look out for that the exchange does not list yet. Any thread.</summary>
    /// <param name="seen">Called when REST's prices name one of them; must not wait.</param>
    public void Await(Venue venue, IReadOnlyList<string> symbols, Action seen)
    {
        lock (_gate)
            Find(venue)?.Monitor.Audit.Listings.Await(symbols, seen);
    }

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
            FeedTotals feed = Totals;
            _log.Summary(_markets.Sum(m => m.Watchlist.Instruments.Count), priced, feed.Counts.Messages, feed.Counts.Ticks, feed.Counts.Late, feed.Counts.Duplicates,
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
            MarketFeed[] markets = _markets;
            foreach (MarketFeed market in markets)
                market.Lines.Stop(TimeSpan.Zero);
            foreach (MarketFeed market in markets)
                market.Stop(s_linesEndWithin / markets.Length);
            _writers.Stop();
            if (_started && !_options.WritesNowhere)
                _redis.Stop(s_lastPricesWithin);
        }
    }

    public void Dispose() => Stop();

    private FeedTotals Totals => FeedTotals.Sum([_totalsBefore, .. _markets.Select(m => m.Lines.Totals)]);

    private MarketFeed? Find(Venue venue) => Array.Find(_markets, m => m.Venue == venue);

    private (Venue, string[])[] WatchedCoins()
    {
        lock (_gate)
            return [.. _markets.Where(m => m.Watchlist.Instruments.Count > 0).Select(m => (m.Venue, m.Watchlist.Instruments.Select(i => i.Coin).ToArray()))];
    }
}

// Prices into Redis: one lane where there is one server to write to, one for each primary where it is a cluster. Knows how the place to write
// to is found, and what the lanes come to together. What must stay true: with one server nothing stands between a line and its lane.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

internal sealed class RedisSink
{
    private const int RewriteEveryS = 60;

    /// <summary>Of a hash that expires so much of its life may pass before it is written again.</summary>
    private const int WritesALifetime = 3;

    /// <summary>What a market that is left told last goes out with what others tell, for so long; then its keys expire.</summary>
    private static readonly TimeSpan s_lastWordsFor = TimeSpan.FromSeconds(2);

    private static readonly Venue[] s_venues = Enum.GetValues<Venue>();

    private readonly LatestTable _table;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Turns _turns;
    private readonly Reserve _reserve;
    private readonly Action<string, Exception> _died;
    private readonly LaneBook _book;
    private readonly RedisLane? _only;
    private readonly ClusterRouting? _cluster;
    private readonly SentinelWatch? _sentinels;

    // Of lanes that have ended.
    private readonly Lock _gate = new();
    private readonly LatencyHistogram _latencyBefore = new();
    private long _writtenBefore, _refusedBefore, _connectionsBefore, _statusRefusedBefore, _conflatedBefore;
    private RedisLane[] _lanes = [];
    private int _lanesMade;

    // What each market has told last; null: nothing, or nothing any more.
    private readonly byte[][]?[] _told = new byte[s_venues.Length][][];

    // Since when it is left; 0: it is not.
    private readonly long[] _leftAt = new long[s_venues.Length];
    private long _ticket;

    /// <param name="venue">The market of which something will be told in any case.</param>
    public RedisSink(LatestTable table, Venue venue, string instance, RedisOptions options, TimeProvider time, ILogger log, Turns turns, Reserve reserve, Action<string, Exception> died)
    {
        (_table, _options, _time, _log, _turns, _reserve, _died) = (table, options, time, log, turns, reserve, died);
        bool isCluster = options.Topology == RedisTopology.Cluster;
        var writer = new SlotWriter(table, options.Writing, sharded: isCluster, time, log);
        DirtySet changed = table.CreateReader(options.Writing.Extended);
        int every = options.Writing.KeyLifetime is { } lifetime ? Math.Clamp((int)lifetime.TotalSeconds / WritesALifetime, 1, RewriteEveryS) : RewriteEveryS;
        if (!isCluster)
        {
            var search = options.Topology == RedisTopology.Sentinel ? new SentinelSearch(options, time) : null;
            _book = new LaneBook(writer, changed, every);
            _only = new RedisLane(table, changed, _book, search is null ? options.Now : search.Find, options, time, log) { Turn = turns.Begin("redis"), Reserve = reserve };
            _sentinels = search is null ? null : new SentinelWatch(options, _only, time);
            _lanes = [_only];
            return;
        }
        var routes = new DirtySet?[LatestTable.SlotsMax];
        var fence = new Fence();
        _book = new LaneBook(writer, changed, every)
        {
            Routes = routes,
            Asking = new bool[LatestTable.SlotsMax],
            Redirects = new byte[LatestTable.SlotsMax],
            Fence = fence,
            Redirect = (slot, node, ask) => _cluster!.Redirect(slot, node, ask),
            InTrouble = () => _cluster!.WantMap(),
        };
        string[] statusKeys = [.. s_venues.SelectMany(v => StatusKeys.Keys(v, instance))];
        _cluster = new ClusterRouting(table, options, statusKeys, _book, MakeLane, time, log) { Turn = turns.Begin("redis"), Changed = OnLanesChanged };
        TellsIn(_cluster, venue);
        changed.Divide(routes);
    }

    /// <summary>HSETs that Redis has confirmed.</summary>
    public long Written => Sum(_writtenBefore, l => l.Written);

    /// <summary>Commands that Redis has refused.</summary>
    public long Refused => Sum(_refusedBefore, l => l.Refused);

    /// <summary>Connections to Redis that were made.</summary>
    public long Connections => Sum(_connectionsBefore, l => l.Connections);

    /// <summary>How often Redis has refused to say what the feed is worth.</summary>
    public long StatusRefused => Sum(_statusRefusedBefore, l => l.StatusRefused);

    /// <summary>Prices that were followed by a newer one before they were written.</summary>
    public long Conflated => Sum(_conflatedBefore + (_cluster is null ? 0 : _book.Changed.Conflated), l => l.Conflated);

    /// <summary>From the receipt of a price until Redis holds it or a newer one, by a sample.</summary>
    public LatencyHistogram Latency
    {
        get
        {
            var all = new LatencyHistogram();
            lock (_gate)
            {
                all.Add(_latencyBefore);
                foreach (RedisLane lane in _lanes)
                    all.Add(lane.Latency);
            }
            return all;
        }
    }

    /// <summary>Primaries that are written to, and how many of them take writes now.</summary>
    public (int All, int Up) Lanes
    {
        get
        {
            lock (_gate)
                return (_lanes.Length, _lanes.Count(l => l.Trouble is null));
        }
    }

    /// <summary>Why Redis takes no writes now; null if it does. Any thread.</summary>
    public string? Trouble => _only is not null ? _only.Trouble : _cluster!.Trouble;

    /// <summary>Why Redis does not take what is said of the prices; null if it does. Any thread.</summary>
    public string? StatusTrouble => _only is not null ? _only.StatusTrouble : Trouble is null ? _cluster!.StatusTrouble : null;

    /// <summary>Writes what changed if that can be done at once. Called by a line's thread just before it blocks; never waits.</summary>
    public Action Flush => _only is not null ? _only.Flush : FlushAll;

    /// <summary>False if Redis is known to hold something else than the coin's price: it refused the price, kept an older one before a seed, or that part of it is away.</summary>
    public bool Holds(int slot) => !Volatile.Read(ref _book.Missing[slot]) && (_cluster is null || _cluster.IsServed(slot));

    /// <summary>
    /// Whether a coin's price is not to be believed now. Such a price is not rewritten each minute, and never over a newer one;
    /// what it missed of that it gets when it can be believed again. Any thread, one at a time.
    /// </summary>
    public void SetStale(int slot, bool isStale)
    {
        if (Volatile.Read(ref _book.Stale[slot]) == isStale)
            return;
        Volatile.Write(ref _book.Stale[slot], isStale);
        Interlocked.MemoryBarrier();
        if (isStale || !Volatile.Read(ref _book.PassedBy[slot]))
            return;
        Volatile.Write(ref _book.PassedBy[slot], false);
        _book.Changed.Mark(slot);
    }

    /// <summary>What Redis is to say of a market's feed from now on, until the next. Goes out after all prices that stand in the table. Any thread.</summary>
    /// <param name="status">Commands, <see cref="StatusKeys.CommandCount"/> of them.</param>
    /// <param name="leaves">The market is left: these are the last words of it.</param>
    public void Tell(Venue venue, byte[][] status, bool leaves = false)
    {
        lock (_gate)
        {
            _told[(int)venue] = status;
            _leftAt[(int)venue] = leaves ? _time.GetTimestamp() : 0;
            for (int i = 0; i < _told.Length; i++)
                if (_leftAt[i] != 0 && _time.GetElapsedTime(_leftAt[i]) > s_lastWordsFor)
                    (_told[i], _leftAt[i]) = (null, 0);
            if (_only is not null)
                _only.Tell([.. _told.SelectMany(s => s ?? [])]);
            else
                _ticket = _book.Fence!.Draw();
        }
        if (_only is not null)
            return;
        TellsIn(_cluster!, venue);
        TellLanes();
        foreach (RedisLane lane in _cluster!.Lanes)
            lane.Wake();
    }

    /// <summary>The thread <c>redis</c>.</summary>
    public void Run()
    {
        if (_cluster is not null)
        {
            _cluster.Run();
            return;
        }
        if (_sentinels is not null)
            OwnThread.Start("sentinel", _sentinels.Run, _died);
        _only!.Run();
    }

    /// <summary>Writes the last prices, within the limit, and closes the connections. The lines have ended before.</summary>
    public void Stop(TimeSpan limit)
    {
        _sentinels?.Stop();
        if (_only is not null)
        {
            _only.Stop(limit);
            return;
        }
        long start = _time.GetTimestamp();
        RedisLane[] lanes = _cluster!.Lanes;
        // Their own threads go on meanwhile.
        using var pause = new ManualResetEventSlim();
        while (Array.Exists(lanes, l => !l.IsIdle && l.Trouble is null) && _time.GetElapsedTime(start) < limit * 0.75)
        {
            FlushAll();
            pause.Wait(TimeSpan.FromMilliseconds(2));
        }
        _cluster.Stop();
        foreach (RedisLane lane in lanes)
            lane.Stop(TimeSpan.FromTicks(Math.Max(0, (limit - _time.GetElapsedTime(start)).Ticks / lanes.Length)));
    }

    private static void TellsIn(ClusterRouting cluster, Venue venue)
    {
        for (int i = 0; i < StatusKeys.CommandCount; i++)
            cluster.Tells((int)venue * StatusKeys.CommandCount + i);
    }

    private void FlushAll()
    {
        foreach (RedisLane lane in _cluster!.Lanes)
            lane.Flush();
    }

    private RedisLane MakeLane(RedisNode node, DirtySet part)
    {
        string name = $"redis-{++_lanesMade}";
        Turn turn = _turns.Begin(name);
        var lane = new RedisLane(_table, part, _book, tick => _options.Now(tick).At(node), _options.At(node), _time, _log) { Turn = turn, Reserve = _reserve };
        OwnThread.Start(name, () => RunLane(lane, turn), _died);
        return lane;
    }

    private void RunLane(RedisLane lane, Turn turn)
    {
        lane.Run();
        _turns.End(turn);
    }

    // Lanes were made or ended, or something is told by another one now.
    private void OnLanesChanged()
    {
        RedisLane[] lanes = _cluster!.Lanes;
        lock (_gate)
        {
            foreach (RedisLane ended in _lanes.Except(lanes))
            {
                _writtenBefore += ended.Written;
                _refusedBefore += ended.Refused;
                _connectionsBefore += ended.Connections;
                _statusRefusedBefore += ended.StatusRefused;
                _conflatedBefore += ended.Conflated;
                _latencyBefore.Add(ended.Latency);
            }
            _lanes = lanes;
        }
        _book.Fence!.SetLanes(lanes);
        TellLanes();
    }

    // Each lane tells the keys that are its own.
    private void TellLanes()
    {
        lock (_gate)
        {
            if (Array.TrueForAll(_told, s => s is null))
                return;
            foreach (RedisLane lane in _lanes)
            {
                byte[][] own = [.. _told.SelectMany((status, venue) => (status ?? []).Where((_, i) => _cluster!.TellerOf(venue * StatusKeys.CommandCount + i) == lane))];
                if (own.Length > 0 || lane.Tells)
                    lane.Tell(own.Length > 0 ? own : null, _ticket);
            }
        }
    }

    private long Sum(long before, Func<RedisLane, long> count)
    {
        lock (_gate)
            return before + _lanes.Sum(count);
    }
}

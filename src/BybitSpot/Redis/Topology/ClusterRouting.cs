// Which lane a coin has in a cluster. A thread of its own takes in what lanes meet (another node has the key, or is getting it), gives new
// coins a lane, makes and ends lanes, and asks for the map of the cluster when that is needed. What must stay true:
//   - a coin stays with the lane that takes its writes, whatever a map says: a node that is cut off tells old ones. A map decides for
//     coins without a lane, for those whose lane is in trouble, and for those that were removed, which nothing is written of any more;
//   - the map is asked for twice a second at most, each time of another node;
//   - a lane that falls touches its own coins alone.
using System.Collections.Concurrent;
using System.Net.Sockets;
using BybitSpot.Latest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

internal sealed class ClusterRouting(LatestTable table, RedisOptions options, string[] statusKeys, LaneBook book, ClusterRouting.LaneMaker make, TimeProvider time, ILogger log)
{
    /// <summary>Makes a lane to a node, and starts its thread.</summary>
    public delegate RedisLane LaneMaker(RedisNode node, DirtySet part);

    /// <summary>Least time between two questions for the map.</summary>
    public static readonly TimeSpan MapEveryMin = TimeSpan.FromMilliseconds(500);

    /// <summary>It is asked for so often when nothing asks for it.</summary>
    public static readonly TimeSpan MapEveryMax = TimeSpan.FromSeconds(60);

    /// <summary>For each node that is asked.</summary>
    private static readonly TimeSpan s_askLimit = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<(int Slot, RedisNode Node, bool Ask)> _redirects = new();
    private readonly Dictionary<RedisNode, RedisLane> _lanes = [];
    private readonly RedisLane?[] _tellers = new RedisLane?[statusKeys.Length];
    private readonly bool[] _told = new bool[statusKeys.Length];
    private readonly LogLimit _lines = new();
    private readonly long _start = time.GetTimestamp();
    private readonly HashSet<int> _homeless = [];
    private ClusterMap? _map;
    private long _mapAt;
    private int _asked;
    private volatile bool _stopping, _mapWanted = true;
    private volatile string? _trouble = "the cluster has not told yet which node has which keys";

    private volatile RedisLane[] _all = [];

    /// <summary>What this thread counts its turns by.</summary>
    public required Turn Turn { get; init; }

    /// <summary>Told after lanes were made, ended or given something to tell.</summary>
    public required Action Changed { get; init; }

    public RedisLane[] Lanes => _all;

    /// <summary>Why nothing can be written; null if some lane takes writes. Any thread.</summary>
    public string? Trouble
    {
        get
        {
            RedisLane[] lanes = _all;
            return lanes.Length == 0 || _map is null ? _trouble : Array.Find(lanes, l => l.Trouble is null) is null ? lanes[0].Trouble : null;
        }
    }

    /// <summary>Why what is said of the prices does not reach all of its keys; null if it does. Any thread.</summary>
    public string? StatusTrouble
    {
        get
        {
            for (int key = 0; key < statusKeys.Length; key++)
                if (Volatile.Read(ref _told[key]) && (TellerOf(key) is { } lane ? lane.StatusTrouble ?? lane.Trouble : "no node of the cluster has the key of what is said of the prices") is { } trouble)
                    return trouble;
            return null;
        }
    }

    /// <summary>Whether the coin has a lane that takes writes. Any thread.</summary>
    public bool IsServed(int slot) => Volatile.Read(ref book.Routes![slot]) is { } part && Array.Find(_all, l => l.Changed == part) is { Trouble: null };

    /// <summary>A status key is told from now on. Any thread.</summary>
    public void Tells(int key)
    {
        if (Volatile.Read(ref _told[key]))
            return;
        Volatile.Write(ref _told[key], true);
        _mapWanted = true;
        book.Changed.Wake();
    }

    /// <summary>Where each status key is told; null: nowhere. Any thread.</summary>
    public RedisLane? TellerOf(int key) => Volatile.Read(ref _tellers[key]);

    /// <summary>See <see cref="LaneBook.Redirect"/>.</summary>
    public void Redirect(int slot, RedisNode node, bool ask)
    {
        _redirects.Enqueue((slot, node, ask));
        _mapWanted |= !ask;
        book.Changed.Wake();
    }

    /// <summary>See <see cref="LaneBook.InTrouble"/>.</summary>
    public void WantMap() => _mapWanted = true;

    public void Stop()
    {
        _stopping = true;
        book.Changed.Wake();
    }

    /// <summary>The thread.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            Turn.Take();
            FollowRedirects();
            bool isNew = RouteNewCoins();
            TimeSpan since = time.GetElapsedTime(_mapAt);
            if (_mapAt == 0 || since >= MapEveryMax || ((_mapWanted || isNew) && since >= MapEveryMin))
                AskForMap();
            EndIdleLanes();
            if (_redirects.IsEmpty)
                book.Changed.Wait(_mapWanted ? MapEveryMin / 2 : Turns.Slice);
        }
    }

    private void FollowRedirects()
    {
        while (_redirects.TryDequeue(out (int Slot, RedisNode Node, bool Ask) said))
        {
            RedisLane to = LaneTo(said.Node);
            RedisLane? from = LaneOf(said.Slot);
            if (from is null)
                Route(said.Slot, to);
            else if (from != to)
                from.Give([said.Slot], to, said.Ask);
            else
            {
                // It is there already; the node may not have known itself yet.
                book.Asking[said.Slot] = said.Ask;
                book.Changed.Mark(said.Slot);
            }
        }
    }

    // Those that have no lane yet stay marked where no lane looks.
    private bool RouteNewCoins()
    {
        bool isNew = false;
        while (book.Changed.TryTake(out int slot))
        {
            if (LaneOf(slot) is not null)
                book.Changed.Mark(slot);
            else if (_map?.NodeOf(SlotOf(slot)) is { } node)
                Route(slot, LaneTo(node));
            else
                isNew |= _homeless.Add(slot);
        }
        return isNew;
    }

    private void AskForMap()
    {
        RedisNode? told = null;
        string? trouble = null;
        _mapWanted = false;
        try
        {
            RedisOptions now = options.Now(ThrowIfStopping);
            RedisNode[] nodes = [.. (_map?.Nodes ?? []).Concat(now.Asked).Distinct()];
            for (int i = 0; i < nodes.Length && told is null; i++)
            {
                RedisNode node = nodes[(_asked + i) % nodes.Length];
                try
                {
                    _map = Ask(now, node);
                    told = node;
                    _asked += i + 1;
                }
                catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RedisRefusedException)
                {
                    if (_stopping)
                        return;
                    trouble = $"{node}: {(e is OperationCanceledException ? $"no answer within {s_askLimit.TotalSeconds:0} s" : RedisLane.ReasonOf(e, now))}";
                }
            }
        }
        catch (Exception e) when (e is RedisAccessException or OperationCanceledException)
        {
            trouble = e.Message;
        }
        _mapAt = time.GetTimestamp();
        if (_stopping)
            return;
        if (told is null)
        {
            _mapWanted = true;
            _trouble = $"no node of the cluster tells which node has which keys ({trouble})";
            if (_lines.Trouble(_trouble, time.GetElapsedTime(_start)))
                log.RedisUnavailable(string.Join(", ", options.Asked), _trouble, (long)MapEveryMin.TotalMilliseconds);
            return;
        }
        if (_trouble is not null && _lines.Well(time.GetElapsedTime(_start)))
            log.RedisClusterFound(_map!.Primaries.Count, told.Value.ToString());
        _trouble = null;
        Apply(_map!);
    }

    private ClusterMap Ask(RedisOptions now, RedisNode node)
    {
        using var talk = new RedisTalk(now.At(node) with { Topology = RedisTopology.Single, Anew = null }, s_askLimit, time, CancellationToken.None) { Tick = ThrowIfStopping };
        talk.Connect();
        talk.Ask("CLUSTER", "SLOTS");
        return ClusterMap.Read(talk.Reply, node);
    }

    // Coins and keys whose lane does not take their writes go where the map has them.
    private void Apply(ClusterMap map)
    {
        foreach (int slot in _homeless)
            book.Changed.Mark(slot);
        _homeless.Clear();
        var moved = new Dictionary<(RedisLane From, RedisLane To), List<int>>();
        for (int slot = 0; slot < table.Count; slot++)
        {
            // Of a coin that is watched no more no write would tell that its key has gone elsewhere.
            bool isWatched = table.Read(slot, out _) is SlotState.Waiting or SlotState.Priced;
            if (LaneOf(slot) is not { } from || (isWatched && from.Trouble is null && !book.Missing[slot]) || map.NodeOf(SlotOf(slot)) is not { } node)
                continue;
            RedisLane to = LaneTo(node);
            if (to == from)
                continue;
            if (!moved.TryGetValue((from, to), out List<int>? slots))
                moved.Add((from, to), slots = []);
            slots.Add(slot);
        }
        foreach (((RedisLane from, RedisLane to), List<int> slots) in moved)
            from.Give(slots, to, asking: false);
        bool told = false;
        for (int key = 0; key < statusKeys.Length; key++)
        {
            RedisLane? present = _tellers[key];
            if (Volatile.Read(ref _told[key]) && (present is null or { Trouble: not null } or { StatusTrouble: not null }) && map.NodeOf(KeySlot.Of(statusKeys[key])) is { } node && LaneTo(node) is var teller && teller != present)
            {
                Volatile.Write(ref _tellers[key], teller);
                told = true;
            }
        }
        if (told)
            Changed();
        // A lane in trouble may be well again at any moment, or not: another look soon.
        _mapWanted |= Array.Exists(_all, l => l.Trouble is not null);
    }

    private void EndIdleLanes()
    {
        if (_map is null)
            return;
        foreach ((RedisNode node, RedisLane lane) in _lanes)
        {
            if (_map.Primaries.Contains(node) || lane.Tells || Array.IndexOf(_tellers, lane) >= 0 || Array.IndexOf(book.Routes!, lane.Changed) >= 0)
                continue;
            _lanes.Remove(node);
            _all = [.. _lanes.Values];
            Changed();
            lane.Retire();
            return;
        }
    }

    private int SlotOf(int slot) => KeySlot.Of(PriceKeys.KeyOf(table.InstrumentOf(slot)));

    private RedisLane? LaneOf(int slot) => Volatile.Read(ref book.Routes![slot]) is { } part ? Array.Find(_all, l => l.Changed == part) : null;

    private void Route(int slot, RedisLane to)
    {
        Volatile.Write(ref book.Routes![slot], to.Changed);
        book.Changed.Mark(slot);
    }

    private RedisLane LaneTo(RedisNode node)
    {
        if (_lanes.TryGetValue(node, out RedisLane? lane))
            return lane;
        lane = make(node, book.Changed.CreatePart());
        _lanes.Add(node, lane);
        _all = [.. _lanes.Values];
        Changed();
        return lane;
    }

    private void ThrowIfStopping()
    {
        Turn.Take();
        if (_stopping)
            throw new OperationCanceledException();
    }
}

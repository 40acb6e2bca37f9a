// All lines: spreads the coins over as many connections as the exchange's limits ask for, each of them as often as redundancy
// asks for. Called by one thread at a time. What must stay true: a coin that stays on the watchlist is never moved.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Feed;

/// <summary>Counts since start, over all lines.</summary>
internal sealed record FeedTotals(LineCounts Counts, IReadOnlyDictionary<DropReason, long> Dropped, int Lines, int Connected)
{
    /// <summary>Over several markets.</summary>
    public static FeedTotals Sum(IEnumerable<FeedTotals> markets)
    {
        var counts = new LineCounts();
        var drops = new Dictionary<DropReason, long>();
        int lines = 0, connected = 0;
        foreach (FeedTotals market in markets)
        {
            counts.Add(market.Counts);
            foreach ((DropReason reason, long count) in market.Dropped)
                drops[reason] = drops.GetValueOrDefault(reason) + count;
            lines += market.Lines;
            connected += market.Connected;
        }
        return new FeedTotals(counts, drops, lines, connected);
    }
}

/// <summary>What the lines that carry a coin know of it, as time stamps; 0 for never.</summary>
/// <param name="CarriedSince">Since when one of them has carried it without a gap; 0 if none was granted it.</param>
internal readonly record struct LineEvidence(
    bool Carried, bool Mute, long HeardAt, long DelayedAt, long UnusableAt, long BookAt, long AckedAt, long CarriedSince, string? Refusal);

/// <summary>What the lines of all markets share.</summary>
internal sealed class CommonParts(LatestTable table, int failuresMax, AnchoredClock clock, Turns turns, Reserve reserve, bool details)
{
    private int _lines;

    public Arbitration Arbitration { get; } = new(table);

    /// <summary>Where goes what is known of coins beside their prices; null: it was not asked for.</summary>
    public DetailsIntake? Details { get; } = details ? new(table) : null;

    public FailureBudget Budget { get; } = new(failuresMax);

    public ConnectPace Pace { get; } = new();

    public AnchoredClock Clock => clock;

    public Turns Turns => turns;

    public Reserve Reserve => reserve;

    /// <summary>The next line's number, from 1. One thread at a time.</summary>
    public int NextLine() => ++_lines;
}

internal sealed class LineSet(FeedOptions options, CommonParts common, Action flush, Action gaveUp, Action<string, Exception> died, TimeProvider time, ILogger log)
{
    private sealed record Running(Line Line, Thread Thread);

    private readonly LineParts _parts = new(common.Arbitration, common.Budget, common.Clock, new Acquittal(time)) { Pace = common.Pace, Reserve = common.Reserve, Details = common.Details };
    private readonly List<int> _charactersUsed = [];
    private readonly List<Running[]> _groups = [];
    private readonly Dictionary<int, int> _groupOfSlot = [];
    private readonly LineCounts _ended = new();
    private readonly Dictionary<DropReason, long> _endedDrops = [];

    /// <summary>To be given when REST shows that prices stand as they do here.</summary>
    public Acquittal Acquittal => _parts.Acquittal;

    public FeedTotals Totals
    {
        get
        {
            var counts = new LineCounts();
            var drops = new Dictionary<DropReason, long>(_endedDrops);
            counts.Add(_ended);
            Line[] lines = [.. _groups.SelectMany(g => g).Select(r => r.Line)];
            foreach (Line line in lines)
            {
                counts.Add(line.Counts);
                AddDrops(drops, line);
            }
            return new FeedTotals(counts, drops, lines.Length, lines.Count(l => l.Watch.IsConnected));
        }
    }

    /// <summary>What is known of a watched coin: the best of the connected lines that carry it.</summary>
    public LineEvidence EvidenceOf(int slot)
    {
        var known = new LineEvidence(false, true, 0, 0, 0, 0, 0, 0, null);
        foreach (Running running in _groups[_groupOfSlot[slot]])
        {
            LineWatch watch = running.Line.Watch;
            if (!watch.IsConnected)
                continue;
            known = new LineEvidence(
                true,
                known.Mute && watch.IsMute,
                Math.Max(known.HeardAt, watch.LastHeard.HeardAt(slot)),
                Math.Max(known.DelayedAt, watch.LastHeard.DelayedAt(slot)),
                Math.Max(known.UnusableAt, watch.LastHeard.UnusableAt(slot)),
                Math.Max(known.BookAt, watch.LastHeard.BookAt(slot)),
                Math.Max(known.AckedAt, watch.LastHeard.AckedAt(slot)),
                Earlier(known.CarriedSince, watch.LastHeard.AckedAt(slot)),
                // Refused is what no line is granted.
                known.Carried && known.Refusal is null ? null : watch.Refused.GetValueOrDefault(slot));
        }
        return known;
    }

    private static long Earlier(long a, long b) => a == 0 || b == 0 ? a + b : Math.Min(a, b);

    /// <summary>Which lines carry a watched coin: equal for coins that the same ones do.</summary>
    public int PlaceOf(int slot) => _groupOfSlot[slot];

    /// <summary>Whether what comes of a coin speaks against its price: see <see cref="Arbitration.IsInDoubt"/>. Any thread.</summary>
    public bool IsInDoubt(int slot) => _parts.Arbitration.IsInDoubt(slot);

    /// <summary>REST shows this price of a coin: see <see cref="Arbitration.ConfirmByRest"/>. Any thread.</summary>
    public RestWord ConfirmReset(int slot, in RestPrice shown) => _parts.Arbitration.ConfirmByRest(slot, shown);

    /// <summary>Subscribes a coin anew whose topic seems dead.</summary>
    public void AskAgain(int slot) => OnLinesOf(slot, line => line.AskAgain(slot));

    /// <summary>Gives up the connections that carry a coin, as often as that may be.</summary>
    public void ReplaceFor(int slot, string coin) => OnLinesOf(slot, line => line.ReplaceFor(slot, coin));

    /// <summary>The exchange's list has changed: what was refused is tried again.</summary>
    public void RetryRefused()
    {
        foreach (Running running in _groups.SelectMany(g => g))
            running.Line.RetryRefused();
    }

    public void Add(IReadOnlyList<(Instrument Instrument, int Slot)> coins)
    {
        int[] places = Topics.Place(_charactersUsed, [.. coins.Select(c => c.Instrument)], options.Channels);
        var byPlace = new Dictionary<int, List<(Instrument, int)>>();
        for (int i = 0; i < places.Length; i++)
        {
            _parts.Arbitration.Begin(coins[i].Slot);
            _parts.Details?.Begin(coins[i].Slot);
            _groupOfSlot[coins[i].Slot] = places[i];
            if (!byPlace.TryGetValue(places[i], out List<(Instrument, int)>? list))
                byPlace.Add(places[i], list = []);
            list.Add(coins[i]);
        }
        foreach ((int place, List<(Instrument, int)> list) in byPlace.OrderBy(p => p.Key))
        {
            bool isNew = place >= _groups.Count || _groups[place].Length == 0;
            Line[] lines = isNew ? [.. Enumerable.Range(0, options.Lines).Select(_ => NewLine())] : [.. _groups[place].Select(r => r.Line)];
            foreach (Line line in lines)
                line.Want(list);
            if (isNew)
                Start(place, lines);
        }
    }

    public void Remove(IReadOnlyList<(Instrument Instrument, int Slot)> coins)
    {
        foreach (IGrouping<int, (Instrument Instrument, int Slot)> group in coins.GroupBy(c => _groupOfSlot[c.Slot]).ToArray())
        {
            int[] slots = [.. group.Select(c => c.Slot)];
            foreach (Running running in _groups[group.Key])
                running.Line.Unwant(slots);
            foreach ((Instrument instrument, int slot) in group)
            {
                _groupOfSlot.Remove(slot);
                _charactersUsed[group.Key] -= Topics.CharactersOf(instrument, options.Channels);
            }
            if (_charactersUsed[group.Key] == 0)
                End(group.Key);
        }
    }

    /// <summary>Ends all lines and waits for their threads, together at most for the limit.</summary>
    public void Stop(TimeSpan limit)
    {
        long start = time.GetTimestamp();
        Running[] all = [.. _groups.SelectMany(g => g)];
        foreach (Running running in all)
            running.Line.Stop();
        foreach (Running running in all)
            if (limit - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
                running.Thread.Join(left);
    }

    private Line NewLine()
    {
        int number = common.NextLine();
        return new Line(number, options, _parts, flush, gaveUp, time, log) { Turn = common.Turns.Begin($"line-{number}") };
    }

    private void Start(int place, Line[] lines)
    {
        Running[] running = [.. lines.Select(l => new Running(l, Start(l)))];
        if (place == _groups.Count)
            _groups.Add(running);
        else
            _groups[place] = running;
    }

    private Thread Start(Line line) => OwnThread.Start(
        line.Turn.Thread,
        () =>
        {
            line.Run();
            common.Turns.End(line.Turn);
        },
        died);

    private void OnLinesOf(int slot, Action<Line> act)
    {
        if (_groupOfSlot.TryGetValue(slot, out int place))
            foreach (Running running in _groups[place])
                act(running.Line);
    }

    private static void AddDrops(Dictionary<DropReason, long> drops, Line line)
    {
        foreach (DropReason reason in Enum.GetValues<DropReason>())
            if (line.Drops.Of(reason) is var count and > 0)
                drops[reason] = drops.GetValueOrDefault(reason) + count;
    }

    // A connection without coins is closed; its place is kept for coins to come.
    private void End(int place)
    {
        foreach (Running running in _groups[place])
        {
            running.Line.Stop();
            _ended.Add(running.Line.Counts);
            AddDrops(_endedDrops, running.Line);
        }
        _groups[place] = [];
    }
}

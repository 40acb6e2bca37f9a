// All lines: spreads the coins over as many connections as the exchange's limits ask for, each of them as often as redundancy
// asks for. Called by one thread at a time. What must stay true: a coin that stays on the watchlist is never moved.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Feed;

/// <summary>Counts since start, over all lines.</summary>
internal readonly record struct FeedTotals(long Messages, long Ticks, long Late, long Duplicates, long Dropped, long Reconnects)
{
    public static FeedTotals operator +(FeedTotals a, FeedTotals b) =>
        new(a.Messages + b.Messages, a.Ticks + b.Ticks, a.Late + b.Late, a.Duplicates + b.Duplicates, a.Dropped + b.Dropped, a.Reconnects + b.Reconnects);
}

internal sealed class LineSet(FeedOptions options, LatestTable table, Action flush, Action gaveUp, Action<string, Exception> died, TimeProvider time, ILogger log)
{
    private sealed record Running(Line Line, Thread Thread);

    private readonly Arbitration _arbitration = new(table);
    private readonly FailureBudget _budget = new(options.ReconnectAttemptsMax);
    private readonly List<int> _charactersUsed = [];
    private readonly List<Running[]> _groups = [];
    private readonly Dictionary<int, int> _groupOfSlot = [];
    private FeedTotals _ended;
    private int _lines;

    public FeedTotals Totals
    {
        get
        {
            FeedTotals totals = _ended;
            foreach (Running[] group in _groups)
                foreach (Running running in group)
                    totals += running.Line.Totals;
            return totals;
        }
    }

    public void Add(IReadOnlyList<(Instrument Instrument, int Slot)> coins)
    {
        int[] places = Topics.Place(_charactersUsed, [.. coins.Select(c => c.Instrument)], options.Channels);
        var byPlace = new Dictionary<int, List<(Instrument, int)>>();
        for (int i = 0; i < places.Length; i++)
        {
            _arbitration.Begin(coins[i].Slot);
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

    private Line NewLine() => new(++_lines, options, _arbitration, _budget, flush, gaveUp, time, log);

    private void Start(int place, Line[] lines)
    {
        Running[] running = [.. lines.Select(l => new Running(l, OwnThread.Start($"line-{l.Number}", l.Run, died)))];
        if (place == _groups.Count)
            _groups.Add(running);
        else
            _groups[place] = running;
    }

    // A connection without coins is closed; its place is kept for coins to come.
    private void End(int place)
    {
        foreach (Running running in _groups[place])
        {
            running.Line.Stop();
            _ended += running.Line.Totals;
        }
        _groups[place] = [];
    }
}

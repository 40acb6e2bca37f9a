// A recorder for each market, since a topic does not name its own: each has files and a thread of its own, `record`, `record-linear` …, and
// one that fails ends no other. Those of markets that are not the first begin with the market's first connection.
using BybitSpot.Feed;
using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class Recorders
{
    private readonly RecordOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _logs;
    private readonly Lock _gate = new();
    private readonly Dictionary<Venue, Recorder> _others = [];
    private Action<string, Exception>? _died;

    /// <param name="first">The market of BYBIT_WS_URL.</param>
    public Recorders(RecordOptions options, Venue first, TimeProvider time, ILoggerFactory logs)
    {
        (_options, _time, _logs) = (options, time, logs);
        First = new Recorder(options with { Name = options.Name.Of(first.Name(), isFirst: true) }, time, logs.CreateLogger("record"));
    }

    /// <summary>Of the first market.</summary>
    public Recorder First { get; }

    /// <summary>The feed with everybody who sees its messages.</summary>
    public FeedOptions Recorded(FeedOptions feed) => feed with { Tap = First.Tap, TapOfOther = _options.Name.IsOutput ? null : OfOther };

    /// <summary>Begins; returns at once, whatever the disk does. Before the first market but one is watched.</summary>
    public void Start(Action<string, Exception> died)
    {
        _died = died;
        First.Start(died);
    }

    /// <summary>Writes what is there, and ends. The lines have ended before.</summary>
    /// <returns>Whether all have ended within the limit.</returns>
    public bool Stop()
    {
        Recorder[] all;
        lock (_gate)
            all = [First, .. _others.Values];
        foreach (Recorder recorder in all)
            recorder.BeginStop();
        return Array.TrueForAll(all, r => r.Stop());
    }

    /// <summary>What all have come to, once they have ended.</summary>
    public RecordTotals Totals()
    {
        var totals = new RecordTotals();
        totals.Add(First.Totals);
        lock (_gate)
            foreach (Recorder other in _others.Values)
                totals.Add(other.Totals);
        return totals;
    }

    // A market that was left and is watched again goes on in the same recording.
    private FrameTap OfOther(Venue venue)
    {
        lock (_gate)
        {
            if (_others.TryGetValue(venue, out Recorder? known))
                return known.Tap;
            var recorder = new Recorder(_options with { Name = _options.Name.Of(venue.Name(), isFirst: false) }, _time, _logs.CreateLogger("record." + venue.Name()), "record-" + venue.Name());
            _others.Add(venue, recorder);
            recorder.Start(_died!);
            return recorder.Tap;
        }
    }
}

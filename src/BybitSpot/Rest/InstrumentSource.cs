using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Rest;

public enum ListVerdict
{
    /// <summary>A list came and is believed.</summary>
    Believed,

    /// <summary>A list came that is too short to be believed at once.</summary>
    Doubted,

    /// <summary>None came.</summary>
    Failed,

    /// <summary>None came, and none is to be asked for during <see cref="RestClient.BanPause"/>.</summary>
    Banned,

    /// <summary>None came: too many questions in a second. To be asked for again after <see cref="RestClient.LimitPause"/>.</summary>
    Limited,
}

/// <summary>The exchange's list as far as it is believed: asks, decides, logs. One thread at a time.</summary>
public sealed class InstrumentSource(Instruments instruments, ILogger log, TimeProvider time)
{
    private readonly ListBelief _belief = new();
    private readonly long _start = time.GetTimestamp();
    private string _lastTrouble = "";

    /// <summary>Asks once, up to <see cref="RestClient.LimitAll"/>.</summary>
    /// <returns>The verdict, and the list to go by: the last believed one, or null.</returns>
    public (ListVerdict Verdict, InstrumentList? List) Ask(CancellationToken stop)
    {
        InstrumentsAnswer answer = instruments.Ask(stop);
        if (answer.Listed is null)
        {
            Tell(answer.Reason, stop);
            return (answer.Banned ? ListVerdict.Banned : answer.Limited ? ListVerdict.Limited : ListVerdict.Failed, _belief.Believed);
        }
        var offered = new InstrumentList(answer.Listed);
        int before = _belief.Believed?.Count ?? 0;
        if (!_belief.Offer(offered, time.GetElapsedTime(_start)))
        {
            log.InstrumentsDoubted(offered.Count, before, instruments.Endpoint);
            return (ListVerdict.Doubted, _belief.Believed);
        }
        if (before != offered.Count || _lastTrouble.Length > 0)
            log.InstrumentsLoaded(offered.Count, instruments.Endpoint);
        _lastTrouble = "";
        return (ListVerdict.Believed, _belief.Believed);
    }

    /// <summary>The same trouble is told once until it ends.</summary>
    private void Tell(string reason, CancellationToken stop)
    {
        if (reason == _lastTrouble || stop.IsCancellationRequested)
            return;
        _lastTrouble = reason;
        if (_belief.Believed is null)
            log.InstrumentsUnavailable(instruments.Endpoint, reason);
        else
            log.InstrumentsKept(instruments.Endpoint, reason);
    }
}

namespace BybitSpot.Simulator;

// The queue that all data stands in while the switches say so: how late a frame is that joins now. It may be as long as a
// switch says and grow each second; whoever has joined is never overtaken, so a queue that is given up still empties in
// order. Used under the exchange's gate.
internal sealed class DataQueue(ExchangeFaults faults)
{
    private (int LengthMs, int GrowthMsPerS) _asked;
    private TimeSpan _askedAt;
    private TimeSpan _lastDueAt;

    /// <summary>When a frame that joins now leaves; the present when there is no queue.</summary>
    public TimeSpan DueAt(TimeSpan now)
    {
        var asked = (faults.QueueMs, faults.QueueGrowthMsPerS);
        if (asked != _asked) (_asked, _askedAt) = (asked, now);
        var lateMs = asked.QueueMs + asked.QueueGrowthMsPerS * (now - _askedAt).TotalSeconds;
        var dueAt = now + TimeSpan.FromMilliseconds(lateMs);
        if (dueAt > _lastDueAt) _lastDueAt = dueAt;
        return _lastDueAt;
    }
}

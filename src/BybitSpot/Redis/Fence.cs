// With several lanes: what is said of the prices goes out behind them. Whoever says something draws a ticket; a lane passes the ticket when
// all that had changed of its coins by then was confirmed; a lane that goes with a ticket waits until every other has passed it. A
// lane in trouble is not waited for: its coins are called stale. Any thread.
namespace BybitSpot.Redis;

internal sealed class Fence
{
    private long _drawn;
    private volatile RedisLane[] _lanes = [];

    /// <summary>The newest ticket.</summary>
    public long Drawn => Volatile.Read(ref _drawn);

    public void SetLanes(RedisLane[] lanes) => _lanes = lanes;

    public long Draw() => Interlocked.Increment(ref _drawn);

    public bool IsPassed(long ticket) => Array.TrueForAll(_lanes, l => l.Passed >= ticket || l.Trouble is not null);

    /// <summary>A lane has passed a ticket.</summary>
    public void WakeWaiting()
    {
        foreach (RedisLane lane in _lanes)
            if (lane.HasToTell)
                lane.Wake();
    }
}

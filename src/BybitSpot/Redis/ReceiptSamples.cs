// How long prices take from their receipt until Redis holds them, by a sample: of what was received in each 20th of a second, one
// price. By time of receipt, not of writing, so that what had to wait is taken as well. What must stay true:
//   - a price that waits counts with all of its wait: one whose connection broke, that was refused, or that was followed by a
//     newer one while nothing could be sent is kept here, and is in Redis when everything sent after the stall is;
//   - a tick that is no sample costs two comparisons.
// Under the sink's lock, but for OnStall: that is a line's, while nothing can be sent.
using BybitSpot.Latest;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed class ReceiptSamples(DirtySet changed, TimeProvider time)
{
    public const int PerSecond = 20;

    /// <summary>Most that wait for the end of a stall: those of its first 51 s.</summary>
    public const int WaitingMax = 1_024;

    /// <summary>A step is remembered for 102 s: a coin that waited longer may be a second sample of its step.</summary>
    private const int StepsKept = 2_048;

    private readonly long _step = Math.Max(1, time.TimestampFrequency / PerSecond);
    private readonly long[] _sampledSteps = new long[StepsKept];
    private long _stepStart;

    private readonly Lock _gate = new();
    private readonly long[] _waiting = new long[WaitingMax];
    private int _waitingCount, _endingCount;
    private long _endsWith;

    // Of the present stall.
    private volatile bool _stalled;
    private long _lookedAt, _conflated;

    public LatencyHistogram Latency { get; } = new();

    /// <summary>Whether a price that is being written is the sample of its step.</summary>
    public bool Picks(long receivedAt)
    {
        if ((ulong)(receivedAt - _stepStart) < (ulong)_step)
            return false;
        long step = receivedAt / _step;
        _stepStart = step * _step;
        ref long sampled = ref _sampledSteps[step & (StepsKept - 1)];
        if (sampled == step)
            return false;
        sampled = step;
        return true;
    }

    /// <summary>Redis holds a sample.</summary>
    public void Record(long receivedAt, long now) => Latency.Record((long)time.GetElapsedTime(receivedAt, now).TotalMicroseconds);

    /// <summary>Redis did not take a sample; the coin will be written again.</summary>
    public void Keep(long receivedAt)
    {
        lock (_gate)
            if (_waitingCount < WaitingMax)
                _waiting[_waitingCount++] = receivedAt;
    }

    /// <summary>A line wants to write, and nothing can be sent.</summary>
    public void OnStall()
    {
        long now = time.GetTimestamp();
        if ((_stalled && now - Volatile.Read(ref _lookedAt) < _step) || !_gate.TryEnter())
            return;
        try
        {
            // A change of a coin that had changed before is the receipt of a price that will never be written itself. One of a
            // coin that had not is still in the table, with its time.
            long conflated = changed.Conflated;
            if (_stalled && conflated != _conflated && _waitingCount < WaitingMax)
                _waiting[_waitingCount++] = now;
            _conflated = conflated;
            _lookedAt = now;
            _stalled = true;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Everything that had changed was sent.</summary>
    /// <param name="lastPrice">The number of the last command that was a price.</param>
    /// <returns>Whether its reply ends the wait of some.</returns>
    public bool OnAllSent(long lastPrice)
    {
        if (_stalled)
            _stalled = false;
        if (_waitingCount == 0 || _endsWith != 0)
            return false;
        _endsWith = lastPrice;
        _endingCount = _waitingCount;
        return true;
    }

    /// <summary>Redis has taken the price that was command so-and-so.</summary>
    public void OnTaken(long number, long now)
    {
        if (_endsWith == 0 || number < _endsWith)
            return;
        lock (_gate)
        {
            foreach (long receivedAt in _waiting.AsSpan(0, _endingCount))
                Record(receivedAt, now);
            _waiting.AsSpan(_endingCount, _waitingCount - _endingCount).CopyTo(_waiting);
            _waitingCount -= _endingCount;
        }
        _endsWith = 0;
    }

    /// <summary>The connection is gone, and what was sent to end a wait with it.</summary>
    public void OnBreak() => _endsWith = 0;
}

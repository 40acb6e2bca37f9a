namespace BybitSpot.Simulator;

// The one way out of a stream connection. Senders on any thread append whole frames to a filling buffer under a lock; the
// connection's only writer takes all of it at once, so half frames of two senders never mix and many frames leave in one
// write. Bounded: an append beyond LimitBytes fails and the connection is ended for it, except for the bulk path, which
// first waits until the buffer is below BulkWaitBytes.
internal sealed class Outbox : IDisposable
{
    /// <summary>A client this far behind is ended, as the real exchange ends one that doesn't read.</summary>
    public const int LimitBytes = 32 * 1024 * 1024;

    /// <summary>Enough for a few hundred frames a write, little enough that a waiting sender isn't far ahead of the client.</summary>
    public const int BulkWaitBytes = 256 * 1024;

    private readonly object _lock = new();
    private readonly SemaphoreSlim _ready = new(0);
    private readonly TextBuffer _fragments = new();
    private byte[] _filling = new byte[16 * 1024];
    private byte[] _draining = new byte[16 * 1024];
    private int _count;
    private bool _signalled;
    private bool _sealed;
    private HangUp _ending;
    private Func<Stream, CancellationToken, Task>? _streamer;

    /// <summary>False when the limit was reached. A sealed box takes nothing and says true: the end is already on its way.</summary>
    public bool TryAppendText(ReadOnlySpan<byte> payload, bool asFragments)
    {
        lock (_lock)
        {
            if (_sealed) return true;
            if (asFragments)
            {
                RawFrames.AddFragments(_fragments.Clear(), payload);
                return Append(_fragments.Written);
            }
            if (!Reserve(payload.Length + RawFrames.HeaderMaxBytes)) return false;
            _count += RawFrames.WriteHeader(_filling.AsSpan(_count), RawFrames.Fin | RawFrames.TextCode, payload.Length);
            payload.CopyTo(_filling.AsSpan(_count));
            _count += payload.Length;
            Signal();
            return true;
        }
    }

    public bool TryAppendBytes(ReadOnlySpan<byte> bytes)
    {
        lock (_lock) return _sealed || Append(bytes);
    }

    /// <summary>Nothing may follow; what is in the box still leaves, then the writer does the ending.</summary>
    public void Seal(HangUp ending, ReadOnlySpan<byte> lastBytes = default)
    {
        lock (_lock)
        {
            if (_sealed) return;
            if (lastBytes.Length > 0) Append(lastBytes);
            _sealed = true;
            _ending = ending;
            Signal();
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Something too large for the buffer, written by the writer itself between two batches.</summary>
    public void Stream(Func<Stream, CancellationToken, Task> streamer)
    {
        lock (_lock)
        {
            if (_sealed) return;
            _streamer = streamer;
            Signal();
        }
    }

    /// <summary>False when the client took nothing for the whole limit.</summary>
    public bool WaitForRoom(TimeSpan limit)
    {
        lock (_lock)
        {
            while (_count > BulkWaitBytes && !_sealed)
            {
                if (!Monitor.Wait(_lock, limit)) return false;
            }
            return true;
        }
    }

    public async Task<OutgoingBatch> TakeAsync(CancellationToken stop)
    {
        await _ready.WaitAsync(stop).ConfigureAwait(false);
        lock (_lock)
        {
            _signalled = false;
            (_filling, _draining) = (_draining, _filling);
            var batch = new OutgoingBatch(_draining.AsMemory(0, _count), _streamer, _sealed ? _ending : HangUp.None);
            _count = 0;
            _streamer = null;
            Monitor.PulseAll(_lock);
            return batch;
        }
    }

    public void Dispose() => _ready.Dispose();

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        if (!Reserve(bytes.Length)) return false;
        bytes.CopyTo(_filling.AsSpan(_count));
        _count += bytes.Length;
        Signal();
        return true;
    }

    private bool Reserve(int bytes)
    {
        if ((long)_count + bytes > LimitBytes) return false;
        if (_filling.Length - _count < bytes) Array.Resize(ref _filling, Math.Max(_filling.Length * 2, _count + bytes));
        return true;
    }

    private void Signal()
    {
        if (_signalled) return;
        _signalled = true;
        _ready.Release();
    }
}

internal readonly record struct OutgoingBatch(ReadOnlyMemory<byte> Bytes, Func<Stream, CancellationToken, Task>? Streamer, HangUp HangUp);

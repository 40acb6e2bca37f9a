// What the sink does by time rather than by tick: connecting and coming back, the 60 s rewrite of every coin, refused writes
// tried again, a silent server noticed. All on the sink's own thread.
using System.Net.Sockets;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class RedisSink
{
    /// <summary>Every coin is written at least this often, unchanged: that heals a FLUSHDB, an eviction, a stranger's DEL.</summary>
    public const int RewriteEveryS = 60;

    /// <summary>How often refused writes are tried again.</summary>
    private static readonly TimeSpan s_retryRefused = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that is stopped still holds our connection and takes up in order when it goes on, so it is waited for.</summary>
    private static readonly TimeSpan s_replySilenceMax = TimeSpan.FromMinutes(5);

    /// <summary>With this many, the other machine is taken for dead.</summary>
    private const int RetransmissionsMax = 6;

    private static readonly TimeSpan s_slowAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_logEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_delayFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_delayMax = TimeSpan.FromSeconds(1);

    /// <summary>A connection that broke sooner than this is not reconnected at once, and does not set the delay back.</summary>
    private static readonly TimeSpan s_usefulAfter = TimeSpan.FromSeconds(5);

    private readonly HashSet<int> _refusedSlots = [];
    private TimeSpan _delay = s_delayFirst;
    private string _lastReason = "";
    private long _connectedAt, _reasonLoggedAt, _errorLoggedAt, _retriedAt, _turnAt, _rewriteAllAt;
    private long _refusedLogged;
    private long _statusErrorLoggedAt;
    private bool _slow, _brokeWithWritesOutstanding;
    private int _rewriteTurn;

    /// <summary>How often Redis has refused to say what the feed is worth.</summary>
    public long StatusRefused { get; private set; }

    // Connects, or waits before the next try. True when there is a connection.
    private bool Connect()
    {
        try
        {
            if (Reserve.Lack(Reserve.ForFeed) is not null)
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            RedisConnection connection = RedisConnection.Open(_options, _time, socket => _connecting = socket, EndIfStopping);
            lock (_gate)
            {
                _connection = connection;
                _lastReason = "";
                _connectedAt = _lastReplyAt = _time.GetTimestamp();
                // Writes that were under way when the last connection broke may still be carried out by the server, after
                // ours: everything once more, when they are through.
                _rewriteAllAt = _brokeWithWritesOutstanding ? _time.GetTimestamp() + _time.TimestampFrequency : 0;
                _brokeWithWritesOutstanding = false;
                _table.MarkAll(_dirty);
                _statusDue = true;
                _trouble = null;
                Connections++;
                _flowing = true;
            }
            _log.RedisConnected(Endpoint);
            return true;
        }
        catch (Exception e) when (e is SocketException or RedisProtocolException)
        {
            if (_stopping)
                return false;
            TimeSpan delay = NextDelay();
            _trouble = ReasonOf(e);
            if (ReasonOf(e) is var reason && (reason != _lastReason || _time.GetElapsedTime(_reasonLoggedAt) >= s_logEvery))
            {
                _lastReason = reason;
                _reasonLoggedAt = _time.GetTimestamp();
                _log.RedisUnavailable(Endpoint, reason, (long)delay.TotalMilliseconds);
            }
            Pause(delay);
            return false;
        }
        finally
        {
            _connecting = null;
        }
    }

    private void EndIfStopping()
    {
        Turn.Take();
        if (_stopping)
            throw new SocketException((int)SocketError.OperationAborted);
    }

    // What a connection that broke leaves to do: at once if it was useful, else after a delay that grows.
    private void PauseAfterBreak()
    {
        if (_time.GetElapsedTime(_connectedAt) >= s_usefulAfter)
            _delay = s_delayFirst;
        else
            Pause(NextDelay());
    }

    private TimeSpan NextDelay()
    {
        TimeSpan delay = _delay * (0.9 + 0.2 * Random.Shared.NextDouble());
        _delay = _delay * 2 < s_delayMax ? _delay * 2 : s_delayMax;
        return delay;
    }

    private void Pause(TimeSpan delay)
    {
        long start = _time.GetTimestamp();
        lock (_gate)
        {
            while (!_stopping && delay - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
            {
                Turn.Take();
                Monitor.Wait(_gate, left < Turns.Slice ? left : Turns.Slice);
            }
        }
    }

    private void ShutDownConnecting()
    {
        try
        {
            _connecting?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It had ended by itself, which is what was wanted.
        }
    }

    private void DoWhatIsDueLocked()
    {
        long now = _time.GetTimestamp();
        if (_outstanding > 0)
            WatchSilence(_time.GetElapsedTime(_lastReplyAt, now));
        if (_refusedSlots.Count > 0 && _time.GetElapsedTime(_retriedAt, now) >= s_retryRefused)
            RetryRefusedLocked(now);
        if (_rewriteAllAt != 0 && now >= _rewriteAllAt)
        {
            _rewriteAllAt = 0;
            _table.MarkAll(_dirty);
        }
        if (_time.GetElapsedTime(_turnAt, now) >= TimeSpan.FromSeconds(1))
        {
            _turnAt = now;
            RewriteSomeLocked();
        }
    }

    // A sixtieth of the coins each second.
    private void RewriteSomeLocked()
    {
        _rewriteTurn = (_rewriteTurn + 1) % RewriteEveryS;
        for (int slot = _rewriteTurn; slot < _table.Count; slot += RewriteEveryS)
        {
            if (!_writer.HasWritten(slot))
                continue;
            if (Volatile.Read(ref _stale[slot]))
                Volatile.Write(ref _passedBy[slot], true);
            else
                _dirty.Mark(slot);
        }
        if (_writer.EndHolding())
            _table.MarkAll(_dirty);
    }

    private void WatchSilence(TimeSpan silence)
    {
        if (silence >= s_replySilenceMax)
            throw new RedisProtocolException($"no reply for {(int)silence.TotalSeconds} s");
        if (silence < s_slowAfter)
            return;
        if (_connection!.Retransmissions >= RetransmissionsMax)
            throw new RedisProtocolException($"the machine has not acknowledged anything for {(int)silence.TotalSeconds} s");
        if (_slow)
            return;
        _slow = true;
        _trouble = $"it has not answered for {(int)s_slowAfter.TotalSeconds} s";
        _log.RedisSlow(Endpoint, (long)silence.TotalMilliseconds, _outstanding);
    }

    private void RetryRefusedLocked(long now)
    {
        _retriedAt = now;
        foreach (int slot in _refusedSlots)
            _dirty.Mark(slot);
    }
}

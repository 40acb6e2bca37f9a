// While our connection is silent: does Redis answer somebody else? A second connection is made beside it, authenticated and pinged,
// on a thread of its own, so that a name that is not resolved or a server that hangs holds nothing up. One at a time. Asked and
// told by the lane's own thread.
using System.Net.Sockets;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed class SecondConnection(Func<Action?, RedisOptions> find, TimeProvider time)
{
    /// <summary>From the end of a try to the next.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private bool _isUnderWay, _isWanted, _hasEnded;
    private long _endedAt;
    private RedisConnection? _answered;
    private Exception? _fault;

    /// <summary>How long ago it was answered; null if it is not.</summary>
    public TimeSpan? AnsweredAgo
    {
        get
        {
            lock (_gate)
                return _answered is null ? null : time.GetElapsedTime(_endedAt);
        }
    }

    /// <summary>Tries, unless it is trying, was answered, or has tried just now.</summary>
    public void TryIfDue()
    {
        lock (_gate)
        {
            if (_fault is not null)
                throw new InvalidOperationException("a second connection to Redis failed in a way that was not foreseen", _fault);
            if (_isUnderWay || _answered is not null || (_hasEnded && time.GetElapsedTime(_endedAt) < Pause))
                return;
            _isUnderWay = _isWanted = true;
        }
        OwnThread.Start("redis-second", Open, (_, e) => End(null, e));
    }

    /// <summary>Hands over the one that was answered.</summary>
    public RedisConnection Take()
    {
        lock (_gate)
        {
            RedisConnection answered = _answered ?? throw new InvalidOperationException("no second connection was answered");
            _answered = null;
            return answered;
        }
    }

    /// <summary>It is not needed any more, whatever becomes of it.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            _isWanted = _hasEnded = false;
            _answered?.Dispose();
            _answered = null;
        }
    }

    private void Open()
    {
        RedisConnection? answered = null;
        try
        {
            answered = RedisConnection.Open(find(null), time, static _ => { });
        }
        catch (Exception e) when (e is SocketException or RedisProtocolException or RedisAccessException)
        {
            // Nobody else is answered either.
        }
        End(answered, null);
    }

    private void End(RedisConnection? answered, Exception? fault)
    {
        lock (_gate)
        {
            _isUnderWay = false;
            _hasEnded = true;
            _endedAt = time.GetTimestamp();
            _fault = fault;
            if (_isWanted)
                _answered = answered;
            else
                answered?.Dispose();
        }
    }
}

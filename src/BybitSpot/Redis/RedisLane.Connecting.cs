// How a lane comes to a connection, and what becomes of it when that breaks. On the lane's own thread, but for a break that a
// line's thread meets. What must stay true:
//   - each connection is made from the name, resolved anew, at a limited rate;
//   - whatever happens how often, few lines a minute are told of it;
//   - after a break every coin is written anew, and once more a second later where writes were under way.
using System.Net.Sockets;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class RedisLane
{
    private static readonly TimeSpan s_delayFirst = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_delayMax = TimeSpan.FromSeconds(1);

    // The same where the server refuses the login.
    private static readonly TimeSpan s_refusedDelayFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_refusedDelayMax = TimeSpan.FromSeconds(10);

    /// <summary>A connection that broke sooner than this is not reconnected at once, and does not set the delay back.</summary>
    private static readonly TimeSpan s_usefulAfter = TimeSpan.FromSeconds(5);

    private readonly LogLimit _connectionLines = new();
    private TimeSpan _delay = s_delayFirst;
    private string _version = "";
    private long _connectedAt;
    private bool _brokeWithWritesOutstanding;

    // Whether the connection is being given up for another server; and whether one has said that it is the wrong one, since Redis
    // took a write.
    private MoveLimit _moves;
    private bool _isMoving, _isWrongServer;

    // What the last attempt went by: it may change from one to the next.
    private volatile RedisOptions _now;

    // Why the connection is to be given up for another server, as somebody else knows; null: it is not.
    private volatile string? _moveWanted;

    /// <summary>Where the lane leads; null while there is no connection.</summary>
    public RedisNode? ConnectedTo => _connection is not null && _now is { UnixPath: null } now ? new RedisNode(now.Host, now.Port) : null;

    /// <summary>Somebody knows that another server is to be written to: it is looked for at once. Any thread.</summary>
    public void Move(string reason)
    {
        _moveWanted = reason;
        Wake();
    }

    private string Endpoint => _now.Endpoint;

    private TimeSpan SinceCreated => _time.GetElapsedTime(_createdAt);

    // Connects, or waits before the next try. True when there is a connection.
    private bool Connect()
    {
        try
        {
            if (Reserve.Lack(Reserve.ForFeed) is not null)
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            RedisOptions now = _now = _find(EndIfStopping);
            RedisConnection connection = RedisConnection.Open(now, _time, socket => _connecting = socket, EndIfStopping);
            lock (_gate)
                UseLocked(connection);
            return true;
        }
        catch (Exception e) when (e is SocketException or RedisProtocolException or RedisAccessException)
        {
            if (_stopping)
                return false;
            TimeSpan delay = NextDelay(e is RedisProtocolException { Refusal: not null });
            _trouble = ReasonOf(e);
            _book.InTrouble?.Invoke();
            TellUnavailable(ReasonOf(e), delay);
            Pause(delay);
            return false;
        }
        finally
        {
            _connecting = null;
        }
    }

    private void UseLocked(RedisConnection connection)
    {
        long now = _time.GetTimestamp();
        _connection = connection;
        _version = connection.Version ?? "(version unknown)";
        _connectedAt = _waitingSince = _repliedAt = now;
        // Writes that were under way when the last connection broke may still be carried out by the server, after ours:
        // everything once more, when they are through.
        _rewriteAllAt = _brokeWithWritesOutstanding ? now + _time.TimestampFrequency : 0;
        _brokeWithWritesOutstanding = _broke = false;
        _scriptKnown = false;
        _moveWanted = null;
        MarkOwn();
        _statusDue = true;
        // Where the last server was the wrong one, this may be the same: a write has to tell.
        if (!_isWrongServer)
            _trouble = null;
        Connections++;
        _flowing = true;
        if (_connectionLines.Well(SinceCreated))
            TellConnected();
    }

    private void BreakLocked(Exception cause)
    {
        _flowing = false;
        _connection?.Abort();
        _connection = null;
        // Moves are limited by themselves, and a new primary is not kept waiting.
        _broke = !_isMoving;
        _isMoving = false;
        _brokeWithWritesOutstanding |= _window.Count > 0;
        for (int i = 0; i < _window.Count; i++)
        {
            OutstandingCommand lost = _window[i];
            if (lost.Kind == CommandKind.AskTime)
                _writer.AskTimeAgain(lost.Slot);
            if (lost.ReceivedAt != 0)
                _samples.Keep(lost.ReceivedAt);
        }
        _samples.OnBreak();
        _window.Clear();
        _owedStart = _owedEnd = 0;
        _statusRefusal = null;
        MarkOwn();
        _trouble = ReasonOf(cause);
        _book.InTrouble?.Invoke();
        if (!_stopping)
            TellUnavailable(ReasonOf(cause), TimeSpan.Zero);
    }

    // What a connection that broke leaves to do: at once if it was useful, else after a delay that grows.
    private void PauseAfterBreak()
    {
        if (_time.GetElapsedTime(_connectedAt) >= s_usefulAfter)
            _delay = s_delayFirst;
        else
            Pause(NextDelay(isRefusal: false));
    }

    // A server that refuses us is asked seldom: it counts, and may shut us out for long; what is wrong is put right by people.
    private TimeSpan NextDelay(bool isRefusal)
    {
        TimeSpan least = isRefusal ? s_refusedDelayFirst : s_delayFirst, most = isRefusal ? s_refusedDelayMax : s_delayMax;
        _delay = _delay < least ? least : _delay > most ? most : _delay;
        TimeSpan delay = _delay * (0.9 + 0.2 * Random.Shared.NextDouble());
        _delay *= 2;
        return delay;
    }

    // Called again and again while a connection is made.
    private void EndIfStopping()
    {
        Turn.Take();
        if (_stopping)
            throw new SocketException((int)SocketError.OperationAborted);
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

    private void TellUnavailable(string reason, TimeSpan delay)
    {
        if (!_connectionLines.Trouble(reason, SinceCreated))
            return;
        _log.RedisUnavailable(Endpoint, reason, (long)delay.TotalMilliseconds);
        TellLeftOut(_connectionLines);
    }

    private void TellConnected()
    {
        _log.RedisConnected(_version, Endpoint);
        TellLeftOut(_connectionLines);
    }

    private string ReasonOf(Exception e) => ReasonOf(e, _now);

    /// <summary>What is wrong, in words, with what to look at.</summary>
    public static string ReasonOf(Exception e, RedisOptions now) => e switch
    {
        SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when now.UnixPath is not null => "there is no socket at that path",
        SocketException { SocketErrorCode: SocketError.AccessDenied } when now.UnixPath is not null =>
            "the socket at that path may not be used (its rights: unixsocketperm, the user's group)",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nothing listens there (connection refused)",
        SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock or SocketError.InProgress } =>
            $"no answer within {RedisConnection.ConnectWithin.TotalSeconds:0} s",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
            $"the name cannot be resolved; check {now.PlaceSetting}",
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => "no more open files are allowed (ulimit -n, LimitNOFILE)",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "the connection was closed by the other side",
        _ => e.Message,
    };
}

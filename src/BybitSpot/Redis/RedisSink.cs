// Takes what changed from the latest table and writes it to Redis. Two kinds of thread come here: a line's, just before it
// blocks for more data (Flush), and the sink's own, which connects, waits for a slow server and does what is due by time.
// One lock; a line's thread never waits for it. What must stay true:
//   - writes of a coin reach Redis in order, the newest last: one connection, one lock, read from the table at the last moment;
//   - nothing queues: with WindowMax replies outstanding sending stops, and what goes out when it resumes is the newest;
//   - after every release of the lock somebody looks for dirt again, or a change would wait for the next one;
//   - after any break every coin is written anew.
using System.Net.Sockets;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

internal sealed partial class RedisSink
{
    /// <summary>Most replies outstanding: a stopped server would else take 20,000 stale writes into the kernel's buffers.</summary>
    public const int WindowMax = 2_048;

    /// <summary>Replies are taken in when this many are outstanding, and by the sink's own thread.</summary>
    private const int ReapAt = 16;

    private const int BufferBytes = 128 * 1024;

    /// <summary>Room for the longest single command.</summary>
    private const int CommandBytesMax = 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_pauseIdle = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly LatestTable _table;
    private readonly DirtySet _dirty;
    private readonly RedisOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SlotWriter _writer;

    // What is owed to the socket, and what replies are outstanding, oldest first.
    private byte[] _buffer = new byte[BufferBytes];
    private int _owedStart, _owedEnd;
    private readonly (int Slot, CommandKind Kind, long ReceivedAt)[] _window = new (int, CommandKind, long)[WindowMax];
    private int _windowStart, _outstanding, _timesAwaited;

    private RedisConnection? _connection;
    private volatile bool _flowing, _stopping, _broke;
    private volatile Socket? _connecting;
    private readonly long _createdAt;
    private long _lastReplyAt;

    // The newest status, a command a key; due until it was sent on this connection.
    private volatile byte[][]? _status;
    private volatile bool _statusDue;
    private string? _statusRefusal;
    private volatile string? _trouble = "not connected yet";
    private volatile string? _statusTrouble;
    private readonly bool[] _missing = new bool[LatestTable.SlotsMax];

    // Whether a coin is stale, and whether the minute's rewrite passed it by meanwhile.
    private readonly bool[] _stale = new bool[LatestTable.SlotsMax], _passedBy = new bool[LatestTable.SlotsMax];

    public RedisSink(LatestTable table, Venue venue, RedisOptions options, TimeProvider time, ILogger log)
    {
        _table = table;
        _dirty = table.CreateReader();
        _options = options;
        _time = time;
        _createdAt = time.GetTimestamp();
        _log = log;
        _writer = new SlotWriter(table, venue, time, log);
    }

    /// <summary>What the sink's own thread counts its turns by.</summary>
    public Turn Turn { get; init; } = new("redis");

    /// <summary>Asked before connecting.</summary>
    public Reserve Reserve { get; init; } = Reserve.Unlimited;

    /// <summary>HSETs that Redis has confirmed.</summary>
    public long Written { get; private set; }

    /// <summary>Commands that Redis has refused.</summary>
    public long Refused { get; private set; }

    /// <summary>Connections to Redis that were made.</summary>
    public long Connections { get; private set; }

    /// <summary>Prices that were followed by a newer one before they were written.</summary>
    public long Conflated => _dirty.Conflated;

    /// <summary>From the receipt of a price to Redis' reply.</summary>
    public LatencyHistogram Latency { get; } = new();

    /// <summary>Why Redis takes no writes now; null if it does. Any thread.</summary>
    public string? Trouble => _trouble;

    /// <summary>Why Redis does not take what is said of the prices; null if it does. Any thread.</summary>
    public string? StatusTrouble => _statusTrouble;

    /// <summary>False if Redis is known to hold something else than the coin's price: it refused the price, or kept an older one before a seed.</summary>
    public bool Holds(int slot) => !Volatile.Read(ref _missing[slot]);

    /// <summary>
    /// Whether a coin's price is not to be believed now. Such a price is not rewritten each minute, and never over a newer one;
    /// what it missed of that it gets when it can be believed again. Any thread, one at a time.
    /// </summary>
    public void SetStale(int slot, bool isStale)
    {
        if (Volatile.Read(ref _stale[slot]) == isStale)
            return;
        Volatile.Write(ref _stale[slot], isStale);
        if (isStale || !Volatile.Read(ref _passedBy[slot]))
            return;
        Volatile.Write(ref _passedBy[slot], false);
        _dirty.Mark(slot);
    }

    /// <summary>What Redis is to say of the feed from now on, until the next. Goes out after all prices that stand in the table. Any thread.</summary>
    /// <param name="status">Commands, <see cref="StatusKeys.CommandCount"/> of them.</param>
    public void Tell(byte[][] status)
    {
        _status = status;
        _statusDue = true;
        if (Monitor.TryEnter(_gate))
        {
            Monitor.Pulse(_gate);
            Monitor.Exit(_gate);
        }
    }

    /// <summary>
    /// Writes what changed if that can be done at once; else leaves it to the sink's own thread. Called by a line's thread
    /// just before it blocks; never waits.
    /// </summary>
    public void Flush()
    {
        while (_flowing && _dirty.Any)
        {
            if (!Monitor.TryEnter(_gate))
                return;
            try
            {
                if (_connection is not null)
                    FlushLocked(reapAt: ReapAt);
            }
            catch (Exception e) when (e is SocketException or RedisProtocolException)
            {
                BreakLocked(e);
            }
            finally
            {
                if (!_flowing || _timesAwaited > 0)
                    Monitor.Pulse(_gate);
                Monitor.Exit(_gate);
            }
        }
    }

    /// <summary>The sink's own thread.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            Turn.Take();
            if (_connection is null)
            {
                if (_broke)
                    PauseAfterBreak();
                _broke = false;
                if (!Connect())
                    continue;
            }
            lock (_gate)
            {
                try
                {
                    if (_connection is not null)
                        TurnLocked();
                }
                catch (Exception e) when (e is SocketException or RedisProtocolException)
                {
                    BreakLocked(e);
                }
            }
        }
    }

    /// <summary>Writes the last prices, within the limit, and closes the connection. The lines have ended before.</summary>
    public void Stop(TimeSpan limit)
    {
        long start = _time.GetTimestamp();
        _stopping = true;
        ShutDownConnecting();
        if (!Monitor.TryEnter(_gate, limit))
            return;
        try
        {
            Monitor.PulseAll(_gate);
            while (_connection is not null && (_dirty.Any || _statusDue || _owedEnd > 0 || _outstanding > 0))
            {
                FlushLocked(reapAt: 1);
                TimeSpan left = limit - _time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    break;
                if (_owedEnd > 0 || _outstanding > 0)
                    _connection.Wait(forSending: _owedEnd > 0, left < s_pause ? left : s_pause);
            }
            _flowing = false;
            _connection?.Dispose();
            _connection = null;
        }
        catch (Exception e) when (e is SocketException or RedisProtocolException)
        {
            _log.RedisUnavailable(Endpoint, ReasonOf(e), 0);
        }
        finally
        {
            Monitor.Exit(_gate);
        }
    }

    private string Endpoint => $"{_options.Host}:{_options.Port}";

    private void TurnLocked()
    {
        // Replies are looked for even when none is due: a connection that was lost is noticed only by reading from it.
        FlushLocked(reapAt: 0);
        DoWhatIsDueLocked();
        if (_owedEnd > 0)
            _connection!.Wait(forSending: true, s_pause);
        else if (_outstanding >= WindowMax || _timesAwaited > 0)
            _connection!.Wait(forSending: false, s_pause);
        else if (!_dirty.Any && !_stopping)
            Monitor.Wait(_gate, _outstanding > 0 ? s_pause : s_pauseIdle);
    }

    // Sends what is owed and what changed, until there is no more, the socket takes no more, or the window is full.
    private void FlushLocked(int reapAt)
    {
        if (_outstanding >= reapAt)
            ReapLocked();
        while (true)
        {
            if (_owedEnd > _owedStart)
            {
                _owedStart += _connection!.SendAtOnce(_buffer.AsSpan(_owedStart, _owedEnd - _owedStart));
                if (_owedStart < _owedEnd)
                    break;
                _owedStart = _owedEnd = 0;
            }
            if (_outstanding >= WindowMax)
                ReapLocked();
            while (_outstanding < WindowMax && _buffer.Length - _owedEnd >= CommandBytesMax)
            {
                if (!_dirty.TryTake(out int slot))
                {
                    if (_statusDue && WindowMax - _outstanding >= StatusKeys.CommandCount)
                        OweStatus();
                    break;
                }
                int bytes = _writer.Write(slot, Volatile.Read(ref _stale[slot]), _buffer.AsSpan(_owedEnd), out CommandKind kind, out long receivedAt);
                if (bytes > 0)
                    Owe(slot, kind, bytes, receivedAt);
            }
            if (_owedEnd == 0)
                break;
        }
        _flowing = _owedEnd == 0 && _outstanding < WindowMax;
    }

    private void Owe(int slot, CommandKind kind, int bytes, long receivedAt)
    {
        if (_outstanding == 0)
            _lastReplyAt = _time.GetTimestamp();
        _owedEnd += bytes;
        _timesAwaited += kind == CommandKind.AskTime ? 1 : 0;
        _window[(_windowStart + _outstanding) & (WindowMax - 1)] = (slot, kind, receivedAt);
        _outstanding++;
    }

    // After all that had changed, so that no coin is called right before its price was sent.
    private void OweStatus()
    {
        _statusDue = false;
        if (_status is not { } status)
            return;
        for (int i = 0; i < status.Length; i++)
        {
            byte[] command = status[i];
            if (_buffer.Length - _owedEnd < command.Length + CommandBytesMax)
                Array.Resize(ref _buffer, _owedEnd + command.Length + CommandBytesMax);
            command.CopyTo(_buffer, _owedEnd);
            Owe(-1, i == status.Length - 1 ? CommandKind.LastOfStatus : CommandKind.Status, command.Length, 0);
        }
    }

    private void BreakLocked(Exception cause)
    {
        _flowing = false;
        _connection?.Dispose();
        _connection = null;
        _broke = true;
        _brokeWithWritesOutstanding |= _outstanding > 0;
        for (int i = 0; i < _outstanding; i++)
            if (_window[(_windowStart + i) & (WindowMax - 1)] is (var slot, CommandKind.AskTime, _))
                _writer.AskTimeAgain(slot);
        _owedStart = _owedEnd = _windowStart = _outstanding = _timesAwaited = 0;
        _statusRefusal = null;
        _table.MarkAll(_dirty);
        _trouble = ReasonOf(cause);
        if (!_stopping)
            _log.RedisUnavailable(Endpoint, ReasonOf(cause), 0);
    }

    private static string ReasonOf(Exception e) => e switch
    {
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nothing listens there (connection refused)",
        SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock or SocketError.InProgress } =>
            $"no answer within {RedisConnection.ConnectWithin.TotalSeconds:0} s",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
            "the name cannot be resolved; check REDIS_HOST",
        SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => "no more open files are allowed (ulimit -n, LimitNOFILE)",
        SocketException { SocketErrorCode: SocketError.ConnectionReset } => "the connection was closed by the other side",
        _ => e.Message,
    };
}

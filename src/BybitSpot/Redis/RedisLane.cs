// The way to one primary: takes what changed of its coins from the latest table and writes it there. Two kinds of thread come here: a
// line's, just before it blocks for more data (Flush), and the lane's own, which connects, waits for a slow server and does what is due
// by time.
// One lock; a line's thread never waits for it. What must stay true:
//   - writes of a coin reach Redis in order, the newest last: one connection, one lock, read from the table at the last moment;
//   - nothing queues: with ReplyWindow.Max replies outstanding sending stops, and what goes out when it resumes is the newest;
//   - after every release of the lock somebody looks for dirt again, or a change would wait for the next one;
//   - after any break every coin is written anew;
//   - with several lanes, a coin that is another's by now is handed on and not written.
using System.Net.Sockets;
using BybitSpot.Latest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Redis;

internal sealed partial class RedisLane
{
    /// <summary>Replies are taken in when this many are outstanding, and by the lane's own thread.</summary>
    private const int ReapAt = 16;

    private const int BufferBytes = 128 * 1024;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_pauseIdle = TimeSpan.FromMilliseconds(200);

    private readonly object _gate = new();
    private readonly LatestTable _table;
    private readonly DirtySet _dirty;
    private readonly Func<Action?, RedisOptions> _find;
    private readonly LaneBook _book;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SlotWriter _writer;
    private readonly int _commandBytesMax;

    // What is owed to the socket, and what replies are outstanding, oldest first.
    private byte[] _buffer = new byte[BufferBytes];
    private int _owedStart, _owedEnd;
    private readonly ReplyWindow _window = new();
    private readonly ReceiptSamples _samples;

    // The numbers of the last price that was sent, and of the command for whose reply the lane's own thread waits; and whether it
    // is still to be woken for that.
    private long _lastPrice, _awaited;
    private bool _wakes;

    private RedisConnection? _connection;
    private volatile bool _flowing, _stopping, _broke;

    // Whether the server was given the script of a write on this connection.
    private bool _scriptKnown;
    private volatile Socket? _connecting;
    private readonly long _createdAt;

    // The last reply; and since when one is waited for, which is that or the sending of the oldest that is outstanding.
    private long _repliedAt, _waitingSince;

    // The newest status, a command a key; due until it was sent on this connection.
    private volatile byte[][]? _status;
    private volatile bool _statusDue;
    private string? _statusRefusal;
    private volatile string? _trouble = "not connected yet";
    private volatile string? _statusTrouble;

    /// <param name="dirty">The changed coins of this lane.</param>
    /// <param name="book">What the lanes share.</param>
    /// <param name="find">Where to connect to now; asked before each connection. May take its time, and calls what it is given meanwhile.</param>
    /// <param name="at">Where that will probably be, for messages before the first connection.</param>
    public RedisLane(LatestTable table, DirtySet dirty, LaneBook book, Func<Action?, RedisOptions> find, RedisOptions at, TimeProvider time, ILogger log)
    {
        _table = table;
        _dirty = dirty;
        _book = book;
        _find = find;
        _now = at;
        _time = time;
        _createdAt = time.GetTimestamp();
        _log = log;
        _writer = book.Writer;
        _commandBytesMax = _writer.CommandBytesMax;
        _samples = new ReceiptSamples(_dirty, time);
        _second = new SecondConnection(find, time);
    }

    /// <summary>What the lane's own thread counts its turns by.</summary>
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

    /// <summary>From the receipt of a price until Redis holds it or a newer one, by a sample.</summary>
    public LatencyHistogram Latency => _samples.Latency;

    /// <summary>Why Redis takes no writes now; null if it does. Any thread.</summary>
    public string? Trouble => _trouble;

    /// <summary>Why Redis does not take what is said of the prices; null if it does. Any thread.</summary>
    public string? StatusTrouble => _statusTrouble;

    /// <summary>What Redis is to say of the feed from now on, until the next. Goes out after all prices that stand in the table. Any thread.</summary>
    /// <param name="status">Commands, <see cref="StatusKeys.CommandCount"/> of them a market at most; null: nothing any more.</param>
    public void Tell(byte[][]? status)
    {
        _status = status;
        _statusDue = status is not null;
        if (status is null)
            _statusTrouble = null;
        Wake();
    }

    /// <summary>Has the lane's own thread look what there is to do, soon. Any thread.</summary>
    public void Wake()
    {
        if (!Monitor.TryEnter(_gate))
            return;
        Monitor.Pulse(_gate);
        Monitor.Exit(_gate);
    }

    /// <summary>
    /// Writes what changed if that can be done at once; else leaves it to the lane's own thread. Called by a line's thread
    /// just before it blocks; never waits.
    /// </summary>
    public void Flush()
    {
        if (!_flowing)
            _samples.OnStall();
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
                if (!_flowing || _wakes || _window.TimesAwaited > 0)
                    Monitor.Pulse(_gate);
                _wakes = false;
                Monitor.Exit(_gate);
            }
        }
    }

    /// <summary>The lane's own thread.</summary>
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
            RedisConnection? awaited = null;
            lock (_gate)
            {
                try
                {
                    if (_connection is not null)
                        TurnLocked(out awaited);
                }
                catch (Exception e) when (e is SocketException or RedisProtocolException)
                {
                    BreakLocked(e);
                }
            }
            // Without the lock, for the lines go on writing. What changed while it was held here is looked for first.
            if (!_dirty.Any)
                awaited?.WaitForReply(s_pause);
        }
        _second.Drop();
    }

    /// <summary>Closes the connection, and ends the lane's own thread. What was not written yet is another lane's by now. Any thread.</summary>
    public void Retire()
    {
        _stopping = true;
        ShutDownConnecting();
        lock (_gate)
        {
            _flowing = false;
            _connection?.Abort();
            _connection = null;
            Monitor.PulseAll(_gate);
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
            while (_connection is not null && (_dirty.Any || _statusDue || _owedEnd > 0 || _window.Count > 0))
            {
                FlushLocked(reapAt: 1);
                TimeSpan left = limit - _time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    break;
                if (_owedEnd > 0 || _window.Count > 0)
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

    // Does what can be done, and waits for what comes next; for a reply that is to be seen when it comes the caller waits.
    private void TurnLocked(out RedisConnection? awaited)
    {
        awaited = null;
        // Replies are looked for even when none is due: a connection that was lost is noticed only by reading from it.
        FlushLocked(reapAt: 0);
        DoWhatIsDueLocked();
        if (_owedEnd > 0)
            _connection!.Wait(forSending: true, s_pause);
        else if (_window.IsFull || _window.TimesAwaited > 0)
            _connection!.Wait(forSending: false, s_pause);
        else if (_awaited > _window.Answered)
            awaited = _connection;
        else if (!_dirty.Any && !_stopping)
            Monitor.Wait(_gate, _window.Count > 0 ? s_pause : s_pauseIdle);
    }

    // Sends what is owed and what changed, until there is no more, the socket takes no more, or the window is full.
    private void FlushLocked(int reapAt)
    {
        if (_window.Count >= reapAt)
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
            if (_window.IsFull)
                ReapLocked();
            while (!_window.IsFull && _buffer.Length - _owedEnd >= _commandBytesMax)
            {
                if (!_dirty.TryTake(out int slot))
                {
                    PassFenceLocked();
                    if (_statusDue && ReplyWindow.Max - _window.Count >= (_status?.Length ?? 0) && MayTell)
                        OweStatus();
                    break;
                }
                if (_book.Routes is not null && !MayWrite(slot))
                    continue;
                bool isStale = Volatile.Read(ref _book.Stale[slot]);
                int bytes = _writer.Write(slot, isStale, _buffer.AsSpan(_owedEnd), ref _scriptKnown, out CommandKind kind, out long receivedAt);
                if (bytes > 0)
                    Owe(slot, kind, bytes, receivedAt);
                else if (isStale)
                    _book.PassBy(slot);
            }
            if (_owedEnd == 0)
                break;
        }
        _flowing = _owedEnd == 0 && !_window.IsFull;
        if (_flowing && _samples.OnAllSent(_lastPrice))
            _awaited = Math.Max(_awaited, _lastPrice);
    }

    private void Owe(int slot, CommandKind kind, int bytes, long receivedAt)
    {
        if (_window.Count == 0)
            _waitingSince = _time.GetTimestamp();
        _owedEnd += bytes;
        bool isSample = receivedAt != 0 && _samples.Picks(receivedAt);
        _window.Add(slot, kind, isSample ? receivedAt : 0);
        if (kind is not (CommandKind.Price or CommandKind.PriceByScript or CommandKind.Rewrite or CommandKind.Seed))
            return;
        _lastPrice = _window.Newest;
        if (isSample || Written == 0)
        {
            _awaited = _lastPrice;
            _wakes = true;
        }
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
            if (_buffer.Length - _owedEnd < command.Length + _commandBytesMax)
                Array.Resize(ref _buffer, _owedEnd + command.Length + _commandBytesMax);
            command.CopyTo(_buffer, _owedEnd);
            Owe(-1, i == status.Length - 1 ? CommandKind.LastOfStatus : CommandKind.Status, command.Length, 0);
        }
    }
}

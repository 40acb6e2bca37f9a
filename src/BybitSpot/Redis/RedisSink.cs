// Takes what changed from the latest table and writes it to Redis. Two kinds of thread come here: a line's, just before it
// blocks for more data (Flush), and the sink's own, which connects, waits for a slow server and does what is due by time.
// One lock; a line's thread never waits for it. What must stay true:
//   - writes of a coin reach Redis in order, the newest last: one connection, one lock, read from the table at the last moment;
//   - nothing queues: with ReplyWindow.Max replies outstanding sending stops, and what goes out when it resumes is the newest;
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
    private readonly ReplyWindow _window = new();
    private readonly ReceiptSamples _samples;

    // The numbers of the last price that was sent, and of the command for whose reply the sink's own thread waits; and whether it
    // is still to be woken for that.
    private long _lastPrice, _awaited;
    private bool _wakes;

    private RedisConnection? _connection;
    private volatile bool _flowing, _stopping, _broke;
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
    private readonly bool[] _missing = new bool[LatestTable.SlotsMax];

    // Whether a coin is stale, and whether the minute's rewrite passed it by meanwhile.
    private readonly bool[] _stale = new bool[LatestTable.SlotsMax], _passedBy = new bool[LatestTable.SlotsMax];

    public RedisSink(LatestTable table, Venue venue, RedisOptions options, TimeProvider time, ILogger log)
    {
        _table = table;
        _dirty = table.CreateReader();
        _options = _now = options;
        _time = time;
        _createdAt = time.GetTimestamp();
        _log = log;
        _writer = new SlotWriter(table, venue, time, log);
        _samples = new ReceiptSamples(_dirty, time);
        _second = new SecondConnection(options, time);
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

    /// <summary>From the receipt of a price until Redis holds it or a newer one, by a sample.</summary>
    public LatencyHistogram Latency => _samples.Latency;

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
            while (!_window.IsFull && _buffer.Length - _owedEnd >= CommandBytesMax)
            {
                if (!_dirty.TryTake(out int slot))
                {
                    if (_statusDue && ReplyWindow.Max - _window.Count >= StatusKeys.CommandCount)
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
        if (kind is not (CommandKind.Price or CommandKind.Rewrite or CommandKind.Seed))
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
            if (_buffer.Length - _owedEnd < command.Length + CommandBytesMax)
                Array.Resize(ref _buffer, _owedEnd + command.Length + CommandBytesMax);
            command.CopyTo(_buffer, _owedEnd);
            Owe(-1, i == status.Length - 1 ? CommandKind.LastOfStatus : CommandKind.Status, command.Length, 0);
        }
    }
}

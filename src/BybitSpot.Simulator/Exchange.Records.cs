namespace BybitSpot.Simulator;

// What clients did, for tests to look at: connections, text messages, REST requests; and which connections are open. All of
// it is guarded by the gate, bounded to the newest, and every change pulses the gate.
public sealed partial class Exchange
{
    /// <summary>The newest so many connections, requests and REST targets are remembered.</summary>
    public const int RecordsMax = 10_000;

    private readonly Queue<ConnectionEntry> _entries = new();
    private readonly Queue<RequestRecord> _requests = new();
    private readonly Queue<string> _restTargets = new();
    private readonly List<Connection> _open = [];
    private int _connectionCount;
    private int _restRequests;
    private int _overflows;

    public IReadOnlyList<ConnectionRecord> Connections
    {
        get
        {
            lock (_gate) return [.. _entries.Select(entry => entry.ToRecord())];
        }
    }

    public IReadOnlyList<RequestRecord> Requests
    {
        get
        {
            lock (_gate) return [.. _requests];
        }
    }

    /// <summary>How many REST requests came, whatever was answered.</summary>
    public int RestRequests
    {
        get
        {
            lock (_gate) return _restRequests;
        }
    }

    /// <summary>The REST requests' targets (path and query), the newest last.</summary>
    public IReadOnlyList<string> RestTargets
    {
        get
        {
            lock (_gate) return [.. _restTargets];
        }
    }

    /// <summary>Connections ended because the client was more than the outgoing limit behind.</summary>
    public int Overflows => Volatile.Read(ref _overflows);

    internal ConnectionEntry Open(TimeSpan acceptedAt)
    {
        lock (_gate)
        {
            var entry = new ConnectionEntry(++_connectionCount, acceptedAt);
            Remember(_entries, entry);
            return entry;
        }
    }

    /// <summary>More upgrades in the five minutes up to this one than the option allows.</summary>
    internal bool IsBanned(ConnectionEntry entry)
    {
        if (Options.UpgradesPerFiveMinutes is not { } allowed) return false;
        lock (_gate) return _entries.Count(other => other.AcceptedAt > entry.AcceptedAt - TimeSpan.FromMinutes(5)) > allowed;
    }

    internal void Upgraded(Connection connection)
    {
        lock (_gate)
        {
            connection.Entry.Upgraded = true;
            _open.Add(connection);
            Monitor.PulseAll(_gate);
        }
        if (_stop.IsCancellationRequested) connection.Abort();
    }

    /// <summary>The connection is over: no topic of it is sent to any more.</summary>
    internal void Forget(Connection connection)
    {
        lock (_gate)
        {
            _open.Remove(connection);
            Topics.RemoveAll(connection);
        }
    }

    internal void Closed(ConnectionEntry entry)
    {
        lock (_gate)
        {
            entry.ClosedAt = Now;
            Monitor.PulseAll(_gate);
        }
    }

    internal void Received(Connection connection, string text)
    {
        lock (_gate) Remember(_requests, new RequestRecord(connection.Entry.Number, Now, text));
    }

    internal void CountRest(string target)
    {
        lock (_gate)
        {
            _restRequests++;
            Remember(_restTargets, target);
        }
    }

    internal void CountOverflow() => Interlocked.Increment(ref _overflows);

    /// <summary>Under the gate: whether the connection can still be subscribed to anything.</summary>
    internal bool IsOpen(Connection connection) => _open.Contains(connection);

    /// <summary>Under the gate: a subscribe request was taken.</summary>
    internal void Acknowledged()
    {
        FirstAcknowledged.TrySetResult(Now);
        Monitor.PulseAll(_gate);
    }

    private void Remember<T>(Queue<T> queue, T item)
    {
        if (queue.Count == RecordsMax) queue.Dequeue();
        queue.Enqueue(item);
        Monitor.PulseAll(_gate);
    }
}

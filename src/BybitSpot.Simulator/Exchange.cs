using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Simulator;

// An exchange of our own on one loopback port: stream and REST. Honest as long as Faults is untouched. One gate guards its
// state (market, subscriptions, records); every change of a record pulses the gate, which is what WaitFor waits on. Nothing
// here waits for a client while holding the gate. Shares no code with the engine, on purpose.

/// <summary>An exchange in this process: public stream and REST on one port. Every member may be called from any thread.</summary>
public sealed partial class Exchange : IDisposable
{
    /// <summary>The newest so many connections, requests and REST targets are remembered.</summary>
    public const int RecordsMax = 10_000;

    private readonly object _gate = new();
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt;
    private readonly Queue<ConnectionEntry> _entries = new();
    private readonly Queue<RequestRecord> _requests = new();
    private readonly Queue<string> _restTargets = new();
    private readonly List<Connection> _open = [];
    private int _connectionCount;
    private int _restRequests;
    private int _overflows;

    private Exchange(ExchangeOptions options, Func<Exchange, IVenue>? venue)
    {
        Options = options;
        Clock = options.TimeProvider;
        _startedAt = Clock.GetTimestamp();
        Agenda = new Agenda(Clock, () => Now);
        _listed = new ListedMarket(this, options.Market);
        Venue = venue?.Invoke(this) ?? _listed;
        Desk = new ControlDesk(this);
        Rest = new RestDesk(this);
        _listener = new Socket(options.BindAddress.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(options.BindAddress, options.Port));
        _listener.Listen(1024);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public string StreamUrl => $"{(Options.Certificate is null ? "ws" : "wss")}://{Host}:{Port}{StreamPath}";

    public string RestUrl => $"{(Options.Certificate is null ? "http" : "https")}://{Host}:{Port}";

    public ExchangeOptions Options { get; }

    public ExchangeFaults Faults { get; } = new();

    /// <summary>Monotonic, since the start; what the records' times are in.</summary>
    public TimeSpan Now => Clock.GetElapsedTime(_startedAt);

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

    /// <summary>Delayed frames dropped because too many were waiting.</summary>
    public long DelayedFramesDropped => Agenda.Dropped;

    internal TimeProvider Clock { get; }

    internal Agenda Agenda { get; }

    internal IVenue Venue { get; }

    internal ControlDesk Desk { get; }

    internal RestDesk Rest { get; }

    internal object Gate => _gate;

    /// <summary>When the first subscribe request was acked: what a recording's playback starts from.</summary>
    internal TaskCompletionSource<TimeSpan> FirstAcknowledged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string StreamPath => $"/v5/public/{Options.Market}";

    private string Host => Options.BindAddress.Equals(IPAddress.Any) || Options.BindAddress.Equals(IPAddress.IPv6Any) ? "127.0.0.1"
        : Options.BindAddress.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Options.BindAddress}]"
        : Options.BindAddress.ToString();

    public static Exchange Start(ExchangeOptions? options = null) => Start(options ?? new ExchangeOptions(), null);

    internal static Exchange Start(ExchangeOptions options, Func<Exchange, IVenue>? venue)
    {
        var exchange = new Exchange(options, venue);
        _ = new Acceptor(exchange, exchange._listener).RunAsync(exchange._stop.Token);
        return exchange;
    }

    /// <summary>
    /// True as soon as the condition holds, false when it didn't within the limit (real time). Looked at again after each
    /// connection, close, request and subscription; the condition runs under the exchange's lock and must not block.
    /// </summary>
    public bool WaitFor(Func<Exchange, bool> condition, TimeSpan limit)
    {
        var from = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            while (!condition(this))
            {
                var left = limit - TimeProvider.System.GetElapsedTime(from);
                if (left <= TimeSpan.Zero) return false;
                Monitor.Wait(_gate, left);
            }
            return true;
        }
    }

    public void Dispose()
    {
        if (_stop.IsCancellationRequested) return;
        _stop.Cancel();
        _listener.Dispose();
        Agenda.Dispose();
        foreach (var connection in OpenConnections()) connection.Abort();
        Changed();
    }

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

    internal void Changed()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

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

    private Connection[] OpenConnections()
    {
        lock (_gate) return [.. _open];
    }
}

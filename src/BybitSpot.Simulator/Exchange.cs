using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Simulator;

// An exchange of our own on one loopback port: stream and REST. Honest as long as Faults is untouched. One gate guards its
// state (market, subscriptions, records); every change of a record pulses the gate, which is what WaitFor waits on. Nothing
// here waits for a client while holding the gate. Shares no code with the engine, on purpose.

/// <summary>An exchange in this process: public stream and REST on one port. Every member may be called from any thread.</summary>
public sealed partial class Exchange : IDisposable
{
    private readonly object _gate = new();
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _startedAt;
    private readonly DataQueue _queue;
    private readonly Acceptor _door;
    private volatile Exchange[] _beside = [];

    private Exchange(ExchangeOptions options, Func<Exchange, IVenue>? venue)
    {
        Options = options;
        Clock = options.TimeProvider;
        _startedAt = Clock.GetTimestamp();
        Agenda = new Agenda(Clock, () => Now);
        _queue = new DataQueue(Faults);
        _listed = new ListedMarket(this, options.Market);
        Venue = venue?.Invoke(this) ?? _listed;
        Desk = new ControlDesk(this);
        Rest = new RestDesk(this);
        _door = new Acceptor(this);
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
        _ = exchange._door.RunAsync(exchange._listener, exchange._stop.Token);
        return exchange;
    }

    /// <summary>Another market at this one's address, too, as the real exchange has them: its stream's path and REST's category lead to it. It ends with this one.</summary>
    public void Join(Exchange other)
    {
        lock (_gate) _beside = [.. _beside, other];
    }

    /// <summary>Whom a request is for: the market of its path or category, else this one.</summary>
    internal Acceptor DoorOf(HttpHead head) =>
        (Array.Find(_beside, b => b.StreamPath == head.Path || b.Options.Market == head.Query.GetValueOrDefault("category", "")) ?? this)._door;

    internal bool HasEnded => _stop.IsCancellationRequested;

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
        foreach (var other in _beside) other.Dispose();
        foreach (var connection in OpenConnections()) connection.Abort();
        Changed();
    }

    internal void Changed()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private Connection[] OpenConnections()
    {
        lock (_gate) return [.. _open];
    }
}

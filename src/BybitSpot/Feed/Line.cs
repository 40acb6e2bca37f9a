// One connection to the exchange and the thread that does all about it: connects, subscribes, reads, decodes, publishes, pings,
// and after its end waits and starts anew. No other thread ever writes to the socket; what others want goes into the inbox,
// and they end a connection only by shutting the socket down. What must stay true: nothing is allocated for a tick; before
// each wait for data the sink is flushed; a connection's state dies with it.
using System.Collections.Concurrent;
using System.Net.Sockets;
using BybitSpot.Market;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Feed;

internal sealed partial class Line(int number, FeedOptions options, LineParts parts, Action flush, Action gaveUp, TimeProvider time, ILogger log)
{
    /// <summary>
    /// When the very first connection finds nobody listening, it is tried once more after this, uncounted: for whoever starts
    /// both sides together.
    /// </summary>
    public static readonly TimeSpan StartRetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly FrameReader _frames = new();
    private readonly Subscriptions _subscriptions = new(options.Channels, options.Venue);
    private readonly DropCounter _drops = new(number, time, log);
    private readonly RefusalTeller _refusals = new(number, time, log);
    private readonly ConcurrentQueue<Action> _inbox = new();
    private readonly object _rest = new();
    private readonly long _clockTicks = time.TimestampFrequency / 10;
    private SymbolMap _symbols = SymbolMap.Empty;
    private TimeCeiling _ceiling;
    private volatile bool _stopping;
    private volatile Socket? _socket;

    // Of the present connection.
    private Connection? _connection;
    private Liveness _liveness;
    private long _connectedAt, _dutyAt, _firstDataAt, _lastDataAt, _messagesBefore, _receivedAt;
    private bool _subscriptionsTold, _spoke;
    private string? _endReason;
    private ReconnectCause _cause;

    // Connections in a row that were given up because everything was refused.
    private int _refusedInVain;

    public int Number => number;

    /// <summary>What its thread counts its turns by: about each 100 ms, and each 10 s at the least, while it connects.</summary>
    public Turn Turn { get; init; } = new("line");

    /// <summary>What the line shows of itself.</summary>
    public LineWatch Watch { get; } = new();

    public LineCounts Counts { get; } = new();

    public DropCounter Drops => _drops;

    /// <summary>Coins to carry from now on. Any thread.</summary>
    public void Want(IReadOnlyList<(Instrument Instrument, int Slot)> coins) => Post(() =>
    {
        foreach ((_, int slot) in coins)
            Watch.LastHeard.Forget(slot);
        _subscriptions.Want(coins);
    });

    /// <summary>Coins to carry no longer. Any thread.</summary>
    public void Unwant(IReadOnlyList<int> slots) => Post(() => _subscriptions.Unwant(slots));

    /// <summary>Subscribes a coin anew whose topic seems dead. Any thread.</summary>
    public void AskAgain(int slot) => Post(() => AskAnew(slot));

    /// <summary>Tries refused topics again now. Any thread.</summary>
    public void RetryRefused() => Post(_subscriptions.RetryRefusedNow);

    /// <summary>Gives the connection up for the sake of a coin whose topic seems dead; subscribes it anew where that was done not long ago. Any thread.</summary>
    public void ReplaceFor(int slot, string coin) => Post(() =>
    {
        if (_replaceFor is not null || MayReplaceForSilence())
            _replaceFor = coin;
        else
            AskAnew(slot);
    });

    /// <summary>Ends the line, wherever it is. Any thread; returns at once.</summary>
    public void Stop()
    {
        _stopping = true;
        lock (_rest)
            Monitor.PulseAll(_rest);
        try
        {
            _socket?.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not connected yet, or just closed: the line looks at _stopping next.
        }
    }

    /// <summary>The line's thread.</summary>
    public void Run()
    {
        int step = 0;
        for (bool isFirst = true; !_stopping; isFirst = false)
        {
            Turn.Take();
            AwaitDescriptors();
            AwaitPace();
            string reason = Attempt(out bool delivered, out DialFailure failure);
            flush();
            if (isFirst && failure == DialFailure.Refused)
            {
                Rest(StartRetryAfter);
                continue;
            }
            if (_stopping)
            {
                if (delivered)
                    parts.Budget.LineStopped();
                return;
            }
            if (parts.Budget.LineFailed(delivered))
            {
                log.FeedGaveUp(parts.Budget.Failures, reason);
                gaveUp();
                return;
            }
            if (delivered && Backoff.WasUseful(time.GetElapsedTime(_firstDataAt, _lastDataAt)))
                step = 0;
            _refusedInVain = delivered ? 0 : _cause == ReconnectCause.AllRefused ? _refusedInVain + 1 : _refusedInVain;
            TimeSpan delay = delivered && MayComeBackSoon()
                ? Backoff.Delay(0, options.ReconnectInterval < Backoff.RedundantDelay ? options.ReconnectInterval : Backoff.RedundantDelay, Random.Shared.NextDouble())
                : Backoff.Delay(step++, options.ReconnectInterval, Random.Shared.NextDouble());
            if (failure == DialFailure.Forbidden && delay < Backoff.ForbiddenDelayMin)
                delay = Backoff.ForbiddenDelayMin;
            log.FeedReconnecting(number, (long)delay.TotalMilliseconds, parts.Budget.Failures, parts.Budget.Allowed);
            Counts.Reconnected(_cause);
            Rest(delay);
        }
    }

    // One connection from its beginning to its end; returns why it ended.
    private string Attempt(out bool delivered, out DialFailure failure)
    {
        delivered = false;
        failure = DialFailure.Other;
        _firstDataAt = 0;
        string endpoint = options.StreamUrl.ToString();
        log.FeedConnecting(number, endpoint);
        long start = time.GetTimestamp();
        try
        {
            _connection = Dialer.Dial(options.StreamUrl, options.Proxy, time, Remember, EndIfStopping);
        }
        catch (DialException e)
        {
            failure = e.Failure;
            _cause = failure == DialFailure.Forbidden ? ReconnectCause.Refused : ReconnectCause.ConnectFailed;
            if (!_stopping)
                log.FeedConnectFailed(number, endpoint, e.Message);
            return e.Message;
        }
        finally
        {
            if (_connection is null)
                _socket = null;
        }
        log.FeedConnected(number, endpoint, _connection.Address, (long)time.GetElapsedTime(start).TotalMilliseconds);
        string reason;
        _cause = ReconnectCause.Closed;
        try
        {
            BeginConnection();
            reason = ReadToTheEnd();
        }
        catch (Exception e) when (e is IOException or SocketException or TimeoutException or ObjectDisposedException or InvalidOperationException)
        {
            if (_endReason is null)
                _cause = ReconnectCause.NetworkFailed;
            reason = _endReason ?? (e is TimeoutException ? "a send was stuck" : (e.InnerException ?? e).Message);
        }
        finally
        {
            Watch.IsConnected = false;
            _socket = null;
            _connection.Dispose();
            _connection = null;
        }
        delivered = _firstDataAt != 0;
        if (!_stopping)
            log.FeedDisconnected(number, reason, (long)time.GetElapsedTime(_connectedAt).TotalSeconds, Counts.Messages - _messagesBefore);
        return reason;
    }

    private void Remember(Socket socket)
    {
        _socket = socket;
        // Stop may have looked before the socket was there.
        EndIfStopping();
    }

    private void EndIfStopping()
    {
        Turn.Take();
        if (_stopping)
            throw new DialException("stopping");
    }

    private void BeginConnection()
    {
        _connectedAt = _receivedAt = _lastDataAt = time.GetTimestamp();
        _dutyAt = 0;
        _messagesBefore = Counts.Messages;
        _subscriptionsTold = _spoke = false;
        _endReason = null;
        _liveness = new Liveness();
        _canary = new Canary();
        _lag = new LagMeter();
        Watch.LastHeard.Clear();
        Array.Clear(_dayIsWhole ?? []);
        Watch.IsMute = false;
        _frames.Reset();
        EmptyInbox();
        // This connection is what was asked for.
        _replaceFor = null;
        _subscriptions.BeginConnection();
        _symbols = new SymbolMap(_subscriptions.Coins);
        Watch.IsConnected = true;
        _connection!.Lowest.Run(BeforeReceive);
    }

    private string ReadToTheEnd()
    {
        Connection connection = _connection!;
        Feed(connection.Early.Span);
        while (true)
        {
            switch (_frames.Next(out ReadOnlySpan<byte> payload))
            {
                case FrameKind.None:
                    int received = connection.Stream.Read(_frames.Free);
                    if (received == 0)
                        return _endReason ?? "the exchange closed the connection without a word";
                    _receivedAt = time.GetTimestamp();
                    _frames.Received(received);
                    break;
                case FrameKind.Text:
                    OnText(payload);
                    break;
                case FrameKind.Ping:
                    connection.Stream.Write(FrameWriter.Pong(payload));
                    break;
                case FrameKind.Close:
                    return Closed(payload);
                case FrameKind.Broken:
                    _cause = ReconnectCause.ProtocolBroken;
                    (string? violation, ushort code) = _frames.Violation;
                    connection.Stream.Write(FrameWriter.Close(code));
                    return $"the protocol was broken: {violation}";
            }
        }
    }

    private void Feed(ReadOnlySpan<byte> early)
    {
        early.CopyTo(_frames.Free);
        _frames.Received(early.Length);
    }

    private string Closed(ReadOnlySpan<byte> payload)
    {
        int code = payload.Length < 2 ? 0 : payload[0] << 8 | payload[1];
        _connection!.Stream.Write(FrameWriter.Close(code == 0 ? (ushort)1000 : (ushort)code));
        string said = payload.Length > 2 ? $" {System.Text.Encoding.UTF8.GetString(payload[2..])}" : "";
        return code == 0 ? "the exchange closed the connection, without a code" : $"the exchange closed the connection: {code}{said}";
    }

    // What its tickers showed before says nothing of what comes after.
    private void AskAnew(int slot)
    {
        Watch.LastHeard.Shows(slot, price: false);
        _subscriptions.AskAgain(slot);
    }

    private void Post(Action request)
    {
        _inbox.Enqueue(request);
        Volatile.Write(ref _dutyAt, 0);
    }

    private void EmptyInbox()
    {
        bool changed = false;
        while (_inbox.TryDequeue(out Action? request))
        {
            request();
            changed = true;
        }
        if (!changed)
            return;
        _symbols = new SymbolMap(_subscriptions.Coins);
        _subscriptionsTold = false;
    }
}

// Takes the page's clients in for the framework's server, from the port that was taken early, on the page's own thread. The
// framework's own listener would do so on its pool, and take whoever comes. What must stay true: the feed comes first, so a client
// is taken only while descriptors are left for a feed that connects anew, and for the threads of the pool, which need some, too:
// where one cannot be started, the framework ends the process. Clients that are not taken wait in the kernel's queue.
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using BybitSpot.Signals;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace BybitSpot.App;

internal sealed class WebListener(WebPort port, ILogger log, TimeProvider time) : IConnectionListenerFactory, IConnectionListener
{
    /// <summary>Descriptors that stay for others: a thread takes up to four, a connection one.</summary>
    public const int DescriptorsLeftMin = 32;

    /// <summary>How much of a request is kept that nobody has read yet; a whole head fits.</summary>
    private const int ReadMaxBytes = 16 * 1024;

    private const int WriteMaxBytes = 64 * 1024;

    /// <summary>Clients on their way to the server; more are sent away.</summary>
    private const int HandedOverMax = WebServer.ConnectionsMax / 2;

    private static readonly TimeSpan LookEvery = Turns.Slice;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    private readonly SocketConnectionContextFactory _contexts = new(new SocketConnectionFactoryOptions { MaxReadBufferSize = ReadMaxBytes, MaxWriteBufferSize = WriteMaxBytes }, NullLogger.Instance);
    private readonly Channel<Socket> _taken = Channel.CreateBounded<Socket>(new BoundedChannelOptions(HandedOverMax) { SingleWriter = true });
    private long? _toldAt;

    public EndPoint EndPoint => port.EndPoint;

    public Places Places { get; } = new(WebServer.ConnectionsMax);

    /// <summary>Takes clients in until the end is asked for. The page's own thread.</summary>
    public void Run(WaitHandle end, Turn turn)
    {
        while (!end.WaitOne(0))
        {
            turn.Take();
            if (!port.Socket.Poll(LookEvery, SelectMode.SelectRead) || Take() is not { } trouble)
                continue;
            if (_toldAt is not { } told || time.GetElapsedTime(told) > TellEvery)
            {
                log.HttpAcceptFailed(port.Url, trouble);
                _toldAt = time.GetTimestamp();
            }
            end.WaitOne(PauseAfterFailure);
        }
        _taken.Writer.TryComplete();
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <summary>The next client; null when there will be none any more.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (!await _taken.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false) || !_taken.Reader.TryRead(out Socket? client))
            return null;
        ConnectionContext made = _contexts.Create(client);
        Places.Take(made);
        return made;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _taken.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync()
    {
        _contexts.Dispose();
        return UnbindAsync();
    }

    /// <summary>Why the client that waits was not taken, or null.</summary>
    private string? Take()
    {
        if (Descriptors.Left() < DescriptorsLeftMin)
            return $"fewer than {DescriptorsLeftMin} more files may be opened";
        try
        {
            Socket client = port.Socket.Accept();
            client.NoDelay = true;
            // What waits there for a slow client grows old: little may.
            client.SendBufferSize = WriteMaxBytes;
            if (!_taken.Writer.TryWrite(client))
                client.Dispose();
            return null;
        }
        catch (SocketException failure)
        {
            return failure.Message;
        }
    }
}

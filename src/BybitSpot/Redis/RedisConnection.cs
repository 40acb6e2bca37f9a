// One connection to Redis: a socket that blocks nobody, TLS above it or not. Sends and receives take what there is, and whoever has
// to wait polls. Used under the sink's lock. What must stay true: no async method is ever called on the socket, and nothing is
// allocated for a send or a receive. How it comes about stands in RedisConnection.Opening.cs.
using System.Net.Sockets;
using BybitSpot.Net;

namespace BybitSpot.Redis;

internal sealed partial class RedisConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly TlsChannel? _tls;
    private readonly ReplyReader _replies;

    private RedisConnection(Socket socket, TlsChannel? tls)
    {
        _socket = socket;
        _tls = tls;
        _replies = new ReplyReader(takesLists: true);
    }

    /// <summary>What the server calls its version; null if it does not say.</summary>
    public string? Version { get; private set; }

    /// <summary>Sends as much as the socket takes at once. Over TLS who comes again comes with the same bytes first.</summary>
    /// <returns>How many bytes it took; 0 if none.</returns>
    public int SendAtOnce(ReadOnlySpan<byte> bytes)
    {
        if (_tls is not null)
            return _tls.SendAtOnce(bytes);
        int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock or SocketError.Interrupted => 0,
            _ => throw Broken(error),
        };
    }

    /// <summary>Takes in what replies have come, without waiting.</summary>
    public void ReceiveAtOnce()
    {
        if (_tls is not null)
        {
            _tls.ReceiveAtOnce(_replies);
            return;
        }
        int received = _socket.Receive(_replies.Free, SocketFlags.None, out SocketError error);
        if (received > 0)
            _replies.Received(received);
        else if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            throw Broken(error);
    }

    /// <summary>See <see cref="SystemSockets.Retransmissions"/>.</summary>
    public int Retransmissions => SystemSockets.Retransmissions(_socket);

    /// <summary>Whether more has come than was cut off so far.</summary>
    public bool HasMore => _replies.HasMore;

    /// <summary>Whether it has ever answered anything.</summary>
    public bool HasHeard { get; set; }

    /// <summary>Cuts off the next reply of those that have come.</summary>
    public ReplyKind NextReply(out ReadOnlySpan<byte> text) => _replies.Next(out text);

    /// <summary>Waits until a reply comes, or until the socket takes bytes again.</summary>
    public void Wait(bool forSending, TimeSpan limit) =>
        _socket.Poll(limit, forSending ? SelectMode.SelectWrite : SelectMode.SelectRead);

    /// <summary>The same for a reply, by somebody who does not hold the sink's lock: the connection may be disposed of meanwhile.</summary>
    public void WaitForReply(TimeSpan limit)
    {
        try
        {
            _socket.Poll(limit, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Who disposed of it has seen to the rest.
        }
    }

    /// <summary>Ends it at once: what the kernel has not sent yet is thrown away, so that it comes to nobody later.</summary>
    public void Abort()
    {
        try
        {
            _socket.LingerState = new LingerOption(true, 0);
        }
        catch (SocketException)
        {
            // It had ended by itself.
        }
        Dispose();
    }

    public void Dispose()
    {
        // Closing TLS politely would send; the socket goes first.
        _socket.Dispose();
        _tls?.Dispose();
    }

    /// <summary>
    /// The trouble of a socket. Nothing received and no error: the other side has closed it. Nor does it matter to whom it was
    /// closed first.
    /// </summary>
    public static SocketException Broken(SocketError error) =>
        new((int)(error is SocketError.Success or SocketError.Shutdown ? SocketError.ConnectionReset : error));
}

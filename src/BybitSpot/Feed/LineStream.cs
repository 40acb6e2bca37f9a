// The lowest stream of a connection: a truly blocking socket, read and written by one thread, TLS or not above it. Just before
// it waits for data it lets the line do what is due, flushing to Redis above all: a buffer that merely looks empty further up
// may be refilled without any wait, and a read there may wait with ticks unsent.
using System.Net.Sockets;
using BybitSpot.Net;

namespace BybitSpot.Feed;

/// <param name="polls">See <see cref="SystemSockets.Polls"/>.</param>
internal sealed class LineStream(Socket socket, TimeProvider time, bool polls) : SpanStream
{
    /// <summary>How long a receive waits before the line looks at what is due: its clock when nothing comes.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(200);

    /// <summary>How long a send may be stuck before the connection is given up.</summary>
    public static readonly TimeSpan SendWithin = TimeSpan.FromSeconds(5);

    /// <summary>Most bytes of one receive: about 130 tickers, after which the first of a burst may go on to Redis.</summary>
    public const int ReceiveBytesMax = 64 * 1024;

    private Func<bool, bool>? _beforeReceive;
    private bool _filled;
    private long _deadline;

    public LineStream(Socket socket, TimeProvider time)
        : this(socket, time, SystemSockets.Polls)
    {
    }

    /// <summary>While connecting: every read and write together must end before this, whatever the other side does.</summary>
    /// <param name="deadline">A time stamp of the time provider's.</param>
    public void ConnectUntil(long deadline) => _deadline = deadline;

    /// <summary>Connected: from now on reads wait for ever.</summary>
    /// <param name="beforeReceive">Called before each receive, told whether that will surely not wait; false ends the stream.</param>
    public void Run(Func<bool, bool> beforeReceive)
    {
        _beforeReceive = beforeReceive;
        if (!polls)
            socket.ReceiveTimeout = (int)Beat.TotalMilliseconds;
        socket.SendTimeout = (int)SendWithin.TotalMilliseconds;
    }

    public override int Read(Span<byte> buffer)
    {
        if (_beforeReceive is null)
            return ReadBeforeDeadline(buffer);
        if (buffer.Length > ReceiveBytesMax)
            buffer = buffer[..ReceiveBytesMax];
        // Only after a receive that took all there was room for is it worth asking whether more is there.
        while (_beforeReceive(_filled && socket.Available > 0))
        {
            int received = ReceiveWithin(Beat, buffer, out SocketError error);
            _filled = received == buffer.Length;
            if (error == SocketError.Success)
                return received;
            if (error is not (SocketError.TimedOut or SocketError.WouldBlock or SocketError.Interrupted))
                throw new SocketException((int)error);
        }
        return 0;
    }

    private int ReadBeforeDeadline(Span<byte> buffer)
    {
        int leftMs = LeftMs();
        if (!polls)
            socket.ReceiveTimeout = leftMs;
        int received = ReceiveWithin(TimeSpan.FromMilliseconds(leftMs), buffer, out SocketError error);
        if (error is SocketError.TimedOut or SocketError.WouldBlock)
            throw new TimeoutException();
        return error == SocketError.Success ? received : throw new SocketException((int)error);
    }

    /// <param name="limit">Where it isn't polled for, the socket's own limit of a receive is as long.</param>
    private int ReceiveWithin(TimeSpan limit, Span<byte> buffer, out SocketError error)
    {
        if (!polls || socket.Poll(limit, SelectMode.SelectRead))
            return socket.Receive(buffer, SocketFlags.None, out error);
        error = SocketError.TimedOut;
        return 0;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_beforeReceive is null)
            socket.SendTimeout = LeftMs();
        while (!buffer.IsEmpty)
        {
            int sent = socket.Send(buffer, SocketFlags.None, out SocketError error);
            // After a timed-out partial write there is no telling what went out.
            if (error != SocketError.Success || sent == 0)
                throw error is SocketError.Success or SocketError.TimedOut or SocketError.WouldBlock
                    ? new TimeoutException() : new SocketException((int)error);
            buffer = buffer[sent..];
        }
    }

    private int LeftMs()
    {
        int leftMs = (int)time.GetElapsedTime(time.GetTimestamp(), _deadline).TotalMilliseconds;
        return leftMs > 0 ? leftMs : throw new TimeoutException();
    }
}

// Connects to one of a name's addresses, of which some may be dead without a word: the next is tried 250 ms after the one
// before, or at once when that was refused; the first that answers wins, the others are closed (RFC 8305, "connection racing").
// Blocks its caller's thread, which wakes at least every Slice; starts no thread. What must stay true:
//   - no async call is made on a socket, and who wins gets a blocking one: the feed reads its own truly blocking;
//   - nothing is left behind but the winner; all together end before the deadline; where all refuse, that is said at once.
// It is done so: SO_SNDTIMEO ends the call to connect, but not the attempt, which goes on in the kernel while the next one
// begins, and poll tells when it is through. That is Linux' way, where .NET never makes a socket blocking again that once was not.
// Elsewhere no such limit holds for connect: there sockets are non-blocking until they are connected.
using System.Net;
using System.Net.Sockets;

namespace BybitSpot.Net;

/// <summary>One race, or several in a row until an address is found that serves: what answers is not always what was wanted.</summary>
/// <param name="deadline">A time stamp of the time provider's.</param>
/// <param name="connecting">Told of each socket before it connects, and of the winner if another was told of since: who shuts it down ends the attempt.</param>
/// <param name="tick">Called each time the thread wakes; an exception of it ends the race and comes out of it.</param>
public sealed class Race(IEnumerable<IPAddress> addresses, int port, TimeProvider time, long deadline, Action<Socket> connecting, Action? tick = null)
{
    /// <summary>How long an address is alone before the next is tried beside it.</summary>
    public static readonly TimeSpan NextAfter = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest time that the thread waits without waking.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    private readonly List<IPAddress> _left = AddressOrder.InTurn(addresses, address => (int)address.AddressFamily);
    private readonly List<(Socket Socket, IPAddress Address)> _running = [];
    private readonly bool _polls = SystemSockets.Polls;
    private SocketException? _failure;
    private Socket? _told;

    /// <summary>Whether sockets are non-blocking until they are connected; for tests of what other systems do.</summary>
    internal bool Polls
    {
        init => _polls = value;
    }

    /// <summary>Whether another address is left to be tried: neither refused nor yet given out.</summary>
    public bool HasMore => _left.Count > 0;

    /// <summary>Until when the address that was just given out may take: half of what is left, if others wait for their turn.</summary>
    public long DeadlineOfThis => HasMore ? deadline - (deadline - time.GetTimestamp()) / 2 : deadline;

    /// <summary>The next socket that is connected; its caller owns it.</summary>
    /// <exception cref="SocketException">None is to be had: refused everywhere, or not in time (TimedOut).</exception>
    public Socket Next()
    {
        try
        {
            return Run();
        }
        finally
        {
            foreach ((Socket loser, _) in _running)
                loser.Dispose();
            _running.Clear();
        }
    }

    /// <summary>For who wants no more than a stream: name, race, and what came of them.</summary>
    /// <exception cref="TimeoutException">The name was not resolved within the limit.</exception>
    /// <exception cref="SocketException">No address of it takes the connection, or none within the limit.</exception>
    public static NetworkStream Open(string host, int port, TimeSpan limit, TimeProvider time, CancellationToken stop)
    {
        long deadline = time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
        IPAddress[] addresses = Resolver.Resolve(host, time, deadline, stop.ThrowIfCancellationRequested);
        Socket socket = new Race(addresses, port, time, deadline, static _ => { }, stop.ThrowIfCancellationRequested).Next();
        socket.SendTimeout = 0;
        return new NetworkStream(socket, ownsSocket: true);
    }

    private Socket Run()
    {
        var waiting = new Queue<IPAddress>(_left);
        long begunAt = 0;
        while (true)
        {
            TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                throw new SocketException((int)SocketError.TimedOut);
            TimeSpan untilNext = _running.Count == 0 ? TimeSpan.Zero : NextAfter - time.GetElapsedTime(begunAt);
            Socket? winner;
            if (waiting.Count > 0 && untilNext <= TimeSpan.Zero)
            {
                begunAt = time.GetTimestamp();
                // One that is alone may be waited for in the call itself.
                winner = Begin(waiting.Dequeue(), _running.Count == 0 ? Shorter(left, Slice) : TimeSpan.FromMilliseconds(1));
            }
            else if (_running.Count > 0)
            {
                winner = Await(Shorter(left, waiting.Count > 0 ? Shorter(untilNext, Slice) : Slice));
            }
            else
            {
                throw _failure ?? new SocketException((int)SocketError.HostNotFound);
            }
            if (winner is not null)
                return Won(winner, left);
            tick?.Invoke();
        }
    }

    /// <returns>The socket if it is connected already; else it is among those that run, or has failed.</returns>
    private Socket? Begin(IPAddress address, TimeSpan wait)
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, SendTimeout = Math.Max(1, (int)wait.TotalMilliseconds) };
            if (_polls)
                socket.Blocking = false;
            _told = socket;
            connecting(socket);
            socket.Connect(address, port);
            if (_polls)
                socket.Blocking = true;
            _left.Remove(address);
            return socket;
        }
        catch (SocketException unfinished) when (socket is not null && unfinished.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.InProgress)
        {
            _running.Add((socket!, address));
            return null;
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            Failed(address, failure);
            return null;
        }
        catch
        {
            socket?.Dispose();
            throw;
        }
    }

    /// <returns>The first of those that run whose connection stands; null if none does by then.</returns>
    private Socket? Await(TimeSpan wait)
    {
        List<Socket> writable = [.. _running.Select(r => r.Socket)], broken = [.. writable];
        Socket.Select(null, writable, broken, wait);
        foreach ((Socket socket, IPAddress address) in _running.ToArray())
        {
            if (!writable.Contains(socket) && !broken.Contains(socket))
                continue;
            _running.Remove((socket, address));
            int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
            Socket connected = Adopt(socket);
            if (error == 0 && connected.Connected)
            {
                if (_polls)
                    connected.Blocking = true;
                _left.Remove(address);
                return connected;
            }
            connected.Dispose();
            Failed(address, new SocketException(error == 0 ? (int)SocketError.ConnectionReset : error));
        }
        return null;
    }

    private Socket Won(Socket winner, TimeSpan left)
    {
        try
        {
            winner.SendTimeout = Math.Max(1, (int)left.TotalMilliseconds);
            if (!ReferenceEquals(winner, _told))
                connecting(winner);
            _told = winner;
            return winner;
        }
        catch
        {
            winner.Dispose();
            throw;
        }
    }

    // A refusal says more than a network that is not there: a machine without IPv6 fails each time at an address of that family.
    private void Failed(IPAddress address, SocketException failure)
    {
        _left.Remove(address);
        if (_failure is not { SocketErrorCode: SocketError.ConnectionRefused })
            _failure = failure;
    }

    /// <summary>
    /// The same socket under an object that knows that it is connected: the first one was told the opposite when its call ended.
    /// Both have one handle between them; whoever holds the first can still shut it down.
    /// </summary>
    private static Socket Adopt(Socket socket)
    {
        GC.SuppressFinalize(socket);
        return new Socket(socket.SafeHandle);
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

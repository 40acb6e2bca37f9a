// One connection to Redis. Its socket blocks while it is made and is non-blocking from then on: sends and receives take what
// there is, and whoever has to wait polls. Used under the sink's lock. What must stay true: no async method is ever called on
// the socket, and nothing is allocated for a send or a receive.
using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.Redis;

internal sealed class RedisConnection : IDisposable
{
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly ReplyReader _replies = new();

    private RedisConnection(Socket socket) => _socket = socket;

    /// <summary>What the server calls its version; null if it does not say.</summary>
    public string? Version { get; private set; }

    /// <summary>Connects, authenticates and selects the database, within <see cref="ConnectWithin"/>.</summary>
    /// <param name="connecting">Told of each socket before it connects: who shuts it down ends the attempt.</param>
    /// <param name="tick">Called at least every 200 ms while name and addresses are waited for; an exception of it ends the attempt.</param>
    /// <exception cref="SocketException">Nothing answers there, or not in time.</exception>
    /// <exception cref="RedisProtocolException">It does not speak Redis' protocol, refuses the password or the database, or is too old.</exception>
    public static RedisConnection Open(RedisOptions options, TimeProvider time, Action<Socket> connecting, Action? tick = null)
    {
        long deadline = time.GetTimestamp() + (long)(ConnectWithin.TotalSeconds * time.TimestampFrequency);
        var race = new Race(AddressesOf(options.Host, time, deadline, tick), options.Port, time, deadline, connecting, tick);
        while (true)
        {
            Socket socket = race.Next();
            try
            {
                // A machine that is gone without a word, while nothing is under way, is noticed within about 11 s by the kernel.
                // TCP_USER_TIMEOUT would also end a server that merely hangs, whose kernel still answers: see Retransmissions.
                SystemSockets.EndWhenGone(socket, idleS: 5, everyS: 2, tries: 3);
                var connection = new RedisConnection(socket);
                connection.Greet(options, time, race.DeadlineOfThis, tick);
                return connection;
            }
            catch (SocketException) when (race.HasMore)
            {
                // It takes connections and then fails or says nothing: another address may serve.
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
    }

    private static IPAddress[] AddressesOf(string host, TimeProvider time, long deadline, Action? tick)
    {
        try
        {
            return Resolver.Resolve(host, time, deadline, tick);
        }
        catch (TimeoutException)
        {
            throw new SocketException((int)SocketError.TryAgain);
        }
    }

    /// <summary>Sends as much as the socket takes at once.</summary>
    /// <returns>How many bytes it took; 0 if none.</returns>
    public int SendAtOnce(ReadOnlySpan<byte> bytes)
    {
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
        int received = _socket.Receive(_replies.Free, SocketFlags.None, out SocketError error);
        if (received > 0)
            _replies.Received(received);
        else if (error is not (SocketError.WouldBlock or SocketError.Interrupted))
            throw Broken(error);
    }

    /// <summary>See <see cref="SystemSockets.Retransmissions"/>.</summary>
    public int Retransmissions => SystemSockets.Retransmissions(_socket);

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
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    private void Greet(RedisOptions options, TimeProvider time, long deadline, Action? tick)
    {
        if (!string.IsNullOrEmpty(options.Password))
            Ask(Resp.Command("AUTH", options.Password), "AUTH", time, deadline, tick);
        if (options.Database != 0)
            Ask(Resp.Command("SELECT", options.Database.ToString()), "SELECT", time, deadline, tick);
        // Tells Redis from anything else that listens, and a server that only accepts from one that answers.
        Ask(Resp.Command("PING"), "PING", time, deadline, tick);
        _socket.Send(Resp.Command("INFO", "server"));
        if (AwaitReply(time, deadline, tick, out ReadOnlySpan<byte> info) == ReplyKind.Bulk)
            Version = ServerVersion.Of(Encoding.UTF8.GetString(info));
        if (ServerVersion.Trouble(Version) is { } trouble)
            throw new RedisProtocolException(trouble);
        _socket.Blocking = false;
    }

    private void Ask(byte[] command, string name, TimeProvider time, long deadline, Action? tick)
    {
        _socket.Send(command);
        if (AwaitReply(time, deadline, tick, out ReadOnlySpan<byte> text) == ReplyKind.Error)
            throw new RedisProtocolException($"{name} refused: {Encoding.UTF8.GetString(text)}");
    }

    private ReplyKind AwaitReply(TimeProvider time, long deadline, Action? tick, out ReadOnlySpan<byte> text)
    {
        while (true)
        {
            ReplyKind kind = _replies.Next(out text);
            if (kind != ReplyKind.None)
                return kind;
            TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                throw new SocketException((int)SocketError.TimedOut);
            // In whole milliseconds: less would not be waited for at all.
            if (_socket.Poll(TimeSpan.FromMilliseconds(Math.Ceiling((left < Race.Slice ? left : Race.Slice).TotalMilliseconds)), SelectMode.SelectRead))
                ReceiveAtOnce();
            tick?.Invoke();
        }
    }

    // Nothing received and no error: the other side has closed it. Nor does it matter to whom it was closed first.
    private static SocketException Broken(SocketError error) =>
        new((int)(error is SocketError.Success or SocketError.Shutdown ? SocketError.ConnectionReset : error));
}

// How a connection to Redis comes about, for whoever needs one: the sink, `get`, the embedded store's mark. Name and addresses, or
// a unix socket; TLS; the login; then what a writer asks besides. On the thread of whoever wants it. What must stay true:
//   - all of it ends before one deadline, and who waits wakes at least every Race.Slice;
//   - no message holds a password: what a server says to AUTH is cut before it repeats what it was told;
//   - what is only a courtesy (a name, the wish not to be evicted) may be refused.
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.Redis;

internal sealed partial class RedisConnection
{
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);

    /// <summary>What to say of one who closes a plain connection at the first word.</summary>
    public const string ClosedUnheard = "the connection was closed before anything was said; a port with TLS does that, too (rediss:// in REDIS_URL, or REDIS_TLS=true)";

    /// <summary>Connects for writing: logs in, selects the database, looks at who answers, within <see cref="ConnectWithin"/>.</summary>
    /// <param name="connecting">Told of each socket before it connects: who shuts it down ends the attempt.</param>
    /// <param name="tick">Called at least every 200 ms while something is waited for; an exception of it ends the attempt.</param>
    /// <exception cref="SocketException">Nothing answers there, or not in time.</exception>
    /// <exception cref="RedisProtocolException">It does not speak Redis' protocol, refuses the password or the database, or is too old; or there is no TLS with it.</exception>
    public static RedisConnection Open(RedisOptions options, TimeProvider time, Action<Socket> connecting, Action? tick = null) =>
        Open(options, writes: true, ConnectWithin, time, connecting, tick);

    /// <summary>The same for asking questions whose answers are lists, too: logs in, selects the database, and no more.</summary>
    public static RedisConnection OpenToAsk(RedisOptions options, TimeSpan limit, TimeProvider time, Action? tick = null) =>
        Open(options, writes: false, limit, time, static _ => { }, tick);

    private static RedisConnection Open(RedisOptions options, bool writes, TimeSpan limit, TimeProvider time, Action<Socket> connecting, Action? tick)
    {
        long deadline = time.GetTimestamp() + (long)(limit.TotalSeconds * time.TimestampFrequency);
        var greeting = new Greeting(options, writes, limit, time, tick);
        if (options.UnixPath is { } path)
            return greeting.On(UnixSocket.Connect(path, time, deadline, connecting, tick), deadline);
        var race = new Race(AddressesOf(options.Host, time, deadline, tick), options.Port, time, deadline, connecting, tick);
        while (true)
        {
            Socket socket = race.Next();
            try
            {
                // A machine that is gone without a word, while nothing is under way, is noticed within about 11 s by the kernel.
                // TCP_USER_TIMEOUT would also end a server that merely hangs, whose kernel still answers: see Retransmissions.
                SystemSockets.EndWhenGone(socket, idleS: 5, everyS: 2, tries: 3);
                return greeting.On(socket, race.DeadlineOfThis);
            }
            catch (Exception e) when (race.HasMore && e is SocketException or RedisProtocolException { MayBeTheAddress: true })
            {
                // It takes connections and then fails or says nothing: another address may serve.
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

    /// <summary>What is said on a new connection before it is used.</summary>
    private sealed class Greeting(RedisOptions options, bool writes, TimeSpan limit, TimeProvider time, Action? tick)
    {
        /// <summary>The connection on that socket, greeted; when it does not come to that, the socket is disposed of.</summary>
        public RedisConnection On(Socket socket, long deadline)
        {
            try
            {
                socket.Blocking = false;
                TlsChannel? tls = options.Tls is { } setup ? TlsChannel.Open(socket, setup, options.Host.Trim('[', ']'), options.OtherName?.Trim('[', ']'), time, deadline, limit, tick) : null;
                var connection = new RedisConnection(socket, tls);
                Say(connection, deadline);
                connection._replies.TakesLists = !writes;
                return connection;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        private void Say(RedisConnection to, long deadline)
        {
            // A user without a password is let in with any, by ACL's "nopass".
            if (options.Username is { } user)
                Demand(to, "AUTH", Resp.Command("AUTH", user, options.Password ?? ""), deadline);
            else if (!string.IsNullOrEmpty(options.Password))
                Demand(to, "AUTH", Resp.Command("AUTH", options.Password), deadline);
            if (options.Database != 0)
                Demand(to, "SELECT", Resp.Command("SELECT", options.Database.ToString()), deadline);
            if (options.PrimaryOnly)
                DemandPrimary(to, deadline);
            if (!writes)
                return;
            // Tells Redis from anything else that listens, and a server that only accepts from one that answers.
            Demand(to, "PING", Resp.Command("PING"), deadline);
            byte[] name = options.ClientName is { } called ? [.. Resp.Command("CLIENT", "SETNAME", called), .. Resp.Command("CLIENT", "NO-EVICT", "on")] : [];
            Send(to, [.. Resp.Command("INFO", "server"), .. name], deadline);
            if (Await(to, deadline, out ReadOnlySpan<byte> info) == ReplyKind.Bulk)
                to.Version = ServerVersion.Of(Encoding.UTF8.GetString(info));
            if (ServerVersion.Trouble(to.Version, options.Writing.Guarded) is { } trouble)
                throw new RedisProtocolException(trouble);
            for (int courtesies = name.Length == 0 ? 0 : 2; courtesies > 0; courtesies--)
                Await(to, deadline, out _);
        }

        // *3 master :0 *0, or: *5 slave $127.0.0.1 :6379 connected :14. Who does not say what it is, is taken for one: a write tells.
        private void DemandPrimary(RedisConnection of, long deadline)
        {
            Send(of, Resp.Command("ROLE"), deadline);
            if (Await(of, deadline, out ReadOnlySpan<byte> head) != ReplyKind.List)
                return;
            int parts = Utf8Parser.TryParse(head, out int count, out _) ? count : 0;
            string role = "master";
            for (int i = 0; parts > 0; i++, parts--)
            {
                ReplyKind kind = Await(of, deadline, out ReadOnlySpan<byte> part);
                if (i == 0)
                    role = Encoding.UTF8.GetString(part);
                else if (kind == ReplyKind.List && Utf8Parser.TryParse(part, out int more, out _) && more > 0)
                    parts += more;
            }
            if (role != "master")
                throw new RedisProtocolException($"{options.Endpoint} is named as the primary and is none yet (it says that it is a {(role == "slave" ? "replica" : role)})");
        }

        private void Demand(RedisConnection of, string name, byte[] command, long deadline)
        {
            Send(of, command, deadline);
            if (Await(of, deadline, out ReadOnlySpan<byte> text) != ReplyKind.Error)
                return;
            string reply = WithoutArguments(Encoding.UTF8.GetString(text));
            throw new RedisProtocolException($"{name} refused: {reply}") { Refusal = (name, reply) };
        }

        private void Send(RedisConnection to, ReadOnlySpan<byte> bytes, long deadline)
        {
            while (true)
            {
                bytes = bytes[to.SendAtOnce(bytes)..];
                if (bytes.IsEmpty)
                    return;
                WaitFor(to, forSending: true, deadline);
            }
        }

        private ReplyKind Await(RedisConnection from, long deadline, out ReadOnlySpan<byte> text)
        {
            ReplyKind kind;
            while ((kind = from.NextReply(out text)) == ReplyKind.None)
            {
                Receive(from);
                if ((kind = from.NextReply(out text)) != ReplyKind.None)
                    break;
                WaitFor(from, forSending: false, deadline);
            }
            from.HasHeard = true;
            return kind;
        }

        private void Receive(RedisConnection from)
        {
            try
            {
                from.ReceiveAtOnce();
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset && options.Tls is null && options.UnixPath is null && !from.HasHeard && !from.HasMore)
            {
                throw new RedisProtocolException(ClosedUnheard) { MayBeTheAddress = true };
            }
        }

        private void WaitFor(RedisConnection connection, bool forSending, long deadline)
        {
            TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                throw new SocketException((int)SocketError.TimedOut);
            // In whole milliseconds: less would not be waited for at all.
            connection.Wait(forSending, TimeSpan.FromMilliseconds(Math.Ceiling((left < Race.Slice ? left : Race.Slice).TotalMilliseconds)));
            tick?.Invoke();
        }

        // ERR unknown command 'AUTH', with args beginning with: 'user' 'password'
        private string WithoutArguments(string reply)
        {
            int arguments = reply.IndexOf(", with args", StringComparison.Ordinal);
            if (arguments >= 0)
                reply = reply[..arguments];
            return string.IsNullOrEmpty(options.Password) ? reply : reply.Replace(options.Password, "***", StringComparison.Ordinal);
        }
    }
}

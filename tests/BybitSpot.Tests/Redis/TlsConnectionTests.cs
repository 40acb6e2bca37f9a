using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>A connection over TLS, against a server that does only what the test says: as at once as the bare socket.</summary>
public sealed class TlsConnectionTests : IDisposable
{
    private const string Greeting = "+PONG\r\n$20\r\nredis_version:7.0.15\r\n";

    private readonly Certificates _certificates = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<IDisposable> _ended = [];

    public TlsConnectionTests() => _listener.Start();

    public void Dispose()
    {
        foreach (IDisposable part in _ended)
            part.Dispose();
        _listener.Dispose();
        _certificates.Dispose();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void What_a_full_socket_takes_is_counted_to_the_byte_and_nothing_waits(SslProtocols protocol)
    {
        (RedisConnection connection, SslStream server) = Connect(protocol);
        var random = new Random(1);
        byte[] piece = new byte[100_003];
        using var sent = new MemoryStream();
        // Who is told that less was taken comes again with the rest first, as the sink does.
        byte[] owed = [];
        for (int none = 0; none < 3;)
        {
            if (owed.Length == 0)
            {
                random.NextBytes(piece);
                owed = [.. piece];
            }
            int took = connection.SendAtOnce(owed);
            Assert.InRange(took, 0, owed.Length);
            sent.Write(owed, 0, took);
            owed = owed[took..];
            none = took == 0 ? none + 1 : 0;
            Assert.True(sent.Length < 1 << 28, "the socket is never full");
        }
        Assert.NotEmpty(owed);
        sent.Write(owed);
        byte[] expected = sent.ToArray(), got = new byte[expected.Length];
        var reads = new Thread(() => server.ReadExactly(got));
        reads.Start();
        Until.True("all is taken", () =>
        {
            owed = owed[connection.SendAtOnce(owed)..];
            return owed.Length == 0;
        });
        reads.Join();
        Assert.True(expected.AsSpan().SequenceEqual(got), "other bytes came than were counted");
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void However_replies_are_cut_into_records_they_come_out_whole_and_none_is_left_behind(SslProtocols protocol)
    {
        (RedisConnection connection, SslStream server) = Connect(protocol);
        var random = new Random(2);
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(1, 400);
            byte[] replies = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, count).Select(i => i % 7 == 0 ? "$5\r\nhello\r\n" : $":{i}\r\n")));
            for (int at = 0; at < replies.Length;)
            {
                int length = Math.Min(random.Next(1, 3_000), replies.Length - at);
                server.Write(replies, at, length);
                at += length;
            }
            for (int i = 0; i < count; i++)
            {
                ReplyKind kind = ReplyKind.None;
                ReadOnlySpan<byte> text = default;
                var watch = System.Diagnostics.Stopwatch.StartNew();
                while ((kind = connection.NextReply(out text)) == ReplyKind.None)
                {
                    Assert.True(watch.Elapsed < Until.Limit, "a reply was left behind");
                    // A poll of the bare socket has to wake for each.
                    connection.Wait(forSending: false, TimeSpan.FromSeconds(20));
                    connection.ReceiveAtOnce();
                }
                Assert.Equal(i % 7 == 0 ? "hello" : $"{i}", Encoding.ASCII.GetString(text));
            }
        }
        connection.ReceiveAtOnce();
        Assert.Equal(ReplyKind.None, connection.NextReply(out _));
    }

    [Fact]
    public void A_record_that_comes_in_pieces_is_not_waited_for()
    {
        (RedisConnection connection, SslStream server, Throttle throttle) = ConnectThrottled();
        throttle.Hold = true;
        server.Write(":7\r\n"u8);
        byte[] record = throttle.Taken();
        for (int i = 0; i < record.Length; i++)
        {
            connection.ReceiveAtOnce();
            Assert.Equal(ReplyKind.None, connection.NextReply(out _));
            throttle.Pass(record.AsSpan(i, 1));
        }
        Until.True("the reply", () =>
        {
            connection.ReceiveAtOnce();
            return connection.NextReply(out _) == ReplyKind.Integer;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_the_server_ends_is_told_as_such(bool politely)
    {
        (RedisConnection connection, SslStream server) = Connect(SslProtocols.Tls13);
        if (politely)
            await server.ShutdownAsync();
        else
            server.Close();
        Assert.Equal(SocketError.ConnectionReset, Trouble<SocketException>(connection).SocketErrorCode);
    }

    /// <summary>What a receive ends in, sooner or later.</summary>
    private static T Trouble<T>(RedisConnection connection)
        where T : Exception
    {
        T? told = null;
        Until.True("it is told", () =>
        {
            try
            {
                connection.Wait(forSending: false, TimeSpan.FromMilliseconds(100));
                connection.ReceiveAtOnce();
            }
            catch (T e)
            {
                told = e;
            }
            return told is not null;
        });
        return told!;
    }

    [Fact]
    public void Bytes_that_are_no_TLS_end_it_with_a_reason()
    {
        (RedisConnection connection, _, Throttle throttle) = ConnectThrottled();
        throttle.Pass("-ERR what\r\n"u8);
        Assert.Contains("(it said \"-ERR what..\")", Trouble<RedisProtocolException>(connection).Message);
    }

    [Fact]
    public void A_record_that_does_not_decrypt_ends_it_with_a_reason()
    {
        (RedisConnection connection, _, Throttle throttle) = ConnectThrottled();
        throttle.Pass([23, 3, 3, 0, 32, .. new byte[32]]);
        Assert.StartsWith("TLS: ", Trouble<RedisProtocolException>(connection).Message);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public void Nothing_is_allocated_for_a_send_or_a_receive_whether_something_is_there_or_not(SslProtocols protocol)
    {
        (RedisConnection connection, SslStream server) = Connect(protocol);
        byte[] pong = "+PONG\r\n"u8.ToArray(), got = new byte[64];
        const int Turns = 2_000;
        long allocated = 0;
        Turn(300);
        allocated = 0;
        Turn(Turns);
        // What the framework's pool makes once, when its buffers were taken back meanwhile, is no cost of a send.
        Assert.True(allocated < Turns, $"{allocated} bytes in {Turns} turns");

        void Turn(int times)
        {
            for (int i = 0; i < times; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                connection.ReceiveAtOnce();
                connection.SendAtOnce("*1\r\n$4\r\nPING\r\n"u8);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                server.ReadAtLeast(got, 14);
                server.Write(pong);
                before = GC.GetAllocatedBytesForCurrentThread();
                connection.Wait(forSending: false, TimeSpan.FromSeconds(20));
                connection.ReceiveAtOnce();
                while (connection.NextReply(out _) != ReplyKind.None)
                {
                }
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
            }
        }
    }

    [Fact]
    public void A_server_that_does_not_answer_the_greeting_is_waited_for_in_slices_until_the_limit()
    {
        int turns = 0;
        RedisProtocolException silent = Assert.Throws<RedisProtocolException>(() => RedisConnection.Open(Options(), TimeProvider.System, _ => { }, () => turns++));
        Assert.Contains("not answered within 5 s", silent.Message);
        Assert.Contains("REDIS_TLS=false", silent.Message);
        Assert.InRange(turns, 5, 100);
    }

    [Fact]
    public void Who_stops_meanwhile_ends_the_greeting()
    {
        int turns = 0;
        Assert.Throws<OperationCanceledException>(() => RedisConnection.Open(Options(), TimeProvider.System, _ => { }, () =>
        {
            if (++turns == 2)
                throw new OperationCanceledException();
        }));
    }

    [Theory]
    [InlineData("-ERR unknown command\r\n", "speaks no TLS (it said \"-ERR unknown command..\")")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "speaks no TLS")]
    [InlineData("", "closed the connection in the greeting of TLS")]
    public void What_speaks_no_TLS_is_told_as_such(string answer, string reason)
    {
        var answers = new Thread(() =>
        {
            using Socket server = _listener.AcceptSocket();
            server.Receive(new byte[16]);
            server.Send(Encoding.ASCII.GetBytes(answer));
            server.Shutdown(SocketShutdown.Send);
            while (server.Receive(new byte[1024]) > 0)
            {
            }
        });
        answers.Start();
        Assert.Contains(reason, Assert.Throws<RedisProtocolException>(() => RedisConnection.Open(Options(), TimeProvider.System, _ => { })).Message);
        answers.Join(Until.Limit);
    }

    private RedisOptions Options()
    {
        Assert.Null(RedisTls.TakeAuthorities(File.ReadAllText(_certificates.AuthorityFile), out X509Certificate2Collection authorities));
        return new RedisOptions("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, null, 0) { Tls = new RedisTls(authorities, null) };
    }

    private (RedisConnection Connection, SslStream Server) Connect(SslProtocols protocol)
    {
        (RedisConnection connection, SslStream server, _) = Connect(protocol, throttled: false);
        return (connection, server);
    }

    private (RedisConnection Connection, SslStream Server, Throttle Throttle) ConnectThrottled() => Connect(SslProtocols.Tls13, throttled: true);

    private (RedisConnection, SslStream, Throttle) Connect(SslProtocols protocol, bool throttled)
    {
        X509Certificate2 shown = _certificates.For("127.0.0.1");
        SslStream? server = null;
        Throttle? throttle = null;
        var greets = new Thread(() =>
        {
            var stream = new NetworkStream(_listener.AcceptSocket(), ownsSocket: true) { ReadTimeout = 20_000, WriteTimeout = 20_000 };
            throttle = new Throttle(stream);
            server = new SslStream(throttled ? throttle : stream);
            server.AuthenticateAsServer(new SslServerAuthenticationOptions { ServerCertificate = shown, EnabledSslProtocols = protocol });
            server.Write(Encoding.ASCII.GetBytes(Greeting));
            server.ReadAtLeast(new byte[256], "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n".Length);
        });
        greets.Start();
        RedisConnection connection = RedisConnection.Open(Options(), TimeProvider.System, _ => { });
        greets.Join();
        _ended.AddRange([connection, server!, shown]);
        return (connection, server!, throttle!);
    }

    /// <summary>Between TLS and the socket of the test's server: holds back what is sent, for the test to pass on as it likes.</summary>
    private sealed class Throttle(Stream below) : Stream
    {
        private readonly MemoryStream _held = new();

        public bool Hold { get; set; }

        public byte[] Taken() => _held.ToArray();

        public void Pass(ReadOnlySpan<byte> bytes) => below.Write(bytes);

        public override void Write(byte[] buffer, int offset, int count) => (Hold ? _held : below).Write(buffer, offset, count);

        public override int Read(byte[] buffer, int offset, int count) => below.Read(buffer, offset, count);

        public override void Flush()
        {
        }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>The socket to Redis, against a server that does only what the test says.</summary>
public sealed class RedisConnectionTests : IDisposable
{
    private const string Greeting = "+PONG\r\n$20\r\nredis_version:7.0.15\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly RedisConnection _connection;
    private readonly Socket _server;

    public RedisConnectionTests()
    {
        _listener.Start();
        Socket? server = null;
        var greets = new Thread(() =>
        {
            server = _listener.AcceptSocket();
            server.Send(Encoding.ASCII.GetBytes(Greeting));
        });
        greets.Start();
        _connection = RedisConnection.Open(new RedisOptions("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port, null, 0), TimeProvider.System, _ => { });
        greets.Join();
        _server = server!;
        byte[] asked = new byte[256];
        Journeys.Until.True("both questions of the greeting", () => _server.Available >= "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n".Length);
        _server.Receive(asked);
    }

    public void Dispose()
    {
        _connection.Dispose();
        _server.Dispose();
        _listener.Dispose();
    }

    // What the socket takes in part is counted to the byte: one more or less, and every command behind it is garbage.
    [Fact]
    public void What_a_full_socket_takes_is_counted_to_the_byte_and_nothing_waits()
    {
        var random = new Random(1);
        byte[] piece = new byte[100_003];
        using var sent = new MemoryStream();
        int none = 0;
        while (none < 3)
        {
            random.NextBytes(piece);
            int took = _connection.SendAtOnce(piece);
            Assert.InRange(took, 0, piece.Length);
            sent.Write(piece, 0, took);
            none = took == 0 ? none + 1 : 0;
            Assert.True(sent.Length < 1 << 28, "the socket is never full");
        }
        Assert.True(sent.Length > piece.Length, $"{sent.Length} bytes");

        byte[] expected = sent.ToArray(), got = new byte[expected.Length];
        _server.ReceiveTimeout = 20_000;
        for (int at = 0; at < got.Length;)
            at += _server.Receive(got.AsSpan(at));
        Assert.True(expected.AsSpan().SequenceEqual(got), "other bytes came than were counted");
        Journeys.Until.True("it takes bytes again", () => _connection.SendAtOnce("x"u8) == 1);
        byte[] more = new byte[16];
        Assert.Equal(1, _server.Receive(more));
    }

    [Fact]
    public void A_reply_that_is_not_there_is_not_waited_for_and_one_that_comes_wakes_who_waits()
    {
        _connection.ReceiveAtOnce();
        Assert.Equal(ReplyKind.None, _connection.NextReply(out _));
        var answers = new Thread(() =>
        {
            Thread.Sleep(50);
            _server.Send(":3\r\n"u8);
        });
        answers.Start();
        _connection.Wait(forSending: false, TimeSpan.FromSeconds(20));
        _connection.ReceiveAtOnce();
        Assert.Equal(ReplyKind.Integer, _connection.NextReply(out ReadOnlySpan<byte> text));
        Assert.Equal("3"u8, text);
        answers.Join();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_the_server_ends_is_told_as_such(bool reset)
    {
        if (reset)
            _server.LingerState = new LingerOption(true, 0);
        _server.Close();
        _connection.Wait(forSending: false, TimeSpan.FromSeconds(20));
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(_connection.ReceiveAtOnce).SocketErrorCode);
    }

    [Fact]
    public void Nothing_is_allocated_for_a_send_or_a_receive_whether_something_is_there_or_not()
    {
        Allocations.None(() => Turn(1_000));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_send_to_a_full_socket()
    {
        byte[] piece = new byte[100_000];
        for (int sends = 0; _connection.SendAtOnce(piece) > 0; sends++)
            Assert.True(sends < 10_000, "the socket is never full");
        Allocations.None(() =>
        {
            for (int i = 0; i < 1_000; i++)
                _connection.SendAtOnce(piece);
        });
    }

    private void Turn(int times)
    {
        Span<byte> got = stackalloc byte[64];
        for (int i = 0; i < times; i++)
        {
            _connection.ReceiveAtOnce();
            _connection.SendAtOnce("*1\r\n$4\r\nPING\r\n"u8);
            _server.Receive(got);
            _server.Send("+PONG\r\n"u8);
            _connection.Wait(forSending: false, TimeSpan.FromSeconds(20));
            _connection.ReceiveAtOnce();
            while (_connection.NextReply(out _) != ReplyKind.None)
            {
            }
        }
    }
}

using System.Net;
using System.Net.Sockets;
using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

/// <summary>The lowest stream both ways: with the socket's own limits, as on Linux, and polled, as elsewhere.</summary>
public sealed class LineStreamTests : IDisposable
{
    private readonly Socket _ours, _other;

    public LineStreamTests()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ours = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        _ours.Connect(listener.LocalEndpoint);
        _other = listener.AcceptSocket();
    }

    public void Dispose()
    {
        _ours.Dispose();
        _other.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void While_nothing_comes_the_line_is_let_do_what_is_due_and_then_what_came_is_read(bool polls)
    {
        var stream = new LineStream(_ours, TimeProvider.System, polls);
        int turns = 0;
        stream.Run(_ =>
        {
            if (++turns == 3)
                _other.Send("abc"u8);
            return turns < 100;
        });
        byte[] bytes = new byte[16];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(3, stream.Read(bytes));
        // Two waits, a beat each.
        Assert.True(watch.Elapsed > LineStream.Beat * 1.8, $"after {watch.Elapsed}");
        Assert.Equal("abc"u8, bytes.AsSpan(0, 3));
        Assert.InRange(turns, 3, 5);
        // Only where the kernel's limit loses nothing is a receive ended by it.
        Assert.Equal(polls ? 0 : (int)LineStream.Beat.TotalMilliseconds, _ours.ReceiveTimeout);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_line_ends_the_stream_by_saying_so(bool polls)
    {
        var stream = new LineStream(_ours, TimeProvider.System, polls);
        int turns = 0;
        stream.Run(_ => ++turns < 3);
        Assert.Equal(0, stream.Read(new byte[16]));
        Assert.Equal(3, turns);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_connection_that_is_closed_ends_the_stream(bool polls)
    {
        var stream = new LineStream(_ours, TimeProvider.System, polls);
        stream.Run(_ => true);
        _other.Send("x"u8);
        _other.Shutdown(SocketShutdown.Both);
        byte[] bytes = new byte[16];
        Assert.Equal(1, stream.Read(bytes));
        Assert.Equal(0, stream.Read(bytes));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void While_connecting_every_read_ends_at_the_deadline(bool polls)
    {
        var stream = new LineStream(_ours, TimeProvider.System, polls);
        stream.ConnectUntil(TimeProvider.System.GetTimestamp() + TimeProvider.System.TimestampFrequency / 2);
        _other.Send("x"u8);
        byte[] bytes = new byte[16];
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(1, stream.Read(bytes));
        Assert.Throws<TimeoutException>(() => stream.Read(bytes));
        Assert.True(watch.Elapsed > TimeSpan.FromMilliseconds(300), $"after {watch.Elapsed}");
        Assert.Throws<TimeoutException>(() => stream.Read(bytes));
    }
}

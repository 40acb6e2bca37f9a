using System.Net;
using System.Net.Sockets;
using BybitSpot.Net;
using Xunit;

namespace BybitSpot.Tests.Net;

public sealed class SystemSocketsTests
{
    // A socket of another kind lacks TCP's options, as some systems do.
    [Fact]
    public void Options_that_are_lacking_are_left_out_and_end_nothing()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Assert.Throws<SocketException>(() => socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 5));
        SystemSockets.EndWhenGone(socket, idleS: 5, everyS: 2, tries: 3);
        SystemSockets.EndWhenUnacknowledged(socket, TimeSpan.FromSeconds(20));
        Assert.Equal(0, SystemSockets.Retransmissions(socket));
    }

    [Fact]
    public void Options_that_are_there_are_set()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(listener.LocalEndpoint);
        SystemSockets.EndWhenGone(socket, idleS: 5, everyS: 2, tries: 3);
        SystemSockets.EndWhenUnacknowledged(socket, TimeSpan.FromSeconds(20));
        Assert.Equal(1, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        Assert.Equal((5, 2, 3), (Of(SocketOptionName.TcpKeepAliveTime), Of(SocketOptionName.TcpKeepAliveInterval), Of(SocketOptionName.TcpKeepAliveRetryCount)));
        byte[] userTimeout = new byte[4];
        socket.GetRawSocketOption(6, 18, userTimeout);
        Assert.Equal(20_000, BitConverter.ToInt32(userTimeout));
        Assert.Equal(0, SystemSockets.Retransmissions(socket));

        int Of(SocketOptionName name) => (int)socket.GetSocketOption(SocketOptionLevel.Tcp, name)!;
    }
}

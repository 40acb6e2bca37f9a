// What systems differ in about sockets, in one place; what everybody gets stands beside it. No state, any thread. What must stay
// true: an option that a system lacks is left out and ends no connection. If the connection itself has gone, the next send or
// receive says so.
using System.Net.Sockets;

namespace BybitSpot.Net;

internal static class SystemSockets
{
    /// <summary>
    /// Whether waits are cut into slices by poll, and a call is made only when it won't wait. Linux needs none of that: its own
    /// limits of a call (SO_RCVTIMEO, SO_SNDTIMEO) lose nothing and hold for connect, too. Windows calls a socket undefined whose
    /// receive ran into a limit; there, and on a Mac, no limit holds for connect.
    /// </summary>
    public static bool Polls { get; } = !OperatingSystem.IsLinux();

    /// <summary>Linux' number for TCP, and of two of its options.</summary>
    private const int Tcp = 6, UserTimeout = 18, Info = 11;

    /// <summary>Has the kernel end a connection whose other side has gone without a word.</summary>
    /// <param name="idleS">So long nothing came.</param>
    /// <param name="everyS">So long between questions.</param>
    /// <param name="tries">So many questions without an answer.</param>
    public static void EndWhenGone(Socket socket, int idleS, int everyS, int tries)
    {
        Try(socket, SocketOptionLevel.Socket, SocketOptionName.KeepAlive, 1);
        Try(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, idleS);
        Try(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, everyS);
        Try(socket, SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, tries);
    }

    /// <summary>And one that does not acknowledge what was sent; Linux alone has it, elsewhere our own pings notice.</summary>
    public static void EndWhenUnacknowledged(Socket socket, TimeSpan limit)
    {
        if (!OperatingSystem.IsLinux())
            return;
        try
        {
            socket.SetRawSocketOption(Tcp, UserTimeout, BitConverter.GetBytes((int)limit.TotalMilliseconds));
        }
        catch (SocketException)
        {
            // Left out.
        }
    }

    /// <summary>
    /// How often in a row the kernel has sent the same bytes again without any answer from the other machine's kernel; it counts
    /// back to 0 with each answer. 6 are about 12 s. A server that hangs on a living machine stays at 0, and so does all elsewhere
    /// than on Linux.
    /// </summary>
    public static int Retransmissions(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
            return 0;
        try
        {
            // Linux' struct tcp_info begins with one byte each: state, ca_state, retransmits.
            Span<byte> info = stackalloc byte[8];
            return socket.GetRawSocketOption(Tcp, Info, info) >= 3 ? info[2] : 0;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static void Try(Socket socket, SocketOptionLevel level, SocketOptionName name, int value)
    {
        try
        {
            socket.SetSocketOption(level, name, value);
        }
        catch (SocketException)
        {
            // Left out.
        }
    }
}

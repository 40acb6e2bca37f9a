// A connection to a socket of this machine that has a path in place of an address. On its caller's thread, which wakes at least
// every Race.Slice. What must stay true: a server that takes nobody in now is asked again until the deadline, and no longer.
using System.Net.Sockets;

namespace BybitSpot.Net;

internal static class UnixSocket
{
    /// <param name="deadline">A time stamp of the time provider's.</param>
    /// <param name="connecting">Told of each socket before it connects.</param>
    /// <param name="tick">Called each time the thread wakes; an exception of it ends the attempt and comes out of it.</param>
    /// <exception cref="SocketException">Nobody is there, or takes the connection in time (TimedOut).</exception>
    public static Socket Connect(string path, TimeProvider time, long deadline, Action<Socket> connecting, Action? tick)
    {
        var there = new UnixDomainSocketEndPoint(path);
        while (true)
        {
            TimeSpan left = time.GetElapsedTime(time.GetTimestamp(), deadline);
            if (left <= TimeSpan.Zero)
                throw new SocketException((int)SocketError.TimedOut);
            // Linux' limit of a send holds for connect, too, which waits while too many others do; elsewhere connect does not wait.
            int limitMs = Math.Max(1, (int)(left < Race.Slice ? left : Race.Slice).TotalMilliseconds);
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = limitMs };
            try
            {
                connecting(socket);
                socket.Connect(there);
                return socket;
            }
            catch (SocketException full) when (full.SocketErrorCode is SocketError.TimedOut or SocketError.WouldBlock or SocketError.InProgress)
            {
                socket.Dispose();
            }
            catch
            {
                socket.Dispose();
                throw;
            }
            tick?.Invoke();
        }
    }
}

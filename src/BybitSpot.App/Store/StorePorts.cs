// Looks at ports of this machine, with blocking sockets. What must stay true: nothing is ever sent to whoever listens there.
using System.Net;
using System.Net.Sockets;

namespace BybitSpot.App;

internal static class StorePorts
{
    /// <summary>Where the search for a free port begins. Never 6379: a real Redis that comes later finds its port.</summary>
    public const int First = 6399;

    /// <summary>How many ports are tried, from <see cref="First"/> upward.</summary>
    public const int TriesMax = 32;

    public const int LastPort = First + TriesMax - 1;

    /// <summary>Longest wait for an answer; on this machine it is there at once.</summary>
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>Whether anybody takes connections on this port of localhost. One too busy to take them at once is somebody, too.</summary>
    public static bool Answers(int port) => Answers(IPAddress.Loopback, port) || Answers(IPAddress.IPv6Loopback, port);

    /// <summary>Whether a server could listen on this port of 127.0.0.1.</summary>
    public static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static bool Answers(IPAddress address, int port)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
            try
            {
                socket.Connect(new IPEndPoint(address, port));
            }
            catch (SocketException waiting) when (waiting.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(AnswerLimit, SelectMode.SelectWrite))
                    return true;
            }
            return socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0;
        }
        catch (SocketException)
        {
            // Refused, or a machine without this family of addresses.
            return false;
        }
    }
}

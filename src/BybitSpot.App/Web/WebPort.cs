// The page's port: taken early, so that whoever asked for a taken one hears so before anything else happens, and served later,
// when the first price is there. The main thread. What must stay true: nothing of the framework's web server is needed for it;
// whoever connects meanwhile waits in the kernel's queue.
using System.Net;
using System.Net.Sockets;

namespace BybitSpot.App;

internal sealed class WebPort : IDisposable
{
    /// <summary>How many clients may wait to be taken.</summary>
    private const int WaitingMax = 128;

    private WebPort(Socket socket, string url)
    {
        Socket = socket;
        Url = url;
    }

    public Socket Socket { get; }

    /// <summary>With the port that it came to be.</summary>
    public string Url { get; }

    public IPEndPoint EndPoint => (IPEndPoint)Socket.LocalEndPoint!;

    /// <summary>Takes the port.</summary>
    /// <returns>Why it could not be taken, or null.</returns>
    public static string? TryTake(ListenAddress address, out WebPort? port)
    {
        port = null;
        IPAddress ip = address.Address;
        if (ip.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
            ip = IPAddress.Any;
        Socket? socket = null;
        try
        {
            socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (ip.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(ip, address.Port));
            // Without this, two programs could hold the port until one of them listens.
            socket.Listen(WaitingMax);
            port = new WebPort(socket, address.UrlAt(((IPEndPoint)socket.LocalEndPoint!).Port));
            return null;
        }
        catch (SocketException failure)
        {
            socket?.Dispose();
            string reason = failure.SocketErrorCode switch
            {
                SocketError.AddressAlreadyInUse => "another program listens there",
                SocketError.AccessDenied => "it is not allowed (ports below 1024 need a right of their own)",
                SocketError.AddressNotAvailable => "this machine has no such address",
                _ => failure.Message,
            };
            return $"{address.UrlAt(address.Port)} cannot be listened on: {reason}";
        }
    }

    public void Dispose() => Socket.Dispose();
}

using System.Net.Sockets;

namespace BybitSpot.Simulator;

/// <summary>What goes wrong on sockets as a matter of course.</summary>
internal static class Trouble
{
    public static bool IsExpected(Exception e) => e is IOException or SocketException or OperationCanceledException
        or ObjectDisposedException or TimeoutException or System.Security.Authentication.AuthenticationException
        // SslStream says so when it is closed under a pending read or write.
        or NotSupportedException or InvalidOperationException;

    public static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Close();
        }
        catch (Exception e) when (IsExpected(e))
        {
            // Closed already.
        }
    }
}

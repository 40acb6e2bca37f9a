namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>
/// Ports of loopback for servers that take several each and come back to them: below those that the system gives to outgoing
/// connections, so that nothing gets in between, and each given once.
/// </summary>
internal static class ServerPorts
{
    private const int First = 20_000, Last = 32_700, TriesMax = 1_000;

    private static readonly Lock s_gate = new();
    private static readonly HashSet<int> s_given = [];

    public static int Take()
    {
        lock (s_gate)
        {
            for (int tries = 0; tries < TriesMax; tries++)
            {
                int port = Random.Shared.Next(First, Last);
                if (s_given.Add(port) && IsFree(port))
                    return port;
            }
        }
        throw new InvalidOperationException($"no port from {First} to {Last} is free");
    }

    private static bool IsFree(int port)
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}

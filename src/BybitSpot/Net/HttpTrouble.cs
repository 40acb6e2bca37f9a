using System.Net.Sockets;

namespace BybitSpot.Net;

/// <summary>What the framework's HTTP client throws where the other side, or the way to it, is to blame.</summary>
public static class HttpTrouble
{
    /// <summary>A connection that is reset before the client has looked at it comes as the socket's own exception, without the usual one around it.</summary>
    public static bool Is(Exception failure) => failure is HttpRequestException or IOException or SocketException;
}

// From a URL to an upgraded connection, on the line's own thread, step by step with the time that is left: name, TCP, proxy,
// TLS, upgrade. 10 s in all, whatever hangs; nothing is left behind when it fails. Of several addresses the first that answers
// is taken, and the next if that one then fails.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using BybitSpot.Net;

namespace BybitSpot.Feed;

/// <summary>Why there is no connection, in words for the log.</summary>
internal sealed class DialException(string reason, DialFailure failure = DialFailure.Other) : Exception(reason)
{
    public DialFailure Failure { get; } = failure;
}

/// <summary>What kinds of failure the line treats in a way of their own.</summary>
internal enum DialFailure : byte
{
    Other,

    /// <summary>Nothing listens there.</summary>
    Refused,

    /// <summary>The exchange answered 403 and wants no requests for a while.</summary>
    Forbidden,

    /// <summary>It takes the connection, but there is no TLS with it.</summary>
    Tls,
}

/// <summary>An upgraded connection.</summary>
/// <param name="Stream">To read and write frames: TLS or the socket itself.</param>
/// <param name="Lowest">The socket's own stream, below TLS.</param>
/// <param name="Early">Frames that came with the answer to the upgrade.</param>
internal sealed record Connection(Socket Socket, Stream Stream, LineStream Lowest, ReadOnlyMemory<byte> Early, string Address) : IDisposable
{
    /// <summary>Until when the server's certificate and those that vouch for it are all valid; null without TLS.</summary>
    public DateTimeOffset? CertificatesEnd { get; init; }

    public void Dispose()
    {
        // Closing TLS politely would send and may block; the socket goes first.
        Socket.Dispose();
        Stream.Dispose();
    }
}

internal static class Dialer
{
    public static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(10);

    /// <param name="connecting">Told of each socket before it connects, so that another thread can end the attempt by shutting it down.</param>
    /// <param name="tick">Called at least every 200 ms while name and addresses are waited for; an exception of it ends the attempt.</param>
    /// <exception cref="DialException">For every expected trouble.</exception>
    public static Connection Dial(Uri url, Uri? proxy, TimeProvider time, Action<Socket> connecting, Action? tick = null)
    {
        long deadline = time.GetTimestamp() + (long)(ConnectWithin.TotalSeconds * time.TimestampFrequency);
        var attempt = new Attempt(url, proxy, time);
        try
        {
            Uri first = proxy ?? url;
            IPAddress[] addresses = Resolver.Resolve(first.IdnHost, time, deadline, tick);
            var race = new Race(addresses, first.Port, time, deadline, connecting, tick);
            while (true)
            {
                attempt.Step = "the connection";
                Socket socket = race.Next();
                try
                {
                    return attempt.Upgrade(socket, race.DeadlineOfThis);
                }
                catch (Exception e) when (race.HasMore && e is SocketException or IOException or TimeoutException)
                {
                    // It takes connections and then fails or says nothing: another address may serve.
                    socket.Dispose();
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            }
        }
        catch (Exception e) when (e is DialException or SocketException or IOException or TimeoutException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            throw e as DialException ?? new DialException(
                ReasonOf(e, attempt.Step, attempt.CertificateTrouble, url),
                e is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? DialFailure.Refused
                    : attempt.Step == Attempt.Securing ? DialFailure.Tls : DialFailure.Other);
        }
    }

    /// <summary>How far an attempt has come, for the message when it goes no further.</summary>
    private sealed class Attempt(Uri url, Uri? proxy, TimeProvider time)
    {
        public const string Securing = "TLS";

        private DateTimeOffset? _certificatesEnd;

        public string Step { get; set; } = "the look-up of the name";

        public string? CertificateTrouble { get; private set; }

        public Connection Upgrade(Socket socket, long deadline)
        {
            EndWhenHalfOpen(socket);
            var lowest = new LineStream(socket, time);
            lowest.ConnectUntil(deadline);
            Stream stream = lowest;
            if (proxy is not null)
            {
                Step = "the proxy";
                ConnectThrough(lowest, url, proxy);
            }
            if (url.Scheme == "wss")
            {
                Step = Securing;
                var tls = new SslStream(lowest, leaveInnerStreamOpen: false);
                stream = tls;
                tls.AuthenticateAsClient(new SslClientAuthenticationOptions
                {
                    TargetHost = url.IdnHost,
                    RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
                    {
                        CertificateTrouble = ServerCertificate.Trouble(errors, certificate, chain, url.IdnHost);
                        _certificatesEnd = ServerCertificate.EndOf(chain);
                        return errors == SslPolicyErrors.None;
                    },
                });
            }
            Step = "the upgrade";
            ReadOnlyMemory<byte> early = Feed.Upgrade.Perform(stream, url);
            return new Connection(socket, stream, lowest, early, socket.RemoteEndPoint?.ToString() ?? "") { CertificatesEnd = _certificatesEnd };
        }
    }

    // The kernel ends a connection whose other side has gone without a word; our own pings would notice later.
    private static void EndWhenHalfOpen(Socket socket)
    {
        SystemSockets.EndWhenGone(socket, idleS: 10, everyS: 5, tries: 3);
        SystemSockets.EndWhenUnacknowledged(socket, TimeSpan.FromSeconds(20));
    }

    private static void ConnectThrough(LineStream stream, Uri url, Uri proxy)
    {
        string target = $"{url.IdnHost}:{url.Port}";
        string login = proxy.UserInfo.Length == 0 ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(proxy.UserInfo)))}\r\n";
        stream.Write(Encoding.ASCII.GetBytes($"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n"));
        (int status, string phrase) = Upgrade.StatusOf(Upgrade.ReadHead(stream).Head);
        if (status is < 200 or > 299)
            throw new DialException($"the proxy {proxy.Host}:{proxy.Port} answered {status} {phrase}");
    }

    private static string ReasonOf(Exception e, string step, string? certificateTrouble, Uri url) => e switch
    {
        AuthenticationException when certificateTrouble is not null => $"the certificate of {url.IdnHost} is refused: {certificateTrouble}",
        TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock or SocketError.InProgress } =>
            $"{step} took longer than {ConnectWithin.TotalSeconds:0} s",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => "nothing listens there (connection refused)",
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
            $"the name {url.IdnHost} cannot be resolved; check the network and DNS",
        _ => $"{step} failed: {(e.InnerException ?? e).Message}",
    };
}

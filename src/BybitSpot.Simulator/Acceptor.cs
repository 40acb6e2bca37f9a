using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace BybitSpot.Simulator;

// From an accepted TCP connection to either a run of REST answers or one upgraded stream connection, with the faults that
// strike on that way. One task each connection; every wait has a limit.
internal sealed class Acceptor(Exchange exchange)
{
    /// <summary>A client that sends no whole request head for this long is cut off, between keep-alive requests too.</summary>
    private static readonly TimeSpan _headLimit = TimeSpan.FromSeconds(60);

    private const string WebSocketGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    public async Task RunAsync(Socket listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stop).ConfigureAwait(false);
            }
            catch (Exception e) when (Trouble.IsExpected(e) && !stop.IsCancellationRequested)
            {
                continue; // The client was gone before it was accepted.
            }
            catch (Exception e) when (Trouble.IsExpected(e))
            {
                return;
            }
            _ = ServeAsync(socket, exchange.Now, stop);
        }
    }

    private async Task ServeAsync(Socket socket, TimeSpan acceptedAt, CancellationToken stop)
    {
        await Task.Yield();
        using var owned = socket;
        ConnectionEntry? entry = null;
        var door = this;
        try
        {
            socket.NoDelay = true;
            if (exchange.Faults.OnAccept != HangUp.None)
            {
                entry = exchange.Open(acceptedAt);
                if (exchange.Faults.OnAccept == HangUp.Reset) Trouble.Reset(socket);
                return;
            }
            Stream stream = new NetworkStream(socket);
            if (exchange.Options.Certificate is { } certificate)
            {
                var secure = new SslStream(stream);
                using var handshakeLimit = new CancellationTokenSource(_headLimit, exchange.Clock);
                using var eitherStop = CancellationTokenSource.CreateLinkedTokenSource(handshakeLimit.Token, stop);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, eitherStop.Token).ConfigureAwait(false);
                stream = secure;
            }
            using var ownedStream = stream;
            var reader = new HttpReader(stream);
            while (true)
            {
                using var limit = new CancellationTokenSource(_headLimit, exchange.Clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
                if (await reader.ReadAsync(either.Token).ConfigureAwait(false) is not { } head) return;
                door = exchange.DoorOf(head);
                if (door.IsClosed) return;
                if (door != this && door.OnAccept != HangUp.None)
                {
                    if (head.AsksForUpgrade) entry = door.Open(acceptedAt);
                    if (door.OnAccept == HangUp.Reset) Trouble.Reset(socket);
                    return;
                }
                if (head.AsksForUpgrade)
                {
                    entry = door.Open(acceptedAt);
                    await door.UpgradeAsync(head, reader, socket, stream, entry, stop).ConfigureAwait(false);
                    return;
                }
                if (!await door.RestAsync(head, stream, stop).ConfigureAwait(false)) return;
            }
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            // A client that left, or a line broken on purpose.
        }
        finally
        {
            if (entry is not null) door.Closed(entry);
        }
    }

    // Of an exchange that has ended, while another's port still leads to it.
    private bool IsClosed => exchange.HasEnded;

    private HangUp OnAccept => exchange.Faults.OnAccept;

    private ConnectionEntry Open(TimeSpan acceptedAt) => exchange.Open(acceptedAt);

    private void Closed(ConnectionEntry entry) => exchange.Closed(entry);

    private async Task UpgradeAsync(HttpHead head, HttpReader reader, Socket socket, Stream stream, ConnectionEntry entry, CancellationToken stop)
    {
        var faults = exchange.Faults;
        if (faults.UpgradeNeverAnswered)
        {
            // Until the client gives up; it has nothing to send, so a read ends when it does.
            await stream.ReadAsync(new byte[1], stop).ConfigureAwait(false);
            return;
        }
        (int Status, string Body) refusal = faults.UpgradeStatus is { } status ? (status, faults.UpgradeBody)
            : exchange.IsBanned(entry) ? (403, "access too frequent!")
            : head.Path != exchange.StreamPath ? (404, "404 page not found")
            : head.Header("Sec-WebSocket-Key").Length == 0 || head.Header("Sec-WebSocket-Version") != "13" ? (400, "Bad Request")
            : default;
        if (refusal.Status != 0)
        {
            await stream.WriteAsync(HttpAnswer(refusal.Status, "text/html", refusal.Body, close: true), stop).ConfigureAwait(false);
            return;
        }

        var key = head.Header("Sec-WebSocket-Key") + (faults.WrongAcceptKey ? "x" : "") + WebSocketGuid;
        // SHA-1 is what RFC 6455 asks for; nothing is protected by it.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
        var answer = Encoding.ASCII.GetBytes(
            $"HTTP/1.1 101 Switching Protocols\r\n{(faults.SplitUpgradeFields ? "Upgrade: h2c\r\nConnection: keep-alive\r\n" : "")}Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n");
        // Known as open before the client can know it: what is sent from now on waits in the outbox behind this answer.
        using var connection = new Connection(exchange, socket, stream, entry);
        exchange.Upgraded(connection);
        try
        {
            await WriteDrippingAsync(stream, answer, faults.UpgradeDripMs, stop).ConfigureAwait(false);
            connection.End(faults.AfterUpgrade, faults.AfterUpgradeCode);
            await connection.RunAsync(reader.Leftover).ConfigureAwait(false);
        }
        finally
        {
            exchange.Forget(connection);
        }
    }

    private async Task WriteDrippingAsync(Stream stream, byte[] answer, int dripMs, CancellationToken stop)
    {
        if (dripMs <= 0)
        {
            await stream.WriteAsync(answer, stop).ConfigureAwait(false);
            return;
        }
        for (var i = 0; i < answer.Length; i++)
        {
            await stream.WriteAsync(answer.AsMemory(i, 1), stop).ConfigureAwait(false);
            await Task.Delay(TimeSpan.FromMilliseconds(dripMs), exchange.Clock, stop).ConfigureAwait(false);
        }
    }

    /// <summary>False when the connection must close.</summary>
    private async Task<bool> RestAsync(HttpHead head, Stream stream, CancellationToken stop)
    {
        exchange.CountRest(head.Target);
        var faults = exchange.Faults;
        if (faults.RestHang)
        {
            await stream.ReadAsync(new byte[1], stop).ConfigureAwait(false);
            return false;
        }
        if (faults.RestRedirect is { } address)
        {
            await stream.WriteAsync(HttpAnswer(302, "text/html", "", head.AsksToClose, address), stop).ConfigureAwait(false);
            return !head.AsksToClose;
        }
        var (status, contentType, body) = faults.RestStatus is { } forced ? (forced, "text/html", faults.RestBody) : exchange.Rest.Answer(head);
        if (status == 200) exchange.Answered?.Invoke(head.Target, body);
        await stream.WriteAsync(HttpAnswer(status, contentType, body, head.AsksToClose), stop).ConfigureAwait(false);
        return !head.AsksToClose;
    }

    private static byte[] HttpAnswer(int status, string contentType, string body, bool close, string? location = null)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var head = $"HTTP/1.1 {status} {Reason(status)}\r\nContent-Type: {contentType}; charset=utf-8\r\nContent-Length: {bytes.Length}\r\n"
            + (location is null ? "" : $"Location: {location}\r\n")
            + $"Connection: {(close ? "close" : "keep-alive")}\r\n\r\n";
        return [.. Encoding.Latin1.GetBytes(head), .. bytes];
    }

    private static string Reason(int status) => status switch
    {
        200 => "OK",
        302 => "Found",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        429 => "Too Many Requests",
        503 => "Service Unavailable",
        _ => "Status",
    };
}

// The opening handshake of a WebSocket (RFC 6455 §4.1) by hand and synchronously, on the line's own thread, so that its time
// limit holds whatever the other side does. No extension and no subprotocol is offered, so none may be agreed on.
using System.Security.Cryptography;
using System.Text;

namespace BybitSpot.Feed;

internal static class Upgrade
{
    /// <summary>Longest answer taken, headers together, in bytes.</summary>
    public const int HeaderBytesMax = 16 * 1024;

    private static readonly string s_agent = "BybitSpot/" + typeof(Upgrade).Assembly.GetName().Version?.ToString(3);

    /// <summary>Asks for the upgrade and checks the answer.</summary>
    /// <returns>What came after the answer's headers: the first frames.</returns>
    /// <exception cref="DialException">The answer is no upgrade.</exception>
    public static ReadOnlyMemory<byte> Perform(Stream stream, Uri url)
    {
        Span<byte> nonce = stackalloc byte[16];
        RandomNumberGenerator.Fill(nonce);
        string key = Convert.ToBase64String(nonce);
        stream.Write(Encoding.ASCII.GetBytes(
            $"GET {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nUser-Agent: {s_agent}\r\n\r\n"));
        (string head, ReadOnlyMemory<byte> early) = ReadHead(stream);
        Check(head, key);
        return early;
    }

    /// <summary>Reads an HTTP answer up to the end of its headers.</summary>
    /// <exception cref="DialException">It ends before that, or is no HTTP, or too long.</exception>
    public static (string Head, ReadOnlyMemory<byte> Early) ReadHead(Stream stream)
    {
        var buffer = new byte[HeaderBytesMax];
        int end = 0;
        while (end < buffer.Length)
        {
            int received = stream.Read(buffer, end, buffer.Length - end);
            if (received == 0)
                throw new DialException("the connection was closed before the upgrade was answered");
            end += received;
            if (!"HTTP/1."u8.StartsWith(buffer.AsSpan(0, Math.Min(end, 7))))
                throw new DialException("what answered is not HTTP");
            int head = buffer.AsSpan(0, end).IndexOf("\r\n\r\n"u8);
            if (head >= 0)
                return (Encoding.Latin1.GetString(buffer, 0, head), buffer.AsMemory(head + 4, end - head - 4));
        }
        throw new DialException($"the answer's headers are longer than {HeaderBytesMax} bytes");
    }

    /// <summary>The status of an answer, and its reason phrase, fit for a log.</summary>
    public static (int Status, string Phrase) StatusOf(string head)
    {
        string line = head.Split('\r', 2)[0];
        string[] parts = line.Split(' ', 3);
        int status = parts.Length > 1 && parts[1].Length == 3 && int.TryParse(parts[1], out int parsed) ? parsed : 0;
        string phrase = parts.Length > 2 ? parts[2] : "";
        return (status, phrase.Length > 60 ? phrase[..60] : phrase);
    }

    /// <summary>Whether an answer's headers are those of an upgrade that was asked for with this key.</summary>
    /// <exception cref="DialException">They are not.</exception>
    public static void Check(string head, string key)
    {
        (int status, string phrase) = StatusOf(head);
        if (status == 403)
            throw new DialException("answered 403: the exchange refuses this address, for too many requests (it then wants none for 10 minutes) or for its region", DialFailure.Forbidden);
        if (status != 101)
            throw new DialException($"answered {status} {phrase} instead of an upgrade" + (status == 200 ? ": a captive portal or a proxy in between, or a wrong BYBIT_WS_URL" : ""));
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        if (!Names(head, "Upgrade", "websocket") || !Names(head, "Connection", "upgrade") || Field(head, "Sec-WebSocket-Accept") != accept)
            throw new DialException("the answer to the upgrade is not that of a WebSocket server");
        if (Field(head, "Sec-WebSocket-Extensions") is not null || Field(head, "Sec-WebSocket-Protocol") is not null)
            throw new DialException("the answer agrees on an extension or a subprotocol that was never offered");
    }

    /// <summary>Whether a field's list holds this word.</summary>
    private static bool Names(string head, string name, string word) =>
        Field(head, name)?.Split(',', StringSplitOptions.TrimEntries).Contains(word, StringComparer.OrdinalIgnoreCase) == true;

    /// <summary>A field's value, or null. Lines of the same name are one list (RFC 9110 §5.3): a proxy may split it.</summary>
    private static string? Field(string head, string name)
    {
        string? value = null;
        foreach (string line in head.Split("\r\n"))
            if (line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
                value = value is null ? line[(name.Length + 1)..].Trim() : $"{value}, {line[(name.Length + 1)..].Trim()}";
        return value;
    }
}

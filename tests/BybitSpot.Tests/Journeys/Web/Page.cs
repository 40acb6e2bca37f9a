using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace BybitSpot.Tests.Journeys.Web;

/// <summary>What a page answered.</summary>
internal sealed record Reply(int Status, string Head, string Body)
{
    /// <summary>A header's value; empty where there is none.</summary>
    public string Header(string name) =>
        Head.Split("\r\n").FirstOrDefault(l => l.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))?[(name.Length + 1)..].Trim() ?? "";
}

/// <summary>The page of a running program, asked over bare sockets, so that a test says to the letter what is sent.</summary>
internal sealed class Page(int port)
{
    public int Port => port;

    /// <summary>Waits until the program says where its page is.</summary>
    public static Page Of(Bot bot) => new(int.Parse(bot.Log("http_listening").Text("url").Split(':')[^1]));

    public Reply Get(string path, params string[] headers) => Ask("GET", path, headers);

    public Reply Ask(string method, string path, params string[] headers)
    {
        string host = headers.Any(h => h.StartsWith("Host:", StringComparison.Ordinal)) ? "" : $"Host: 127.0.0.1:{port}\r\n";
        return Send($"{method} {path} HTTP/1.1\r\n{host}{string.Concat(headers.Select(h => h + "\r\n"))}Connection: close\r\n\r\n");
    }

    /// <summary>Sends this and reads until the other side ends.</summary>
    public Reply Send(string text)
    {
        using Socket socket = Connect();
        socket.Send(Encoding.Latin1.GetBytes(text));
        return Parse(ReadAll(socket));
    }

    public Socket Connect()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000, SendTimeout = 20_000 };
        socket.Connect(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>Everything up to the end; a reset is an end, too.</summary>
    public static string ReadAll(Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (socket.Receive(buffer) is > 0 and var count)
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
        return text.ToString();
    }

    public static Reply Parse(string text)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no answer: {text}");
        return new Reply(int.Parse(text.AsSpan(9, 3)), text[..end], text[(end + 4)..]);
    }

    /// <summary>Asks until it answers with this status.</summary>
    public Reply Becomes(string path, int status, TimeSpan? limit = null)
    {
        Reply? last = null;
        Until.True($"{path} answers {status}", () => TryGet(path, out last) && last!.Status == status, limit, () => $"last: {last?.Status} {last?.Body}");
        return last!;
    }

    private bool TryGet(string path, out Reply? reply)
    {
        reply = null;
        try
        {
            reply = Get(path);
            return true;
        }
        catch (Exception refused) when (refused is SocketException or Xunit.Sdk.XunitException)
        {
            return false;
        }
    }
}

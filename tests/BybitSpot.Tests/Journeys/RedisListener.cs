using System.Net.Sockets;
using System.Text;

namespace BybitSpot.Tests.Journeys;

/// <summary>Somebody who subscribed to a channel, on a connection of his own.</summary>
internal sealed class RedisListener : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _lines;

    private RedisListener(TcpClient client)
    {
        _client = client;
        _lines = new StreamReader(client.GetStream(), Encoding.UTF8);
    }

    /// <param name="command">SUBSCRIBE, PSUBSCRIBE or SSUBSCRIBE.</param>
    public static RedisListener To(RedisServer redis, string channel, string command = "SUBSCRIBE")
    {
        var client = new TcpClient(redis.Host, redis.Port) { ReceiveTimeout = 20_000, SendTimeout = 20_000 };
        client.GetStream().Write(Encoding.UTF8.GetBytes($"{command} {channel}\r\n"));
        var listener = new RedisListener(client);
        // *3 subscribe channel :1
        listener.Next();
        return listener;
    }

    /// <summary>What was said next, so many messages of it; each within 20 s.</summary>
    public string[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => Next())];

    public void Dispose() => _client.Dispose();

    // The last part of a list of three or four texts or numbers.
    private string Next()
    {
        string last = "";
        for (int parts = int.Parse(Line()[1..]); parts > 0; parts--)
        {
            string head = Line();
            last = head[0] == '$' ? Line() : head;
        }
        return last;
    }

    private string Line() => _lines.ReadLine() ?? throw new IOException("the server closed the connection");
}

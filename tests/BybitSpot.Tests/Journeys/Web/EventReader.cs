using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace BybitSpot.Tests.Journeys.Web;

/// <summary>A client of /events that reads all that comes. It speaks HTTP/1.0, so that what comes is not cut into chunks.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly Socket _socket;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly StringBuilder _head = new();
    private readonly List<(string Kind, JsonElement Data)> _events = [];

    public EventReader(Page page, string query = "")
    {
        _socket = page.Connect();
        _socket.ReceiveTimeout = 0;
        _socket.Send(Encoding.ASCII.GetBytes($"GET /events{query} HTTP/1.0\r\nHost: 127.0.0.1:{page.Port}\r\n\r\n"));
        _thread = new Thread(Read);
        _thread.Start();
    }

    public string Head
    {
        get
        {
            lock (_gate)
                return _head.ToString();
        }
    }

    public bool Ended { get; private set; }

    /// <summary>The data of all events of a kind so far.</summary>
    public JsonElement[] Of(string kind)
    {
        lock (_gate)
            return [.. _events.Where(e => e.Kind == kind).Select(e => e.Data)];
    }

    /// <summary>Of a coin, all that came, oldest first.</summary>
    public JsonElement[] OfCoin(string coin) => [.. Of("prices").SelectMany(p => p.GetProperty("coins").EnumerateArray()).Where(c => c.GetProperty("coin").GetString() == coin)];

    /// <summary>Forgets what came so far.</summary>
    public void Clear()
    {
        lock (_gate)
            _events.Clear();
    }

    public void Dispose()
    {
        _socket.Dispose();
        _thread.Join(TimeSpan.FromSeconds(20));
    }

    private void Read()
    {
        try
        {
            using var lines = new StreamReader(new NetworkStream(_socket));
            while (lines.ReadLine() is { Length: > 0 } line)
                lock (_gate)
                    _head.Append(line).Append('\n');
            string kind = "";
            while (lines.ReadLine() is { } line)
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                    kind = line["event: ".Length..];
                else if (line.StartsWith("data: ", StringComparison.Ordinal))
                    lock (_gate)
                        _events.Add((kind, JsonDocument.Parse(line["data: ".Length..]).RootElement));
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException)
        {
            // It is over.
        }
        Ended = true;
    }
}

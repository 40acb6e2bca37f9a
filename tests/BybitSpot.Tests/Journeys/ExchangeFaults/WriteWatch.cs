using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

internal sealed record PriceWrite(string Key, string Price, string Timestamp)
{
    /// <summary>When Redis carried it out, by its clock, in seconds of Unix.</summary>
    public decimal AtS { get; init; }

    /// <summary>The port of whoever asked for it; 0: a script did. A replica is asked from its primary's own port.</summary>
    public int FromPort { get; init; }
}

// Every price that is written to a Redis from now on, in order, as MONITOR tells it: a look at the value again and again
// would miss one that stood for a moment. A failover by sentinels ends every connection to a server, this one too: it is made anew
// until the watch is over, or the server.
internal sealed class WriteWatch : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(10);

    private readonly int _port;
    private readonly ConcurrentQueue<PriceWrite> _writes = new();
    private readonly Action<PriceWrite>? _each;
    private volatile TcpClient _client;
    private volatile bool _over;

    /// <param name="each">Told of each write, on a thread of this watch's own; nothing is kept then.</param>
    public WriteWatch(RedisServer redis, Action<PriceWrite>? each = null)
    {
        (_port, _each) = (redis.Port, each);
        StreamReader lines = Begin(out TcpClient client);
        _client = client;
        new Thread(() => ReadAll(lines)) { IsBackground = true, Name = "writes" }.Start();
    }

    /// <summary>All so far.</summary>
    public IReadOnlyCollection<PriceWrite> All => _writes;

    public IReadOnlyList<PriceWrite> Of(string coin) => [.. _writes.Where(w => w.Key == $"bybit_spot:{coin}")];

    /// <summary>The writes up to the first of this price, once it was seen.</summary>
    public IReadOnlyList<PriceWrite> UpTo(string coin, string price)
    {
        Until.True($"{coin} {price} is written", () => Of(coin).Any(w => w.Price == price));
        IReadOnlyList<PriceWrite> all = Of(coin);
        return [.. all.Take(all.ToList().FindIndex(w => w.Price == price) + 1)];
    }

    public void Dispose()
    {
        _over = true;
        _client.Dispose();
    }

    private StreamReader Begin(out TcpClient client)
    {
        client = new TcpClient();
        client.Connect("127.0.0.1", _port);
        client.GetStream().Write("MONITOR\r\n"u8);
        var lines = new StreamReader(client.GetStream(), Encoding.Latin1);
        Assert.Equal("+OK", lines.ReadLine());
        return lines;
    }

    private void ReadAll(StreamReader first)
    {
        StreamReader? lines = first;
        while (!_over)
        {
            try
            {
                if (lines is null)
                {
                    lines = Begin(out TcpClient client);
                    _client = client;
                    if (_over)
                        break;
                }
                while (lines.ReadLine() is { } line)
                    Take(line);
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or Xunit.Sdk.XunitException)
            {
                // The server was killed, ended the connection, or does not answer yet; or the test is over.
            }
            lines?.Dispose();
            lines = null;
            Thread.Sleep(s_pause);
        }
        _client.Dispose();
    }

    // +1723190000.123456 [0 127.0.0.1:40000] "HSET" "bybit_spot:BTC" "ltp" "100.00" "timestamp" "2026-…Z" "original_symbol" "BTCUSDT"
    private void Take(string line)
    {
        string[] words = [.. line.Split('"').Where((_, i) => i % 2 == 1)];
        if (words.Length < 4 || words[0] != "HSET" || !words[1].StartsWith("bybit_", StringComparison.Ordinal))
            return;
        Dictionary<string, string> fields = words.Skip(2).Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);
        var write = new PriceWrite(words[1], fields.GetValueOrDefault("ltp", ""), fields.GetValueOrDefault("timestamp", ""))
        {
            AtS = decimal.Parse(line.AsSpan(1, line.IndexOf(' ') - 1), CultureInfo.InvariantCulture),
            FromPort = int.TryParse(line.AsSpan(0, line.IndexOf(']'))[(line.LastIndexOf(':', line.IndexOf(']')) + 1)..], CultureInfo.InvariantCulture, out int port) ? port : 0,
        };
        if (_each is null)
            _writes.Enqueue(write);
        else
            _each(write);
    }
}

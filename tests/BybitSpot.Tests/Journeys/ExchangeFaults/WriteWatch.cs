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
}

// Every price that is written to a Redis from now on, in order, as MONITOR tells it: a look at the value again and again
// would miss one that stood for a moment.
internal sealed class WriteWatch : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly ConcurrentQueue<PriceWrite> _writes = new();

    private readonly Action<PriceWrite>? _each;

    /// <param name="each">Told of each write, on a thread of this watch's own; nothing is kept then.</param>
    public WriteWatch(RedisServer redis, Action<PriceWrite>? each = null)
    {
        _each = each;
        _client.Connect("127.0.0.1", redis.Port);
        _client.GetStream().Write("MONITOR\r\n"u8);
        var lines = new StreamReader(_client.GetStream(), Encoding.Latin1);
        Assert.Equal("+OK", lines.ReadLine());
        new Thread(() => ReadAll(lines)) { IsBackground = true }.Start();
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

    public void Dispose() => _client.Dispose();

    private void ReadAll(StreamReader lines)
    {
        try
        {
            while (lines.ReadLine() is { } line)
                Take(line);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The test or the server is over.
        }
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
        };
        if (_each is null)
            _writes.Enqueue(write);
        else
            _each(write);
    }
}

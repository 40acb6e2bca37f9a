using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>Redis' MONITOR on a connection of its own: every command the server carries out from now on, in order.</summary>
internal sealed class RedisMonitor : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly ConcurrentQueue<string[]> _commands = new();

    public RedisMonitor(RedisServer redis)
    {
        _client.Connect(redis.Host, redis.Port);
        NetworkStream stream = _client.GetStream();
        if (redis.Password is not null)
            stream.Write(Encoding.Latin1.GetBytes($"AUTH {redis.Password}\r\n"));
        stream.Write("MONITOR\r\n"u8);
        var reader = new StreamReader(stream, Encoding.Latin1);
        if ((redis.Password is not null && reader.ReadLine() != "+OK") || reader.ReadLine() != "+OK")
            throw new IOException("MONITOR was refused");
        new Thread(() => Read(reader)) { IsBackground = true, Name = "monitor" }.Start();
    }

    /// <summary>Words of each command; the scripts' own commands are among them.</summary>
    public IReadOnlyCollection<string[]> Commands => _commands;

    /// <summary>The prices written for a coin, in order.</summary>
    public IReadOnlyList<string> PricesOf(string coin) =>
        [.. _commands.Where(c => c[0] == "HSET" && c[1] == $"bybit_spot:{coin}").Select(c => c[Array.IndexOf(c, "ltp") + 1])];

    /// <summary>How many HSETs of prices there were.</summary>
    public int Writes => _commands.Count(c => c[0] == "HSET" && c[1].StartsWith("bybit_", StringComparison.Ordinal));

    /// <summary>How often a market's state was told, and each time that it was another than live, or a coin stale.</summary>
    public (int Told, IReadOnlyList<string> Ill) StatusOf(string market, string instance)
    {
        string key = $"price_feed:{market}:{instance}";
        string[][] told = [.. _commands.Where(c => c.Length > 3 && c[0] is "HSET" or "SADD" && (c[1] == key || c[1] == key + ":coins" || c[1] == key + ":stale"))];
        bool IsIll(string[] c) => c[1] == key ? c[Array.IndexOf(c, "state") + 1] != "live" : c[0] == "SADD" || c.Contains("stale");
        return (told.Count(c => c[1] == key), [.. told.Where(IsIll).Select(c => string.Join(' ', c))]);
    }

    public void Dispose() => _client.Dispose();

    private void Read(StreamReader reader)
    {
        try
        {
            while (reader.ReadLine() is { } line)
                _commands.Enqueue(Words(line));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server was killed, or the test is over.
        }
    }

    // +1799999999.123456 [0 127.0.0.1:5000] "HSET" "bybit_spot:BTC" "ltp" "1.5"
    private static string[] Words(string line)
    {
        string[] parts = line[(line.IndexOf(']') + 1)..].Split('"');
        return [.. parts.Where((_, i) => i % 2 == 1)];
    }
}

// Every command that changes what stands in a Redis, as MONITOR tells it, over several lives of the server. MONITOR is what
// Redis did, not what it was asked: a write lost in a killed server is not there. One thread a life. What must stay true:
// nothing is missed, which Verify proves by Redis' own count; so nobody may write before MONITOR is on, and there is no limit
// on what MONITOR may be behind.
using System.Net.Sockets;
using System.Text;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Storm;

internal sealed class RedisRecorder(Account account) : IDisposable
{
    /// <summary>So that a MONITOR that is behind is not ended for it.</summary>
    public static readonly string[] ServerSettings = ["--client-output-buffer-limit", "normal 0 0 0"];

    /// <summary>What changes nothing; a script's own commands follow it.</summary>
    private static readonly HashSet<string> s_reads =
    [
        "HGET", "HGETALL", "HMGET", "GET", "EXISTS", "TTL", "PTTL", "SMEMBERS", "SISMEMBER", "KEYS", "EVAL", "EVALSHA", "SCRIPT",
        "PING", "ECHO", "INFO", "CLIENT", "SELECT", "AUTH", "HELLO", "COMMAND",
    ];

    private TcpClient? _client;
    private Thread? _thread;
    private long _hsets;
    private volatile string _lastEcho = "";
    private int _echoes;

    /// <summary>Records a server that has just been started; returns when nothing that comes now can be missed.</summary>
    public void Begin(RedisServer redis)
    {
        Interlocked.Exchange(ref _hsets, 0);
        _client = new TcpClient { ReceiveBufferSize = 4 * 1024 * 1024 };
        _client.Connect("127.0.0.1", redis.Port);
        _client.GetStream().Write("MONITOR\r\n"u8);
        var lines = new StreamReader(_client.GetStream(), Encoding.Latin1, false, 256 * 1024);
        if (lines.ReadLine() != "+OK")
            throw new IOException("MONITOR was refused");
        _thread = new Thread(() => Read(lines)) { IsBackground = true, Name = "monitor" };
        _thread.Start();
    }

    /// <summary>The server was killed: what MONITOR still had is taken, then this Redis is over.</summary>
    public void End()
    {
        if (!_thread!.Join(Until.Limit))
            Assert.Fail("MONITOR goes on after the server's end");
        _client!.Dispose();
        account.Add(new Emptied(account.Now));
    }

    /// <summary>Waits until all that Redis has done is recorded, and fails if anything was missed.</summary>
    public void Verify(RedisServer redis)
    {
        string echo = $"echo-{++_echoes}";
        long before = redis.Calls("hset");
        redis.Ask("ECHO", echo);
        Until.True("MONITOR tells of the echo", () => _lastEcho == echo);
        long seen = Interlocked.Read(ref _hsets);
        // The program may write between the looks.
        long after = redis.Calls("hset");
        Assert.True(seen >= before && seen <= after, $"of {before} to {after} writes MONITOR has told {seen}");
    }

    public void Dispose() => _client?.Dispose();

    private void Read(StreamReader lines)
    {
        TimeSpan scriptAt = default;
        try
        {
            while (lines.ReadLine() is { } text)
            {
                TimeSpan now = account.Now;
                if (MonitorLine.Parse(text) is not { } line)
                    continue;
                string command = line.Words[0].ToUpperInvariant();
                if (!line.ByScript)
                    scriptAt = now;
                if (command == "HSET")
                    Interlocked.Increment(ref _hsets);
                else if (command == "ECHO")
                    _lastEcho = line.Words[^1];
                if (!s_reads.Contains(command))
                    account.Add(new Carried(line.ByScript ? scriptAt : now, [command, .. line.Words[1..]]));
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The server was killed, or the test is over.
        }
    }
}

using System.Text;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.Recordings;

/// <summary>
/// Plays recordings, one after the other, to the built program and a real Redis. Each ends with a ticker of a third coin:
/// once that stands in Redis, all that came before it has been worked through, since all of it came by one connection.
/// </summary>
internal sealed class Replay : IDisposable
{
    private const string Sentinel = "SENTINELUSDT";

    private static readonly string[] s_symbols = ["BTCUSDT", "ETHUSDT"];

    private readonly RedisServer _redis = RedisServer.Start();
    private readonly string _folder = Repository.NewScratchFolder();

    /// <summary>Plays every cut of the recording that ends with a message that carries a price, so many at a time.</summary>
    public static void EveryCut(Recording recording, int atATime)
    {
        int next = -1;
        List<string> wrong = [];
        var workers = Enumerable.Range(0, atATime).Select(_ => new Thread(() =>
        {
            try
            {
                using var replay = new Replay();
                for (int i; (i = Interlocked.Increment(ref next)) < recording.PriceLines.Count;)
                    replay.EndsRight(recording.Cut(recording.PriceLines[i] + 1), $"cut after line {recording.PriceLines[i] + 1}");
            }
            catch (Exception e)
            {
                lock (wrong)
                    wrong.Add(e.ToString());
            }
        })).ToArray();
        foreach (Thread worker in workers)
            worker.Start();
        foreach (Thread worker in workers)
            worker.Join();
        Assert.True(wrong.Count == 0, string.Join("\n\n", wrong));
    }

    /// <summary>Plays the recording to a program started for it, and compares what Redis holds.</summary>
    public void EndsRight(Recording recording, string what)
    {
        string frames = Path.Combine(_folder, "frames.jsonl"), coins = Path.Combine(_folder, "coins.json");
        recording.With(Ticker(Sentinel, 1, 1_786_310_900_000, "1", 0)).Write(frames);
        File.WriteAllText(coins, "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\",\"" + Sentinel + "\"]}");
        _redis.Ask("FLUSHALL");
        using var exchange = new PlayedExchange(frames);
        using var bot = Bot.Start(
            ["run", "--quiet"],
            new Dictionary<string, string>
            {
                ["BYBIT_WS_URL"] = exchange.StreamUrl, ["BYBIT_REST_URL"] = "", ["REDIS_HOST"] = "127.0.0.1", ["REDIS_PORT"] = $"{_redis.Port}", ["COINS_FILE"] = coins,
            },
            _folder);
        Until.True($"{what}: played to the end", () => _redis.Price("SENTINEL") is not null, TimeSpan.FromSeconds(30), () => bot.ErrorText);
        foreach (string symbol in s_symbols)
        {
            (string, string)? found = _redis.Price(symbol[..^4]) is { } price ? (price, _redis.Timestamp(symbol[..^4])!) : null;
            Assert.True(recording.Newest(symbol) == found, $"{what}: {symbol} should be {recording.Newest(symbol)}, Redis holds {found}\n{bot.ErrorText}");
        }
        Assert.Equal(0, bot.CountLogs("message_dropped"));
    }

    public void Dispose()
    {
        _redis.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A recorded line: a ticker in the documented shape.</summary>
    public static string Ticker(string symbol, long cs, long timeMs, string price, double receivedS) => Line(receivedS,
        $$$"""{"topic":"tickers.{{{symbol}}}","ts":{{{timeMs}}},"type":"snapshot","cs":{{{cs}}},"data":{"symbol":"{{{symbol}}}","lastPrice":"{{{price}}}","highPrice24h":"65305.6","lowPrice24h":"64727.9","prevPrice24h":"65045.3","volume24h":"2953.835931","turnover24h":"191907024.69597728","price24hPcnt":"0.0015","usdIndexPrice":"65091.459221"}}""");

    /// <summary>A recorded line of this frame.</summary>
    public static string Line(double receivedS, string frame) =>
        System.Text.Json.JsonSerializer.Serialize(new Dictionary<string, object> { ["dir"] = "in", ["recv_ts"] = 1_786_310_900 + receivedS, ["raw"] = frame });

    // The simulator in this process, as fast as its client reads.
    private sealed class PlayedExchange : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly FirstLine _output = new();
        private readonly Thread _thread;
        private Exception? _trouble;

        public PlayedExchange(string frames)
        {
            _thread = new Thread(() => Run(frames)) { IsBackground = true };
            _thread.Start();
            Until.True("the exchange tells its address", () => _output.Told || _trouble is not null, state: () => $"{_trouble}");
            StreamUrl = _output.Text.Split(' ')[0].Split('=')[1];
        }

        public string StreamUrl { get; }

        public void Dispose()
        {
            _stop.Cancel();
            _thread.Join();
        }

        private void Run(string frames)
        {
            try
            {
                Simulation.Run(new SimulationOptions { Port = 0, RecordingPath = frames, Speed = 0 }, _output, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
            catch (Exception e)
            {
                _trouble = e;
            }
        }
    }

    private sealed class FirstLine : StringWriter
    {
        public volatile bool Told;

        public string Text { get; private set; } = "";

        public override Encoding Encoding => Encoding.UTF8;

        public override void WriteLine(string? value)
        {
            if (Told)
                return;
            Text = value!;
            Told = true;
        }
    }
}

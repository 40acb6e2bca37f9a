using System.Diagnostics;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

public sealed class BadLineTests
{
    // Long enough for pings and for the longest wait that a quiet line is given.
    private static readonly TimeSpan s_time = TimeSpan.FromSeconds(Repository.Long ? 120 : 12);

    [Fact]
    [Trait("Fault", "28")]
    public void Late_unsteady_sliced_or_slow_a_line_that_delivers_is_never_given_up()
    {
        // All at once, for they take their time side by side.
        using RedisServer redis = RedisServer.Start();
        using var late = new BadLine(redis, "LTUSDT", new TcpRelay { LatencyMs = 400 });
        using var unsteady = new BadLine(redis, "UNUSDT", new TcpRelay { LatencyMs = 50, JitterMs = 800 });
        using var sliced = new BadLine(redis, "SLUSDT", new TcpRelay { SliceBytes = 3 });
        using var slow = new BadLine(redis, "SWUSDT", new TcpRelay { BytesPerSecond = 10_000 });
        using var all = new BadLine(redis, "ALUSDT", new TcpRelay { LatencyMs = 100, JitterMs = 200, SliceBytes = 100, BytesPerSecond = 10_000 });
        BadLine[] lines = [late, unsteady, sliced, slow, all];

        foreach (BadLine line in lines)
            line.Journey.AwaitFirstPrices(line.Symbol);
        var watch = Stopwatch.StartNew();
        for (int i = 1; watch.Elapsed < s_time; i++)
        {
            foreach (BadLine line in lines)
                line.Journey.Exchange.Trade(line.Symbol, $"{i + 100}.25");
            Thread.Sleep(200);
        }
        foreach (BadLine line in lines)
        {
            line.Journey.TradeArrives(line.Symbol, "9999.75");
            OrderTests.AssertNeverBack(line.Watch.UpTo(line.Symbol[..^4], "9999.75"));
            Assert.Single(line.Journey.Exchange.Connections);
            Assert.Equal((0, 0), (line.Journey.Bot.Counters().Number("reconnects"), line.Journey.Bot.Counters().Number("dropped")));
        }
    }

    private sealed class BadLine : IDisposable
    {
        private readonly TcpRelay _relay;

        public BadLine(RedisServer redis, string symbol, TcpRelay relay)
        {
            _relay = relay;
            Symbol = symbol;
            Watch = new WriteWatch(redis);
            Journey = Journey.Prepare([symbol], new Dictionary<string, string> { ["BYBIT_WS_URL"] = $"ws://127.0.0.1:{relay.Port}/v5/public/spot" }, redis);
            relay.TargetPort = Journey.Exchange.Port;
            Journey.Run();
        }

        public string Symbol { get; }

        public Journey Journey { get; }

        public WriteWatch Watch { get; }

        public void Dispose()
        {
            Journey.Dispose();
            Watch.Dispose();
            _relay.Dispose();
        }
    }
}

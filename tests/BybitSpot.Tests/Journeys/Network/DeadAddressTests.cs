using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

// A name with two addresses, of which the resolver puts first the one that is dead: what is sent there is lost, and nobody told.
public sealed class DeadAddressTests
{
    private const string Name = "two.exchange.test";

    [Theory]
    [Trait("Fault", "86")]
    [InlineData("stream", "feed_connected")]
    [InlineData("REST", "instruments_loaded")]
    [InlineData("Redis", "redis_connected")]
    public void A_dead_first_address_costs_a_moment_and_not_the_limit(string who, string reached)
    {
        using NetworkStage stage = NetworkStage.Open();
        int port = Repository.FreePort();
        var settings = new Dictionary<string, string>
        {
            [who switch { "stream" => "BYBIT_WS_URL", "REST" => "BYBIT_REST_URL", _ => "REDIS_HOST" }] = who switch
            {
                "stream" => $"ws://{Name}:{port}/v5/public/spot",
                "REST" => $"http://{Name}:{port}",
                _ => Name,
            },
        };
        using Journey journey = stage.Prepare(["BTCUSDT"], settings, port);
        stage.Know(names: [(Name, stage.Elsewhere), (Name, stage.Exchange)]);
        stage.CutOff(stage.Elsewhere);
        FaultTimes times = FaultTimes.Begin("86", $"the first address of two is dead: {who}");
        Bot bot = journey.Run();
        DateTimeOffset started = bot.Log("started").Time, there = bot.Log(reached).Time;
        times.Right();
        journey.AwaitFirstPrices("BTCUSDT");
        // Redis has 5 s in all, the others 10 s; half of that for the first address is what it was before.
        Assert.InRange(there - started, TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(4.5));
        Assert.Equal(0, bot.CountLogs("feed_connect_failed") + bot.CountLogs("redis_unavailable") + bot.CountLogs("instruments_unavailable"));
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Fact]
    [Trait("Fault", "86")]
    public void Where_the_first_of_two_connections_takes_bytes_and_says_nothing_the_other_address_is_tried()
    {
        using NetworkStage stage = NetworkStage.Open();
        using var silent = new System.Net.Sockets.TcpListener(stage.Elsewhere, 0);
        silent.Start();
        int port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        using Journey journey = stage.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_WS_URL"] = $"ws://{Name}:{port}/v5/public/spot", ["BYBIT_REST_URL"] = "" }, port);
        stage.Know(names: [(Name, stage.Elsewhere), (Name, stage.Exchange)]);
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Equal(0, bot.CountLogs("feed_connect_failed"));
    }
}

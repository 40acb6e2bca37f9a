using System.Collections.Concurrent;
using System.Globalization;
using BybitSpot.Tests.Journeys.Store;
using StackExchange.Redis;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>Readers who want to be told, with an ordinary client.</summary>
public sealed class NotifyTests
{
    private static readonly string[] s_symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    [Theory]
    [InlineData(Topology.Single, "direct"), InlineData(Topology.Single, "guarded")]
    [InlineData(Topology.Sentinel, "direct")]
    [InlineData(Topology.Cluster, "direct"), InlineData(Topology.Cluster, "guarded")]
    public void Whoever_is_told_of_a_price_finds_it_and_is_told_of_each_once(string topology, string mode)
    {
        using IServers servers = Topology.Start(topology);
        using Journey journey = servers.Prepare(s_symbols, ("REDIS_NOTIFY", "publish"), ("REDIS_WRITE_MODE", mode));
        using var reader = new OrdinaryReader(servers);
        var told = new ConcurrentQueue<(string Price, string Time, string? Found)>();
        RedisChannel channel = topology == Topology.Cluster ? RedisChannel.Sharded("bybit_spot:BTC") : RedisChannel.Literal("bybit_spot:BTC");
        // One after the other, in their order.
        reader.Subscriber.Subscribe(channel).OnMessage(message =>
        {
            string[] parts = ((string)message.Message!).Split('|');
            // On a busy machine an answer may not come in time, and is asked for again.
            string? found = null;
            for (int i = 0; i < 5 && found is null; i++)
                found = reader.Price("BTC");
            told.Enqueue((parts[0], parts[1], found));
        });
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols);
        using var trading = new Trading(journey.Exchange, s_symbols, perSecond: 100);
        Until.True("told often", () => told.Count > 50, state: () => journey.Bot.ErrorText);
        string last = trading.Stop()["BTCUSDT"];
        Until.True("told of the last", () => told.Any(t => t.Price == last), state: () => journey.Bot.ErrorText);
        (string Price, string Time, string? Found)[] all = [.. told];
        // What is found may be newer, never older.
        Assert.All(all, t => Assert.True(Number(t.Found) >= Number(t.Price), $"told of {t.Price}, found {t.Found}"));
        Assert.All(all, t => Assert.Matches(@"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", t.Time));
        Assert.Equal(all.Length, all.Select(t => (t.Price, t.Time)).Distinct().Count());
        Assert.Equal(all.Select(t => Number(t.Price)).Order(), all.Select(t => Number(t.Price)));
    }

    private static decimal Number(string? price) => decimal.Parse(price ?? "0", CultureInfo.InvariantCulture);
}

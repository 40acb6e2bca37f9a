using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>What holds however Redis is run.</summary>
public sealed class EachTopologyTests
{
    private const string Instance = "box-1";

    private static readonly string[] s_symbols = [.. Enumerable.Range(1, 12).Select(i => $"C{i:00}USDT")];

    [Theory]
    [Trait("Fault", "32")]
    [InlineData(Topology.Single), InlineData(Topology.Sentinel), InlineData(Topology.Cluster)]
    public void A_coin_that_is_removed_while_its_Redis_is_stopped_is_gone_when_that_resumes_and_stays_gone(string topology)
    {
        using IServers servers = Topology.Start(topology);
        using Journey journey = servers.Prepare(s_symbols, ("INSTANCE_ID", Instance));
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols);
        using var reader = new OrdinaryReader(servers);
        Until.Equal("it is there", true, () => reader.Has("C01"));
        RedisServer holder = servers.HolderOf("bybit_spot:C01")!;

        holder.Freeze();
        // Its last trade waits in the stopped server.
        journey.Exchange.Trade("C01USDT", "101.00");
        journey.WriteCoins(s_symbols[1..]);
        journey.Bot.Log("watchlist_applied", l => l.Number("removed") == 1);
        FaultTimes times = FaultTimes.Begin($"{topology}: a coin is removed while its Redis is stopped");
        if (topology != Topology.Single)
            Until.True("another takes its place", () => servers.HolderOf("bybit_spot:C01") is { } other && other != holder, TimeSpan.FromSeconds(90), () => journey.Bot.ErrorText);
        holder.Thaw();
        times.Mended();
        Until.Equal("gone", false, () => reader.Has("C01"), state: () => journey.Bot.ErrorText);
        times.Right();

        servers.AwaitReplica(holder);
        // Traded on at the exchange, rewritten by nobody; the others go on.
        for (int i = 0; i < 20; i++)
        {
            journey.Exchange.Trade("C01USDT", $"102.{i:00}");
            servers.TradeArrives(journey, "C02USDT", $"102.{i:00}");
        }
        // Replicas are behind for a moment.
        Until.Equal("no server holds it", "", () => string.Join(' ', servers.Servers.Where(s => s.Keys().Contains("bybit_spot:C01")).Select(s => s.Port)), state: () => journey.Bot.ErrorText);
        Assert.False(reader.Has("C01"));
        Until.True("and it is watched no more", () => reader.Worth(Instance, "C02") is not null && reader.Worth(Instance, "C01") is null);
    }

    [Theory]
    [Trait("Fault", "71")]
    [InlineData(Topology.Single, "direct"), InlineData(Topology.Single, "guarded")]
    [InlineData(Topology.Sentinel, "direct")]
    [InlineData(Topology.Cluster, "direct"), InlineData(Topology.Cluster, "guarded")]
    public void Nothing_but_the_keys_of_the_coins_and_of_what_is_said_of_them_is_ever_touched(string topology, string mode)
    {
        using IServers servers = Topology.Start(topology);
        // At each server that takes them.
        var foreign = new List<(RedisServer Server, string Key)>();
        foreach (RedisServer server in servers.Servers)
            for (int i = 0; i < 8; i++)
                if (servers.HolderOf($"foreign:{i}") == server && server.Ask("SET", $"foreign:{i}", "1") is "OK")
                    foreign.Add((server, $"foreign:{i}"));
        Assert.Equal(8, foreign.Count);
        RedisMonitor[] monitors = [.. servers.Servers.Select(s => new RedisMonitor(s))];
        try
        {
            using Journey journey = servers.Prepare(s_symbols, ("INSTANCE_ID", Instance), ("REDIS_WRITE_MODE", mode));
            journey.Run();
            servers.AwaitFirstPrices(journey, s_symbols);
            foreach (string symbol in s_symbols)
                servers.TradeArrives(journey, symbol, "101.00");
            journey.WriteCoins(s_symbols[1..]);
            journey.Bot.Log("watchlist_applied", l => l.Number("removed") == 1);
            if (mode == "direct")
                Until.True("the removed coin goes", () => servers.Price("C01") is null, state: () => journey.Bot.ErrorText);
            servers.TradeArrives(journey, "C02USDT", "102.00");
            journey.Bot.Signal(Signals.Terminate);
            Assert.Equal(0, journey.Bot.Exit());
            // Guarded, another instance may still watch it.
            Assert.Equal(mode == "direct" ? null : "101.00", servers.Price("C01"));

            Assert.All(foreign, f => Assert.Equal("1", f.Server.Ask("GET", f.Key)));
            string[] keys = [.. servers.Servers.SelectMany(s => s.AllKeys()).Distinct()];
            Assert.All(keys, k => Assert.True(k.StartsWith("bybit_spot:C") || k.StartsWith("price_feed:spot") || k.StartsWith("foreign:"), k));
            string[][] writing = [.. monitors.SelectMany(m => m.Commands).Where(c => c[0].ToUpperInvariant() is "HSET" or "DEL" or "HDEL" or "PERSIST" or "PEXPIRE" or "ZADD" or "SADD" or "SET")];
            Assert.NotEmpty(writing);
            Assert.All(writing, c => Assert.True(c[1].StartsWith("bybit_spot:C") || c[1].StartsWith("price_feed:spot") || c is ["SET", _, "1"], string.Join(' ', c)));
            // Nothing that looks or works beyond one key.
            Assert.DoesNotContain(monitors.SelectMany(m => m.Commands), c => c[0].ToUpperInvariant() is "SCAN" or "FLUSHDB" or "FLUSHALL" or "SWAPDB" or "RENAME" or "CONFIG");
        }
        finally
        {
            foreach (RedisMonitor monitor in monitors)
                monitor.Dispose();
        }
    }
}

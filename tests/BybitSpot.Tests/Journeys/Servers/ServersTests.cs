using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>The stages themselves: without the program.</summary>
public sealed class ServersTests
{
    private const string Key = "bybit_spot:BTC";

    [Theory, InlineData(false), InlineData(true)]
    public void Sentinels_replace_a_killed_primary_and_it_comes_back_as_a_replica(bool secure)
    {
        using var certificates = new Certificates();
        using SentinelServers servers = SentinelServers.Start(secure ? new ServerTls(certificates, SentinelServers.Host) : null, password: "s3cret");
        RedisServer first = servers.AwaitPrimary();
        first.Ask("HSET", Key, "ltp", "1");
        foreach (RedisServer replica in servers.Servers.Where(s => s != first))
            Until.Equal("at the replica", "1", () => replica.TryAsk("HGET", Key, "ltp"));
        first.Kill();
        RedisServer second = servers.AwaitAnother(than: first);
        second.Ask("HSET", Key, "ltp", "2");
        first.Launch();
        servers.AwaitReplica(first);
        Until.Equal("at the one that was killed", "2", () => first.TryAsk("HGET", Key, "ltp"));
    }

    [Fact]
    public void Sentinels_replace_a_primary_by_order_and_one_that_cannot_be_told_goes_on_taking_writes()
    {
        using SentinelServers servers = SentinelServers.Start();
        RedisServer first = servers.AwaitPrimary();
        SentinelServers.KeepPrimary(first);
        servers.Failover();
        RedisServer second = servers.AwaitAnother(than: first);
        second.Ask("HSET", Key, "ltp", "2");
        first.Ask("HSET", Key, "ltp", "1");
        Assert.Equal("master", SentinelServers.RoleOf(first));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void A_cluster_moves_slots_and_replaces_primaries(bool secure)
    {
        using var certificates = new Certificates();
        using ClusterServers servers = ClusterServers.Start(secure ? new ServerTls(certificates, ClusterServers.Host) : null);
        ClusterNode first = servers.NodeOf(Key)!, second = servers.OtherPrimary(first);
        first.Server.Ask("HSET", Key, "ltp", "1");
        servers.MoveSlotOf(Key, second);
        Assert.Equal("1", servers.Price("BTC"));
        Assert.True(first.Server.Says("MOVED", "EXISTS", Key));

        // What its replica has not got is lost with it.
        Until.True("the replica has the key", () => second.Server.TryAsk("WAIT", "1", "1000")?.ToString() is "1");
        second.Server.Kill();
        servers.AwaitPromotion(servers.ReplicaOf(second));
        Assert.Equal("1", servers.Price("BTC"));
        second.Server.Launch();
        servers.AwaitReplica(second);
        servers.TakeOver(second);
        Until.Equal("where it was", second, () => servers.NodeOf(Key));
    }
}

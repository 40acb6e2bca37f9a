using System.Text.RegularExpressions;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>The doctor, where sentinels or a cluster say what is written to.</summary>
public sealed class DoctorTests
{
    [Theory]
    [InlineData(Topology.Sentinel, @"the primary of ""mymaster"", as the sentinels say, with 2 replicas")]
    [InlineData(Topology.Cluster, "3 primaries")]
    public void It_says_what_is_written_to_and_leaves_nothing_behind(string topology, string role)
    {
        using IServers servers = Topology.Start(topology);
        Outcome outcome = Ask(servers);
        Assert.True(outcome.Status == 0, outcome.Output + outcome.Error);
        Assert.Contains(role, outcome.Lines.Single(l => l.Contains("Redis role")));
        Assert.Contains("ok    Redis rights ", outcome.Output);
        Assert.Matches(new Regex(@"(?m)^(ok   |!    ) round trip       200 writes: p50 [0-9.]+ ms, p99 [0-9.]+ ms"), outcome.Output);
        Assert.All(servers.Servers, s => Assert.DoesNotContain(s.Keys(), k => k.Contains("doctor", StringComparison.Ordinal)));
    }

    [Fact]
    public void Sentinels_that_do_not_answer_or_do_not_know_the_name_are_told_as_such()
    {
        using var servers = SentinelServers.Start();
        Outcome unknown = Ask(servers, ("REDIS_SENTINEL_MASTER", "nobody"));
        Assert.Equal(1, unknown.Status);
        Assert.Contains("nobody", unknown.Lines.Single(l => l.StartsWith("wrong Redis ", StringComparison.Ordinal)));
        Outcome away = Ask(servers, ("REDIS_SENTINELS", $"127.0.0.1:{Repository.FreePort()}"));
        Assert.Equal(1, away.Status);
        Assert.Contains("sentinel", away.Lines.Single(l => l.StartsWith("wrong Redis ", StringComparison.Ordinal)));
        Assert.All((Outcome[])[unknown, away], o => Assert.Contains("REDIS_SENTINEL_MASTER", o.Output));
    }

    [Fact]
    public void A_server_that_is_no_cluster_and_a_cluster_that_was_not_named_as_one_are_told_with_what_to_do()
    {
        using var one = new OneServer();
        Outcome none = Ask(one, ("REDIS_CLUSTER", "true"));
        Assert.Equal(1, none.Status);
        Assert.Contains(none.Lines, l => l.StartsWith("wrong Redis ", StringComparison.Ordinal) && l.Contains("cluster", StringComparison.Ordinal));
        using IServers cluster = Topology.Start(Topology.Cluster);
        Outcome unsaid = Ask(cluster, ("REDIS_CLUSTER", "false"), ("REDIS_HOST", "127.0.0.1"), ("REDIS_PORT", $"{cluster.Servers[0].Port}"));
        Assert.Equal(1, unsaid.Status);
        Assert.Contains("REDIS_CLUSTER", unsaid.Output);
    }

    private static Outcome Ask(IServers servers, params (string Name, string Value)[] settings)
    {
        using Journey prepared = servers.Prepare(["BTCUSDT"], settings);
        return Tool.Run(prepared.Folder, new Dictionary<string, string>(prepared.Environment), ["doctor"]);
    }
}

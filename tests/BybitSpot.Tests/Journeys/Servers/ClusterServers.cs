// Three primaries with a third of the slots each, and a replica of each: a cluster of the test's own, made by plain commands. What
// must stay true: Start returns only when every node takes part, says that the cluster is well, and knows every replica.
using System.Diagnostics;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>One server of a cluster.</summary>
/// <param name="Port">Where clients and the other nodes go: the plain port, or that for TLS.</param>
/// <param name="BusPort">Where the nodes talk to each other.</param>
internal sealed record ClusterNode(RedisServer Server, int Port, int BusPort)
{
    private string? _id;

    /// <summary>By which the others know it.</summary>
    public string Id => _id ??= (string)Server.Ask("CLUSTER", "MYID")!;

    public bool IsPrimary => Says("INFO", "replication")?.Contains("role:master") == true;

    public string? Says(params string[] command) => Server.IsUp ? Server.TryAsk(command) as string : null;
}

internal sealed partial class ClusterServers : IServers
{
    public const int SlotCount = 16_384, PrimaryCount = 3;

    public const string Host = "127.0.0.1";

    /// <summary>How long a node says nothing until the others believe that it is gone.</summary>
    public static readonly TimeSpan NodeTimeout = TimeSpan.FromMilliseconds(1_500);

    private static readonly TimeSpan s_orderLapsesAfter = TimeSpan.FromSeconds(6);

    private readonly ServerTls? _tls;
    private readonly List<ClusterNode> _nodes = [];

    private ClusterServers(ServerTls? tls) => _tls = tls;

    /// <summary>First the primaries as they were at the start, in the order of their slots, then the replica of each.</summary>
    public IReadOnlyList<ClusterNode> Nodes => _nodes;

    public IReadOnlyList<RedisServer> Servers => [.. _nodes.Select(n => n.Server)];

    /// <summary>The first primaries' addresses, as the program takes them.</summary>
    public string Addresses => string.Join(',', _nodes.Take(PrimaryCount).Select(n => $"{Host}:{n.Port}"));

    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = new Dictionary<string, string> { ["REDIS_CLUSTER"] = Addresses, ["REDIS_HOST"] = Bot.Unset, ["REDIS_PORT"] = Bot.Unset };
            foreach ((string name, string value) in _tls?.ProgramSettings ?? [])
                settings[name] = value;
            return settings;
        }
    }

    public string ReaderConfiguration => string.Join(',', _nodes.Select(n => $"{Host}:{n.Port}"));

    /// <param name="password">Of every node.</param>
    /// <param name="fullCoverage">Whether a slot that nobody serves stops the whole cluster, which is Redis' default.</param>
    /// <param name="settings">More of every node's.</param>
    public static ClusterServers Start(ServerTls? tls = null, string? password = null, bool fullCoverage = false, params string[] settings)
    {
        var servers = new ClusterServers(tls);
        try
        {
            string[] secrets = password is null ? [] : ["--requirepass", password, "--masterauth", password];
            for (int i = 0; i < 2 * PrimaryCount; i++)
                servers._nodes.Add(servers.StartNode([.. secrets, "--cluster-require-full-coverage", fullCoverage ? "yes" : "no", .. settings]));
            servers.Join();
            return servers;
        }
        catch
        {
            servers.Dispose();
            throw;
        }
    }

    public bool IsWhole => _nodes.TrueForAll(n => n.Says("CLUSTER", "INFO")?.Contains("cluster_state:ok") == true && (n.IsPrimary || IsUpToDate(n))) && _nodes.Count(n => n.IsPrimary) == PrimaryCount;

    /// <summary>The slot of a key, by Redis' own word.</summary>
    public int SlotOf(string key) => int.Parse((string)_nodes.First(n => n.Server.IsUp).Server.Ask("CLUSTER", "KEYSLOT", key)!);

    /// <summary>The primary that takes writes of a key now: all others would send elsewhere.</summary>
    public ClusterNode? NodeOf(string key) => _nodes.FirstOrDefault(n => n.Server.IsUp && n.IsPrimary && Serves(n, key));

    public RedisServer? HolderOf(string key) => NodeOf(key)?.Server;

    /// <summary>The replica that a primary had at the start.</summary>
    public ClusterNode ReplicaOf(ClusterNode primary) => _nodes[PrimaryCount + _nodes.IndexOf(primary)];

    /// <summary>Waits until a replica has taken its primary's place, and every node that is up knows it.</summary>
    public void AwaitPromotion(ClusterNode replica) => Until.True("the replica is the primary", () => IsPromoted(replica), state: Told);

    /// <summary>Waits until a node follows another and has what that one has.</summary>
    public void AwaitReplica(ClusterNode node) => Until.True("a replica that is up to date", () => IsUpToDate(node), TimeSpan.FromSeconds(90), Told);

    public void AwaitReplica(RedisServer server) => AwaitReplica(_nodes.Single(n => n.Server == server));

    /// <summary>
    /// A replica takes its primary's place by order, without a loss. The others grant it no vote so soon after the last one; then the
    /// order is given anew.
    /// </summary>
    public void TakeOver(ClusterNode replica)
    {
        var order = Stopwatch.StartNew();
        bool isGiven = false;
        Until.True("the replica is the primary by order", () =>
        {
            if (isGiven && order.Elapsed < s_orderLapsesAfter)
                return IsPromoted(replica);
            isGiven = replica.Server.TryAsk("CLUSTER", "FAILOVER") is "OK";
            order.Restart();
            return IsPromoted(replica);
        }, state: Told);
    }

    public void Dispose()
    {
        foreach (ClusterNode node in _nodes)
            node.Server.Dispose();
    }

    private bool IsPromoted(ClusterNode replica) =>
        replica.IsPrimary && _nodes.TrueForAll(n => !n.Server.IsUp || LineOf(n, replica.Id) is { } line && IsPrimaryIn(line));

    private ClusterNode StartNode(string[] settings)
    {
        int port = Repository.FreePort(), bus = Repository.FreePort();
        string[] own = _tls is null ? [] : [.. _tls.Arguments(port, "tls-replication", "tls-cluster")];
        RedisServer server = RedisServer.StartAt(_tls is null ? port : Repository.FreePort(),
        [
            "--cluster-enabled", "yes", "--cluster-port", $"{bus}", "--cluster-announce-ip", Host, "--cluster-node-timeout", $"{NodeTimeout.TotalMilliseconds:0}",
            // Replicas stay where the test has put them.
            "--cluster-allow-replica-migration", "no", "--repl-diskless-sync-delay", "0", .. own, .. settings,
        ]);
        return new ClusterNode(server, port, bus);
    }

    private void Join()
    {
        for (int i = 0; i < _nodes.Count; i++)
        {
            _nodes[i].Server.Ask("CLUSTER", "SET-CONFIG-EPOCH", $"{i + 1}");
            if (i < PrimaryCount)
                _nodes[i].Server.Ask("CLUSTER", "ADDSLOTSRANGE", $"{SlotCount * i / PrimaryCount}", $"{SlotCount * (i + 1) / PrimaryCount - 1}");
            if (i > 0)
                _nodes[0].Server.Ask("CLUSTER", "MEET", Host, $"{_nodes[i].Port}", $"{_nodes[i].BusPort}");
        }
        Until.True("every node knows the others", () => _nodes.TrueForAll(n => _nodes.TrueForAll(other => LineOf(n, other.Id) is { } line && !line.Contains("handshake"))), state: Told);
        for (int i = PrimaryCount; i < _nodes.Count; i++)
            _nodes[i].Server.Ask("CLUSTER", "REPLICATE", _nodes[i - PrimaryCount].Id);
        Until.True("the cluster is well", () => _nodes.TrueForAll(IsWell), state: Told);
    }

    private bool IsWell(ClusterNode node) => node.Says("CLUSTER", "INFO")?.Contains("cluster_state:ok") == true
        && (node.IsPrimary || IsUpToDate(node))
        && _nodes.Skip(PrimaryCount).All(replica => LineOf(node, replica.Id)?.Contains("slave") == true)
        && _nodes.Take(PrimaryCount).All(primary => LineOf(node, primary.Id)?.EndsWith(" connected", StringComparison.Ordinal) == false);

    private static bool IsUpToDate(ClusterNode node) =>
        node.Says("INFO", "replication") is { } said && said.Contains("role:slave") && said.Contains("master_link_status:up");

    private static bool Serves(ClusterNode node, string key)
    {
        try
        {
            node.Server.Ask("EXISTS", key);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    // 07c37df… 127.0.0.1:30004@31004 slave e7d1eecc… 0 1426238317239 4 connected
    // e7d1eecc… 127.0.0.1:30001@31001 myself,master - 0 0 1 connected 0-5460
    private static string? LineOf(ClusterNode node, string id) =>
        node.Says("CLUSTER", "NODES")?.Split('\n').FirstOrDefault(l => l.StartsWith(id, StringComparison.Ordinal))?.TrimEnd('\r');

    private static bool IsPrimaryIn(string line) => line.Split(' ') is { Length: > 8 } words && words[2].Contains("master") && !words[2].Contains("fail");

    private string Told() => string.Join('\n', _nodes.Select(n => $"{n.Port} {n.Says("CLUSTER", "INFO")?.Split('\n')[0].Trim()}\n{n.Says("CLUSTER", "NODES")}"));
}

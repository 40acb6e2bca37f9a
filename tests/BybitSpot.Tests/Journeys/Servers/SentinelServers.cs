// A primary, two replicas, and three sentinels that watch them: two must agree that the primary is gone. All are processes of the
// test's own, on ports of their own. What must stay true: Start returns only when a failover would succeed, which takes sentinels
// that know each other and both replicas.
using System.Diagnostics;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

internal sealed class SentinelServers : IServers
{
    public const string MasterName = "mymaster", Host = "127.0.0.1";

    /// <summary>How long a primary says nothing until a sentinel believes that it is gone.</summary>
    public static readonly TimeSpan DownAfter = TimeSpan.FromSeconds(1);

    /// <summary>Sentinels that find themselves late, as on a busy machine, do nothing for 30 s, again and again.</summary>
    private static readonly TimeSpan s_failoverLimit = TimeSpan.FromSeconds(180), s_patience = TimeSpan.FromSeconds(30);

    private const int RedisCount = 3, SentinelCount = 3, Quorum = 2;

    private readonly ServerTls? _tls;
    private readonly List<RedisServer> _redis = [], _sentinels = [];
    private readonly List<int> _ports = [], _sentinelPorts = [];

    private SentinelServers(ServerTls? tls) => _tls = tls;

    public IReadOnlyList<RedisServer> Servers => _redis;

    public IReadOnlyList<RedisServer> Sentinels => _sentinels;

    /// <summary>The sentinels' addresses, as the program takes them.</summary>
    public string Addresses => string.Join(',', _sentinelPorts.Select(p => $"{Host}:{p}"));

    public IReadOnlyDictionary<string, string> Settings
    {
        get
        {
            var settings = new Dictionary<string, string> { ["REDIS_SENTINELS"] = Addresses, ["REDIS_HOST"] = Bot.Unset, ["REDIS_PORT"] = Bot.Unset };
            foreach ((string name, string value) in _tls?.ProgramSettings ?? [])
                settings[name] = value;
            return settings;
        }
    }

    public string ReaderConfiguration => $"{Addresses},serviceName={MasterName}";

    /// <summary>The server that the sentinels name, once it says itself that it is one that takes writes; null: there is none at the moment.</summary>
    public RedisServer? Primary => Named() is { IsUp: true } named && RoleOf(named) == "master" ? named : null;

    /// <param name="password">Of the servers.</param>
    /// <param name="sentinelPassword">Of the sentinels.</param>
    /// <param name="settings">More of the servers', in pairs, as a command line has them.</param>
    public static SentinelServers Start(ServerTls? tls = null, string? password = null, string? sentinelPassword = null, params string[] settings)
    {
        var servers = new SentinelServers(tls);
        try
        {
            servers.StartRedis(password, settings);
            servers.StartSentinels(password, sentinelPassword);
            return servers;
        }
        catch
        {
            servers.Dispose();
            throw;
        }
    }

    public bool IsWhole => _sentinels.TrueForAll(s => s.IsUp) && Primary is { } primary && _redis.TrueForAll(r => r.IsUp && (r == primary || IsReplica(r)));

    public RedisServer? HolderOf(string key) => Primary;

    /// <summary>What INFO says of a server's part: master or slave.</summary>
    public static string? RoleOf(RedisServer server) => (server.TryAsk("INFO", "replication") as string)?.Split("\r\n").FirstOrDefault(l => l.StartsWith("role:", StringComparison.Ordinal))?[5..];

    /// <summary>A failover by order, both sides well.</summary>
    public void Failover() => Until.True("the sentinels begin a failover", () => _sentinels[0].TryAsk("SENTINEL", "FAILOVER", MasterName) is "OK");

    /// <summary>Waits for a primary: on a busy machine sentinels may replace one that was only late.</summary>
    public RedisServer AwaitPrimary() => AwaitAnother(than: null);

    /// <summary>Waits until another server than this one is the primary.</summary>
    public RedisServer AwaitAnother(RedisServer? than)
    {
        RedisServer? now = null;
        Until.True("another primary", () => (now = Primary) is not null && now != than, s_failoverLimit, () => string.Join('\n', _sentinels.Select(s => s.TryAsk("INFO", "sentinel"))));
        return now!;
    }

    /// <summary>Waits until this server follows the primary of the day and has what that one has. If no sentinel tells it to for long, it is told here.</summary>
    public void AwaitReplica(RedisServer server)
    {
        long start = Stopwatch.GetTimestamp();
        Until.True("a replica that is up to date", () =>
        {
            if (IsReplica(server))
                return true;
            if (Stopwatch.GetElapsedTime(start) > s_patience && RoleOf(server) == "master" && Primary is { } primary && primary != server)
                server.TryAsk("REPLICAOF", Host, $"{_ports[_redis.IndexOf(primary)]}");
            return false;
        }, s_failoverLimit, () => $"{server.TryAsk("INFO", "replication")}");
    }

    /// <summary>
    /// A server that nobody can make a replica any more, so that nothing but the sentinels' word tells that it is not the primary:
    /// it takes writes as ever.
    /// </summary>
    public static void KeepPrimary(RedisServer server) => Assert.Equal("OK", server.Ask("ACL", "SETUSER", "default", "-replicaof", "-slaveof"));

    public void Dispose()
    {
        foreach (RedisServer server in _sentinels.Concat(_redis))
            server.Dispose();
    }

    private static bool IsReplica(RedisServer server) => server.TryAsk("INFO", "replication") is string said && said.Contains("role:slave") && said.Contains("master_link_status:up");

    private RedisServer? Named()
    {
        foreach (RedisServer sentinel in _sentinels.Where(s => s.IsUp))
            if (sentinel.TryAsk("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MasterName) is string[] { Length: 2 } address)
                return _redis[_ports.IndexOf(int.Parse(address[1]))];
        return null;
    }

    private void StartRedis(string? password, string[] settings)
    {
        string[] secrets = password is null ? [] : [$"requirepass {password}", $"masterauth {password}"];
        for (int i = 0; i < RedisCount; i++)
        {
            int port = Repository.FreePort();
            _ports.Add(port);
            // From a file, to which the sentinels' orders are written, too: whoever is killed comes back as what it was last. With
            // TLS, that is the port which the servers and the sentinels tell of.
            _redis.Add(RedisServer.StartFromFile(_tls is null ? port : Repository.FreePort(), password,
            [
                "save \"\"", "appendonly no", "repl-diskless-sync-delay 0", .. secrets, .. _tls?.Lines(port, "tls-replication") ?? [],
                .. i == 0 ? (string[])[] : [$"replicaof {Host} {_ports[0]}"], .. settings.Chunk(2).Select(s => $"{s[0][2..]} {s[1]}"),
            ]));
        }
        foreach (RedisServer replica in _redis.Skip(1))
            AwaitReplica(replica);
    }

    private void StartSentinels(string? password, string? sentinelPassword)
    {
        for (int i = 0; i < SentinelCount; i++)
        {
            int port = Repository.FreePort();
            _sentinelPorts.Add(port);
            string[] settings =
            [
                $"sentinel monitor {MasterName} {Host} {_ports[0]} {Quorum}",
                $"sentinel down-after-milliseconds {MasterName} {DownAfter.TotalMilliseconds:0}",
                // A vote that nobody has won is repeated after twice this.
                $"sentinel failover-timeout {MasterName} 2000",
                $"sentinel parallel-syncs {MasterName} 2",
                .. password is null ? (string[])[] : [$"sentinel auth-pass {MasterName} {password}"],
                .. sentinelPassword is null ? (string[])[] : [$"requirepass {sentinelPassword}"],
                .. _tls?.Lines(port, "tls-replication") ?? [],
            ];
            _sentinels.Add(RedisServer.StartFromFile(_tls is null ? port : Repository.FreePort(), sentinelPassword, settings, "--sentinel"));
        }
        Until.True("the sentinels know the servers and each other",
            () => _sentinels.TrueForAll(s => (s.TryAsk("INFO", "sentinel") as string ?? "").Contains($"status=ok,address={Host}:{_ports[0]},slaves={RedisCount - 1},sentinels={SentinelCount}")),
            state: () => string.Join('\n', _sentinels.Select(s => s.TryAsk("INFO", "sentinel"))));
    }
}

// Where Redis is and how one gets in, put together from an address and from single settings: what a single one says counts, whatever
// the address says of it. Pure. What must stay true: what cannot be meant is told, with what to do; no message holds a secret.
namespace BybitSpot.App;

/// <summary>What single settings say; null: nothing.</summary>
internal sealed record RedisParts
{
    public const string HostDefault = "localhost";
    public const int PortDefault = 6379;

    public string? Host { get; init; }

    public int? Port { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    public int? Database { get; init; }

    public bool? Tls { get; init; }

    /// <summary>None: there are no sentinels.</summary>
    public IReadOnlyList<RedisNode> Sentinels { get; init; } = [];

    public string SentinelMaster { get; init; } = "";

    public string? SentinelUsername { get; init; }

    public string? SentinelPassword { get; init; }

    public bool IsCluster { get; init; }

    /// <summary>Which of its nodes are asked first; none: the one that is named as a single one would be.</summary>
    public IReadOnlyList<RedisNode> ClusterNodes { get; init; } = [];

    public RedisWriting Writing { get; init; } = RedisWriting.Direct;

    // A record would print the password.
    public override string ToString() => "(settings of a Redis)";

    /// <param name="url">What REDIS_URL, or a file with one, says; null: nothing.</param>
    /// <param name="options">Where it is, but for what TLS needs.</param>
    /// <param name="tls">Whether TLS is wanted.</param>
    /// <returns>What is wrong, with the setting's name; null: nothing.</returns>
    public (string Setting, string Wrong)? Join(RedisUrl? url, out RedisOptions? options, out bool tls)
    {
        // A host that is named for itself leaves nothing of a socket's path.
        string? unixPath = Host is null ? url?.Path : null;
        (options, tls) = (null, Tls ?? url?.Tls ?? false);
        if (unixPath is not null && Port is not null)
            return (SettingsTable.RedisPort, "means nothing for the unix socket of REDIS_URL: take it out, or name a REDIS_HOST");
        if (unixPath is not null && tls)
            return (SettingsTable.RedisTls, "means nothing for the unix socket of REDIS_URL, which has no TLS: take it out, or name a REDIS_HOST");
        if (url is { Host: null, Path: null } && Host is null)
            return (SettingsTable.RedisUrl, "names no host (redis://host:6379), and REDIS_HOST is not set");
        if (Sentinels.Count > 0 && IsCluster)
            return (SettingsTable.RedisCluster, "and REDIS_SENTINELS exclude each other: a cluster changes its primaries itself");
        if (unixPath is not null && (IsCluster || Sentinels.Count > 0))
            return (IsCluster ? SettingsTable.RedisCluster : SettingsTable.RedisSentinels, "needs servers on the network, and REDIS_URL names a unix socket");
        int database = Database ?? url?.Database ?? 0;
        if (IsCluster && database != 0)
            return (Database is not null ? SettingsTable.RedisDatabase : SettingsTable.RedisUrl, $"names database {database}, and a cluster has none but 0 (REDIS_CLUSTER)");
        string? password = Password ?? url?.Password;
        string? user = Username ?? url?.Username;
        if (Username is null && user is not null && password is null)
            return (SettingsTable.RedisUrl, "holds a user and no password; a password alone is written redis://:PASSWORD@host, with its colon");
        var named = new RedisNode(Host ?? url?.Host ?? HostDefault, Port ?? url?.Port ?? PortDefault);
        IReadOnlyList<RedisNode> asked = IsCluster ? ClusterNodes.Count > 0 ? ClusterNodes : [named] : Sentinels;
        RedisNode first = IsCluster ? asked[0] : named;
        options = new RedisOptions(first.Host, first.Port, password is { Length: 0 } && user is null ? null : password, database)
        {
            Username = user,
            UnixPath = unixPath,
            Topology = IsCluster ? RedisTopology.Cluster : Sentinels.Count > 0 ? RedisTopology.Sentinel : RedisTopology.Single,
            Asked = asked,
            SentinelMaster = SentinelMaster,
            SentinelUsername = SentinelUsername,
            SentinelPassword = SentinelPassword,
            Writing = Writing,
        };
        return null;
    }

    /// <summary>The single settings that count though the address says something else.</summary>
    public IEnumerable<string> Overriding(RedisUrl url)
    {
        if (Host is not null && (url.Path is not null || (url.Host is not null && url.Host != Host)))
            yield return SettingsTable.RedisHost;
        if (Port is not null && url.Port is not null && url.Port != Port)
            yield return SettingsTable.RedisPort;
        if (Username is not null && url.Username is not null && url.Username != Username)
            yield return SettingsTable.RedisUsername;
        if (Password is not null && url.Password is not null && url.Password != Password)
            yield return SettingsTable.RedisPassword;
        if (Database is not null && url.Database is not null && url.Database != Database)
            yield return SettingsTable.RedisDatabase;
        if (Tls is not null && url.Path is null && url.Tls != Tls)
            yield return SettingsTable.RedisTls;
    }
}

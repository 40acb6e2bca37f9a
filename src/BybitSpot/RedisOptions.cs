using System.Text;
using BybitSpot.Redis;

namespace BybitSpot;

/// <summary>Where Redis is, and how one gets in.</summary>
/// <param name="Host">A name or an address.</param>
/// <param name="Password">Null: none is given.</param>
/// <param name="Database">Its number.</param>
public sealed record RedisOptions(string Host, int Port, string? Password, int Database)
{
    /// <summary>Whose password it is; null: nobody's, as before Redis 6.</summary>
    public string? Username { get; init; }

    /// <summary>The path of a unix socket; null: host and port count.</summary>
    public string? UnixPath { get; init; }

    /// <summary>Null: no TLS.</summary>
    public RedisTls? Tls { get; init; }

    /// <summary>How the server is found.</summary>
    public RedisTopology Topology { get; init; } = RedisTopology.Single;

    /// <summary>Who is asked where to write: the sentinels, or the cluster's nodes that are asked first.</summary>
    public IReadOnlyList<RedisNode> Asked { get; init; } = [];

    /// <summary>What the sentinels call the server.</summary>
    public string SentinelMaster { get; init; } = "mymaster";

    /// <summary>Whose password the sentinels ask for; null: nobody's.</summary>
    public string? SentinelUsername { get; init; }

    /// <summary>Null: they ask for none.</summary>
    public string? SentinelPassword { get; init; }

    public RedisWriting Writing { get; init; } = RedisWriting.Direct;

    /// <summary>Another name that the server's certificate may be for: that by which a cluster was reached. Null: none.</summary>
    internal string? OtherName { get; init; }

    /// <summary>Whether a server that says that it is no primary is left at once.</summary>
    internal bool PrimaryOnly { get; init; }

    /// <summary>What the server is to call the connection; null: nothing.</summary>
    public string? ClientName { get; init; }

    /// <summary>The setting that says where Redis is, for messages.</summary>
    public string PlaceSetting { get; init; } = "REDIS_HOST";

    /// <summary>The setting that says the password, for messages.</summary>
    public string PasswordSetting { get; init; } = "REDIS_PASSWORD";

    /// <summary>
    /// Asked before each connection, where part of this stands in files: all of it, as it is there now. Null: nothing stands in
    /// files. Gets what is to be called while it waits; ends with <see cref="RedisAccessException"/> where a file cannot be had.
    /// </summary>
    public Func<Action?, RedisOptions>? Anew { get; init; }

    /// <summary>The address, for messages.</summary>
    public string Endpoint => Topology switch
    {
        RedisTopology.Sentinel => $"\"{SentinelMaster}\" (sentinels {string.Join(", ", Asked)})",
        RedisTopology.Cluster => $"cluster {string.Join(", ", Asked)}",
        _ => UnixPath is not null ? $"unix://{UnixPath}" : new RedisNode(Host, Port).ToString(),
    };

    /// <summary>What to connect with now.</summary>
    internal RedisOptions Now(Action? tick) => Anew is null ? this : Anew(tick) with { ClientName = ClientName, Writing = Writing, Anew = Anew };

    /// <summary>The same of one server.</summary>
    internal RedisOptions At(RedisNode node) => this with
    {
        Topology = RedisTopology.Single, Host = node.Host, Port = node.Port, UnixPath = null, OtherName = Host,
    };

    // What a record prints of itself ends up in logs sooner or later.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"{Endpoint}, database {Database}, {(string.IsNullOrEmpty(Password) ? "no password" : "with a password")}{(Tls is null ? "" : ", TLS")}");
        return true;
    }
}

/// <summary>How the server to write to is found.</summary>
public enum RedisTopology
{
    /// <summary>It is the one that is named.</summary>
    Single,

    /// <summary>Sentinels say which of several it is now.</summary>
    Sentinel,

    /// <summary>There are several, each with a part of the keys.</summary>
    Cluster,
}

/// <summary>Where a server listens.</summary>
/// <param name="Host">A name or an address; brackets or none around one of version 6.</param>
public readonly record struct RedisNode(string Host, int Port)
{
    /// <summary>Takes <c>host:port</c>, <c>host</c>, <c>[::1]:port</c> or <c>::1:port</c>, as people and servers write them.</summary>
    /// <param name="portDefault">Where the text has none; 0: it must have one.</param>
    public static bool TryParse(string text, int portDefault, out RedisNode node)
    {
        node = default;
        int colon = text.LastIndexOf(':');
        // One of version 6 in brackets without a port.
        if (text.EndsWith(']'))
            colon = -1;
        string host = colon < 0 ? text : text[..colon];
        int port = portDefault;
        if (colon >= 0 && !int.TryParse(text[(colon + 1)..], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out port))
            return false;
        if (port is < 1 or > 65_535)
            return false;
        node = new RedisNode(host.Trim('[', ']'), port);
        return true;
    }

    public override string ToString() => Host.Contains(':') && !Host.StartsWith('[') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";
}

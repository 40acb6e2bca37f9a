// Where a user finds the prices of the program that he has just started: the line before the first price, and what the last line
// repeats. Pure. What must stay true: what it says to type works as it stands, wherever the prices are, and holds no password.
using System.Text;

namespace BybitSpot.App;

/// <param name="settings">In effect.</param>
/// <param name="storePort">Of the store inside the program, or null where prices go to Redis.</param>
/// <param name="program">What the user types to start it.</param>
/// <param name="flags">What he gave it, by the setting's name.</param>
/// <param name="envFile">The file of settings that he named, or null.</param>
internal sealed class WhereToLook(Settings settings, int? storePort, string program, IReadOnlyDictionary<string, string> flags, string? envFile)
{
    /// <summary>The settings that say where prices are and how one gets there, which `get` takes as flags, too.</summary>
    public static readonly string[] RedisFlags =
    [
        SettingsTable.RedisHost, SettingsTable.RedisPort, SettingsTable.RedisDatabase, SettingsTable.RedisUsername,
        SettingsTable.RedisTls, SettingsTable.RedisCaFile, SettingsTable.RedisCertFile, SettingsTable.RedisKeyFile, SettingsTable.RedisEmbedded,
        SettingsTable.RedisSentinels, SettingsTable.RedisSentinelMaster, SettingsTable.RedisSentinelUsername, SettingsTable.RedisCluster,
    ];

    public string Now(string coin) => $"look from another terminal: {Commands(coin)}";

    public string AtTheEnd(string coin) =>
        storePort is null ? $"what is in Redis: {Commands(coin)}" : $"the store inside it is gone; while it runs, {Now(coin)}";

    private string Commands(string coin)
    {
        string key = AsTyped.Quoted(PriceReader.KeyOf(settings.Venue, coin));
        if (storePort is { } port)
            return $"{Get(coin, " --redis-embedded always", SettingsTable.StreamUrl)}, or redis-cli -p {port} HGETALL {key}";
        string get = Get(coin, "", [SettingsTable.StreamUrl, .. RedisFlags]);
        RedisOptions redis = settings.Bridge.Redis;
        // redis-cli would have to be told it, and a command line shows what it is told.
        if (redis.Password is not null || redis.Username is not null || redis.Topology == RedisTopology.Sentinel)
            return get;
        var cli = new StringBuilder(redis.Topology == RedisTopology.Cluster ? "redis-cli -c" : "redis-cli");
        if (redis.UnixPath is { } path)
            cli.Append($" -s {AsTyped.Quoted(path)}");
        else
        {
            if (redis.Host is not ("localhost" or "127.0.0.1"))
                cli.Append($" -h {AsTyped.Quoted(redis.Host)}");
            if (redis.Port != RedisParts.PortDefault)
                cli.Append($" -p {redis.Port}");
        }
        if (redis.Tls is not null)
            AppendTls(cli);
        if (redis.Database != 0)
            cli.Append($" -n {redis.Database}");
        return $"{get}, or {cli} HGETALL {key}";
    }

    private void AppendTls(StringBuilder cli)
    {
        cli.Append(" --tls");
        RedisFiles files = settings.RedisAccess.Files;
        foreach ((string flag, string? file) in (ReadOnlySpan<(string, string?)>)[("--cacert", files.Authorities), ("--cert", files.Certificate), ("--key", files.Key)])
            if (file is not null)
                cli.Append($" {flag} {AsTyped.Quoted(file)}");
    }

    /// <param name="named">The flags that `get` has to be given, too.</param>
    private string Get(string coin, string more, params string[] named)
    {
        var command = new StringBuilder($"{program} get {coin}{more}");
        if (envFile is not null)
            command.Append($" --env-file {AsTyped.Quoted(envFile)}");
        foreach (Setting setting in SettingsTable.All)
            if (Array.IndexOf(named, setting.Name) >= 0 && flags.TryGetValue(setting.Name, out string? value))
                command.Append($" {setting.Flag} {AsTyped.Quoted(value)}");
        return command.ToString();
    }
}

// What the settings say of Redis, brought together once all of them were read: which of two that exclude each other, what the files
// hold, what it all comes to. What must stay true: a secret that is said twice, in a setting and in a file, is refused and not
// chosen between.
namespace BybitSpot.App;

/// <param name="sources">Where each setting comes from, for messages.</param>
/// <param name="isSaid">Whether somebody said it, be it the default.</param>
internal sealed class RedisSaid(SettingsDraft draft, IReadOnlyDictionary<string, string> sources, Func<string, bool> isSaid)
{
    private readonly RedisParts _parts = new()
    {
        Host = isSaid(SettingsTable.RedisHost) ? draft.RedisHost : null,
        Port = isSaid(SettingsTable.RedisPort) ? draft.RedisPort : null,
        Username = draft.RedisUsername,
        Password = draft.RedisPassword,
        Database = isSaid(SettingsTable.RedisDatabase) ? draft.RedisDatabase : null,
        Tls = isSaid(SettingsTable.RedisTls) ? draft.RedisTls : null,
        Sentinels = draft.RedisSentinels,
        SentinelMaster = draft.RedisSentinelMaster ?? "",
        SentinelUsername = draft.RedisSentinelUsername,
        SentinelPassword = draft.RedisSentinelPassword,
        IsCluster = draft.RedisCluster,
        ClusterNodes = draft.RedisClusterNodes,
        Writing = new RedisWriting
        {
            Guarded = draft.RedisGuarded,
            Notify = draft.RedisNotify,
            Extended = draft.RedisExtended,
            KeyLifetime = draft.RedisKeyLifetimeS > 0 ? TimeSpan.FromSeconds(draft.RedisKeyLifetimeS) : null,
        },
    };

    private RedisAccess? _access;

    public RedisAccess Access => _access ??= new RedisAccess(
        _parts,
        draft.RedisUrl,
        new RedisFiles(draft.RedisUrlFile, draft.RedisPasswordFile, draft.RedisSentinelPasswordFile, draft.RedisCaFile, draft.RedisCertFile, draft.RedisKeyFile),
        TimeProvider.System);

    /// <summary>What it comes to; null where something is wrong, which is added to the errors.</summary>
    public RedisOptions? Read(List<string> errors)
    {
        int before = errors.Count;
        Exclude(SettingsTable.RedisPasswordFile, draft.RedisPasswordFile is not null, SettingsTable.RedisPassword, draft.RedisPassword is not null, errors);
        Exclude(SettingsTable.RedisSentinelPasswordFile, draft.RedisSentinelPasswordFile is not null, SettingsTable.RedisSentinelPassword, draft.RedisSentinelPassword is not null, errors);
        Exclude(SettingsTable.RedisUrlFile, draft.RedisUrlFile is not null, SettingsTable.RedisUrl, draft.RedisUrl is not null, errors);
        // Where the address itself is wrong, or what belongs to it, the rest would be told wrong things of.
        if (errors.Count > before || errors.Exists(e => e.StartsWith($"{SettingsTable.RedisUrl}: ", StringComparison.Ordinal) || e.StartsWith($"{SettingsTable.RedisTls}: ", StringComparison.Ordinal)
            || e.StartsWith($"{SettingsTable.RedisCluster}: ", StringComparison.Ordinal) || e.StartsWith($"{SettingsTable.RedisSentinels}: ", StringComparison.Ordinal)))
            return null;
        RedisOptions? redis = Access.Try(null, out List<(string Setting, string Wrong)> wrongs);
        foreach ((string setting, string wrong) in wrongs)
            errors.Add($"{setting}: {wrong} [from {sources[setting]}]");
        return redis;
    }

    /// <summary>The settings that count though REDIS_URL says something else.</summary>
    public IEnumerable<SettingWarning> Overridden() => draft.RedisUrl is not { } url ? []
        : _parts.Overriding(url).Select(name => new SettingWarning(name, sources[name], null) { Overridden = SettingsTable.RedisUrl });

    /// <summary>What is shown as in effect, by the settings' names; no secret.</summary>
    public static IEnumerable<(string Name, string Value)> InEffect(RedisOptions redis)
    {
        const string BySentinels = "as the sentinels say";
        bool isNamed = redis.Topology == RedisTopology.Sentinel;
        yield return ("redis_host", isNamed ? BySentinels : redis.UnixPath ?? redis.Host);
        yield return ("redis_port", isNamed ? BySentinels : redis.UnixPath is null ? redis.Port.ToString() : "none");
        yield return ("redis_username", redis.Username ?? "none");
        yield return ("redis_password", string.IsNullOrEmpty(redis.Password) ? "none" : "set");
        yield return ("redis_db", redis.Database.ToString());
        yield return ("redis_tls", redis.Tls is null ? "false" : "true");
    }

    private void Exclude(string file, bool fileSaid, string setting, bool settingSaid, List<string> errors)
    {
        if (fileSaid && settingSaid)
            errors.Add($"{file}: {setting} is set, too [from {sources[setting]}]; which of the two counts is not guessed: take one of them out [from {sources[file]}]");
    }
}

namespace BybitSpot.App;

/// <summary>One row of <see cref="SettingsTable"/>: flags, the environment, <c>.env</c>, the help and the checks all come from it.</summary>
/// <param name="Name">In the environment and in <c>.env</c>.</param>
/// <param name="Default">As a user would write it; null = not set.</param>
/// <param name="Placeholder">What the help shows for the value.</param>
/// <param name="Meaning">One sentence for the help.</param>
/// <param name="Take">Checks a text and puts its value into the draft; answers what is wrong with it, or null.</param>
internal sealed record Setting(string Name, string? Default, string Placeholder, string Meaning, Func<string, SettingsDraft, string?> Take)
{
    /// <summary>True: the value is never shown, and there is no flag, since a process list shows flags.</summary>
    public bool Secret { get; init; }

    /// <summary>True: an empty text is a value of its own. Else an empty one in the environment or in <c>.env</c> counts as not set.</summary>
    public bool EmptyMeansSomething { get; init; }

    /// <summary>Another name in the environment and in <c>.env</c>.</summary>
    public string? OtherName { get; init; }

    /// <summary>The flag, where it isn't the name in small letters.</summary>
    public string? OwnFlag { get; init; }

    public string? Flag => Secret ? null : OwnFlag ?? "--" + Name.ToLowerInvariant().Replace('_', '-');
}

/// <summary>The values while they are being collected; read only when nothing was wrong.</summary>
internal sealed class SettingsDraft
{
    public Uri? StreamUrl;
    public Market.Venue Venue;
    public string[] Quotes = [];
    public Uri? RestUrl;
    public bool RestUrlGiven;
    public Market.Channel[] Channels = [];
    public int Lines;
    public int ReconnectIntervalMs;
    public int ReconnectAttemptsMax;
    public string RedisHost = "";
    public int RedisPort;
    public string? RedisPassword;
    public int RedisDatabase;
    public RedisUrl? RedisUrl;
    public string? RedisUsername;
    public bool RedisTls;
    public string? RedisUrlFile, RedisPasswordFile, RedisCaFile, RedisCertFile, RedisKeyFile;
    public RedisNode[] RedisSentinels = [];
    public string? RedisSentinelMaster, RedisSentinelUsername, RedisSentinelPassword, RedisSentinelPasswordFile;
    public bool RedisCluster;
    public RedisNode[] RedisClusterNodes = [];
    public bool RedisGuarded, RedisNotify, RedisExtended;
    public int RedisKeyLifetimeS;
    public EmbeddedUse RedisEmbedded;
    public Microsoft.Extensions.Logging.LogLevel LogLevel;
    public LogFormat LogFormat;
    public string CoinsFile = "";
    public Market.Shard Shard = Market.Shard.Whole;
    public bool KeepRemovedCoins;
    public int StaleAfterMs;
    public string InstanceId = InstanceName.Default;
    public ListenAddress? HttpUrl;
    public string[] HttpAllowedHosts = [];
    public string[] HttpAllowedOrigins = [];
    public bool HttpCoinMetrics;
    public string? RecordTo;
    public long? RecordSizeMax;
    public TimeSpan? RecordEvery;
    public Uri? Proxy;
    public string? ProxyTrouble;
    public string[] NoProxy = [];
}

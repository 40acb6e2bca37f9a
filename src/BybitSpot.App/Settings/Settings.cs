using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <summary>What is in effect, checked. Immutable.</summary>
internal sealed class Settings
{
    public required BridgeOptions Bridge { get; init; }

    /// <summary>Where to ask for the list of instruments; null = nowhere.</summary>
    public required Uri? RestUrl { get; init; }

    /// <summary>True when REST is off because nobody said which address belongs to the stream's host.</summary>
    public required bool RestUnknown { get; init; }

    public required Uri? RestProxy { get; init; }

    public required EmbeddedUse RedisEmbedded { get; init; }

    /// <summary>Whether somebody named a Redis, be it the default one.</summary>
    public required bool RedisNamed { get; init; }

    public required LogLevel LogLevel { get; init; }

    public required LogFormat LogFormat { get; init; }

    public required string CoinsFile { get; init; }

    /// <summary>Where the coins file's name came from, for messages.</summary>
    public required string CoinsFileSource { get; init; }

    /// <summary>Where the page listens; null = there is none.</summary>
    public required ListenAddress? HttpUrl { get; init; }

    /// <summary>Where that came from, for messages; null: nobody asked for it, it is the default.</summary>
    public required string? HttpUrlSource { get; init; }

    public required IReadOnlyList<string> HttpAllowedHosts { get; init; }

    public required IReadOnlyList<string> HttpAllowedOrigins { get; init; }

    /// <summary>Whether /metrics tells of each coin by its name.</summary>
    public required bool HttpCoinMetrics { get; init; }

    /// <summary>Where to record the stream to, with the limits of a file; null = nowhere.</summary>
    public required RecordOptions? Record { get; init; }

    /// <summary>The limits of a recording's file alone, for whoever names one.</summary>
    public required (long? SizeMax, TimeSpan? Every) RecordLimits { get; init; }

    /// <summary>Each setting with the text that is in effect, for the log; without secrets.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Shown { get; init; }

    /// <summary>Those of them that somebody set to something else than the default.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Changed { get; init; }

    /// <summary>Texts that no message may hold.</summary>
    public required string[] Secrets { get; init; }

    public Venue Venue => Bridge.Feed.Venue;

    /// <summary>Of which quotes spot pairs are taken, whatever the first market is.</summary>
    public required IReadOnlyList<string> Quotes { get; init; }

    /// <summary>What is the market's own: which symbols are taken, and what their coins are called.</summary>
    public required MarketRules Market { get; init; }

    /// <summary>Reads what of Redis stands in files.</summary>
    public required RedisAccess RedisAccess { get; init; }

    public static Settings From(SettingsDraft draft, RedisOptions redis, RedisAccess access, string coinsFileSource, string? httpUrlSource, bool redisNamed,
        IReadOnlyList<KeyValuePair<string, string>> shown, IReadOnlyList<KeyValuePair<string, string>> changed)
    {
        Uri stream = draft.StreamUrl!;
        Uri? rest = draft.RestUrlGiven ? draft.RestUrl : Endpoints.RestOf(stream);
        return new Settings
        {
            Bridge = new BridgeOptions(
                new FeedOptions(
                    stream,
                    draft.Venue,
                    draft.Channels,
                    draft.Lines,
                    TimeSpan.FromMilliseconds(draft.ReconnectIntervalMs),
                    draft.ReconnectAttemptsMax,
                    Endpoints.ProxyFor(stream, draft.Proxy, draft.NoProxy)) { StaleAfter = TimeSpan.FromMilliseconds(draft.StaleAfterMs) },
                redis,
                draft.KeepRemovedCoins) { InstanceId = draft.InstanceId, Version = ProgramVersion.Text, Shard = draft.Shard },
            Market = new MarketRules(draft.Venue, draft.Quotes),
            Quotes = draft.Quotes,
            RestUrl = rest,
            RestUnknown = rest is null && !draft.RestUrlGiven,
            RestProxy = Endpoints.ProxyFor(rest, draft.Proxy, draft.NoProxy),
            RedisEmbedded = draft.RedisEmbedded,
            RedisNamed = redisNamed,
            LogLevel = draft.LogLevel,
            LogFormat = draft.LogFormat,
            CoinsFile = draft.CoinsFile,
            CoinsFileSource = coinsFileSource,
            HttpUrl = draft.HttpUrl,
            HttpUrlSource = httpUrlSource,
            HttpAllowedHosts = draft.HttpAllowedHosts,
            HttpAllowedOrigins = draft.HttpAllowedOrigins,
            HttpCoinMetrics = draft.HttpCoinMetrics,
            Record = draft.RecordTo is null ? null : new RecordOptions(new RecordName(draft.RecordTo)) { SizeMax = draft.RecordSizeMax, Every = draft.RecordEvery },
            RecordLimits = (draft.RecordSizeMax, draft.RecordEvery),
            Shown = shown,
            Changed = changed,
            Secrets = SecretsOf(draft, redis),
            RedisAccess = access,
        };
    }

    private static string[] SecretsOf(SettingsDraft draft, RedisOptions redis)
    {
        var secrets = new List<string>(2);
        foreach (string? password in (ReadOnlySpan<string?>)[redis.Password, draft.RedisUrl?.Password, redis.SentinelPassword])
            if (password is { Length: > 0 } && !secrets.Contains(password))
                secrets.Add(password);
        if (draft.Proxy?.UserInfo.Split(':', 2) is [_, { Length: > 0 } proxyPassword])
            secrets.Add(proxyPassword);
        return [.. secrets];
    }
}

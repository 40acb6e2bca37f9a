// Every setting of this version, once. What must stay true: names and defaults of the first eight are the old bot's, and
// `.env.example` documents all of them (a test compares).
using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal static class SettingsTable
{
    public const string CoinsFile = "COINS_FILE";
    public const string Quotes = "QUOTES";
    public const string StreamUrl = "BYBIT_WS_URL";
    public const string RedisHost = "REDIS_HOST";
    public const string RedisPort = "REDIS_PORT";
    public const string RedisDatabase = "REDIS_DB";
    public const string RedisUrl = "REDIS_URL";
    public const string RedisUrlFile = "REDIS_URL_FILE";
    public const string RedisUsername = "REDIS_USERNAME";
    public const string RedisPassword = "REDIS_PASSWORD";
    public const string RedisPasswordFile = "REDIS_PASSWORD_FILE";
    public const string RedisTls = "REDIS_TLS";
    public const string RedisCaFile = "REDIS_CA_FILE";
    public const string RedisCertFile = "REDIS_CERT_FILE";
    public const string RedisKeyFile = "REDIS_KEY_FILE";
    public const string RedisSentinels = "REDIS_SENTINELS";
    public const string RedisSentinelMaster = "REDIS_SENTINEL_MASTER";
    public const string RedisSentinelUsername = "REDIS_SENTINEL_USERNAME";
    public const string RedisSentinelPassword = "REDIS_SENTINEL_PASSWORD";
    public const string RedisSentinelPasswordFile = "REDIS_SENTINEL_PASSWORD_FILE";
    public const string RedisCluster = "REDIS_CLUSTER";
    public const string RedisWriteMode = "REDIS_WRITE_MODE";
    public const string RedisHashFields = "REDIS_HASH_FIELDS";
    public const string Channels = "BYBIT_CHANNELS";
    public const string RedisEmbedded = "REDIS_EMBEDDED";
    public const string HttpUrl = "HTTP_URL";
    public const string Proxy = "HTTPS_PROXY";
    public const string RecordTo = "RECORD_TO";

    public static readonly Setting[] All =
    [
        new(StreamUrl, Endpoints.DefaultStream, "URL",
            "The exchange's stream; the last part of the path is the market: spot, linear or inverse.",
            static (text, draft) => Endpoints.TakeStream(text, out draft.StreamUrl, out draft.Venue)),
        new(RedisHost, RedisParts.HostDefault, "HOST", "Host of the Redis server.",
            static (text, draft) => Uri.CheckHostName(draft.RedisHost = text) == UriHostNameType.Unknown
                ? "is not a host name or address (the port goes into REDIS_PORT)"
                : null),
        new(RedisPort, "6379", "PORT", "Port of the Redis server.",
            static (text, draft) => Whole(text, 1, 65_535, out draft.RedisPort) ? null
                : text.StartsWith("tcp://", StringComparison.OrdinalIgnoreCase) ? FromKubernetes
                : "is not a port (1 to 65535)"),
        new(RedisPassword, null, "TEXT", "Password of the Redis server; empty means none.",
            static (text, draft) =>
            {
                draft.RedisPassword = text.Length == 0 ? null : text;
                return null;
            }) { Secret = true, EmptyMeansSomething = true },
        new(RedisDatabase, "0", "NUMBER", "Number of the Redis database.",
            static (text, draft) => Whole(text, 0, 65_535, out draft.RedisDatabase) ? null : "is not a database number (0 to 65535)"),
        // What a single setting says counts, whatever the address says of it: RedisParts.
        new(RedisUrl, null, "URL", "Address of the Redis server, redis://user:password@host:6379/0; rediss:// with TLS, unix:///path for a socket.",
            static (text, draft) => App.RedisUrl.Take(text, out draft.RedisUrl)) { Secret = true },
        new(RedisUsername, null, "NAME", "User of the Redis server (Redis 6 and later).",
            static (text, draft) =>
            {
                draft.RedisUsername = text;
                return text.Length == 0 || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "is not the name of a user" : null;
            }),
        new(RedisTls, "false", "BOOL", "Whether to speak TLS with the Redis server: true or false.",
            static (text, draft) => Either(text, "false", "true", out draft.RedisTls)),
        new(RedisCaFile, null, "FILE", "Certificates (PEM) of the authorities to trust for Redis instead of the system's.",
            static (text, draft) => TakeFile(text, out draft.RedisCaFile)),
        new(RedisCertFile, null, "FILE", "Certificate (PEM) to show to the Redis server, with those that stand between it and its authority.",
            static (text, draft) => TakeFile(text, out draft.RedisCertFile)),
        new(RedisKeyFile, null, "FILE", "Private key (PEM, not encrypted) of that certificate.",
            static (text, draft) => TakeFile(text, out draft.RedisKeyFile)),
        // Who puts the secret itself there, by mistake, does not find it in a log or a process list.
        new(RedisPasswordFile, null, "FILE", "A file with the password, in place of REDIS_PASSWORD; read again for each connection.",
            static (text, draft) => TakeFile(text, out draft.RedisPasswordFile)) { Secret = true },
        new(RedisUrlFile, null, "FILE", "A file with the address, in place of REDIS_URL; read again for each connection.",
            static (text, draft) => TakeFile(text, out draft.RedisUrlFile)) { Secret = true },
        new(RedisSentinels, null, "HOSTS", "Sentinels that name the server to write to, host:port with commas; REDIS_HOST is not used then.",
            static (text, draft) => TakeNodes(text, SentinelPort, out draft.RedisSentinels)),
        new(RedisSentinelMaster, "mymaster", "NAME", "What the sentinels call that server.",
            static (text, draft) =>
            {
                draft.RedisSentinelMaster = text;
                return text.Length == 0 || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "is not the name of a server as sentinels know it" : null;
            }),
        new(RedisSentinelUsername, null, "NAME", "User of the sentinels.",
            static (text, draft) =>
            {
                draft.RedisSentinelUsername = text;
                return text.Length == 0 || text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "is not the name of a user" : null;
            }),
        new(RedisSentinelPassword, null, "TEXT", "Password of the sentinels; empty means none.",
            static (text, draft) =>
            {
                draft.RedisSentinelPassword = text.Length == 0 ? null : text;
                return null;
            }) { Secret = true, EmptyMeansSomething = true },
        new(RedisSentinelPasswordFile, null, "FILE", "A file with that password; read again for each connection.",
            static (text, draft) => TakeFile(text, out draft.RedisSentinelPasswordFile)) { Secret = true },
        new(RedisCluster, "false", "NODES", "Redis Cluster: true (REDIS_HOST is the node that is asked first), or the nodes to ask, host:port with commas.",
            static (text, draft) => TakeCluster(text, draft)),
        new(RedisWriteMode, "direct", "MODE", "direct: who writes last wins; guarded: the newest price wins, for several instances on one Redis (6 and later).",
            static (text, draft) => Either(text, "direct", "guarded", out draft.RedisGuarded)),
        new("REDIS_NOTIFY", "none", "HOW", "publish: tells each change on the channel that is called like the key, PRICE|TIMESTAMP; none: nobody is told.",
            static (text, draft) => Either(text, "none", "publish", out draft.RedisNotify)),
        new(RedisHashFields, "plain", "FIELDS", "plain: a price's hash has price, time and symbol; extended: also sequence, receipt, source, the day's figures and, with orderbook.1, the best bid and ask.",
            static (text, draft) => Either(text, "plain", "extended", out draft.RedisExtended)),
        new("REDIS_KEY_TTL_S", "0", "SECONDS", "After so long without news or confirmation a price's hash expires; 0: never.",
            static (text, draft) => Whole(text, 0, 86_400, out draft.RedisKeyLifetimeS) && draft.RedisKeyLifetimeS is 0 or >= KeyLifetimeMinS
                ? null
                : $"is not a number of seconds ({KeyLifetimeMinS} to 86400, or 0 for none)"),
        new(RedisEmbedded, "auto", "WHEN",
            "The embedded store: auto (if no Redis is named by REDIS_HOST, REDIS_PORT, REDIS_URL and the like, and nothing answers on localhost), always or never.",
            static (text, draft) => TakeEmbedded(text, out draft.RedisEmbedded)),
        new("LOG_LEVEL", "info", "LEVEL", "What to log: error, warn, info or debug.",
            static (text, draft) => TakeLevel(text, out draft.LogLevel)),
        new("RECONNECT_INTERVAL_MS", "5000", "MS", "First delay before connecting again; doubles up to 60 s.",
            static (text, draft) => Whole(text, 10, 60_000, out draft.ReconnectIntervalMs)
                ? null
                : "is not a number of milliseconds (10 to 60000)"),
        new("RECONNECT_MAX_ATTEMPTS", "10", "COUNT", "Failures in a row before giving up with status 1; 0 means never.",
            static (text, draft) => Whole(text, 0, 1_000_000, out draft.ReconnectAttemptsMax)
                ? null
                : "is not a number of attempts (0 to 1000000)"),
        new("BYBIT_REST_URL", null, "URL",
            "The exchange's REST address; without it that of the stream's host is taken; empty turns REST off.",
            static (text, draft) =>
            {
                draft.RestUrlGiven = true;
                return Endpoints.TakeRest(text, out draft.RestUrl);
            }) { EmptyMeansSomething = true },
        new(Channels, "tickers,publicTrade", "LIST", "Topics of each coin, with commas: tickers, publicTrade or both; and orderbook.1, for bid and ask and to tell quiet coins from dead ones.",
            static (text, draft) => TakeChannels(text, out draft.Channels)),
        new("BYBIT_LINES", "1", "COUNT", "Redundant connections for each topic, 1 to 4.",
            static (text, draft) => Whole(text, 1, 4, out draft.Lines) ? null : "is not a number of connections (1 to 4)"),
        new(CoinsFile, "config/coins.json", "FILE", "The coins to watch; changes are taken while running.",
            static (text, draft) =>
            {
                draft.CoinsFile = text;
                return text.Length == 0 || text.Contains('\0') ? "is not a file name" : null;
            }) { OwnFlag = "--coins" },
        new(Quotes, Instrument.Quote, "LIST", "On spot, the quotes whose pairs are taken: USDT,USDC,EUR; * for all. The coin of BTCUSDT is BTC, of others the whole symbol.",
            static (text, draft) => TakeQuotes(text, out draft.Quotes)),
        new("STALE_AFTER_MS", "10000", "MS", "How long nothing may be heard of a coin, and how late its messages may come, before it is looked into.",
            static (text, draft) => Whole(text, 1_000, 3_600_000, out draft.StaleAfterMs)
                ? null
                : "is not a number of milliseconds (1000 to 3600000)"),
        new("INSTANCE_ID", null, "NAME", "Under which name in Redis the program says whether its prices can be believed; host-pid unless set.",
            static (text, draft) => InstanceName.Take(text, out draft.InstanceId)),
        new("SHARD", "0/1", "PART", "Which part of the coins is watched here, where several instances share them out: 0/3, 1/3 and 2/3 are all.",
            static (text, draft) => Shard.TryParse(text, out draft.Shard) ? null : $"is not a part as 0/3: a number from 0, and how many there are (1 to {Shard.CountMax})"),
        new("KEEP_REMOVED_COINS", "false", "BOOL", "Whether the hash of a coin that is taken off the list stays in Redis: true or false.",
            static (text, draft) => Either(text, "false", "true", out draft.KeepRemovedCoins)),
        new("LOG_FORMAT", "auto", "FORMAT", "json: an object a line; text: for people; auto: text on a terminal, else json.",
            static (text, draft) => TakeFormat(text, out draft.LogFormat)),
        new(HttpUrl, "http://127.0.0.1:9464", "URL",
            "Where the page is, and prices, health and metrics can be asked for; http://*:9464: from everywhere; empty turns it off.",
            static (text, draft) => ListenAddress.Take(text, out draft.HttpUrl)) { EmptyMeansSomething = true },
        new("HTTP_ALLOWED_HOSTS", null, "HOSTS",
            "More names that HTTP_URL may be called by, with commas; * for any, if HTTP_URL is not on loopback.",
            // Stands behind HTTP_URL, which it depends on.
            static (text, draft) => ListenAddress.TakeHosts(text, draft.HttpUrl, out draft.HttpAllowedHosts)) { EmptyMeansSomething = true },
        new("HTTP_ALLOWED_ORIGINS", null, "SITES",
            "Sites whose pages may ask HTTP_URL from a browser, https://prices.example, with commas; empty: none but its own.",
            static (text, draft) => ListenAddress.TakeOrigins(text, out draft.HttpAllowedOrigins)) { EmptyMeansSomething = true },
        new("HTTP_COIN_METRICS", "false", "BOOL", "Whether /metrics tells state and age of each coin by its name, four series a coin: true or false.",
            static (text, draft) => Either(text, "false", "true", out draft.HttpCoinMetrics)),
        new(RecordTo, null, "FILE", "Where to record the stream as it comes: a file's name, with .gz or .zst compressed; {time} in it is when the file begins; empty: nowhere.",
            static (text, draft) =>
            {
                draft.RecordTo = text.Length == 0 ? null : text;
                return text.Length == 0 ? null : text == RecordName.Output ? "is no file: prices go to stdout" : RecordName.Wrong(text);
            }) { EmptyMeansSomething = true },
        new("RECORD_ROTATE_SIZE", "none", "SIZE", "After so many bytes a recording goes on in another file, 100M for example; none: never.",
            static (text, draft) =>
            {
                draft.RecordSizeMax = RecordAmounts.TrySize(text, out long bytes) ? bytes : null;
                return draft.RecordSizeMax is null && !IsNone(text) ? RecordAmounts.SizeWrong : null;
            }) { OwnFlag = "--rotate-size" },
        new("RECORD_ROTATE_EVERY", "none", "TIME", "So often a recording goes on in another file, 1h for example, on the full hour then; none: never.",
            static (text, draft) =>
            {
                draft.RecordEvery = RecordAmounts.TrySpan(text, out TimeSpan span) ? span : null;
                return draft.RecordEvery is null && !IsNone(text) ? RecordAmounts.SpanWrong : null;
            }) { OwnFlag = "--rotate-every" },
        // A proxy's address may hold a password.
        new(Proxy, null, "URL", "HTTP proxy for wss and https, http://host:port; empty means none.",
            static (text, draft) =>
            {
                // An error only where a connection would use it: other programs know other kinds of proxies.
                draft.ProxyTrouble = Endpoints.TakeProxy(text, out draft.Proxy);
                return null;
            })
            { Secret = true, EmptyMeansSomething = true, OtherName = "https_proxy" },
        new("NO_PROXY", null, "HOSTS", "Hosts to reach without the proxy, with commas; .example.com means all below it, * all.",
            static (text, draft) =>
            {
                draft.NoProxy = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
                return null;
            }) { EmptyMeansSomething = true, OtherName = "no_proxy" },
    ];

    private const string FromKubernetes =
        "is no port: Kubernetes sets this in every pod beside a Service that is called redis; say enableServiceLinks: false in the pod's spec, "
        + "or set REDIS_PORT there to the port itself (and REDIS_HOST to redis)";

    private const int QuoteLengthMax = 10;

    private static Dictionary<string, Channel> Topics => new() { ["tickers"] = Channel.Ticker, ["publicTrade"] = Channel.Trade, ["orderbook.1"] = Channel.Book };

    private const int SentinelPort = 26_379;

    /// <summary>Shorter, and a hash could expire between two rewrites on a machine that stands still for a moment.</summary>
    private const int KeyLifetimeMinS = 5;

    /// <summary>Most nodes that are named to be asked.</summary>
    private const int NodesMax = 64;

    private static string? TakeNodes(string text, int portDefault, out RedisNode[] nodes)
    {
        var taken = new List<RedisNode>();
        nodes = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!RedisNode.TryParse(part, portDefault, out RedisNode node) || Uri.CheckHostName(node.Host) == UriHostNameType.Unknown)
                return $"is not a list of servers (host:port with commas): \"{TerminalText.Clean(part)}\" is none";
            if (!taken.Contains(node))
                taken.Add(node);
        }
        nodes = [.. taken];
        return nodes.Length switch
        {
            0 => "names no server (host:port with commas)",
            > NodesMax => $"names more than {NodesMax} servers; some of them are enough",
            _ => null,
        };
    }

    private static string? TakeCluster(string text, SettingsDraft draft)
    {
        draft.RedisClusterNodes = [];
        if (Either(text, "false", "true", out draft.RedisCluster) is null)
            return null;
        draft.RedisCluster = true;
        return TakeNodes(text, RedisParts.PortDefault, out draft.RedisClusterNodes) is { } wrong ? $"is neither true nor false, and {wrong}" : null;
    }

    internal static bool Whole(string text, int smallest, int largest, out int value)
    {
        value = 0;
        if (text.Length is 0 or > 9)
            return false;
        foreach (char c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = value * 10 + (c - '0');
        }
        return value >= smallest && value <= largest;
    }

    private static string? Either(string text, string ifFalse, string ifTrue, out bool value)
    {
        value = text.Equals(ifTrue, StringComparison.OrdinalIgnoreCase);
        return value || text.Equals(ifFalse, StringComparison.OrdinalIgnoreCase) ? null : $"is neither {ifTrue} nor {ifFalse}";
    }

    private static bool IsNone(string text) => text.Equals("none", StringComparison.OrdinalIgnoreCase);

    private static string? TakeFile(string text, out string? path)
    {
        bool isOne = text.Length > 0 && !text.Contains('\0');
        path = isOne ? text : null;
        return isOne ? null : "is not a file name";
    }

    private static string? TakeLevel(string text, out LogLevel level)
    {
        level = text.ToLowerInvariant() switch
        {
            "error" => LogLevel.Error,
            "warn" => LogLevel.Warning,
            "info" => LogLevel.Information,
            "debug" => LogLevel.Debug,
            _ => LogLevel.None,
        };
        return level == LogLevel.None ? "is not a level (error, warn, info or debug)" : null;
    }

    private static string? TakeEmbedded(string text, out EmbeddedUse use)
    {
        (use, bool known) = text.ToLowerInvariant() switch
        {
            "auto" => (EmbeddedUse.Auto, true),
            "always" => (EmbeddedUse.Always, true),
            "never" => (EmbeddedUse.Never, true),
            _ => (default, false),
        };
        return known ? null : "is neither auto, always nor never";
    }

    private static string? TakeFormat(string text, out LogFormat format)
    {
        (format, bool known) = text.ToLowerInvariant() switch
        {
            "auto" => (LogFormat.Auto, true),
            "json" => (LogFormat.Json, true),
            "text" => (LogFormat.Text, true),
            _ => (default, false),
        };
        return known ? null : "is neither auto, json nor text";
    }

    private static string? TakeQuotes(string text, out string[] quotes)
    {
        quotes = [.. text.ToUpperInvariant().Split(',', StringSplitOptions.TrimEntries).Distinct()];
        bool isEvery = quotes is [MarketRules.EveryQuote];
        if (isEvery || (quotes.Length <= MarketRules.QuotesMax && Array.TrueForAll(quotes, q => q.Length is >= 2 and <= QuoteLengthMax && Instrument.IsPlain(q))))
            return null;
        quotes = [];
        return $"is not a list of quotes (USDT, or several with commas, {MarketRules.QuotesMax} at most; * for all)";
    }

    private static string? TakeChannels(string text, out Channel[] channels)
    {
        channels = [];
        var named = new SortedSet<Channel>();
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
            if (!Topics.TryGetValue(part, out Channel channel) || !named.Add(channel))
                return "is not a list of topics (tickers, publicTrade, or both with a comma; and orderbook.1 beside them)";
        if (!named.Contains(Channel.Ticker) && !named.Contains(Channel.Trade))
            return "names no topic with prices: tickers, publicTrade or both, and orderbook.1 beside them";
        channels = [.. named];
        return null;
    }
}

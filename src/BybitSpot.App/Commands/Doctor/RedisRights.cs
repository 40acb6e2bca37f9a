// Whether each command that writing needs may be used, and at the keys at which it is: tried at the doctor's own keys, where trying changes
// nothing of anybody's.
using BybitSpot.Redis;

namespace BybitSpot.App;

/// <param name="key">The doctor's own.</param>
internal sealed class RedisRights(RedisTalk talk, Settings settings, string key)
{
    public const string Step = "Redis rights";

    private readonly RedisOptions _redis = settings.Bridge.Redis;

    private string Set => key + ":set";

    private string Index => key + ":index";

    /// <summary>All that trying may leave behind.</summary>
    public static string[] KeysOf(string key) => [key, key + ":set", key + ":index"];

    public Finding Look()
    {
        var refused = new List<string>();
        var lacking = new List<string>();
        string? other = null;
        // The key of no coin: to let it expire changes nothing, and is a write that has to be allowed.
        string nobody = PriceReader.KeyOf(settings.Venue, "doctor:" + settings.Bridge.InstanceId);
        Needed("hset", "HSET", key, "ltp", "1", "timestamp", "2024-09-09T15:30:25.123Z");
        Needed("pexpire", "PEXPIRE", key, RedisSteps.LifeMs);
        Needed($"keys {PriceReader.KeyOf(settings.Venue, "*")}", "PEXPIRE", nobody, "1");
        Needed("hget", "HGET", key, "ltp");
        Needed("hmget", "HMGET", key, "ltp");
        Needed("exists", "EXISTS", key);
        Needed("type", "TYPE", key);
        Needed("time", "TIME");
        Needed("sadd", "SADD", Set, "x");
        Needed("pexpire", "PEXPIRE", Set, RedisSteps.LifeMs);
        Needed("zadd", "ZADD", Index, "1", "x");
        Needed("pexpire", "PEXPIRE", Index, RedisSteps.LifeMs);
        Needed("zremrangebyscore", "ZREMRANGEBYSCORE", Index, "-inf", "(0");
        Needed("eval", "EVAL", "return redis.call('HGET',KEYS[1],'ltp')", "1", key);
        Needed("del", "DEL", Set);
        if (_redis.Writing.Guarded || !_redis.Writing.IsPlain)
            Needed("evalsha", "EVALSHA", "0000000000000000000000000000000000000000", "1", key);
        if (_redis.Writing.Guarded)
            Needed("hdel", "HDEL", key, "none");
        if (_redis.Topology == RedisTopology.Cluster)
            Needed("cluster|slots", "CLUSTER", "SLOTS");
        Useful("zrange", "ZRANGE", Index, "0", "-1");
        Useful("hgetall", "HGETALL", key);
        Useful("pttl", "PTTL", key);
        Useful("persist", "PERSIST", nobody);
        Useful("hdel", "HDEL", key, "none");
        if (_redis.Writing.Notify)
            NeededToTell();
        if (refused.Count > 0)
            return new Finding(Step, Health.Wrong, $"not allowed: {string.Join(", ", refused.Distinct())}", $"ACL SETUSER {_redis.Username ?? "default"} {string.Join(' ', refused.Distinct().Select(r => r.Split(' ') switch
            {
                ["keys", var pattern] => $"~{pattern}",
                ["channels", var pattern] => $"&{pattern}",
                _ => $"+{r}",
            }))}");
        if (other is not null)
            return new Finding(Step, Health.Wrong, $"a write is refused: {other}", RedisSteps.Advice(other));
        return lacking.Count > 0
            ? new Finding(Step, Health.Warning, $"all that writing needs; not allowed: {string.Join(", ", lacking.Distinct())}", "without them left-over fields stay in a hash, and other writers are not seen")
            : new Finding(Step, Health.Ok, "every command that is used may be used");

        // Nothing is published to find out: nobody is to be told of a price that there is not. Before Redis 7 the server does not tell.
        void NeededToTell()
        {
            string channel = PriceReader.KeyOf(settings.Venue, "doctor");
            string script = $"if not redis.acl_check_cmd then return 1 end return ({(_redis.Topology == RedisTopology.Cluster ? $"redis.acl_check_cmd('SPUBLISH','{channel}','x') or " : "")}redis.acl_check_cmd('PUBLISH','{channel}','x')) and 1 or 0";
            if (RedisSteps.One(talk, "EVAL", script, "0") == ":0")
                refused.AddRange(["publish", $"channels {PriceReader.KeyOf(settings.Venue, "*")}"]);
        }

        void Needed(string name, params string[] words) => Note(refused, name, words);

        void Useful(string name, params string[] words) => Note(lacking, name, words);

        void Note(List<string> list, string name, string[] words)
        {
            if (RedisSteps.One(talk, words) is not ['-', .. var error])
                return;
            if (error.StartsWith("NOPERM", StringComparison.Ordinal) || error.Contains("unknown command", StringComparison.OrdinalIgnoreCase))
                list.Add(name);
            else if (!error.StartsWith("NOSCRIPT", StringComparison.Ordinal) && list == refused)
                other ??= error;
        }
    }
}

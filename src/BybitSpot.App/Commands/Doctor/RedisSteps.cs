// The doctor's way to Redis: who answers, as whom, whether each command that is needed may be used, what of its configuration could cost prices
// or time, who else writes, and how long a write takes. What must stay true: no price is written; what is tried is tried at keys of the
// doctor's own, which expire by themselves and are taken back at the end, whatever ends it.
using System.Globalization;
using System.Net.Sockets;
using BybitSpot.Redis;

namespace BybitSpot.App;

/// <param name="coins">Those that would be watched.</param>
internal sealed class RedisSteps(Settings settings, string[] coins, TimeProvider time, CancellationToken stop)
{
    private const string Connecting = "Redis", Version = "Redis version", Role = "Redis role", Memory = "Redis memory", Disk = "Redis disk", Writers = "other writers", Trip = "round trip";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    /// <summary>Writes that are timed.</summary>
    private const int Trips = 200;

    /// <summary>A write that takes longer than this, of a hundred the second longest, is worth a word.</summary>
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(5);

    /// <summary>How long the doctor's keys live if nobody takes them back.</summary>
    public const string LifeMs = "30000";

    private readonly RedisOptions _redis = settings.Bridge.Redis;
    private readonly string _key = $"{PriceReader.StatusIndexOf(settings.Venue)}:doctor:{settings.Bridge.InstanceId}";

    public IEnumerable<Finding> Take()
    {
        if (settings.RedisEmbedded == EmbeddedUse.Always)
        {
            yield return new Finding(Connecting, Health.Skipped, "prices go to a store inside the program (REDIS_EMBEDDED=always)");
            yield break;
        }
        using var talk = new RedisTalk(_redis with { ClientName = null }, s_limit, time, stop);
        long start = time.GetTimestamp();
        Finding connected = Connect(talk, start);
        yield return connected;
        if (connected.Health != Health.Ok)
        {
            foreach (string step in (string[])[Version, Role, RedisRights.Step, Memory, Disk, Writers, Trip])
                yield return new Finding(step, Health.Skipped, "not tried: there is no way to it");
            yield break;
        }
        try
        {
            foreach ((string name, Func<RedisTalk, Finding> take) in ((string, Func<RedisTalk, Finding>)[])
                [(Version, VersionOf), (Role, RoleOf), (RedisRights.Step, RightsOf), (Memory, MemoryOf), (Disk, DiskOf), (Writers, WritersOf), (Trip, TripOf)])
                yield return Guarded(talk, name, take);
        }
        finally
        {
            TakeBack();
        }
    }

    private Finding Connect(RedisTalk talk, long start)
    {
        try
        {
            talk.Connect();
            string who = _redis.Username is { } user ? $", as {user}" : string.IsNullOrEmpty(_redis.Password) ? "" : ", with a password";
            return new Finding(Connecting, Health.Ok, $"{talk.Endpoint} answers after {ExchangeSteps.Ms(time.GetElapsedTime(start))}{(_redis.Tls is null ? "" : ", TLS")}{who}");
        }
        catch (RedisRefusedException refused)
        {
            return new Finding(Connecting, Health.Wrong, $"{_redis.Endpoint}: {refused.Message}",
                refused.Command == "SELECT" ? "REDIS_DB names a database that is not there, or may not be used" : $"{_redis.PasswordSetting}, REDIS_USERNAME, or the server's users (ACL LIST)");
        }
        catch (RedisAccessException missing)
        {
            return new Finding(Connecting, Health.Wrong, missing.Message, "put the file there, where the program may read it");
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return NoAnswer($"no answer within {s_limit.TotalSeconds:0} s");
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return NoAnswer(failure is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "nothing listens there (connection refused)"
                : failure is SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } ? "the name cannot be resolved" : failure.Message);
        }
    }

    private Finding NoAnswer(string why) => settings.RedisEmbedded == EmbeddedUse.Auto && !settings.RedisNamed
        ? new Finding(Connecting, Health.Warning, $"{_redis.Endpoint}: {why}", "run would put prices into a store inside itself: start a Redis, or name one in REDIS_HOST")
        : new Finding(Connecting, Health.Wrong, $"{_redis.Endpoint}: {why}", _redis.Topology switch
        {
            RedisTopology.Sentinel => "do they run (REDIS_SENTINELS says where), and is that what they call it (REDIS_SENTINEL_MASTER; SENTINEL MASTERS lists the names)?",
            RedisTopology.Cluster => "do its nodes run, and are they reachable from here? REDIS_CLUSTER, or REDIS_HOST, says where they are",
            _ => $"is it running, and reachable from here? {_redis.PlaceSetting} says where it is",
        });

    // Trouble of one step ends that step.
    private Finding Guarded(RedisTalk talk, string name, Func<RedisTalk, Finding> step)
    {
        try
        {
            if (!talk.Connected)
                talk.Connect();
            return step(talk);
        }
        catch (Exception failure) when (failure is IOException or SocketException or RedisRefusedException or RedisAccessException || (failure is OperationCanceledException && !stop.IsCancellationRequested))
        {
            talk.Dispose();
            return new Finding(name, Health.Wrong, failure is OperationCanceledException ? $"no answer within {s_limit.TotalSeconds:0} s" : failure.Message, "the server hangs, or closes connections: its log and its load");
        }
    }

    private Finding VersionOf(RedisTalk talk)
    {
        Dictionary<string, string>? server = Info(talk, "server");
        if (server?.GetValueOrDefault("redis_version") is not { } version)
            return new Finding(Version, Health.Warning, "it does not tell (INFO is refused)", "allow +info, so that a server that is too old is noticed");
        int major = int.TryParse(version.Split('.')[0], out int m) ? m : 0;
        int least = _redis.Writing.Guarded ? 6 : 4;
        return major >= least ? new Finding(Version, Health.Ok, version)
            : new Finding(Version, Health.Wrong, version, _redis.Writing.Guarded ? "REDIS_WRITE_MODE=guarded needs 6.0 or newer" : "4.0 or newer is needed");
    }

    private Finding RoleOf(RedisTalk talk)
    {
        if (_redis.Topology == RedisTopology.Cluster)
        {
            string? said = One(talk, "CLUSTER", "INFO");
            Dictionary<string, string> info = Lines(said);
            string state = info.GetValueOrDefault("cluster_state") ?? "unknown";
            return state == "ok" ? new Finding(Role, Health.Ok, $"a cluster of {info.GetValueOrDefault("cluster_size")} primaries with keys, {info.GetValueOrDefault("cluster_slots_ok")} slots")
                : said is ['-', ..] ? new Finding(Role, Health.Warning, $"it does not tell of its cluster: {said[1..]}", "allow +cluster|info")
                : new Finding(Role, Health.Wrong, $"the cluster's state is {state}: {info.GetValueOrDefault("cluster_slots_ok")} of 16384 slots are served", "redis-cli --cluster check tells which nodes are missing");
        }
        Dictionary<string, string>? replication = Info(talk, "replication");
        string? role = replication?.GetValueOrDefault("role");
        if (replication is null || role is null)
            return new Finding(Role, Health.Skipped, "it does not tell (INFO is refused)");
        if (role != "master")
            return new Finding(Role, Health.Wrong, $"a replica of {replication.GetValueOrDefault("master_host")}:{replication.GetValueOrDefault("master_port")}, which takes no writes", "name the primary, or the sentinels that know it (REDIS_SENTINELS)");
        string replicas = replication.GetValueOrDefault("connected_slaves") ?? "0";
        if (Info(talk, "server")?.GetValueOrDefault("redis_mode") == "cluster")
            return new Finding(Role, Health.Wrong, "a node of a cluster, of which it has some of the keys", "REDIS_CLUSTER=true");
        return new Finding(Role, Health.Ok, _redis.Topology == RedisTopology.Sentinel ? $"the primary of \"{_redis.SentinelMaster}\", as the sentinels say, with {replicas} replicas" : $"a primary, with {replicas} replicas");
    }

    private Finding RightsOf(RedisTalk talk) => new RedisRights(talk, settings, _key).Look();

    public static string Advice(string error) => error.Split(' ')[0] switch
    {
        "OOM" => "it is full: raise maxmemory, or take something away",
        "READONLY" => "it is a replica: name the primary, or the sentinels that know it (REDIS_SENTINELS)",
        "MISCONF" => "it cannot save to its disk: make room, or turn saving off",
        "NOREPLICAS" => "too few replicas follow it (min-replicas-to-write)",
        "LOADING" => "it is loading its data; wait",
        "BUSY" => "a script of somebody's runs for long (SCRIPT KILL)",
        "CLUSTERDOWN" => "redis-cli --cluster check tells which nodes are missing",
        "NOPERM" => "the rights above",
        "MOVED" => "it is a node of a cluster: REDIS_CLUSTER=true",
        _ => "what it says tells",
    };

    private Finding MemoryOf(RedisTalk talk)
    {
        if (Info(talk, "memory") is not { } memory)
            return new Finding(Memory, Health.Skipped, "it does not tell (INFO is refused)");
        long limit = Number(memory, "maxmemory"), used = Number(memory, "used_memory");
        string policy = memory.GetValueOrDefault("maxmemory_policy") ?? "";
        string text = limit == 0 ? $"{Mb(used)} used, no limit" : $"{Mb(used)} of {Mb(limit)} used, {policy}";
        bool bounded = limit > 0, some = policy.StartsWith("volatile", StringComparison.Ordinal);
        // What expires is first to go: the keys that say what is to be believed always do.
        if (bounded && some && _redis.Writing.KeyLifetime is null)
            return new Finding(Memory, Health.Warning, text, "when it is full it throws the price_feed keys away, and readers know no price to be fresh: maxmemory-policy noeviction, or a Redis of their own");
        if (bounded && (some || policy.StartsWith("allkeys", StringComparison.Ordinal)))
            return new Finding(Memory, Health.Warning, text, "when it is full it throws prices away, which then are missing for up to a minute: maxmemory-policy noeviction, or a Redis of their own");
        return limit > 0 && used > limit * 0.9
            ? new Finding(Memory, Health.Warning, text, "when it is full it refuses writes (OOM): raise maxmemory; a thousand coins need about 1 MB")
            : new Finding(Memory, Health.Ok, text);
    }

    private Finding DiskOf(RedisTalk talk)
    {
        if (Info(talk, "persistence") is not { } persistence)
            return new Finding(Disk, Health.Skipped, "it does not tell (INFO is refused)");
        bool appends = persistence.GetValueOrDefault("aof_enabled") == "1";
        string? fsync = appends ? Setting(talk, "appendfsync") : null;
        string? replicas = Setting(talk, "min-replicas-to-write");
        if (persistence.GetValueOrDefault("rdb_last_bgsave_status") == "err" || persistence.GetValueOrDefault("aof_last_write_status") == "err")
            return new Finding(Disk, Health.Warning, "its last save failed", "it may refuse writes (MISCONF): make room on its disk, or turn saving off");
        if (fsync == "always")
            return new Finding(Disk, Health.Warning, "every write waits for its disk (appendfsync always)", "appendfsync everysec: a price is worth nothing after a crash anyway");
        if (replicas is not (null or "0"))
            return new Finding(Disk, Health.Warning, $"it takes writes only while {replicas} replicas follow (min-replicas-to-write)", "with fewer it refuses prices (NOREPLICAS); 0 unless other data needs it");
        return new Finding(Disk, Health.Ok, appends ? $"an append-only file{(fsync is null ? "" : $", appendfsync {fsync}")}" : "no append-only file: nothing waits for the disk");
    }

    private Finding WritersOf(RedisTalk talk)
    {
        if (coins.Length == 0)
            return new Finding(Writers, Health.Skipped, "not tried: no coin is named");
        IReadOnlyList<OtherWriter>? found = OtherWriter.Find(talk, settings.Venue, settings.Bridge.InstanceId, _redis.Writing, coins, out string? refusal);
        if (found is null)
            return new Finding(Writers, Health.Skipped, $"it does not let us look: {refusal}");
        return found.Count == 0 ? new Finding(Writers, Health.Ok, "nobody writes these coins unguarded beside this one")
            : new Finding(Writers, Health.Warning, $"{string.Join(", ", found.Select(w => w.Instance))} runs and writes {found.Max(w => w.Coins)} of these coins", "one instance for a coin, or REDIS_WRITE_MODE=guarded on all of them");
    }

    private Finding TripOf(RedisTalk talk)
    {
        var took = new TimeSpan[Trips];
        for (int i = 0; i < took.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            long start = time.GetTimestamp();
            if (One(talk, "HSET", _key, "ltp", i.ToString(CultureInfo.InvariantCulture), "timestamp", "2024-09-09T15:30:25.123Z") is ['-', .. var error])
                return new Finding(Trip, Health.Wrong, $"a write is refused: {error}", Advice(error));
            took[i] = time.GetElapsedTime(start);
            // Lives no longer than if it had been written once.
            if (i == 0)
                One(talk, "PEXPIRE", _key, LifeMs);
        }
        Array.Sort(took);
        (TimeSpan half, TimeSpan most) = (took[Trips / 2], took[Trips * 99 / 100]);
        string text = $"{Trips} writes: p50 {ExchangeSteps.Ms(half)}, p99 {ExchangeSteps.Ms(most)}";
        return most > s_slow ? new Finding(Trip, Health.Warning, text, "the network between, or the server's load and slow commands (SLOWLOG GET, LATENCY DOCTOR)") : new Finding(Trip, Health.Ok, text);
    }

    // On a connection of its own: the other one may be what failed.
    private void TakeBack()
    {
        try
        {
            using var talk = new RedisTalk(_redis with { ClientName = null }, s_limit, time, CancellationToken.None);
            talk.Connect();
            foreach (string key in RedisRights.KeysOf(_key))
                One(talk, "DEL", key);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or RedisRefusedException or RedisAccessException)
        {
            // They expire by themselves.
        }
    }

    public static string? One(RedisTalk talk, params string[] words)
    {
        talk.Ask(words);
        string? first = talk.Reply();
        // What is in a list matters to nobody here.
        for (long left = Parts(first); left > 0; left--)
            left += Parts(talk.Reply());
        return first;
    }

    private static long Parts(string? word) => word is ['*', .. var size] && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : 0;

    private static string? Setting(RedisTalk talk, string name)
    {
        talk.Ask("CONFIG", "GET", name);
        return talk.List(out _) is [_, var value] ? value : null;
    }

    private static Dictionary<string, string>? Info(RedisTalk talk, string section) => One(talk, "INFO", section) is { } text and not ['-', ..] ? Lines(text) : null;

    private static Dictionary<string, string> Lines(string? text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in (text ?? "").Split("\r\n"))
            if (line.IndexOf(':') is var colon and > 0)
                values[line[..colon]] = line[(colon + 1)..];
        return values;
    }

    private static long Number(Dictionary<string, string> info, string name) => long.TryParse(info.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    private static string Mb(long bytes) => $"{(bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture)} MB";
}

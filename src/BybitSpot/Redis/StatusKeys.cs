// The other half of the contract: what says whether the prices can be believed. Frozen like PriceKeys: it may grow, never change. Pure.
//
//   price_feed:{market}:{instance}:coins   a hash coin → fresh, quiet or stale: all that this instance watches, and what each
//                                          price is worth. A coin that isn't there is not watched, whatever its price hash says
//   price_feed:{market}:{instance}:stale   the set of this instance's coins that are stale now
//   price_feed:{market}:{instance}         a hash: state (connecting, live, degraded, stale, stopped, empty), since, coins, stale,
//                                          last_tick, heartbeat, endpoint, version; where prices are written guarded, write_mode: guarded;
//                                          and of a part of the coins, shard: 0/3
//   price_feed:{market}                    a sorted set instance → ms of its last heartbeat, by Redis' own clock, so that the
//                                          clocks of several machines do not matter; older ones are dropped by whoever writes
//
// All are written every 5 s and with each change to or from stale, and expire after 15 s: when the process dies, they go. Each
// key is written whole by one script that names no other key: a cluster takes no more, and no reader sees half of one. Old tools
// scan *bybit*: no key but the price hashes may hold that word.
using System.Text;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Redis;

internal static class StatusKeys
{
    public static readonly TimeSpan RewriteEvery = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ExpireAfter = TimeSpan.FromSeconds(15);

    /// <summary>How many commands <see cref="Commands"/> makes.</summary>
    public const int CommandCount = 4;

    private const string Prefix = "price_feed:";

    // ARGV: lifetime in ms, then all that the key is to hold. Redis' Lua unpacks some 8,000 values at most: portions of an even 1,000.
    private const string HashScript =
        "redis.call('DEL',KEYS[1]) local i=2 while i<=#ARGV do redis.call('HSET',KEYS[1],unpack(ARGV,i,math.min(i+999,#ARGV))) i=i+1000 end "
        + "redis.call('PEXPIRE',KEYS[1],ARGV[1]) return 1";

    private const string SetScript =
        "redis.call('DEL',KEYS[1]) local i=2 while i<=#ARGV do redis.call('SADD',KEYS[1],unpack(ARGV,i,math.min(i+999,#ARGV))) i=i+1000 end "
        + "redis.call('PEXPIRE',KEYS[1],ARGV[1]) return 1";

    // ARGV: lifetime in ms, instance. Servers of before Redis 5 write after TIME only when told to replicate what the script does.
    private const string IndexScript =
        "if redis.replicate_commands then redis.replicate_commands() end local t=redis.call('TIME') local now=t[1]*1000+math.floor(t[2]/1000) "
        + "local k=redis.call('TYPE',KEYS[1]).ok if k~='zset' and k~='none' then redis.call('DEL',KEYS[1]) end "
        + "redis.call('ZADD',KEYS[1],string.format('%.0f',now),ARGV[2]) redis.call('ZREMRANGEBYSCORE',KEYS[1],'-inf',string.format('(%.0f',now-ARGV[1])) "
        + "redis.call('PEXPIRE',KEYS[1],ARGV[1]) return 1";

    public static string IndexOf(Venue venue) => Prefix + venue.Name();

    public static string HashOf(Venue venue, string instance) => $"{IndexOf(venue)}:{instance}";

    public static string StaleOf(Venue venue, string instance) => HashOf(venue, instance) + ":stale";

    public static string CoinsOf(Venue venue, string instance) => HashOf(venue, instance) + ":coins";

    /// <summary>The keys that <see cref="Commands"/> write, in their order.</summary>
    public static string[] Keys(Venue venue, string instance) => [CoinsOf(venue, instance), StaleOf(venue, instance), HashOf(venue, instance), IndexOf(venue)];

    /// <summary>What a coin is worth, in the word of the contract.</summary>
    public static string WordOf(CoinState state) => state switch
    {
        CoinState.Fresh => "fresh",
        CoinState.Quiet => "quiet",
        _ => "stale",
    };

    /// <summary>The commands that write all keys, one each, in the order in which they are to be sent.</summary>
    /// <param name="fields">Of the instance's hash.</param>
    /// <param name="coins">All that is watched.</param>
    /// <param name="stale">Those that the set of stale coins is to name.</param>
    public static byte[][] Commands(
        Venue venue, string instance, IReadOnlyList<(string Field, string Value)> fields, IReadOnlyList<(string Coin, CoinState State)> coins, IReadOnlyList<string> stale) =>
    [
        Command(HashScript, CoinsOf(venue, instance), [.. coins.SelectMany(c => new[] { c.Coin, WordOf(c.State) })]),
        Command(SetScript, StaleOf(venue, instance), stale),
        Command(HashScript, HashOf(venue, instance), [.. fields.SelectMany(f => new[] { f.Field, f.Value })]),
        Command(IndexScript, IndexOf(venue), [instance]),
    ];

    private static byte[] Command(string script, string key, IReadOnlyList<string> values)
    {
        var text = new StringBuilder(script.Length + 128 + 24 * values.Count);
        text.Append('*').Append(5 + values.Count).Append("\r\n");
        Word("EVAL");
        Word(script);
        Word("1");
        Word(key);
        Word(((int)ExpireAfter.TotalMilliseconds).ToString());
        foreach (string value in values)
            Word(value);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Word(string word) => text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
    }
}

// The other half of the contract: what says whether the prices can be believed. Frozen like PriceKeys. Pure.
//
//   price_feed:{market}:{instance}         a hash: state (connecting, live, degraded, stale, stopped), since, coins, stale, last_tick,
//                                          heartbeat, endpoint, version
//   price_feed:{market}:{instance}:stale   the set of this instance's coins that are stale now
//
// Both are written by one script, so no reader sees one without the other, every 5 s and with each change, and expire after 15 s:
// when the process dies, they go. Old tools scan *bybit*: no key but the price hashes may hold that word.
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.Redis;

internal static class StatusKeys
{
    public static readonly TimeSpan RewriteEvery = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ExpireAfter = TimeSpan.FromSeconds(15);

    private const string Prefix = "price_feed:";

    // KEYS: hash, set. ARGV: lifetime in ms, number of field words, fields and values, stale coins. Redis' Lua unpacks some 8,000
    // values at most, so the set is filled in portions.
    private const string Script =
        "local n=tonumber(ARGV[2]) redis.call('DEL',KEYS[1],KEYS[2]) redis.call('HSET',KEYS[1],unpack(ARGV,3,n+2)) redis.call('PEXPIRE',KEYS[1],ARGV[1]) "
        + "local i=n+3 while i<=#ARGV do redis.call('SADD',KEYS[2],unpack(ARGV,i,math.min(i+999,#ARGV))) i=i+1000 end "
        + "if #ARGV>n+2 then redis.call('PEXPIRE',KEYS[2],ARGV[1]) end return 1";

    public static string HashOf(Venue venue, string instance) => $"{Prefix}{venue.ToString().ToLowerInvariant()}:{instance}";

    public static string StaleOf(Venue venue, string instance) => HashOf(venue, instance) + ":stale";

    /// <summary>The command that writes both keys.</summary>
    public static byte[] Command(Venue venue, string instance, IReadOnlyList<(string Field, string Value)> fields, IReadOnlyList<string> stale)
    {
        var text = new StringBuilder(512 + 24 * stale.Count);
        text.Append('*').Append(7 + 2 * fields.Count + stale.Count).Append("\r\n");
        Word("EVAL");
        Word(Script);
        Word("2");
        Word(HashOf(venue, instance));
        Word(StaleOf(venue, instance));
        Word(((int)ExpireAfter.TotalMilliseconds).ToString());
        Word((2 * fields.Count).ToString());
        foreach ((string field, string value) in fields)
        {
            Word(field);
            Word(value);
        }
        foreach (string coin in stale)
            Word(coin);
        return Encoding.UTF8.GetBytes(text.ToString());

        void Word(string word) => text.Append('$').Append(Encoding.UTF8.GetByteCount(word)).Append("\r\n").Append(word).Append("\r\n");
    }
}

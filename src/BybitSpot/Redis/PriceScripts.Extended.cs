// The same scripts for hashes with more than the three fields. An empty argument is a field that there is not. A guarded write takes each
// group for itself: the price by the rule at the head of PriceScripts.cs; the best bid and ask, and the figures of the day, unless what
// stands there is of a later time that Redis' own clock has reached, but for a minute. So none of them keeps another back.
namespace BybitSpot.Redis;

internal static partial class PriceScripts
{
    private static readonly string s_names = string.Join(',', ExtendedFields.Names.Select(n => $"'{n}'"));

    // Arguments in front of the fields.
    private const int DirectHead = 5, SeedHead = 3, GuardedHead = 6;

    private static RedisScript WriteExtended(RedisWriting writing, bool sharded) => writing.Guarded
        ? new RedisScript(GuardExtended + Closing(writing, sharded, "keep and 0 or 1"), GuardedHead + ExtendedFields.Count - 1)
        : new RedisScript(Leave + Gather(DirectHead) + Clean + Put + Closing(writing, sharded), DirectHead + ExtendedFields.Count);

    private static RedisScript SeedExtended(RedisWriting writing, bool sharded) =>
        new(SeedGuard + Gather(SeedHead) + Put + Closing(writing, sharded), SeedHead + ExtendedFields.Count);

    private static string Gather(int head) =>
        $"local a,w={{'ltp',ARGV[1],'timestamp',ARGV[2],'original_symbol',ARGV[3]}},{{ltp=1,timestamp=1,original_symbol=1}} for i,f in ipairs({{{s_names}}}) do local v=ARGV[{head}+i] "
        + "if v~='' then a[#a+1]=f a[#a+1]=v w[f]=1 end end ";

    private const string Put = "redis.call('HSET',KEYS[1],(unpack or table.unpack)(a)) ";

    private const string Clean =
        "if ARGV[5]=='1' then local k=redis.pcall('HGETALL',KEYS[1]) if not k.err then for i=1,#k,2 do "
        + "if not w[k[i]] then redis.pcall('HDEL',KEYS[1],k[i]) end end end " + Persist;

    private const string GuardExtended =
        "local function timed(t) return t and string.match(t,'^" + IsTime + "$') end "
        + "local function ahead(t) " + DaysOf + "return days*86400+H*3600+M*60+S>redis.call('TIME')[1]+60 end "
        + "local h=redis.call('HMGET',KEYS[1],'ltp','timestamp','seq','book_timestamp','day_timestamp') "
        + "local t,s,n=h[2],h[3],ARGV[4] local same=h[1]==ARGV[1] and t==ARGV[2] local keep=false "
        + "if timed(t) then " + Newer + "if newer and not ahead(t) then keep=true same=true end end "
        + "local a,d={},{} "
        + "local function put(at,...) for i,f in ipairs({...}) do local v=ARGV[at+i-1] if v=='' then d[#d+1]=f else a[#a+1]=f a[#a+1]=v end end end "
        + "local function takes(t,mine) return mine~='' and not (timed(t) and t>mine and not ahead(t)) end "
        + "if not keep then put(1,'ltp','timestamp','original_symbol','seq') put(7,'received_at','source') end "
        + "if takes(h[4],ARGV[13]) then put(9,'bid','bid_size','ask','ask_size','book_timestamp') end "
        + "if takes(h[5],ARGV[18]) then put(14,'high_24h','low_24h','volume_24h','change_24h','day_timestamp') end "
        + "if #a>0 then redis.call('HSET',KEYS[1],(unpack or table.unpack)(a)) end if #d>0 then redis.pcall('HDEL',KEYS[1],(unpack or table.unpack)(d)) end ";
}

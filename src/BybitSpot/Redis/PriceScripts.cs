// The scripts by which a price is written where one HSET does not do, and the commands that call them. Pure. Each names one key
// alone, the coin's, so that every node of a cluster takes it. Both answer 1 where the hash holds the price now, 0 where something
// newer stands there and was left.
//
// Direct: writes. KEYS[1] the hash; ARGV: price, time, symbol; then, of what was sent before, the latest time that may be the
// exchange's (only an older time is written over then, or one beyond that), else empty; then "1" to leave nothing but the three
// fields and no expiry; a user who may not take fields away still writes.
//
// Guarded: the newest wins. ARGV: price, time, symbol; the sequence, or empty; the time of the reset of the sequence that was
// believed last, or empty; the time of the price less a minute. What stands is newer if its sequence is higher or, where either
// has none or both are equal, its time. It is not, whatever its sequence:
//   - if there is no time, or none of the form of the contract;
//   - if it is of before the reset;
//   - if its time is more than a minute older than the price's: the sequence began anew while nobody looked;
//   - if its time is more than a minute ahead of Redis' own clock: somebody's wrong clock, or a simulation's.
// Times of that form and numbers of one length order as texts do. Redis' scripts know no calendar, so the date becomes a number of
// days by the rule that Howard Hinnant gives (days_from_civil; years begin in March), and only where something would be held back.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.Redis;

/// <summary>A script with what is needed to call it.</summary>
internal sealed class RedisScript
{
    private readonly byte[] _eval, _evalSha;

    /// <param name="arguments">How many it takes behind its one key.</param>
    public RedisScript(string text, int arguments)
    {
        Text = text;
        // EVALSHA goes by it; nothing is kept secret.
#pragma warning disable CA5350
        string hash = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5350
        int words = 4 + arguments;
        _eval = Encoding.UTF8.GetBytes($"*{words}\r\n$4\r\nEVAL\r\n${Encoding.UTF8.GetByteCount(text)}\r\n{text}\r\n$1\r\n1\r\n");
        _evalSha = Encoding.UTF8.GetBytes($"*{words}\r\n$7\r\nEVALSHA\r\n${hash.Length}\r\n{hash}\r\n$1\r\n1\r\n");
    }

    public string Text { get; }

    /// <summary>Most bytes that <see cref="Begin"/> writes.</summary>
    public int HeadBytesMax => _eval.Length;

    /// <summary>Writes the command up to its key.</summary>
    /// <param name="isKnown">Whether the server has the script.</param>
    /// <returns>How many bytes it took.</returns>
    public int Begin(bool isKnown, Span<byte> into)
    {
        byte[] head = isKnown ? _evalSha : _eval;
        head.CopyTo(into);
        return head.Length;
    }
}

internal static partial class PriceScripts
{
    /// <summary>How far ahead of Redis' clock a stored time may be, and how far behind a price whose sequence is lower than what is stored.</summary>
    public static readonly TimeSpan FarTime = TimeSpan.FromMinutes(1);

    private const string IsTime = "%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d%d%dZ";

    /// <param name="sharded">Who is told is told in the part of a cluster that has the key, where the server can do that.</param>
    public static RedisScript Write(RedisWriting writing, bool sharded) => writing.Extended ? WriteExtended(writing, sharded) : writing.Guarded
        ? new RedisScript(Guard + Hset(",'seq',ARGV[4]") + Closing(writing, sharded), 6)
        : new RedisScript(Rewrite + Hset("") + Closing(writing, sharded), 5);

    /// <summary>Writes a hash only if there is none; what was seeded before counts as written. ARGV: price, time, symbol.</summary>
    public static RedisScript Seed(RedisWriting writing, bool sharded) => writing.Extended ? SeedExtended(writing, sharded) : new(
        SeedGuard + "redis.call('HSET',KEYS[1],'ltp',ARGV[1],'timestamp',ARGV[2],'original_symbol',ARGV[3]) " + Closing(writing, sharded), 3);

    private const string SeedGuard =
        "local h=redis.call('HMGET',KEYS[1],'ltp','timestamp') local same=h[1]==ARGV[1] and h[2]==ARGV[2] "
        + "if not same and redis.call('EXISTS',KEYS[1])==1 then return 0 end ";

    private const string Leave =
        "local h=redis.call('HMGET',KEYS[1],'ltp','timestamp') local t=h[2] local same=h[1]==ARGV[1] and t==ARGV[2] "
        + "if ARGV[4]~='' and t and #t==24 and t>ARGV[2] and t<=ARGV[4] then return 0 end ";

    private const string Persist = "local l=redis.pcall('PTTL',KEYS[1]) if type(l)=='number' and l>=0 then redis.pcall('PERSIST',KEYS[1]) end end ";

    private const string Rewrite = Leave
        + "if ARGV[5]=='1' then local k=redis.pcall('HGETALL',KEYS[1]) if not k.err then for i=1,#k,2 do local f=k[i] "
        + "if f~='ltp' and f~='timestamp' and f~='original_symbol' then redis.pcall('HDEL',KEYS[1],f) end end end " + Persist;

    // Whether what stands, of time t with sequence s, is newer than what is to be written, with sequence n.
    private const string Newer =
        "local newer "
        + "if n~='' and s and s~=n and string.match(s,'^[1-9]%d*$') then "
        + "if #s~=#n then newer=#s>#n else newer=s>n end "
        + "if newer and (t<ARGV[6] or (ARGV[5]~='' and t<ARGV[5])) then newer=false end "
        + "else newer=t>ARGV[2] end ";

    private const string DaysOf =
        "local y,m,d,H,M,S=string.match(t,'^(%d+)%-(%d+)%-(%d+)T(%d+):(%d+):(%d+)') y=tonumber(y) m=tonumber(m) "
        + "if m<3 then y=y-1 m=m+12 end "
        + "local days=365*y+math.floor(y/4)-math.floor(y/100)+math.floor(y/400)+math.floor((153*m-457)/5)+d-719469 ";

    private const string Guard =
        "local h=redis.call('HMGET',KEYS[1],'ltp','timestamp','seq') local t,s,n=h[2],h[3],ARGV[4] local same=h[1]==ARGV[1] and t==ARGV[2] "
        + "if t and not string.match(t,'^" + IsTime + "$') then t=false end "
        + "if t then " + Newer + "if newer then " + DaysOf
        + "if days*86400+H*3600+M*60+S<=redis.call('TIME')[1]+60 then return 0 end end end "
        + "if n=='' and s then redis.call('HDEL',KEYS[1],'seq') end ";

    private static string Hset(string more) => more.Length == 0
        ? "redis.call('HSET',KEYS[1],'ltp',ARGV[1],'timestamp',ARGV[2],'original_symbol',ARGV[3]) "
        : $"if n=='' then redis.call('HSET',KEYS[1],'ltp',ARGV[1],'timestamp',ARGV[2],'original_symbol',ARGV[3]) else redis.call('HSET',KEYS[1],'ltp',ARGV[1],'timestamp',ARGV[2],'original_symbol',ARGV[3]{more}) end ";

    // Nobody is told twice of the same: the hash may have been written by another instance, or before.
    private static string Closing(RedisWriting writing, bool sharded, string answer = "1") =>
        (writing.KeyLifetime is { } lifetime ? $"redis.call('PEXPIRE',KEYS[1],{(long)lifetime.TotalMilliseconds}) " : "")
        + (!writing.Notify ? "" : sharded
            ? "if not same then local r=redis.pcall('SPUBLISH',KEYS[1],ARGV[1]..'|'..ARGV[2]) if type(r)=='table' and r.err then redis.call('PUBLISH',KEYS[1],ARGV[1]..'|'..ARGV[2]) end end "
            : "if not same then redis.call('PUBLISH',KEYS[1],ARGV[1]..'|'..ARGV[2]) end ")
        + "return " + answer;

    /// <summary>Writes a time, or an empty word for none; nothing is allocated.</summary>
    public static int Time(long timeMs, Span<byte> into)
    {
        if (timeMs <= 0)
            return Resp.Bulk(""u8, into);
        Span<byte> text = stackalloc byte[IsoTime.Length];
        IsoTime.Format(Math.Min(timeMs, IsoTime.TimeMsMax), text);
        return Resp.Bulk(text, into);
    }

    /// <summary>The same of a sequence.</summary>
    public static int Sequence(long sequence, Span<byte> into)
    {
        Span<byte> text = stackalloc byte[20];
        if (sequence <= 0)
            return Resp.Bulk(""u8, into);
        Utf8Formatter.TryFormat(sequence, text, out int digits);
        return Resp.Bulk(text[..digits], into);
    }
}

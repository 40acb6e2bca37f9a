using System.Net;
using System.Text;
using BybitSpot.App;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class RedisUrlTests
{
    [Theory]
    [InlineData("redis://redis.example", false, "redis.example", null, null, null, null, null)]
    [InlineData("redis://redis.example:6380/3", false, "redis.example", 6380, null, null, null, 3)]
    [InlineData("REDISS://redis.example/", true, "redis.example", null, null, null, null, null)]
    [InlineData("redis://:secret@10.0.0.1:6379/0", false, "10.0.0.1", 6379, null, null, "secret", 0)]
    [InlineData("rediss://app:se:cr%40et%25@redis.example", true, "redis.example", null, null, "app", "se:cr@et%", null)]
    [InlineData("redis://app:p@ss@redis.example", false, "redis.example", null, null, "app", "p@ss", null)]
    [InlineData("redis://app@redis.example", false, "redis.example", null, null, "app", null, null)]
    [InlineData("redis://app:@redis.example", false, "redis.example", null, null, "app", "", null)]
    [InlineData("redis://:@redis.example", false, "redis.example", null, null, null, null, null)]
    [InlineData("redis://redis.example:/", false, "redis.example", null, null, null, null, null)]
    [InlineData("redis://redis.example?db=4", false, "redis.example", null, null, null, null, 4)]
    [InlineData("redis://redis.example/4?db=4", false, "redis.example", null, null, null, null, 4)]
    [InlineData("redis://[::1]:6379/1", false, "::1", 6379, null, null, null, 1)]
    [InlineData("rediss://:x@[fd00::1]", true, "fd00::1", null, null, null, "x", null)]
    [InlineData("redis://[fe80::1%251]:1", false, "fe80::1%1", 1, null, null, null, null)]
    [InlineData("redis://:6380/2", false, null, 6380, null, null, null, 2)]
    [InlineData("redis://", false, null, null, null, null, null, null)]
    [InlineData("redis://:%E2%82%AC%20%2F@h", false, "h", null, null, null, "€ /", null)]
    [InlineData("unix:///run/redis/redis.sock", false, null, null, "/run/redis/redis.sock", null, null, null)]
    [InlineData("unix:///run/a%20b@c.sock?db=2", false, null, null, "/run/a b@c.sock", null, null, 2)]
    [InlineData("unix://app:secret@/run/redis.sock", false, null, null, "/run/redis.sock", "app", "secret", null)]
    public void An_address_is_taken_apart(string text, bool tls, string? host, int? port, string? path, string? user, string? password, int? database)
    {
        Assert.Null(RedisUrl.Take(text, out RedisUrl? url));
        Assert.Equal(new RedisUrl(tls, host, port, path, user, password, database), url);
    }

    [Theory]
    [InlineData("", "is not an address of a Redis")]
    [InlineData("canary.example:6379", "is not an address of a Redis")]
    [InlineData("http://:canary@host", "is not an address of a Redis")]
    [InlineData("redis:canary", "is not an address of a Redis")]
    [InlineData("redis://:canary@host:0", "a port (1 to 65535)")]
    [InlineData("redis://:canary@host:65536", "a port (1 to 65535)")]
    [InlineData("redis://:canary@host:99999999999999999999", "a port (1 to 65535)")]
    [InlineData("redis://:canary@host:+1", "a port (1 to 65535)")]
    [InlineData("redis://:canary@host:canary", "a port (1 to 65535)")]
    [InlineData("redis://:canary%zz@host", "% that two hexadecimal digits do not follow")]
    [InlineData("redis://:canary%4@host", "% that two hexadecimal digits do not follow")]
    [InlineData("redis://:canary%@host", "% that two hexadecimal digits do not follow")]
    [InlineData("redis://:canary%FF@host", "no character (UTF-8)")]
    [InlineData("redis://:canary#x@host", "%23")]
    [InlineData("redis://:canary/x@host", "%2F")]
    [InlineData("redis://:canary?x@host", "%3F")]
    [InlineData("redis://:canary x@host", "%20")]
    [InlineData("redis://:canary@host\n", "control character")]
    [InlineData("redis://:canary@host/canary", "the number of a database")]
    [InlineData("redis://:canary@host/-1", "the number of a database")]
    [InlineData("redis://:canary@host/1/2", "the number of a database")]
    [InlineData("redis://:canary@host/1?db=2", "two numbers of a database")]
    [InlineData("redis://:canary@host?db=canary", "db=")]
    [InlineData("redis://:canary@host?ssl_cert_reqs=canary", "\"ssl_cert_reqs\"")]
    [InlineData("redis://:canary@host?db=1&canary9=1", "something in its query")]
    [InlineData("redis://:canary@::1:6379", "IPv6 address stands in brackets")]
    [InlineData("redis://:canary@[::1", "IPv6")]
    [InlineData("redis://:canary@[::1]x", "IPv6")]
    [InlineData("redis://:canary@[127.0.0.1]", "IPv6")]
    [InlineData("redis://:canary@[canary]", "IPv6")]
    [InlineData("redis://:canary@ho!st", "the name or the address of a host")]
    [InlineData("unix://:canary@host/run/redis.sock", "the whole path")]
    [InlineData("unix://run/redis.sock", "the whole path")]
    [InlineData("unix://:canary@", "the whole path")]
    [InlineData("unix:///", "the path of a socket")]
    [InlineData("unix:///run/canary/", "the path of a socket")]
    [InlineData("unix:///0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012", "more than 103 bytes")]
    [Trait("Fault", "59")]
    public void What_is_wrong_with_one_is_told_without_a_part_of_it(string text, string words)
    {
        string? wrong = RedisUrl.Take(text, out RedisUrl? url);
        Assert.Null(url);
        Assert.Contains(words, wrong, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", wrong, StringComparison.Ordinal);
    }

    /// <summary>Any user, password, host, port and number, written as one writes them.</summary>
    [Fact]
    public void Whatever_user_and_password_are_once_encoded_they_come_out_as_they_were() =>
        Holds.ForSeeds(2_000, random =>
        {
            string? user = random.Next(3) == 0 ? null : Text(random);
            string password = Text(random);
            string host = random.Next(3) switch { 0 => "redis.example", 1 => new IPAddress(Bytes(random, 4)).ToString(), _ => $"[{new IPAddress(Bytes(random, 16))}]" };
            int? port = random.Next(2) == 0 ? null : random.Next(1, 65_536);
            int? database = random.Next(2) == 0 ? null : random.Next(0, 65_536);
            bool tls = random.Next(2) == 0;
            string text = $"{(tls ? "rediss" : "redis")}://{Encoded(random, user ?? "")}:{Encoded(random, password)}@{host}{(port is null ? "" : $":{port}")}{(database is null ? "" : $"/{database}")}";

            Assert.Null(RedisUrl.Take(text, out RedisUrl? url));
            Assert.Equal(new RedisUrl(tls, host.Trim('[', ']'), port, null, user, password, database), url);
        });

    /// <summary>What people and machines put there: the right pieces in the wrong places, and anything else.</summary>
    [Fact]
    [Trait("Fault", "59")]
    public void Whatever_stands_there_it_is_taken_whole_or_refused_and_no_message_shows_what_may_be_a_password() =>
        Holds.ForSeeds(5_000, random =>
        {
            string[] pieces = ["redis", "rediss", "unix", "://", ":", "/", "@", "?", "#", "[", "]", "%", "%zz", "%41", "%00", "db=", "&", "=", "1", "65536", "::1", "host", "Zq9vKx", "Zq9vKx", "\u00e9", "\ud800", "\0", " ", "-", "."];
            var text = new StringBuilder(random.Next(4) == 0 ? "" : random.Next(2) == 0 ? "redis://" : "unix://");
            for (int count = random.Next(0, 14); count > 0; count--)
                text.Append(pieces[random.Next(pieces.Length)]);

            string? wrong = RedisUrl.Take(text.ToString(), out RedisUrl? url);

            Assert.Equal(wrong is null, url is not null);
            Assert.DoesNotContain("q9vKx", $"{wrong}{(url is null ? "" : $"{url}")}", StringComparison.Ordinal);
            if (url is not null)
            {
                Assert.True(url.Port is null or (>= 1 and <= 65_535));
                Assert.True(url.Database is null or (>= 0 and <= 65_535));
                Assert.True(url.Path is null || (url.Path[0] == '/' && url.Host is null && url.Port is null));
                Assert.True(url.Host is null || Uri.CheckHostName(url.Host) != UriHostNameType.Unknown);
            }
        });

    [Fact]
    public void No_text_at_all_throws() =>
        Holds.ForAll(Gen.Choose(0, 0xFFFF).Select(c => (char)c).ArrayOf().Select(c => new string(c)), 2_000, text =>
        {
            _ = RedisUrl.Take("redis://" + text, out _);
            _ = RedisUrl.Take(text, out _);
        });

    private static string Text(Random random)
    {
        string[] letters = ["a", "Z", "9", ":", "@", "/", "?", "#", "%", "&", "=", "+", " ", "é", "€", "𝄞", "[", "\"", "'", "\\", ";"];
        return string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => letters[random.Next(letters.Length)]));
    }

    // What must be encoded is; the rest is now and then.
    private static string Encoded(Random random, string text) =>
        string.Concat(text.EnumerateRunes().Select(r => r.IsAscii && char.IsAsciiLetterOrDigit((char)r.Value) && random.Next(3) > 0
            ? r.ToString()
            : string.Concat(Encoding.UTF8.GetBytes(r.ToString()).Select(b => random.Next(2) == 0 ? $"%{b:X2}" : $"%{b:x2}"))));

    private static byte[] Bytes(Random random, int count)
    {
        byte[] bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}

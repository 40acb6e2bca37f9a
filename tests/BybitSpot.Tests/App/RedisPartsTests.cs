using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.App;

/// <summary>How an address and single settings come together.</summary>
public sealed class RedisPartsTests
{
    [Fact]
    public void What_a_single_setting_says_counts_and_the_rest_is_the_addresss()
    {
        RedisUrl url = Url("rediss://app:old@redis.example:6380/3");

        Assert.Equal(("redis.example", 6380, "app", "old", 3, true), Joined(new RedisParts(), url));
        Assert.Equal(("other", 6380, "app", "old", 3, true), Joined(new RedisParts { Host = "other" }, url));
        Assert.Equal(("redis.example", 1, "app", "old", 3, true), Joined(new RedisParts { Port = 1 }, url));
        Assert.Equal(("redis.example", 6380, "me", "old", 3, true), Joined(new RedisParts { Username = "me" }, url));
        Assert.Equal(("redis.example", 6380, "app", "new", 3, true), Joined(new RedisParts { Password = "new" }, url));
        Assert.Equal(("redis.example", 6380, "app", "old", 0, true), Joined(new RedisParts { Database = 0 }, url));
        Assert.Equal(("redis.example", 6380, "app", "old", 3, false), Joined(new RedisParts { Tls = false }, url));
        Assert.Equal(("localhost", 6379, null, null, 0, false), Joined(new RedisParts(), null));
        Assert.Equal(("localhost", 6379, "me", null, 0, true), Joined(new RedisParts { Username = "me", Tls = true }, null));
        Assert.Equal(("h", 6379, null, null, 0, false), Joined(new RedisParts { Host = "h" }, Url("redis:///")));
    }

    [Fact]
    public void Of_a_sockets_address_a_host_leaves_nothing_but_the_login()
    {
        RedisUrl url = Url("unix://app:pw@/run/redis.sock?db=2");
        Assert.Null(new RedisParts().Join(url, out RedisOptions? socket, out bool tls));
        Assert.Equal(("/run/redis.sock", "app", "pw", 2, false), (socket!.UnixPath, socket.Username, socket.Password, socket.Database, tls));
        Assert.Null(new RedisParts { Host = "h", Port = 5, Tls = true }.Join(url, out RedisOptions? host, out tls));
        Assert.Equal((null, "h", 5, "app", true), (host!.UnixPath, host.Host, host.Port, host.Username, tls));
    }

    [Fact]
    public void What_cannot_be_meant_is_told_by_the_setting_that_is_to_be_changed()
    {
        Assert.Equal("REDIS_PORT", new RedisParts { Port = 1 }.Join(Url("unix:///run/r.sock"), out RedisOptions? none, out _)?.Setting);
        Assert.Null(none);
        Assert.Equal("REDIS_TLS", new RedisParts { Tls = true }.Join(Url("unix:///run/r.sock"), out _, out _)?.Setting);
        Assert.Contains("names no host", new RedisParts().Join(Url("redis:///1"), out _, out _)?.Wrong);
        // Whether that is a user or a password nobody can tell.
        (string Setting, string Wrong)? wrong = new RedisParts().Join(Url("redis://canary@host"), out _, out _);
        Assert.Contains("redis://:PASSWORD@host", wrong?.Wrong);
        Assert.DoesNotContain("canary", $"{wrong}");
        Assert.Null(new RedisParts { Password = "x" }.Join(Url("redis://app@host"), out _, out _));
    }

    [Fact]
    public void A_setting_that_counts_over_the_address_is_known_and_one_that_says_the_same_is_not()
    {
        RedisUrl url = Url("rediss://app:old@redis.example:6380/3");
        var parts = new RedisParts { Host = "x", Port = 1, Username = "y", Password = "z", Database = 0, Tls = false };

        Assert.Equal(["REDIS_HOST", "REDIS_PORT", "REDIS_USERNAME", "REDIS_PASSWORD", "REDIS_DB", "REDIS_TLS"], parts.Overriding(url));
        Assert.Empty(new RedisParts { Host = "redis.example", Port = 6380, Username = "app", Password = "old", Database = 3, Tls = true }.Overriding(url));
        Assert.Empty(parts.Overriding(Url("redis://")).Except(["REDIS_TLS"]));
        Assert.Equal(["REDIS_HOST"], parts.Overriding(Url("unix:///run/r.sock")));
    }

    /// <summary>Over every choice of what is said where.</summary>
    [Fact]
    public void Each_part_is_the_single_settings_else_the_addresss_else_the_default() =>
        Holds.ForSeeds(2_000, random =>
        {
            var url = random.Next(4) == 0 ? null : new RedisUrl(random.Next(2) == 0, Maybe(random, "url.example"), MaybeNumber(random, 6380), null, Maybe(random, "url-user"), Maybe(random, "url-xyzzy"), MaybeNumber(random, 7));
            var parts = new RedisParts { Host = Maybe(random, "one.example"), Port = MaybeNumber(random, 1), Username = Maybe(random, "one-user"), Password = Maybe(random, "one-xyzzy"), Database = MaybeNumber(random, 0), Tls = random.Next(3) switch { 0 => null, 1 => true, _ => false } };

            (string, string)? wrong = parts.Join(url, out RedisOptions? redis, out bool tls);

            Assert.Equal(wrong is null, redis is not null);
            bool noHost = url is { Host: null } && parts.Host is null;
            bool userAlone = parts.Username is null && url?.Username is not null && (parts.Password ?? url.Password) is null;
            Assert.Equal(noHost || userAlone, wrong is not null);
            if (redis is null)
                return;
            Assert.Equal(
                (parts.Host ?? url?.Host ?? "localhost", parts.Port ?? url?.Port ?? 6379, parts.Username ?? url?.Username, parts.Password ?? url?.Password, parts.Database ?? url?.Database ?? 0, parts.Tls ?? url?.Tls ?? false),
                (redis.Host, redis.Port, redis.Username, redis.Password, redis.Database, tls));
            Assert.DoesNotContain("xyzzy", $"{parts} {url} {redis}");
        });

    private static string? Maybe(Random random, string text) => random.Next(2) == 0 ? null : text;

    private static int? MaybeNumber(Random random, int number) => random.Next(2) == 0 ? null : number;

    private static RedisUrl Url(string text)
    {
        Assert.Null(RedisUrl.Take(text, out RedisUrl? url));
        return url!;
    }

    private static (string Host, int Port, string? Username, string? Password, int Database, bool Tls) Joined(RedisParts parts, RedisUrl? url)
    {
        Assert.Null(parts.Join(url, out RedisOptions? redis, out bool tls));
        return (redis!.Host, redis.Port, redis.Username, redis.Password, redis.Database, tls);
    }
}

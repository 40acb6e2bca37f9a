using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>What a test asks a Redis about the Redis itself.</summary>
internal static class RedisLooks
{
    /// <summary>How often a command was carried out since the server started.</summary>
    public static long Calls(this RedisServer redis, string command) =>
        Number((string)redis.Ask("INFO", "commandstats")!, $"cmdstat_{command}:calls=");

    /// <summary>How many connections the server has taken since it started.</summary>
    public static long ConnectionsEver(this RedisServer redis) =>
        Number((string)redis.Ask("INFO", "stats")!, "total_connections_received:");

    /// <summary>Every key of the selected database, in order.</summary>
    public static string[] AllKeys(this RedisServer redis) => [.. ((string[])redis.Ask("KEYS", "*")!).Order(StringComparer.Ordinal)];

    /// <summary>All keys but those in which a program says whether its prices can be believed.</summary>
    public static string[] Keys(this RedisServer redis) =>
        [.. redis.AllKeys().Where(k => !k.StartsWith("price_feed:", StringComparison.Ordinal))];

    /// <summary>What the one program that writes here says of itself; empty if it says nothing.</summary>
    public static Dictionary<string, string> Status(this RedisServer redis) =>
        redis.Instances() is [var instance] ? redis.Hash($"price_feed:spot:{instance}") : [];

    /// <summary>The instances whose heartbeat stands there.</summary>
    public static string[] Instances(this RedisServer redis) => (string[])redis.Ask("ZRANGE", "price_feed:spot", "0", "-1")!;

    /// <summary>What the one program that writes here says of a coin: fresh, quiet, stale; null if it does not watch it.</summary>
    public static string? Worth(this RedisServer redis, string coin) =>
        redis.Instances() is [var instance] ? (string?)redis.Ask("HGET", $"price_feed:spot:{instance}:coins", coin) : null;

    /// <summary>The coins that the one program that writes here calls stale.</summary>
    public static string[] StaleCoins(this RedisServer redis) =>
        ((string[])redis.Ask("KEYS", "price_feed:*:stale")!).SingleOrDefault() is { } key ? [.. ((string[])redis.Ask("SMEMBERS", key)!).Order(StringComparer.Ordinal)] : [];

    private static long Number(string info, string head)
    {
        int at = info.IndexOf(head, StringComparison.Ordinal);
        if (at < 0)
            return 0;
        at += head.Length;
        int end = info.AsSpan(at).IndexOfAnyExceptInRange('0', '9') is var length and >= 0 ? at + length : info.Length;
        return long.Parse(info.AsSpan(at, end - at), CultureInfo.InvariantCulture);
    }

    /// <summary>Ends a program in order; no secret was in its log, its prices or its command line.</summary>
    public static void EndsAndNeverSays(this Bot bot, params string[] secrets)
    {
        string commandLine = File.ReadAllText($"/proc/{bot.Process.Id}/cmdline");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        foreach (string secret in secrets)
        {
            Assert.DoesNotContain(secret, bot.ErrorText);
            Assert.DoesNotContain(secret, string.Join('\n', bot.Prices));
            Assert.DoesNotContain(secret, commandLine);
        }
    }
}

using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Signals;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>What the feed is worth, written to a real server.</summary>
public sealed class StatusKeysServerTests : IDisposable
{
    private const string Hash = "price_feed:spot:host-7";
    private const string Stale = "price_feed:spot:host-7:stale";
    private const string Index = "price_feed:spot";

    private readonly RedisServer _redis = RedisServer.Start();

    public void Dispose() => _redis.Dispose();

    [Fact]
    public void Hash_and_set_stand_as_they_were_said_and_both_expire_after_15_seconds()
    {
        Tell(_redis, 2, [("state", "degraded"), ("endpoint", "")]);
        Assert.Equal(new() { ["state"] = "degraded", ["endpoint"] = "", ["stale"] = "2" }, _redis.Hash(Hash));
        Assert.Equal(["C0", "C1"], StaleCoins());
        ExpiresWithin15S(Hash);
        ExpiresWithin15S(Stale);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1_000)]
    [InlineData(1_001)]
    [InlineData(3_000)]
    [InlineData(LatestTable.SlotsMax)]
    public void However_many_coins_are_stale_the_set_holds_exactly_them(int count)
    {
        Tell(_redis, count);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"C{i}").Order(StringComparer.Ordinal), StaleCoins());
        Assert.Equal(new() { ["stale"] = $"{count}" }, _redis.Hash(Hash));
        ExpiresWithin15S(Hash);
        ExpiresWithin15S(Stale);
    }

    [Fact]
    public void What_was_said_before_is_gone_and_no_other_key_is_touched()
    {
        _redis.Ask("SET", "mine", "1");
        _redis.Ask("SADD", "price_feed:spot:host-8:stale", "X");
        Tell(_redis, 3_000, [("old", "x")]);
        Tell(_redis, 1, [("state", "live")]);
        Assert.Equal(new() { ["state"] = "live", ["stale"] = "1" }, _redis.Hash(Hash));
        Assert.Equal(["C0"], StaleCoins());
        Tell(_redis, 0);
        Assert.Equal("0", _redis.Ask("EXISTS", Stale));
        Assert.Equal(new() { ["stale"] = "0" }, _redis.Hash(Hash));
        ExpiresWithin15S(Hash);
        Assert.Equal(("1", "1", "-1"), (_redis.Ask("GET", "mine"), _redis.Ask("SCARD", "price_feed:spot:host-8:stale"), _redis.Ask("PTTL", "mine")));
        Assert.Equal([Index, Hash, Hash + ":coins", "price_feed:spot:host-8:stale", "mine"], _redis.AllKeys().OrderBy(k => k == "mine").ThenBy(k => k, StringComparer.Ordinal));
    }

    [Fact]
    public void Keys_that_a_stranger_made_of_another_kind_are_replaced()
    {
        foreach (string key in (string[])[Hash, Stale, Hash + ":coins", Index])
            _redis.Ask("SET", key, "x");
        Tell(_redis, 1);
        Assert.Equal(["host-7"], (string[])_redis.Ask("ZRANGE", Index, "0", "-1")!);
        Assert.Equal("1", _redis.Hash(Hash)["stale"]);
        Assert.Equal(["C0"], StaleCoins());
    }

    [Fact]
    public void No_reader_ever_sees_half_of_a_key()
    {
        int[] counts = [1, 3_000, 2, 1_500];
        int[] lengths = [.. counts.Select(c => c + 2)];
        bool done = false;
        var failures = new List<string>();
        Thread writer = OwnThread.Start(
            "writes",
            () =>
            {
                using RedisServer connection = RedisServer.Reach(_redis.Port);
                for (int i = 0; !Volatile.Read(ref done) && i < 100_000; i++)
                    Tell(connection, counts[i % counts.Length]);
            },
            (name, failure) => failures.Add($"{name}: {failure}"));
        var seen = new HashSet<(string, string)>();
        Until.True("every state was seen", () =>
        {
            for (int i = 0; i < 20; i++)
            {
                (string coins, string stale) = ((string)_redis.Ask("HLEN", Hash + ":coins")!, (string)_redis.Ask("SCARD", Stale)!);
                if ((coins, stale) is ("0", _) or (_, "0") && seen.Count == 0)
                    continue;
                Assert.Contains(int.Parse(coins, CultureInfo.InvariantCulture), lengths);
                Assert.Contains(int.Parse(stale, CultureInfo.InvariantCulture), counts);
                seen.Add((coins, "coins"));
                seen.Add((stale, "stale"));
            }
            return seen.Count == 2 * counts.Length;
        }, TimeSpan.FromMinutes(1));
        Volatile.Write(ref done, true);
        Assert.True(writer.Join(TimeSpan.FromMinutes(1)));
        Assert.Empty(failures);
    }

    [Fact, Trait("Fault", "85")]
    public void Every_coin_that_is_watched_stands_there_with_its_worth_and_no_other()
    {
        Tell(_redis, 2, [("state", "degraded")]);
        Assert.Equal(new() { ["C0"] = "stale", ["C1"] = "stale", ["F"] = "fresh", ["Q"] = "quiet" }, _redis.Hash(Hash + ":coins"));
        ExpiresWithin15S(Hash + ":coins");
        Tell(_redis, 0);
        Assert.Equal(new() { ["F"] = "fresh", ["Q"] = "quiet" }, _redis.Hash(Hash + ":coins"));
    }

    [Fact, Trait("Fault", "85")]
    public void Instances_stand_in_one_set_by_Redis_own_clock_and_the_dead_are_dropped_by_whoever_writes()
    {
        Tell(_redis, 0);
        string[] now = (string[])_redis.Ask("TIME")!;
        string[] first = (string[])_redis.Ask("ZRANGE", Index, "0", "-1", "WITHSCORES")!;
        Assert.Equal(("host-7", 2), (first[0], first.Length));
        long ageMs = long.Parse(now[0], CultureInfo.InvariantCulture) * 1_000 + long.Parse(now[1], CultureInfo.InvariantCulture) / 1_000 - long.Parse(first[1], CultureInfo.InvariantCulture);
        Assert.InRange(ageMs, 0, 10_000);
        _redis.Ask("ZADD", Index, $"{long.Parse(first[1], CultureInfo.InvariantCulture) - 15_001}", "dead", first[1], "alive");
        Tell(_redis, 0);
        Assert.Equal(["alive", "host-7"], ((string[])_redis.Ask("ZRANGE", Index, "0", "-1")!).Order(StringComparer.Ordinal));
        ExpiresWithin15S(Index);
    }

    [Fact, Trait("Fault", "88")]
    public void A_cluster_of_one_shard_takes_every_command()
    {
        using RedisServer cluster = RedisServer.Start("--cluster-enabled", "yes");
        cluster.Ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        Until.Equal("the cluster's state", true, () => ((string)cluster.Ask("CLUSTER", "INFO")!).Contains("cluster_state:ok", StringComparison.Ordinal));
        Tell(cluster, 1, [("state", "degraded")]);
        Assert.Equal("degraded", cluster.Hash(Hash)["state"]);
        Assert.Equal("stale", cluster.Hash(Hash + ":coins")["C0"]);
    }

    private string[] StaleCoins() => [.. ((string[])_redis.Ask("SMEMBERS", Stale)!).Order(StringComparer.Ordinal)];

    private void ExpiresWithin15S(string key) => Assert.InRange(int.Parse((string)_redis.Ask("PTTL", key)!, CultureInfo.InvariantCulture), 1, 15_000);

    private static void Tell(RedisServer redis, int stale, params (string, string)[] fields)
    {
        string[] named = [.. Enumerable.Range(0, stale).Select(i => $"C{i}")];
        (string, CoinState)[] coins = [.. named.Select(n => (n, CoinState.Stale)), ("F", CoinState.Fresh), ("Q", CoinState.Quiet)];
        foreach (byte[] command in StatusKeys.Commands(Venue.Spot, "host-7", [.. fields, ("stale", $"{stale}")], coins, named))
            Assert.Equal("1", redis.Ask(StatusKeysTests.WordsOf(command)));
    }
}

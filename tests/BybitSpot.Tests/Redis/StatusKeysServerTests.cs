using System.Globalization;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Signals;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Redis;

/// <summary>What the feed is worth, written to a real server.</summary>
public sealed class StatusKeysServerTests : IDisposable
{
    private const string Hash = "price_feed:spot:host-7";
    private const string Stale = "price_feed:spot:host-7:stale";

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
        Assert.Equal("3", _redis.Ask("DBSIZE"));
    }

    [Fact]
    public void Keys_that_a_stranger_made_of_another_kind_are_replaced()
    {
        _redis.Ask("SET", Hash, "x");
        _redis.Ask("SET", Stale, "x");
        Tell(_redis, 1);
        Assert.Equal("1", _redis.Hash(Hash)["stale"]);
        Assert.Equal(["C0"], StaleCoins());
    }

    [Fact]
    public void No_reader_ever_sees_the_set_of_one_moment_with_the_hash_of_another()
    {
        int[] counts = [0, 3_000, 1, 1_500];
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
        var seen = new HashSet<string>();
        Until.True("every state was seen", () =>
        {
            for (int i = 0; i < 20; i++)
            {
                // One moment, as a reader's own script or transaction sees it.
                string said = (string)_redis.Ask("EVAL", "return (redis.call('HGET',KEYS[1],'stale') or 'none')..' '..redis.call('SCARD',KEYS[2])", "2", Hash, Stale)!;
                if (said == "none 0" && seen.Count == 0)
                    continue;
                string[] parts = said.Split(' ');
                Assert.Equal(parts[0], parts[1]);
                seen.Add(said);
            }
            return seen.Count == counts.Length;
        }, TimeSpan.FromMinutes(1));
        Volatile.Write(ref done, true);
        Assert.True(writer.Join(TimeSpan.FromMinutes(1)));
        Assert.Empty(failures);
    }

    private string[] StaleCoins() => [.. ((string[])_redis.Ask("SMEMBERS", Stale)!).Order(StringComparer.Ordinal)];

    private void ExpiresWithin15S(string key) => Assert.InRange(int.Parse((string)_redis.Ask("PTTL", key)!, CultureInfo.InvariantCulture), 1, 15_000);

    private static void Tell(RedisServer redis, int stale, params (string, string)[] fields)
    {
        byte[] command = StatusKeys.Command(Venue.Spot, "host-7", [.. fields, ("stale", $"{stale}")], [.. Enumerable.Range(0, stale).Select(i => $"C{i}")]);
        Assert.Equal("1", redis.Ask(StatusKeysTests.WordsOf(command)));
    }
}

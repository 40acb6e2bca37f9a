using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

public sealed class RewriteTests
{
    [Fact]
    [Trait("Long", "yes")]
    public void After_FLUSHDB_every_coin_is_back_within_a_minute_though_the_exchange_is_silent()
    {
        Assert.SkipUnless(Repository.Long, "takes a minute: set BYBITSPOT_LONG=1");
        string[] symbols = [.. Enumerable.Range(1, 70).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Begin(symbols);
        Dictionary<string, string>[] before = [.. journey.Redis.Keys().Select(journey.Redis.Hash)];
        journey.Redis.Ask("FLUSHDB");
        Until.Equal("keys", symbols.Length, () => journey.Redis.Keys().Length, TimeSpan.FromSeconds(62), () => journey.Bot.ErrorText);
        Dictionary<string, string>[] after = [.. journey.Redis.Keys().Select(journey.Redis.Hash)];
        Assert.Equal(before.Select(h => (h["ltp"], h["original_symbol"])), after.Select(h => (h["ltp"], h["original_symbol"])));
        // A stream that is silent is probed: a coin that is subscribed anew for it is told again by the exchange, with a later time.
        Assert.All(before.Zip(after), pair => Assert.True(string.CompareOrdinal(pair.Second["timestamp"], pair.First["timestamp"]) >= 0, $"{pair.First["timestamp"]} then {pair.Second["timestamp"]}"));
        Assert.Contains(before.Zip(after), pair => pair.First["timestamp"] == pair.Second["timestamp"]);
    }
}

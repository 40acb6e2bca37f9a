using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

public sealed class LateRestTests
{
    [Fact]
    [Trait("Fault", "93")]
    public void REST_that_is_behind_a_moving_market_kills_no_topic_and_no_coin_flickers()
    {
        string[] symbols = [.. Enumerable.Range(0, 30).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" });
        journey.Exchange.Faults.RestLateMs = 6_000;
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        journey.StateBecomes("live");
        // Each moves every three seconds or so, in turn: at any moment most are silent, and REST shows another price.
        int step = 0;
        using (new Timer(_ => journey.Exchange.Trade(symbols[step % symbols.Length], $"{100 + step++ * 0.01m:0.00}"), null, 0, 100))
        {
            Until.StaysTrue("no coin is stale", () => journey.Redis.StaleCoins().Length == 0, TimeSpan.FromSeconds(14));
            Assert.Equal(0, journey.Bot.CountLogs("topic_dead"));
            Assert.Equal(0, journey.Bot.CountLogs("coin_stale") + journey.Bot.CountLogs("coins_stale"));
            Assert.All(symbols, symbol => Assert.Equal(1, journey.Asked($"tickers.{symbol}")));
        }
    }
}

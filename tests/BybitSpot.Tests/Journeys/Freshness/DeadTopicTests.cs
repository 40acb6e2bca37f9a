using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// A subscription that was granted and brings nothing, while pongs and the other coins come: only REST shows it.
public sealed class DeadTopicTests
{
    [Theory]
    [Trait("Fault", "8")]
    [InlineData(HealedBy.Resubscription)]
    [InlineData(HealedBy.Reconnection)]
    public void A_coin_whose_topics_died_is_stale_soon_after_its_price_moves_and_right_again_without_another_trade(HealedBy healedBy)
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT", "QUIETUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.StateBecomes("live");
        journey.TradeArrives("ETHUSDT", "55.50");
        string? before = journey.Redis.Timestamp("ETH");
        journey.Exchange.Deaden("tickers.ETHUSDT", healedBy);
        journey.Exchange.Deaden("publicTrade.ETHUSDT", healedBy);

        journey.Exchange.Trade("ETHUSDT", "56.60");
        FaultTimes times = FaultTimes.Begin($"one coin's topics dead until {(healedBy == HealedBy.Resubscription ? "subscribed anew" : "a new connection")}, its price moving");
        // It may be right again before a reader looks; the log keeps it.
        LogLine told = journey.Bot.Log("coin_stale", l => l.Text("coin") == "ETH", Trust.SeenWithin);
        times.Seen();
        Assert.Equal("the exchange shows another price, and no message brings it", told.Text("reason"));
        journey.PriceBecomes("ETHUSDT", "56.60", TimeSpan.FromSeconds(60));
        times.Right();
        Assert.NotEqual(before, journey.Redis.Timestamp("ETH"));
        journey.Bot.Log("coin_believed", l => l.Text("coin") == "ETH", Trust.SeenWithin);
        journey.StateBecomes("live");
        Assert.Equal(healedBy == HealedBy.Resubscription ? 1 : 2, journey.Exchange.Connections.Count);
        Assert.DoesNotContain(journey.Bot.Logs, l => l.Event == "coin_stale" && l.Text("coin") != "ETH" && healedBy == HealedBy.Resubscription);
    }

    [Fact]
    [Trait("Fault", "8")]
    public void While_a_topic_stays_dead_its_coin_stays_stale_its_time_stands_still_and_the_others_pay_one_reconnect()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.StateBecomes("live");
        string? before = journey.Redis.Timestamp("ETH");
        journey.Exchange.Faults.Silence("tickers.ETHUSDT");
        journey.Exchange.Faults.Silence("publicTrade.ETHUSDT");
        journey.Exchange.Trade("ETHUSDT", "56.60");
        journey.StaleBecome("ETH");
        journey.StateBecomes("degraded");
        // Subscribed anew, then a new connection, on which it stays dead.
        Until.True("a new connection", () => journey.Exchange.Connections.Count == 2, TimeSpan.FromSeconds(60), () => journey.Bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "101.00");
        journey.StaleBecome("ETH");
        Until.StaysTrue("ETH is never shown fresh", () => journey.Redis.StaleCoins() is ["ETH"] && journey.Redis.Timestamp("ETH") == before, TimeSpan.FromSeconds(3));
        Assert.Equal(2, journey.Exchange.Connections.Count);
        Assert.InRange(journey.Asked("tickers.ETHUSDT"), 2, 6);

        journey.Exchange.Faults.Silence("tickers.ETHUSDT", false);
        journey.Exchange.PushTicker("ETHUSDT");
        journey.PriceBecomes("ETHUSDT", "56.60");
        journey.StaleBecome();
    }

    [Fact]
    public void Without_REST_the_stream_goes_on_and_that_nothing_can_contradict_it_is_told_once()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "1000" });
        journey.Exchange.Faults.RestStatus = 503;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "QUIETUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.Bot.Log("audit_unavailable", l => l.Text("reason") == "HTTP 503");
        int asked = journey.Exchange.RestRequests;
        Until.True("it is asked again", () => journey.Exchange.RestRequests > asked, TimeSpan.FromSeconds(30));
        Assert.Equal(1, journey.Bot.CountLogs("audit_unavailable"));
        journey.StateBecomes("live");
        journey.TradeArrives("BTCUSDT", "101.00");
        journey.Exchange.Faults.RestStatus = null;
        journey.Bot.Log("audit_recovered", limit: TimeSpan.FromSeconds(30));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    public void When_the_exchange_asks_for_a_pause_REST_is_asked_nothing_any_more()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "1000" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "QUIETUSDT");
        journey.Bot.Log("clock_offset");
        journey.Exchange.Faults.RestStatus = 403;
        journey.Bot.Log("audit_unavailable", limit: TimeSpan.FromSeconds(30));
        int asked = journey.Exchange.RestRequests;
        // The list of instruments is under the same ban: a reload asks for it at once else.
        journey.Bot.Signal(Signals.Hangup);
        Until.StaysTrue("no question", () => journey.Exchange.RestRequests == asked, TimeSpan.FromSeconds(5.5));
        journey.TradeArrives("BTCUSDT", "101.00");
        // The price is written before the next look of who says what it is worth.
        journey.StateBecomes("live");
    }
}

using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

public sealed class TradesOnlyTests
{
    [Fact]
    public void Where_only_trades_are_asked_for_a_retail_trade_moves_the_price_and_a_block_trade_does_not()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_CHANNELS"] = "publicTrade" });
        journey.Run();
        Until.True("the coin trades", () =>
        {
            journey.Exchange.Trade("BTCUSDT", "101.00");
            return journey.Redis.Price("BTC") == "101.00";
        }, state: () => journey.Bot.ErrorText);
        using var watch = new WriteWatch(journey.Redis);
        journey.Exchange.Trade("BTCUSDT", "102.00", rpi: true);
        journey.PriceBecomes("BTCUSDT", "102.00");
        journey.Exchange.Trade("BTCUSDT", "66.00", blockTrade: true, rpi: true);
        journey.Exchange.Trade("BTCUSDT", "66.00", blockTrade: true);
        journey.TradeArrives("BTCUSDT", "103.00");
        Assert.DoesNotContain(watch.UpTo("BTC", "103.00"), w => w.Price == "66.00");
    }

    // Without tickers there is no canary and nothing that the exchange would answer with a snapshot.
    [Fact]
    [Trait("Fault", "8")]
    [Trait("Fault", "9")]
    public void Where_only_trades_are_asked_for_and_there_is_no_REST_a_quiet_coin_causes_no_reconnect()
    {
        using Journey journey = Journey.Prepare(["QUIETUSDT"], new Dictionary<string, string> { ["BYBIT_CHANNELS"] = "publicTrade", ["BYBIT_REST_URL"] = "" });
        journey.Run();
        Until.True("the trades are subscribed", () => journey.Exchange.Connections.Count == 1, state: () => journey.Bot.ErrorText);
        Until.True("the coin trades", () =>
        {
            journey.Exchange.Trade("QUIETUSDT", "101.00");
            return journey.Redis.Price("QUIET") == "101.00";
        });
        // The canary's times: 5 s until the question, 10 s until the next.
        Until.StaysTrue("one connection", () => journey.Exchange.Connections.Count == 1, TimeSpan.FromSeconds(18));
        Assert.Equal(0, journey.Bot.CountLogs("feed_disconnected"));
        journey.TradeArrives("QUIETUSDT", "102.00");
    }
}

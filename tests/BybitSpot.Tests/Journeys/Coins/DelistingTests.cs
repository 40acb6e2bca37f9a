using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

public sealed class DelistingTests
{
    [Fact]
    [Trait("Fault", "23")]
    public void A_coin_delisted_while_running_is_warned_of_and_keeps_its_last_price_and_the_others_are_untouched()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "LTCUSDT"]);
        // One less of so many is believed at once.
        journey.Exchange.ListSpot();
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "LTCUSDT");
        journey.Bot.Log("instruments_loaded");
        // No ticker after it, which would confirm the price with a time of its own, a moment later.
        journey.Exchange.Trade("LTCUSDT", "85.10", movesTicker: false);
        journey.PriceBecomes("LTCUSDT", "85.10");
        string? lastTime = journey.Redis.Timestamp("LTC");

        journey.Exchange.Delist("LTCUSDT");
        FaultTimes times = FaultTimes.Begin("a coin delisted, from the next look at the list");
        // The list is looked at every ten minutes, and at each SIGHUP.
        journey.Bot.Signal(Signals.Hangup);
        LogLine told = journey.Bot.Log("coin_delisted");
        times.Seen();
        Assert.Equal(("LTCUSDT", "warn"), (told.Text("symbol"), told.Text("level")));
        journey.TradeArrives("BTCUSDT", "65001.10");
        Assert.Equal(("85.10", lastTime), (journey.Redis.Price("LTC"), journey.Redis.Timestamp("LTC")));

        journey.Exchange.List("LTCUSDT", "86.20");
        times.Mended();
        journey.Exchange.Trade("LTCUSDT", "86.30");
        journey.PriceBecomes("LTCUSDT", "86.30");
        times.Right();
        Assert.Single(journey.Exchange.Connections);
        Assert.Equal(1, journey.Bot.CountLogs("coin_delisted"));
    }
}

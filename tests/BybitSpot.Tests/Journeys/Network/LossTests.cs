using System.Diagnostics;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

public sealed class LossTests
{
    [Fact]
    [Trait("Fault", "26")]
    public void When_every_third_packet_is_lost_prices_are_right_in_the_end_and_never_go_back()
    {
        using NetworkStage stage = NetworkStage.Open();
        using Journey journey = stage.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);

        stage.Lose(journey.Exchange.Port, percent: 30);
        var lossy = Stopwatch.StartNew();
        int trade = 0;
        while (lossy.Elapsed < TimeSpan.FromSeconds(Repository.Long ? 60 : 5))
        {
            journey.Exchange.Trade("BTCUSDT", $"{++trade + 100}.00");
            journey.Exchange.Trade("ETHUSDT", $"{trade + 100}.50");
            Thread.Sleep(50);
        }
        FaultTimes times = FaultTimes.Begin("26", "30 % loss, until the last price is there");
        // With the loss going on: a connection may have ended, and the next ones too.
        journey.PriceBecomes("BTCUSDT", $"{trade + 100}.00", TimeSpan.FromSeconds(120));
        journey.PriceBecomes("ETHUSDT", $"{trade + 100}.50", TimeSpan.FromSeconds(120));
        times.Right();

        stage.Mend();
        journey.Exchange.Trade("BTCUSDT", "9999.00");
        journey.PriceBecomes("BTCUSDT", "9999.00", TimeSpan.FromSeconds(90));
        OrderTests.AssertNeverBack(watch.UpTo("BTC", "9999.00"));
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }
}

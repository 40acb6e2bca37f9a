using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

public sealed class PortalTests
{
    [Fact]
    [Trait("Fault", "31")]
    public void A_captive_portal_before_stream_and_REST_writes_nothing_and_behind_it_all_is_right()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Exchange.Faults.UpgradeStatus = journey.Exchange.Faults.RestStatus = 200;
        FaultTimes times = FaultTimes.Begin("31", "captive portal: 200 with HTML");
        journey.Run();
        Assert.Contains("captive portal", journey.Bot.Log("feed_connect_failed").Text("reason"));
        times.Seen();
        journey.Bot.Log("instruments_unavailable");
        Assert.All((string[])["BTC", "ETH"], coin => Assert.Null(journey.Redis.Price(coin)));
        (journey.Exchange.Faults.UpgradeStatus, journey.Exchange.Faults.RestStatus) = (null, null);
        times.Mended();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.50");
    }
}

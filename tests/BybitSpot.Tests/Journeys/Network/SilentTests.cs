using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

// An exchange whose socket stays open and tells nothing, wholly or of one topic.
public sealed class SilentTests
{
    [Fact]
    [Trait("Fault", "9")]
    public void Where_everything_goes_silent_the_connection_is_given_up_within_40_s_and_prices_are_right_again()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.Exchange.Faults.Silent = true;
        FaultTimes times = FaultTimes.Begin("9", "everything silent, socket open");
        journey.Exchange.Trade("ETHUSDT", "55.55");
        Assert.Contains("no pong", journey.Bot.Log("feed_disconnected", limit: TimeSpan.FromSeconds(40)).Text("reason"));
        times.Seen();
        journey.Exchange.Faults.Silent = false;
        times.Mended();
        journey.PriceBecomes("ETHUSDT", "55.55", TimeSpan.FromSeconds(40));
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Theory]
    [Trait("Fault", "8")]
    [InlineData("tickers.BTCUSDT")]
    [InlineData("publicTrade.BTCUSDT")]
    public void When_one_of_a_coin_s_topics_is_silent_the_other_carries_its_price_and_the_connection_stays(string silent)
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.Exchange.Faults.Silence(silent);
        for (int i = 1; i <= 20; i++)
        {
            journey.TradeArrives("BTCUSDT", $"101.{i:00}");
            journey.TradeArrives("ETHUSDT", $"55.{i:00}");
        }
        Assert.Single(journey.Exchange.Connections);
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }
}

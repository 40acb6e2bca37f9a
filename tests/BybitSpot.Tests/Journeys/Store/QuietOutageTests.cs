using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

public sealed class QuietOutageTests
{
    // One coin: the turn to be written anew comes to it only a minute after the start, so nothing but the lost connection
    // itself can tell.
    [Fact]
    [Trait("Fault", "33")]
    public void Redis_killed_while_every_coin_is_quiet_is_noticed_at_once_and_written_when_it_comes_back_empty()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        Dictionary<string, string> before = journey.Redis.Hash("bybit_spot:BTC");
        journey.Redis.Kill();
        journey.Bot.Log("redis_unavailable", limit: TimeSpan.FromSeconds(20));
        journey.Redis.Launch();
        Until.True("the quiet coin is back", () => journey.Redis.Price("BTC") is not null, state: () => journey.Bot.ErrorText);
        Assert.Equal(before, journey.Redis.Hash("bybit_spot:BTC"));
    }
}

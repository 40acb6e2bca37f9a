using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

[Trait("Fault", "48")]
public sealed class StrangerTests
{
    [Fact]
    public void A_web_server_on_Redis_port_is_named_for_what_it_says_and_tried_again_until_Redis_comes_there() =>
        RightInTheEnd("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "does not speak Redis' protocol (it said \"HTTP/1.1 400 Bad Request");

    [Fact]
    public void Something_on_Redis_port_that_says_nothing_is_given_up_and_tried_again_until_Redis_comes_there() =>
        RightInTheEnd(null, "no answer within 5 s");

    private static void RightInTheEnd(string? answer, string reason)
    {
        using RedisServer redis = RedisServer.Start();
        redis.Kill();
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: redis);
        using (var stranger = new Stranger(redis.Port, answer))
        {
            Bot bot = journey.Run();
            LogLine told = bot.Log("redis_unavailable");
            Assert.Contains(reason, told.Text("reason"));
            Until.True("it is tried again", () => stranger.Visits >= 2, state: () => bot.ErrorText);
            journey.Exchange.Trade("BTCUSDT", "64000.10");
            Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.10|")), state: () => bot.ErrorText);
        }
        redis.Launch();
        journey.PriceBecomes("BTCUSDT", "64000.10");
    }
}

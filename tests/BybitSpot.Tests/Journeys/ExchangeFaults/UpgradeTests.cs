using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class UpgradeTests
{
    [Fact]
    [Trait("Fault", "1")]
    public void An_upgrade_answered_429_and_then_503_is_tried_again_with_growing_gaps_until_prices_are_right()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.UpgradeStatus = 429;
        FaultTimes times = FaultTimes.Begin("upgrade answered 429, then 503");
        journey.Run();
        journey.Bot.Log("feed_connect_failed");
        times.Seen();
        AwaitDelays(journey, 3);
        journey.Exchange.Faults.UpgradeStatus = 503;
        journey.Bot.Log("feed_connect_failed", l => l.Text("reason").Contains("503 Service Unavailable"));
        AwaitDelays(journey, 4);
        journey.Exchange.Faults.UpgradeStatus = null;
        times.Mended();
        journey.AwaitFirstPrices("BTCUSDT");
        times.Right();
        journey.TradeArrives("BTCUSDT", "101.50");

        long[] delays = journey.Bot.Delays();
        Looks.AssertDoubling(delays, 100);
        TimeSpan[] at = [.. journey.Exchange.Connections.Select(c => c.AcceptedAt)];
        for (int k = 0; k < delays.Length; k++)
            // Half: the exchange's side notes its times late when the machine is busy.
            Assert.True((at[k + 1] - at[k]).TotalMilliseconds >= delays[k] / 2.0, $"gap {k} was {at[k + 1] - at[k]}, the log says {delays[k]} ms");
        journey.Bot.Log("feed_connect_failed", l => l.Text("reason").Contains("429 Too Many Requests"));
    }

    // By what the program has seen: how far the exchange is ahead of it depends on how busy the machine is.
    private static void AwaitDelays(Journey journey, int count) =>
        Until.True($"{count} delays", () => journey.Bot.Delays().Length >= count, state: () => journey.Bot.ErrorText);

    [Fact]
    [Trait("Fault", "2")]
    public void A_403_keeps_the_program_away_for_ten_minutes_and_the_log_says_what_it_means()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.UpgradeStatus = 403;
        FaultTimes times = FaultTimes.Begin("upgrade answered 403; not asked again for 10 minutes");
        journey.Run();
        string reason = journey.Bot.Log("feed_connect_failed").Text("reason");
        times.Seen();
        Assert.Contains("403", reason);
        Assert.Contains("too many requests", reason);
        Assert.Contains("region", reason);
        Assert.True(journey.Bot.Log("feed_reconnecting").Number("delay_ms") >= 600_000);
        journey.Exchange.Faults.UpgradeStatus = null;
        Until.StaysTrue("no second attempt", () => journey.Exchange.Connections.Count == 1, TimeSpan.FromSeconds(1));
        times.Stays();
    }

    [Fact]
    [Trait("Fault", "31")]
    public void A_captive_portal_is_named_and_the_program_is_right_once_it_lets_through()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.UpgradeStatus = 200;
        journey.Run();
        Assert.Contains("captive portal", journey.Bot.Log("feed_connect_failed").Text("reason"));
        journey.AwaitConnection(2);
        journey.Exchange.Faults.UpgradeStatus = null;
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.50");
    }

    [Fact]
    public void An_answer_that_belongs_to_another_key_is_no_upgrade()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.WrongAcceptKey = true;
        journey.Run();
        Assert.Contains("not that of a WebSocket server", journey.Bot.Log("feed_connect_failed").Text("reason"));
        journey.Exchange.Faults.WrongAcceptKey = false;
        journey.AwaitFirstPrices("BTCUSDT");
    }

    [Fact]
    public void An_answer_whose_fields_a_proxy_has_split_over_several_lines_is_an_upgrade()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.SplitUpgradeFields = true;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Equal(0, journey.Bot.CountLogs("feed_connect_failed"));
    }

    [Theory]
    [InlineData(HangUp.Fin)]
    [InlineData(HangUp.Reset)]
    public void A_connection_ended_before_the_upgrade_is_tried_again(HangUp how)
    {
        // REST is off: it would be hung up on as well, and its list is not what this is about.
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_REST_URL"] = "" });
        journey.Exchange.Faults.OnAccept = how;
        journey.Run();
        journey.AwaitConnection(3);
        journey.Exchange.Faults.OnAccept = HangUp.None;
        journey.AwaitFirstPrices("BTCUSDT");
        Looks.AssertDoubling(journey.Bot.Delays(), 100);
    }
}

using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class BackoffTests
{
    [Theory]
    [Trait("Fault", "22")]
    [InlineData(HangUp.CloseFrame)]
    [InlineData(HangUp.Fin)]
    public void Six_failures_in_a_row_end_the_program_with_1_after_exactly_six_connections(HangUp how)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], Settings(intervalMs: 50, attemptsMax: 6));
        journey.Exchange.Faults.AfterUpgrade = how;
        journey.Exchange.Faults.AfterUpgradeCode = 1012;
        journey.Run();
        Assert.Equal(1, journey.Bot.Exit());
        Assert.Equal(6, journey.Exchange.Connections.Count);
        long[] delays = journey.Bot.Delays();
        Assert.Equal(5, delays.Length);
        Looks.AssertDoubling(delays, 50);
        LogLine gaveUp = journey.Bot.Log("feed_gave_up");
        Assert.Equal(6, gaveUp.Number("failures"));
        Assert.Contains("the exchange closed the connection", gaveUp.Text("reason"));
        TimeSpan[] at = [.. journey.Exchange.Connections.Select(c => c.AcceptedAt)];
        Assert.All(Enumerable.Range(0, 5), k => Assert.True((at[k + 1] - at[k]).TotalMilliseconds >= delays[k] / 2.0, $"gap {k} was {at[k + 1] - at[k]}"));
    }

    [Fact]
    [Trait("Fault", "22")]
    public void A_connection_that_delivers_and_ends_soon_zeroes_the_count_but_not_the_delay()
    {
        const int IntervalMs = 50, AttemptsMax = 3, Rounds = 5;
        using Journey journey = Journey.Prepare(["BTCUSDT"], Settings(IntervalMs, AttemptsMax));
        journey.Run();
        for (int round = 1; round <= Rounds; round++)
        {
            // Behind the ack stands the first ticker, so it is out before the close frame.
            journey.AwaitConnection(round, topics: 2);
            journey.Exchange.CloseAll(1012);
        }
        journey.AwaitConnection(Rounds + 1, topics: 2);
        LogLine[] waits = [.. journey.Bot.Logs.Where(l => l.Event == "feed_reconnecting")];
        Assert.Equal(Rounds, waits.Length);
        Assert.All(waits, w => Assert.Equal(1, w.Number("failures")));
        Looks.AssertDoubling(journey.Bot.Delays(), IntervalMs);
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Fact]
    [Trait("Fault", "22")]
    public void An_ack_alone_does_not_zero_the_count()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], Settings(intervalMs: 50, attemptsMax: 3));
        journey.Exchange.Faults.NoSnapshot = true;
        journey.Run();
        for (int round = 1; round <= 3; round++)
        {
            journey.AwaitConnection(round, topics: 2);
            journey.Exchange.CloseAll(1012);
        }
        Assert.Equal(1, journey.Bot.Exit());
        Assert.Equal(3, journey.Exchange.Connections.Count);
    }

    private static Dictionary<string, string> Settings(int intervalMs, int attemptsMax) =>
        new() { ["RECONNECT_INTERVAL_MS"] = $"{intervalMs}", ["RECONNECT_MAX_ATTEMPTS"] = $"{attemptsMax}" };
}

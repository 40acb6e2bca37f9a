using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Freshness;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class RedundantLineTests
{
    [Fact]
    public void Two_lines_carry_the_same_topics_and_write_each_price_once_and_either_alone_is_enough()
    {
        using var relay = new TcpRelay();
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = $"ws://127.0.0.1:{relay.Port}/v5/public/spot",
            ["BYBIT_LINES"] = "2",
            ["RECONNECT_INTERVAL_MS"] = "60000",
        });
        relay.TargetPort = journey.Exchange.Port;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        string[] topics = [.. journey.AwaitConnection(1, topics: 4).Topics.Order()];
        Assert.Equal(topics, journey.AwaitConnection(2, topics: 4).Topics.Order());

        using var watch = new WriteWatch(journey.Redis);
        long messages = journey.Bot.Counters().Number("messages");
        string[] before = Trades(journey, 101);
        Until.True("each trade came twice", () => journey.Bot.Counters().Number("messages") >= messages + 2 * before.Length);
        // The line that is lost does not come back within the test.
        relay.TargetPort = Repository.FreePort();
        relay.Reset(0);
        journey.Bot.Log("feed_disconnected");
        string[] after = Trades(journey, 102);

        watch.UpTo("BTC", after[^1]);
        // The second line's first ticker may come after the first line's.
        Assert.Equal(before.Concat(after), watch.Of("BTC").Select(w => w.Price).SkipWhile(price => price == "100.00"));
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        Assert.Equal(2, journey.Exchange.Connections.Count);
    }

    [Fact]
    [Trait("Fault", "9")]
    public void One_of_two_that_had_brought_prices_is_back_long_before_the_first_delay_and_one_alone_is_not()
    {
        using Journey two = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_LINES"] = "2", ["RECONNECT_INTERVAL_MS"] = "60000" });
        using Journey one = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["RECONNECT_INTERVAL_MS"] = "60000" });
        foreach (Journey journey in (Journey[])[two, one])
        {
            journey.Run();
            journey.AwaitFirstPrices("BTCUSDT");
        }
        two.AwaitConnection(1, topics: 2);
        two.AwaitConnection(2, topics: 2);
        one.AwaitConnection(1, topics: 2);
        // So long a connection must have stood.
        Thread.Sleep(TimeSpan.FromSeconds(1.5));
        for (int number = 1; number <= 3; number++)
        {
            Assert.True(two.Exchange.End(number, HangUp.Reset));
            two.AwaitConnection(number + 2, topics: 2);
            Thread.Sleep(TimeSpan.FromSeconds(1.2));
        }
        Assert.All(two.Bot.Logs.Where(l => l.Event == "feed_reconnecting"), l => Assert.InRange(l.Number("delay_ms"), 200, 300));
        two.StateBecomes("live");
        one.Exchange.End(1, HangUp.Reset);
        Assert.InRange(one.Bot.Log("feed_reconnecting").Number("delay_ms"), 50_000, 60_000);
    }

    [Fact]
    [Trait("Fault", "22")]
    public void Failures_of_one_line_count_for_nothing_while_the_other_delivers()
    {
        using var relay = new TcpRelay();
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = $"ws://127.0.0.1:{relay.Port}/v5/public/spot",
            ["BYBIT_LINES"] = "2",
            ["RECONNECT_INTERVAL_MS"] = "20",
            ["RECONNECT_MAX_ATTEMPTS"] = "2",
        });
        relay.TargetPort = journey.Exchange.Port;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.AwaitConnection(1, topics: 2);
        journey.AwaitConnection(2, topics: 2);
        // Both have delivered when each has brought this one.
        long messages = journey.Bot.Counters().Number("messages");
        journey.TradeArrives("BTCUSDT", "101.00");
        Until.True("it came twice", () => journey.Bot.Counters().Number("messages") >= messages + 2);

        relay.TargetPort = Repository.FreePort();
        relay.Reset(0);
        Until.True("five failures", () => journey.Bot.CountLogs("feed_reconnecting") >= 5, state: () => journey.Bot.ErrorText);
        Assert.All(journey.Bot.Logs.Where(l => l.Event == "feed_reconnecting"), l => Assert.Equal(0, l.Number("failures")));
        journey.TradeArrives("BTCUSDT", "102.00");

        relay.Reset(1);
        Assert.Equal(1, journey.Bot.Exit());
        journey.Bot.Log("feed_gave_up", l => l.Number("failures") == 2);
    }

    // Without tickers, which would write the same price with a later time.
    private static string[] Trades(Journey journey, int whole)
    {
        string[] prices = [.. Enumerable.Range(0, 50).Select(i => $"{whole}.{i:00}")];
        foreach (string price in prices)
        {
            journey.Exchange.Trade("BTCUSDT", price, movesTicker: false);
            journey.PriceBecomes("BTCUSDT", price);
        }
        return prices;
    }
}

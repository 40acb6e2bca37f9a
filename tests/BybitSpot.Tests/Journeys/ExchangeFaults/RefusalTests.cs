using BybitSpot.Tests.Journeys.Freshness;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// Refusals of every kind, at the real program: what is to blame waits, the others live, and everything comes back by itself.
public sealed class RefusalTests
{
    private static readonly string[] s_thirty = [.. Enumerable.Range(0, 30).Select(i => $"C{i:00}USDT")];

    [Theory]
    [Trait("Fault", "91")]
    [InlineData("system busy")]
    [InlineData("Too many visits!")]
    [InlineData("")]
    public void Everything_refused_for_two_seconds_has_its_prices_soon_after_the_end(string words)
    {
        using Journey journey = Journey.Prepare(s_thirty);
        journey.Exchange.Faults.SubscribeRefusal = words;
        FaultTimes times = FaultTimes.Begin($"every subscribe refused for 2 s: \"{words}\"");
        journey.Run();
        LogLine refused = journey.Bot.Log("topic_refused");
        times.Seen();
        Assert.Equal((words, 1), (refused.Text("reason"), refused.Number("retry_s")));
        Until.StaysTrue("nothing is granted", () => journey.Redis.Price("C00") is null, TimeSpan.FromSeconds(2));
        journey.Exchange.Faults.SubscribeRefusal = null;
        times.Mended();
        journey.AwaitFirstPrices(s_thirty);
        times.Right();
        journey.StateBecomes("live");
        journey.TradeArrives("C29USDT", "101.00");
    }

    [Fact]
    [Trait("Fault", "91")]
    public void Everything_refused_again_and_again_is_asked_of_a_new_connection_and_never_in_a_storm()
    {
        using Journey journey = Journey.Prepare(s_thirty);
        journey.Exchange.Faults.SubscribeRefusal = "system busy";
        journey.Run();
        journey.AwaitConnection(2);
        Assert.Contains("the exchange refused every coin 3 times", journey.Bot.Log("feed_disconnected").Text("reason"));
        // Each later one is given more time: 5 s, 7 s.
        Until.StaysTrue("no third connection yet", () => journey.Exchange.Connections.Count == 2, TimeSpan.FromSeconds(2));
        journey.Exchange.Faults.SubscribeRefusal = null;
        journey.AwaitFirstPrices(s_thirty);
        journey.StateBecomes("live");
    }

    [Fact]
    [Trait("Fault", "4")]
    public void A_watchlist_of_only_misspelt_symbols_stays_where_it_is()
    {
        using Journey journey = Journey.Prepare(["AUSDT", "BUSDT"]);
        // The canary, which is asked for when nothing comes.
        journey.Exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "100.00");
        journey.Exchange.Faults.Refuse("AUSDT");
        journey.Exchange.Faults.Refuse("BUSDT");
        journey.Run();
        LogLine refused = journey.Bot.Log("topic_refused", l => l.Text("topic") == "publicTrade.BUSDT");
        Assert.Equal(600, refused.Number("retry_s"));
        int asked = journey.Asked("tickers.BUSDT");
        Until.StaysTrue("one connection", () => journey.Exchange.Connections.Count == 1, TimeSpan.FromSeconds(6));
        Assert.Equal(4, journey.Bot.CountLogs("topic_refused"));
        Assert.Equal(asked, journey.Asked("tickers.BUSDT"));
    }

    [Theory]
    [Trait("Fault", "80")]
    [InlineData(false, false, null)]
    [InlineData(true, false, null)]
    [InlineData(false, true, null)]
    [InlineData(false, false, "Invalid symbol :[{1}]")]
    [InlineData(true, false, "INVALID  symbol: [ {1} ]")]
    public void One_bad_coin_of_thirty_that_is_named_costs_few_requests_and_the_others_live(bool takesTheGood, bool takesUpToTheBad, string? words)
    {
        using Journey journey = Journey.Prepare(s_thirty);
        journey.Exchange.Faults.RefuseBadTopicAlone = takesTheGood;
        journey.Exchange.Faults.TakeUpToBadTopic = takesUpToTheBad;
        journey.Exchange.Faults.BadTopicWords = words;
        journey.Exchange.Faults.Refuse("C17USDT");
        journey.Run();
        journey.AwaitFirstPrices(s_thirty.Where(s => s != "C17USDT").ToArray());
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 58);
        // Six for 60 topics, ten in each, and for the bad coin three more at most.
        Assert.InRange(journey.Exchange.Requests.Count(r => r.Text.Contains("subscribe\"", StringComparison.Ordinal)), 7, 9);
        Assert.Equal(2, journey.Bot.CountLogs("topic_refused"));
        journey.StaleBecome("C17");
    }

    [Fact]
    [Trait("Fault", "81")]
    public void A_coin_that_flows_still_after_it_was_left_takes_no_new_one_with_it_when_it_comes_back()
    {
        using Journey journey = Journey.Prepare(["AUSDT", "BUSDT"]);
        journey.Exchange.Faults.DeafToUnsubscribe = true;
        journey.Run();
        journey.AwaitFirstPrices("AUSDT", "BUSDT");
        journey.WriteCoins("AUSDT");
        Until.True("it is left", () => journey.Exchange.Requests.Any(r => r.Text.Contains("unsubscribe", StringComparison.Ordinal)), state: () => journey.Bot.ErrorText);
        Until.True("its price is gone", () => journey.Redis.Price("B") is null, state: () => journey.Bot.ErrorText);
        foreach (string symbol in (string[])["CUSDT", "DUSDT", "EUSDT"])
            journey.Exchange.List(symbol, symbol[..^4], "USDT", "0.01", "100.00");
        journey.WriteCoins("AUSDT", "BUSDT", "CUSDT", "DUSDT", "EUSDT");
        journey.Bot.Signal(Signals.Hangup);
        journey.AwaitFirstPrices("CUSDT", "DUSDT", "EUSDT");
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 10);
        journey.TradeArrives("BUSDT", "101.00");
        Assert.Equal(0, journey.Bot.CountLogs("topic_refused"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "5")]
    public void Success_as_text_is_success()
    {
        using Journey journey = Journey.Prepare(s_thirty);
        journey.Exchange.Faults.SuccessAsText = true;
        journey.Exchange.Faults.Refuse("C03USDT");
        journey.Run();
        journey.AwaitFirstPrices(s_thirty.Where(s => s != "C03USDT").ToArray());
        journey.Bot.Log("feed_subscribed", l => l.Number("topics") == 58);
        Assert.Equal(2, journey.Bot.CountLogs("topic_refused"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "22")]
    public void A_connection_cut_after_half_a_minute_of_prices_is_followed_by_another_after_the_first_delay()
    {
        Assert.SkipUnless(Repository.Long, "takes more than a minute: set BYBITSPOT_LONG=1");
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["RECONNECT_INTERVAL_MS"] = "500" });
        journey.Run();
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        for (int round = 1; round <= 3; round++)
        {
            journey.AwaitConnection(round, topics: 2);
            Until.StaysTrue("it lives", () => journey.Exchange.Connections.Count == round, TimeSpan.FromSeconds(30));
            journey.Exchange.CloseAll(1012);
        }
        journey.AwaitConnection(4, topics: 2);
        Assert.All(journey.Bot.Delays(), ms => Assert.InRange(ms, 450, 550));
    }
}

using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Network;

// An exchange whose socket stays open and tells nothing, wholly or of one coin. Seen is what a reader of Redis sees: the coin
// in the set of stale ones.
public sealed class SilentTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    [Trait("Fault", "9")]
    public void Where_everything_goes_silent_all_coins_are_stale_and_right_again_on_a_new_connection()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        BecomeLive(journey);
        journey.Exchange.Faults.Silent = true;
        FaultTimes times = FaultTimes.Begin("everything silent, socket open");
        journey.Exchange.Trade("ETHUSDT", "55.55");
        BecomeStale(journey, "BTC", "ETH");
        times.Seen();
        Assert.Contains("ping", journey.Bot.Log("feed_disconnected").Text("reason"));
        journey.Exchange.Faults.Silent = false;
        times.Mended();
        journey.PriceBecomes("ETHUSDT", "55.55", s_patience);
        times.Right();
        BecomeLive(journey);
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Fact]
    [Trait("Fault", "9")]
    public void Where_pings_and_subscribes_are_answered_and_no_data_comes_all_coins_are_stale_and_right_again_on_a_new_connection()
    {
        // Without REST, which would vouch for prices that stand still.
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["BYBIT_REST_URL"] = "" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        BecomeLive(journey);
        journey.Exchange.Faults.Mute = true;
        FaultTimes times = FaultTimes.Begin("no data, but pongs and acks");
        journey.Exchange.Trade("ETHUSDT", "55.55");
        BecomeStale(journey, "BTC", "ETH");
        times.Seen();
        journey.Exchange.Faults.Mute = false;
        times.Mended();
        journey.PriceBecomes("ETHUSDT", "55.55", s_patience);
        times.Right();
        BecomeLive(journey);
        journey.TradeArrives("BTCUSDT", "101.00");
    }

    [Theory]
    [Trait("Fault", "8")]
    [InlineData(HealedBy.Resubscription, 1)]
    [InlineData(HealedBy.Reconnection, 2)]
    public void A_coin_whose_topics_die_while_its_price_moves_is_stale_and_brought_back_and_a_quiet_one_is_left_alone(HealedBy healedBy, int connections)
    {
        Assert.SkipUnless(healedBy == HealedBy.Resubscription || Repository.Long, "takes half a minute: set BYBITSPOT_LONG=1");
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT", "XRPUSDT");
        using var market = new Timer(_ => journey.Exchange.PushTicker("BTCUSDT"), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        BecomeLive(journey);
        journey.Exchange.Deaden("tickers.ETHUSDT", healedBy);
        journey.Exchange.Deaden("publicTrade.ETHUSDT", healedBy);
        FaultTimes times = FaultTimes.Begin($"one coin's topics dead, until {(connections == 1 ? "subscribed anew" : "a new connection")}: from its next trade");
        journey.Exchange.Trade("ETHUSDT", "55.55");
        BecomeStale(journey, "ETH");
        times.Seen();
        journey.PriceBecomes("ETHUSDT", "55.55", s_patience);
        times.Right();
        BecomeLive(journey);
        // A line that is replaced leaves the others without one for a moment; called dead they never are.
        Assert.Equal(["ETH"], Coins(journey, "topic_dead"));
        if (connections == 1)
            Assert.Equal(["ETH"], Coins(journey, "coin_stale"));
        Assert.Equal(connections, journey.Exchange.Connections.Count);
        journey.TradeArrives("XRPUSDT", "2.10");
    }

    [Fact]
    [Trait("Fault", "8")]
    public void A_topic_that_is_deaf_to_the_first_new_subscribe_is_subscribed_again_also_where_its_line_was_replaced_not_long_ago()
    {
        Assert.SkipUnless(Repository.Long, "takes a minute: set BYBITSPOT_LONG=1");
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT", "XRPUSDT");
        using var market = new Timer(_ => journey.Exchange.PushTicker("BTCUSDT"), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        BecomeLive(journey);
        foreach ((string coin, string price) in ((string, string)[])[("ETH", "55.55"), ("XRP", "2.22")])
        {
            journey.Exchange.Faults.Silence($"tickers.{coin}USDT");
            journey.Exchange.Faults.Silence($"publicTrade.{coin}USDT");
            journey.Exchange.Trade($"{coin}USDT", price);
            BecomeStale(journey, coin);
            Until.True("it is asked anew in vain", () => Coins(journey, "topic_dead").Contains(coin), s_patience, () => journey.Bot.ErrorText);
            Thread.Sleep(500);
            Assert.NotEqual(price, journey.Redis.Price(coin));
            journey.Exchange.Faults.Silence($"tickers.{coin}USDT", on: false);
            journey.Exchange.Faults.Silence($"publicTrade.{coin}USDT", on: false);
            journey.PriceBecomes($"{coin}USDT", price, TimeSpan.FromSeconds(40));
            BecomeLive(journey);
        }
        // For the first a new connection was made; the second may not cost the others one again so soon.
        Assert.Equal(2, journey.Exchange.Connections.Count);
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

    private static IEnumerable<string> Coins(Journey journey, string told) => journey.Bot.Logs.Where(l => l.Event == told).Select(l => l.Text("coin")).Distinct();

    private static void BecomeLive(Journey journey) =>
        Until.Equal("the feed's state", "live", () => journey.Redis.Status().GetValueOrDefault("state"), s_patience, () => journey.Bot.ErrorText);

    private static void BecomeStale(Journey journey, params string[] coins) =>
        Until.Equal("stale coins", string.Join(' ', coins), () => string.Join(' ', journey.Redis.StaleCoins()), s_patience, () => journey.Bot.ErrorText);
}

using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

public sealed class NothingIsNotLiveTests
{
    [Fact]
    [Trait("Fault", "84")]
    public void While_the_list_that_everything_stands_for_cannot_be_had_it_is_connecting_not_ready_and_told()
    {
        using Journey journey = Journey.Prepare(["*USDT"], new Dictionary<string, string> { ["BYBIT_REST_URL"] = "http://127.0.0.1:1", ["HTTP_URL"] = "http://127.0.0.1:0" });
        journey.WriteCoins("*");
        journey.Run();
        Page page = Page.Of(journey.Bot);
        Until.Equal("the state", "connecting", () => journey.Redis.Status().GetValueOrDefault("state", "none"), Trust.SeenWithin, () => journey.Bot.ErrorText);
        LogLine told = journey.Bot.Log("no_price_yet", limit: Trust.SeenWithin);
        Assert.StartsWith("\"*\" needs the exchange's list", told.Text("reason"), StringComparison.Ordinal);
        Assert.Equal("http://127.0.0.1:1", told.Text("endpoint"));
        Reply ready = page.Get("/readyz");
        Assert.Equal((503, "not ready: \"*\" needs the exchange's list of what trades, which has not come yet"), (ready.Status, ready.Body.Split('\n')[0]));
        Assert.DoesNotContain(journey.Bot.Logs, l => l.Event == "feed_state" && l.Text("state") != "connecting");
        Assert.Empty(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "84")]
    public void A_start_with_everything_says_nothing_of_no_coins()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("*");
        journey.Run();
        journey.StateBecomes("live");
        Assert.DoesNotContain(journey.Bot.Logs, l => l.Event == "feed_state" && l.Number("coins") == 0 && l.Text("state") != "connecting");
        Assert.Equal("2", journey.Redis.Status()["coins"]);
    }

    [Fact]
    public void A_list_that_is_empty_on_purpose_says_so()
    {
        using Journey journey = Journey.Prepare([], new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" });
        File.WriteAllText(journey.CoinsFile, "{\"coins\":[],\"allowEmpty\":true}");
        journey.Run();
        journey.StateBecomes("empty");
        Reply ready = Page.Of(journey.Bot).Get("/readyz");
        Assert.Equal(200, ready.Status);
        Assert.Contains("the list of coins is empty on purpose", ready.Body, StringComparison.Ordinal);
        journey.Exchange.List("BTCUSDT", "BTC", "USDT", "0.01", "100.00");
        journey.WriteCoins("BTCUSDT");
        journey.StateBecomes("live");
    }

    [Fact]
    [Trait("Fault", "88")]
    public void While_Redis_takes_prices_but_not_what_is_said_of_them_it_is_not_ready_and_says_why()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0", ["INSTANCE_ID"] = "main" });
        journey.Redis.Ask("ACL", "SETUSER", "default", "resetkeys", "~bybit_spot:*");
        journey.Run();
        Page page = Page.Of(journey.Bot);
        Until.True("BTC has a price", () => journey.Redis.Price("BTC") is not null, state: () => journey.Bot.ErrorText);
        journey.Bot.Log("redis_status_refused", limit: Trust.SeenWithin);
        Until.True("it says why it is not ready", () => page.Get("/readyz") is { Status: 503 } ready
            && ready.Body.StartsWith("not ready: Redis does not take the price_feed keys, so readers can believe nothing: NOPERM", StringComparison.Ordinal), Trust.SeenWithin, () => journey.Bot.ErrorText);
        journey.Redis.Ask("ACL", "SETUSER", "default", "allkeys");
        page.Becomes("/readyz", 200, Trust.SeenWithin);
        Until.Equal("what Redis says of it", "live", () => journey.Redis.Hash("price_feed:spot:main").GetValueOrDefault("state"));
    }

    [Fact]
    [Trait("Fault", "88")]
    public void On_a_cluster_of_one_shard_prices_come_and_what_is_said_of_them()
    {
        using RedisServer cluster = RedisServer.Start("--cluster-enabled", "yes");
        cluster.Ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        Until.Equal("the cluster's state", true, () => ((string)cluster.Ask("CLUSTER", "INFO")!).Contains("cluster_state:ok", StringComparison.Ordinal));
        using Journey journey = Journey.Prepare(["BTCUSDT"], redis: cluster);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Until.Equal("what BTC is worth", true, () => cluster.Worth("BTC") is "fresh" or "quiet", Trust.SeenWithin, () => journey.Bot.ErrorText);
        Assert.Equal(0, journey.Bot.CountLogs("redis_status_refused"));
    }
}

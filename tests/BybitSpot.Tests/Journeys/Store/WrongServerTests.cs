using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A server that answers, keeps the connection, and says that another one is to be written to.</summary>
public sealed class WrongServerTests
{
    private const string OldHost = "127.0.0.2", NewHost = "127.0.0.3";

    private readonly int _port = Repository.FreePort();

    [Fact]
    [Trait("Fault", "87")]
    public void After_a_failover_the_old_primary_says_READONLY_and_every_coin_is_written_anew_where_the_name_has_moved()
    {
        using RedisServer oldPrimary = RedisServer.StartOn(OldHost, _port), newPrimary = RedisServer.StartOn(NewHost, _port);
        using var name = new MovingName(OldHost);
        using Journey journey = Prepare(oldPrimary, name, "BTCUSDT", "ETHUSDT", "SOLUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT", "SOLUSDT");
        journey.TradeArrives("BTCUSDT", "64000.10");

        name.MoveTo(NewHost);
        FaultTimes times = FaultTimes.Begin("the name has moved, the old primary refuses");
        oldPrimary.Ask("REPLICAOF", NewHost, $"{_port}");
        journey.Exchange.Trade("BTCUSDT", "64000.20");
        Becomes(newPrimary, journey, "BTC", "64000.20");
        times.Right();
        // The quiet ones as well.
        Becomes(newPrimary, journey, "ETH", "100.00");
        Becomes(newPrimary, journey, "SOL", "100.00");
        Assert.Contains("READONLY", journey.Bot.Log("redis_unavailable").Text("reason"));
        journey.Exchange.Trade("ETHUSDT", "55.55");
        Becomes(newPrimary, journey, "ETH", "55.55");
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "87")]
    public void A_name_that_moves_only_later_is_followed_too()
    {
        using RedisServer oldPrimary = RedisServer.StartOn(OldHost, _port), newPrimary = RedisServer.StartOn(NewHost, _port);
        using var name = new MovingName(OldHost);
        using Journey journey = Prepare(oldPrimary, name, "BTCUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        oldPrimary.Ask("REPLICAOF", NewHost, $"{_port}");
        journey.Exchange.Trade("BTCUSDT", "64000.20");
        // Long enough for the slowest rhythm.
        Until.True("connected anew in vain", () => oldPrimary.ConnectionsEver() >= 5, state: () => journey.Bot.ErrorText);
        name.MoveTo(NewHost);
        Becomes(newPrimary, journey, "BTC", "64000.20");
    }

    [Fact]
    [Trait("Fault", "35")]
    public void A_replica_that_the_name_goes_on_leading_to_is_not_stormed_fills_no_log_and_is_told_as_trouble_all_the_time()
    {
        using RedisServer replica = RedisServer.StartOn(OldHost, _port);
        using var name = new MovingName(OldHost);
        using Journey journey = Prepare(replica, name, "BTCUSDT", "ETHUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        var page = Page.Of(journey.Bot);
        page.Becomes("/readyz", 200);
        replica.Ask("REPLICAOF", "127.0.0.1", $"{Repository.FreePort()}");
        journey.Exchange.Trade("BTCUSDT", "64000.20");
        page.Becomes("/readyz", 503);
        long before = replica.ConnectionsEver();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Until.StaysTrue("trouble is told", () => page.Get("/metrics").Body.Contains("\nbybitspot_redis_up 0\n"), TimeSpan.FromSeconds(5));
        Assert.InRange(replica.ConnectionsEver() - before, 1, 2 + watch.Elapsed.TotalSeconds);
        Assert.InRange(journey.Bot.Logs.Count(l => l.Event.StartsWith("redis_", StringComparison.Ordinal)), 2, 10);
        replica.Ask("REPLICAOF", "NO", "ONE");
        journey.PriceBecomes("BTCUSDT", "64000.20");
        page.Becomes("/readyz", 200);
    }

    [Fact]
    [Trait("Fault", "37")]
    public void MASTERDOWN_is_such_a_word_also_where_it_is_said_at_the_first_question()
    {
        using RedisServer replica = RedisServer.StartOn(OldHost, _port, "--replica-serve-stale-data", "no");
        replica.Ask("REPLICAOF", "127.0.0.1", $"{Repository.FreePort()}");
        LeadsOn(replica, "MASTERDOWN");
    }

    [Fact]
    [Trait("Fault", "45")]
    public void CLUSTERDOWN_is_such_a_word()
    {
        using RedisServer empty = RedisServer.StartOn(OldHost, _port, "--cluster-enabled", "yes");
        LeadsOn(empty, "CLUSTERDOWN");
    }

    [Fact]
    [Trait("Fault", "45")]
    public void MOVED_is_such_a_word()
    {
        // Two nodes of a cluster: all slots are the other's.
        using RedisServer node = RedisServer.StartOn(OldHost, _port, "--cluster-enabled", "yes", "--cluster-port", $"{Repository.FreePort()}");
        int bus = Repository.FreePort();
        using RedisServer owner = RedisServer.StartOn(NewHost, _port, "--cluster-enabled", "yes", "--cluster-port", $"{bus}");
        owner.Ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
        node.Ask("CLUSTER", "MEET", NewHost, $"{_port}", $"{bus}");
        Until.True("the node knows the owner", () => Says(node, "MOVED"), TimeSpan.FromSeconds(30));
        Until.True("the owner takes writes", () => !Says(owner, "CLUSTERDOWN"), TimeSpan.FromSeconds(30));
        LeadsOn(node, "MOVED", owner);
    }

    private static bool Says(RedisServer redis, string word)
    {
        try
        {
            redis.Ask("HGET", "bybit_spot:BTC", "ltp");
            return false;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message.StartsWith(word, StringComparison.Ordinal);
        }
    }

    private void LeadsOn(RedisServer wrong, string word, RedisServer? right = null)
    {
        using RedisServer? own = right is null ? RedisServer.StartOn(NewHost, _port) : null;
        using var name = new MovingName(OldHost);
        using Journey journey = Prepare(wrong, name, "BTCUSDT", "ETHUSDT");
        Bot bot = journey.Run();
        bot.Log("redis_unavailable", l => l.Text("reason").Contains(word));
        journey.Exchange.Trade("BTCUSDT", "64000.20");
        Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.20|")), state: () => bot.ErrorText);
        name.MoveTo(NewHost);
        Becomes(right ?? own!, journey, "BTC", "64000.20");
        Becomes(right ?? own!, journey, "ETH", "100.00");
    }

    private static void Becomes(RedisServer redis, Journey journey, string coin, string price) =>
        Until.Equal($"{coin} at {redis.Host}", price, () => redis.Price(coin), state: () => journey.Bot.ErrorText);

    private Journey Prepare(RedisServer redis, MovingName name, params string[] symbols) =>
        Journey.Prepare(symbols, new Dictionary<string, string> { ["REDIS_HOST"] = MovingName.Name, ["HTTP_URL"] = "http://127.0.0.1:0" }, redis, launcher: name.Launcher);
}

using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>A cluster: each coin is with the primary that has its slot, whichever that is now.</summary>
public sealed class ClusterTests
{
    private const string Instance = "box-1", CoinsKey = $"price_feed:spot:{Instance}:coins";

    // Enough for each of three primaries to have some.
    private static readonly string[] s_coins = [.. Enumerable.Range(1, 18).Select(i => $"C{i:00}")];
    private static readonly string[] s_symbols = [.. s_coins.Select(c => c + "USDT")];

    [Theory]
    [Trait("Fault", "45")]
    [Trait("Fault", "88")]
    [InlineData("direct"), InlineData("guarded")]
    public void Every_coin_is_with_its_primary_and_what_is_said_of_them_can_be_read(string mode)
    {
        using ClusterServers servers = ClusterServers.Start();
        using Journey journey = Begin(servers, ("REDIS_WRITE_MODE", mode));
        using var reader = new OrdinaryReader(servers);
        foreach (string symbol in s_symbols)
            journey.Exchange.Trade(symbol, "101.00");
        foreach (string symbol in s_symbols)
            reader.Becomes(journey, symbol, "101.00");
        Until.Equal("the state", "live", () => reader.Hash($"price_feed:spot:{Instance}")?.GetValueOrDefault("state"), Trust.SeenWithin, () => journey.Bot.ErrorText);
        Assert.Equal([Instance], reader.Instances()!);
        Assert.Equal(s_coins, reader.Hash(CoinsKey)!.Keys.Order(StringComparer.Ordinal));
        // Each coin at one place alone: three primaries have all, and no replica was written to.
        Assert.Equal(s_coins.Length, servers.Nodes.Take(ClusterServers.PrimaryCount).Sum(n => n.Server.Keys().Length));
        Assert.All(servers.Nodes.Take(ClusterServers.PrimaryCount), n => Assert.NotEmpty(n.Server.Keys()));
    }

    [Theory]
    [Trait("Fault", "45")]
    [InlineData("direct"), InlineData("guarded")]
    public void A_slot_on_its_way_is_followed_by_ASK_and_with_MOVED_when_it_has_arrived_and_no_other_coins_connection_breaks(string mode)
    {
        using ClusterServers servers = ClusterServers.Start();
        using Journey journey = Begin(servers, ("REDIS_WRITE_MODE", mode));
        using var writes = new WritesEverywhere(servers);
        const string Key = "bybit_spot:C01";
        ClusterNode from = servers.NodeOf(Key)!, to = servers.OtherPrimary(from);
        ClusterNode third = servers.Nodes.Take(ClusterServers.PrimaryCount).Single(n => n != from && n != to);
        using var trading = new Trading(journey.Exchange, s_symbols, perSecond: 400);
        string[] connections = WritingTo(third);
        Moves("while nothing has begun", () => servers.Price("C01"), journey);

        FaultTimes times = FaultTimes.Begin($"cluster: a slot moves under load{(mode == "direct" ? "" : ", guarded")}");
        SlotMove move = servers.Move(Key, to);
        move.Begin();
        Moves("while the slot is on its way and the key is not", () => from.Server.TryAsk("HGET", Key, "ltp") as string, journey);
        Assert.Equal(1, move.MoveKeys());
        Moves("when the key has gone ahead", () => move.FieldAtTarget(Key, "ltp"), journey);
        times.Mended();
        move.End();
        Moves("when the slot has arrived", () => to.Server.TryAsk("HGET", Key, "ltp") as string, journey);
        times.Right();

        // And back, all at once.
        servers.MoveSlotOf(Key, from);
        Moves("back where it was", () => from.Server.TryAsk("HGET", Key, "ltp") as string, journey);
        EndsRight(journey, servers, trading);
        writes.NeverWentBack();
        Assert.Subset(ConnectionsTo(third).ToHashSet(), connections.ToHashSet());
        Assert.InRange(journey.Bot.Logs.Count(l => l.Event.StartsWith("redis_", StringComparison.Ordinal)), 1, 20);
    }

    [Theory]
    [Trait("Fault", "45")]
    [InlineData(false), InlineData(true)]
    public void Coins_whose_slot_nobody_serves_are_stale_alone_until_somebody_does(bool fullCoverage)
    {
        using ClusterServers servers = ClusterServers.Start(fullCoverage: fullCoverage);
        using Journey journey = Begin(servers);
        using IDisposable ticking = journey.Ticking(s_symbols);
        // What is said of the coins is elsewhere, so that it can be read meanwhile.
        ClusterNode owner = servers.Nodes.First(n => n.IsPrimary && n != servers.NodeOf(CoinsKey) && CoinsAt(servers, n).Length > 0);
        string[] concerned = CoinsAt(servers, owner);
        int slot = servers.SlotOf($"bybit_spot:{concerned[0]}");
        if (!fullCoverage)
            concerned = [.. concerned.Where(c => servers.SlotOf($"bybit_spot:{c}") == slot)];
        StaleBecome(servers, journey);

        FaultTimes times = FaultTimes.Begin(fullCoverage ? "cluster: a node says that all is down" : "cluster: nobody serves a slot");
        owner.Server.Ask("CLUSTER", "DELSLOTS", $"{slot}");
        Assert.True(owner.Server.Says("CLUSTERDOWN", "EXISTS", $"bybit_spot:{concerned[0]}"));
        StaleBecome(servers, journey, concerned);
        times.Seen();
        string other = s_coins.First(c => !concerned.Contains(c));
        journey.Exchange.Trade(concerned[0] + "USDT", "102.00");
        servers.TradeArrives(journey, other + "USDT", "102.00");
        owner.Server.Ask("CLUSTER", "ADDSLOTS", $"{slot}");
        times.Mended();
        servers.PriceBecomes(journey, concerned[0] + "USDT", "102.00");
        times.Right();
        StaleBecome(servers, journey);
    }

    [Fact]
    [Trait("Fault", "45")]
    [Trait("Fault", "33")]
    public void While_one_primary_is_gone_its_coins_alone_are_stale_and_its_replica_gets_the_newest_of_them()
    {
        using ClusterServers servers = ClusterServers.Start();
        using Journey journey = Begin(servers);
        using var writes = new WritesEverywhere(servers);
        using var reader = new OrdinaryReader(servers);
        ClusterNode victim = servers.Nodes.First(n => n.IsPrimary && n != servers.NodeOf(CoinsKey) && CoinsAt(servers, n).Length > 1);
        string[] concerned = CoinsAt(servers, victim), others = [.. s_coins.Except(concerned)];
        ClusterNode[] well = [.. servers.Nodes.Take(ClusterServers.PrimaryCount).Where(n => n != victim)];
        // One of them is quiet: its last price comes while there is nobody to take it.
        string quiet = concerned[0];
        using var trading = new Trading(journey.Exchange, [.. s_symbols.Where(s => s != quiet + "USDT")], perSecond: 200);
        string[] connections = [.. well.SelectMany(WritingTo)];
        StaleBecome(servers, journey);

        FaultTimes times = FaultTimes.Begin("45", "cluster: a primary is killed");
        victim.Server.Kill();
        journey.Exchange.Trade(quiet + "USDT", "64000.10");
        var seen = new HashSet<string>();
        ClusterNode replica = servers.ReplicaOf(victim);
        Until.True("the replica is the primary", () =>
        {
            seen.UnionWith(StaleOf(servers));
            return replica.IsPrimary && servers.NodeOf($"bybit_spot:{quiet}") == replica;
        }, state: () => journey.Bot.ErrorText);
        servers.PriceBecomes(journey, quiet + "USDT", "64000.10");
        times.Right();
        StaleBecome(servers, journey);
        // Nobody else's coins were ever called stale, and their connections are the same.
        Assert.Empty(seen.Intersect(others));
        Assert.Subset(well.SelectMany(ConnectionsTo).ToHashSet(), connections.ToHashSet());

        victim.Server.Launch();
        servers.AwaitReplica(victim);
        servers.TakeOver(victim);
        Moves("at the old primary, which is one again", () => servers.NodeOf($"bybit_spot:{concerned[1]}") == victim ? victim.Server.Price(concerned[1]) : null, journey);
        EndsRight(journey, servers, trading);
        reader.Becomes(journey, quiet + "USDT", "64000.10");
        writes.NeverWentBack();
    }

    // Redis' default: a slot that nobody serves stops all of it, and what is said of the coins with it.
    [Fact]
    [Trait("Fault", "45")]
    public void A_cluster_that_stops_as_a_whole_when_one_primary_is_gone_gets_the_newest_of_every_coin_when_it_goes_on()
    {
        using ClusterServers servers = ClusterServers.Start(fullCoverage: true);
        using Journey journey = Begin(servers);
        using var reader = new OrdinaryReader(servers);
        using var trading = new Trading(journey.Exchange, s_symbols, perSecond: 200);
        ClusterNode victim = servers.NodeOf("bybit_spot:C01")!;
        FaultTimes times = FaultTimes.Begin("cluster: a primary is killed, and all stop for it");
        victim.Server.Kill();
        servers.AwaitPromotion(servers.ReplicaOf(victim));
        foreach (string coin in s_coins)
            Moves($"of {coin}", () => servers.Price(coin), journey);
        times.Right();
        foreach ((string symbol, string price) in trading.Stop())
            reader.Becomes(journey, symbol, price);
    }

    [Fact]
    [Trait("Fault", "45")]
    [Trait("Fault", "32")]
    public void A_primary_that_hangs_and_comes_back_as_a_replica_has_cost_no_price()
    {
        using ClusterServers servers = ClusterServers.Start();
        using Journey journey = Begin(servers);
        using var writes = new WritesEverywhere(servers);
        using var reader = new OrdinaryReader(servers);
        using var trading = new Trading(journey.Exchange, s_symbols, perSecond: 200);
        ClusterNode victim = servers.NodeOf("bybit_spot:C01")!, replica = servers.ReplicaOf(victim);
        Moves("before", () => servers.Price("C01"), journey);
        FaultTimes times = FaultTimes.Begin("45", "cluster: a primary hangs");
        victim.Server.Freeze();
        servers.AwaitPromotion(replica);
        Moves("at the new primary", () => replica.Server.Price("C01"), journey);
        times.Right();
        victim.Server.Thaw();
        servers.AwaitReplica(victim);
        EndsRight(journey, servers, trading);
        foreach (string symbol in s_symbols)
            Until.Equal(symbol, servers.Price(symbol[..^4]), () => reader.Price(symbol[..^4]));
        writes.NeverWentBack();
    }

    [Fact]
    [Trait("Fault", "43")]
    public void A_key_of_another_type_makes_its_coin_stale_alone_and_is_never_deleted()
    {
        using ClusterServers servers = ClusterServers.Start();
        RedisServer holder = servers.HolderOf("bybit_spot:C01")!;
        holder.Ask("SET", "bybit_spot:C01", "somebody's");
        using Journey journey = servers.Prepare(s_symbols, ("INSTANCE_ID", Instance));
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols.Skip(1));
        using IDisposable ticking = journey.Ticking(s_symbols);
        StaleBecome(servers, journey, "C01");
        Assert.Equal("somebody's", holder.Ask("GET", "bybit_spot:C01"));
        holder.Ask("DEL", "bybit_spot:C01");
        servers.PriceBecomes(journey, "C01USDT", "100.00");
        StaleBecome(servers, journey);
    }

    [Fact]
    [Trait("Fault", "45")]
    [Trait("Fault", "78")]
    public void Over_TLS_and_with_a_password_a_failover_is_followed_though_the_first_node_asked_is_gone_and_no_secret_is_said()
    {
        const string Secret = "canary-0f-the-cluster";
        using var certificates = new Certificates();
        using ClusterServers servers = ClusterServers.Start(new ServerTls(certificates, ClusterServers.Host), Secret);
        servers.Nodes[0].Server.Kill();
        servers.AwaitPromotion(servers.ReplicaOf(servers.Nodes[0]));
        using Journey journey = Begin(servers, ("REDIS_PASSWORD", Secret), ("LOG_LEVEL", "debug"));
        foreach (string symbol in s_symbols)
            servers.TradeArrives(journey, symbol, "101.00");
        servers.Nodes[1].Server.Kill();
        servers.AwaitPromotion(servers.ReplicaOf(servers.Nodes[1]));
        foreach (string symbol in s_symbols)
            servers.TradeArrives(journey, symbol, "102.00");
        journey.Bot.EndsAndNeverSays(Secret);
    }

    [Fact]
    public void True_means_that_the_one_server_that_is_named_tells_of_the_others()
    {
        using ClusterServers servers = ClusterServers.Start();
        using Journey journey = servers.Prepare(s_symbols, ("REDIS_CLUSTER", "true"), ("REDIS_HOST", ClusterServers.Host), ("REDIS_PORT", $"{servers.Nodes[^1].Port}"));
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols);
    }

    [Theory]
    [InlineData("REDIS_DB", "3", "REDIS_DB")]
    [InlineData("REDIS_URL", "unix:///tmp/no.sock", "unix")]
    [InlineData("REDIS_SENTINELS", "127.0.0.1:26379", "REDIS_SENTINELS")]
    public void What_no_cluster_has_is_refused_at_the_start_with_the_reason(string name, string value, string named)
    {
        using RedisServer nobody = RedisServer.Start();
        using Journey journey = Journey.Prepare(["BTCUSDT"],
            new Dictionary<string, string> { ["REDIS_CLUSTER"] = "127.0.0.1:7000", ["REDIS_HOST"] = Bot.Unset, ["REDIS_PORT"] = Bot.Unset, [name] = value }, nobody);
        Bot bot = journey.Run();
        Assert.Equal(78, bot.Exit());
        Assert.Contains(named, bot.ErrorText);
        Assert.Contains("cluster", bot.ErrorText, StringComparison.OrdinalIgnoreCase);
    }

    private static Journey Begin(ClusterServers servers, params (string Name, string Value)[] settings)
    {
        Journey journey = servers.Prepare(s_symbols, [("INSTANCE_ID", Instance), .. settings]);
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols);
        return journey;
    }

    private static string[] CoinsAt(ClusterServers servers, ClusterNode node) => [.. s_coins.Where(c => servers.NodeOf($"bybit_spot:{c}") == node)];

    // By their numbers at the server.
    private static string[] ConnectionsTo(ClusterNode node) => Connections(node, static _ => true);

    // Those by which prices come: what the program asks besides may come and go.
    private static string[] WritingTo(ClusterNode node)
    {
        string[] found = [];
        Until.True("prices come", () => (found = Connections(node, line => line.Contains(" cmd=hset ") || line.Contains(" cmd=evalsha "))).Length > 0);
        return found;
    }

    private static string[] Connections(ClusterNode node, Func<string, bool> which) =>
        [.. ((string)node.Server.Ask("CLIENT", "LIST")!).Split('\n').Where(l => l.Contains($" name={Instance} ") && which(l)).Select(l => $"{node.Port} {l.Split(' ')[0]}")];

    private static string[] StaleOf(ClusterServers servers) =>
        servers.HolderOf(CoinsKey)?.TryAsk("HGETALL", CoinsKey) is string[] words
            ? [.. words.Chunk(2).Where(p => p[1] == "stale").Select(p => p[0]).Order(StringComparer.Ordinal)] : [];

    private static void StaleBecome(ClusterServers servers, Journey journey, params string[] coins) => Until.True(
        $"stale: {string.Join(' ', coins)}",
        () => servers.HolderOf(CoinsKey)?.TryAsk("HLEN", CoinsKey) is string count && count == $"{s_coins.Length}" && StaleOf(servers).SequenceEqual(coins.Order(StringComparer.Ordinal)),
        Trust.SeenWithin, () => $"stale now: {string.Join(' ', StaleOf(servers))}\n{journey.Bot.ErrorText}");

    // Two different prices after what is there now: the first may have been on its way already.
    private static void Moves(string when, Func<string?> price, Journey journey)
    {
        for (int i = 0; i < 2; i++)
        {
            string? before = price();
            Until.True($"the price moves {when}", () => price() is { } now && now != before, state: () => $"it is {price()}\n{journey.Bot.ErrorText}");
        }
    }

    private static void EndsRight(Journey journey, ClusterServers servers, Trading trading)
    {
        foreach ((string symbol, string price) in trading.Stop())
            servers.PriceBecomes(journey, symbol, price);
    }
}

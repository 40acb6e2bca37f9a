using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>A Redis that sentinels watch: whoever is the primary has the prices.</summary>
public sealed class SentinelTests
{
    private const string Instance = "box-1";

    private static readonly string[] s_lively = [.. Enumerable.Range(1, 10).Select(i => $"C{i:00}USDT")];
    private static readonly string[] s_symbols = [.. s_lively, "QUIETUSDT"];

    [Theory]
    [Trait("Fault", "46")]
    [InlineData("killed", "direct"), InlineData("killed", "guarded")]
    [InlineData("replaced by order", "direct")]
    [InlineData("frozen, and comes back as a replica", "direct"), InlineData("frozen, and comes back as a replica", "guarded")]
    public void After_a_failover_the_newest_of_every_coin_is_at_the_new_primary(string what, string mode)
    {
        using SentinelServers servers = SentinelServers.Start();
        using Journey journey = Begin(servers, ("REDIS_WRITE_MODE", mode));
        using var writes = new WritesEverywhere(servers);
        using var reader = new OrdinaryReader(servers);
        RedisServer first = servers.AwaitPrimary();
        using var trading = new Trading(journey.Exchange, s_lively, perSecond: 200);
        Until.True("a stream", () => writes.Count > 100, state: () => journey.Bot.ErrorText);

        FaultTimes times = FaultTimes.Begin($"Sentinel: the primary is {what}{(mode == "direct" ? "" : ", guarded")}");
        switch (what)
        {
            case "killed":
                first.Kill();
                break;
            case "replaced by order":
                servers.Failover();
                break;
            default:
                first.Freeze();
                break;
        }
        // Once, while nobody takes it: nothing that ticks later brings it.
        journey.Exchange.Trade("QUIETUSDT", "101.00");
        RedisServer second = servers.AwaitAnother(than: first);
        times.Seen();
        long before = trading.Trades;
        string? atFailover = second.Price("C01");
        Until.True("prices go on at the new primary", () => second.Price("C01") is { } now && now != atFailover, state: () => journey.Bot.ErrorText);
        times.Right();
        if (what == "killed")
            first.Launch();
        else if (what != "replaced by order")
            first.Thaw();
        servers.AwaitReplica(first);
        Until.True("trades afterwards", () => trading.Trades > before + 200);

        EndsRight(journey, servers, reader, trading);
        reader.Becomes(journey, "QUIETUSDT", "101.00");
        Until.True("every coin is called right", () => Array.TrueForAll(s_symbols, s => reader.Worth(Instance, s[..^4]) is "fresh" or "quiet"), state: () => journey.Bot.ErrorText);
        // Every replica, the old primary among them, comes to the same. On a busy machine the sentinels may have chosen anew meanwhile.
        string last = reader.Price("C01")!;
        foreach (RedisServer server in servers.Servers)
            Until.Equal("the same everywhere", last, () => server.TryAsk("HGET", "bybit_spot:C01", "ltp") as string);
        writes.NeverWentBack();
        Assert.InRange(journey.Bot.Logs.Count(l => l.Event.StartsWith("redis_", StringComparison.Ordinal)), 2, 20);
        Assert.Single(journey.Exchange.Connections);
    }

    // It takes writes as ever and closes nothing: only the sentinels say that nobody reads there any more.
    [Fact]
    [Trait("Fault", "46")]
    public void An_old_primary_that_has_not_been_told_is_left_as_soon_as_the_sentinels_name_another()
    {
        using SentinelServers servers = SentinelServers.Start();
        using Journey journey = Begin(servers);
        RedisServer first = servers.AwaitPrimary();
        SentinelServers.KeepPrimary(first);
        using var trading = new Trading(journey.Exchange, s_lively, perSecond: 200);
        servers.Failover();
        RedisServer second = servers.AwaitAnother(than: first);
        Until.True("prices go on at the new primary", () => second.Price("C01") != first.Price("C01") && IsAhead(second, first), state: () => journey.Bot.ErrorText);
        Assert.Equal("master", SentinelServers.RoleOf(first));
        using var reader = new OrdinaryReader(servers);
        EndsRight(journey, servers, reader, trading);
    }

    [Fact]
    [Trait("Fault", "46")]
    public void A_sentinel_that_is_gone_is_passed_over_and_without_any_the_primary_that_is_known_is_written_to()
    {
        using SentinelServers servers = SentinelServers.Start();
        servers.Sentinels[0].Kill();
        using Journey journey = Begin(servers);
        RedisServer primary = servers.AwaitPrimary();
        foreach (RedisServer sentinel in servers.Sentinels.Skip(1))
            sentinel.Kill();
        using var trading = new Trading(journey.Exchange, s_lively, perSecond: 200);
        Until.True("trades", () => trading.Trades > 400);
        foreach ((string symbol, string price) in trading.Stop())
            Until.Equal(symbol, price, () => primary.Price(symbol[..^4]), state: () => journey.Bot.ErrorText);
    }

    [Fact]
    [Trait("Fault", "46")]
    public void Sentinels_that_do_not_know_the_name_are_told_of_with_the_name()
    {
        using SentinelServers servers = SentinelServers.Start();
        using Journey journey = servers.Prepare(s_symbols, ("REDIS_SENTINEL_MASTER", "mistyped"));
        Assert.Contains("mistyped", journey.Run().Log("redis_unavailable").Text("reason"));
    }

    [Fact]
    [Trait("Fault", "46")]
    [Trait("Fault", "78")]
    public void Over_TLS_and_with_passwords_of_servers_and_sentinels_a_failover_is_followed_and_no_secret_is_said()
    {
        const string Secret = "canary-0f-the-servers", SentinelSecret = "canary-0f-the-sentinels", Wrong = "canary-that-is-wr0ng";
        using var certificates = new Certificates();
        using SentinelServers servers = SentinelServers.Start(new ServerTls(certificates, SentinelServers.Host), Secret, SentinelSecret);
        using (Journey refused = servers.Prepare(s_symbols, ("REDIS_PASSWORD", Secret), ("REDIS_SENTINEL_PASSWORD", Wrong)))
        {
            Bot bot = refused.Run();
            Assert.Contains("WRONGPASS", bot.Log("redis_unavailable").Text("reason"));
            bot.EndsAndNeverSays(Secret, SentinelSecret, Wrong);
        }
        using Journey journey = Begin(servers, ("REDIS_PASSWORD", Secret), ("REDIS_SENTINEL_PASSWORD", SentinelSecret), ("LOG_LEVEL", "debug"));
        RedisServer first = servers.AwaitPrimary();
        first.Kill();
        servers.AwaitAnother(than: first);
        servers.TradeArrives(journey, "C01USDT", "101.00");
        journey.Bot.EndsAndNeverSays(Secret, SentinelSecret);
    }

    [Fact]
    [Trait("Fault", "35")]
    public void While_there_is_no_primary_the_feed_goes_on_and_readiness_says_no()
    {
        using SentinelServers servers = SentinelServers.Start();
        using Journey journey = Begin(servers, ("HTTP_URL", "http://127.0.0.1:0"));
        Page page = Page.Of(journey.Bot);
        page.Becomes("/readyz", 200);
        foreach (RedisServer server in servers.Servers)
            server.Kill();
        page.Becomes("/readyz", 503);
        journey.Exchange.Trade("C01USDT", "101.00");
        Until.True("the feed goes on", () => journey.Bot.Prices.Any(l => l.StartsWith("C01|101.00|")), state: () => journey.Bot.ErrorText);
        foreach (RedisServer server in servers.Servers)
            server.Launch();
        servers.PriceBecomes(journey, "C01USDT", "101.00");
        servers.PriceBecomes(journey, "QUIETUSDT", "100.00");
        page.Becomes("/readyz", 200);
    }

    private static Journey Begin(SentinelServers servers, params (string Name, string Value)[] settings)
    {
        Journey journey = servers.Prepare(s_symbols, [("INSTANCE_ID", Instance), .. settings]);
        journey.Run();
        servers.AwaitFirstPrices(journey, s_symbols);
        return journey;
    }

    private static bool IsAhead(RedisServer server, RedisServer of) =>
        string.CompareOrdinal(server.Timestamp("C01"), of.Timestamp("C01")) > 0;

    private static void EndsRight(Journey journey, SentinelServers servers, OrdinaryReader reader, Trading trading)
    {
        Dictionary<string, string> last = trading.Stop();
        Assert.Equal(s_lively.Length, last.Count);
        foreach ((string symbol, string price) in last)
        {
            servers.PriceBecomes(journey, symbol, price);
            reader.Becomes(journey, symbol, price);
        }
    }
}

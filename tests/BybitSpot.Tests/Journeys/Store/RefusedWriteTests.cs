using System.Net.Sockets;
using BybitSpot.Tests.Journeys.Servers;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A server that is there and takes no writes, in each of the ways in which Redis says so.</summary>
public sealed class RefusedWriteTests
{
    private static readonly string[] s_symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT"];

    [Fact]
    [Trait("Fault", "34")]
    public void A_Redis_that_is_out_of_memory_is_told_as_such_and_gets_the_newest_of_every_coin_when_there_is_room()
    {
        using RedisServer redis = RedisServer.Start();
        RightInTheEnd(redis, "OOM", () => redis.Ask("CONFIG", "SET", "maxmemory", "1"), () => redis.Ask("CONFIG", "SET", "maxmemory", "0"));
    }

    [Fact]
    [Trait("Fault", "38")]
    public void A_Redis_that_a_strangers_script_keeps_busy_gets_the_newest_of_every_coin_when_that_has_ended()
    {
        // So long that no script of ours, on a machine that has no time for it, counts as one that keeps Redis busy.
        using RedisServer redis = RedisServer.Start("--busy-reply-threshold", "1000");
        using var stranger = new TcpClient();
        stranger.Connect(redis.Host, redis.Port);
        RightInTheEnd(redis, "BUSY",
            () =>
            {
                stranger.GetStream().Write("EVAL \"while true do end\" 0\r\n"u8);
                Until.True("Redis is busy", () => redis.Says("BUSY", "GET", "x"));
            },
            () =>
            {
                redis.Ask("SCRIPT", "KILL");
                // It is answered before the script has ended.
                Until.True("the script has ended", () => !redis.Says("BUSY", "GET", "x"));
            });
    }

    [Fact]
    [Trait("Fault", "41")]
    public void A_Redis_that_cannot_save_and_therefore_takes_no_writes_gets_the_newest_of_every_coin_when_it_can()
    {
        string folder = Repository.NewScratchFolder(), other = Repository.NewScratchFolder();
        try
        {
            using RedisServer redis = RedisServer.Start("--dir", folder, "--enable-protected-configs", "yes");
            redis.Ask("CONFIG", "SET", "save", "3600 1");
            RightInTheEnd(redis, "MISCONF",
                () =>
                {
                    Directory.Delete(folder, recursive: true);
                    Save(redis, "err");
                },
                () =>
                {
                    redis.Ask("CONFIG", "SET", "dir", other);
                    Save(redis, "ok");
                });
        }
        finally
        {
            Directory.Delete(other, recursive: true);
        }
    }

    [Fact]
    [Trait("Fault", "42")]
    public void A_Redis_that_misses_its_replicas_gets_the_newest_of_every_coin_when_it_has_them()
    {
        using RedisServer redis = RedisServer.Start();
        RightInTheEnd(redis, "NOREPLICAS", () => redis.Ask("CONFIG", "SET", "min-replicas-to-write", "1"), () => redis.Ask("CONFIG", "SET", "min-replicas-to-write", "0"));
    }

    [Fact]
    [Trait("Fault", "36")]
    public void A_Redis_that_loads_its_old_data_is_waited_for_and_then_gets_what_is_newer()
    {
        using RedisServer redis = RedisServer.Start();
        using Journey journey = Journey.Prepare(s_symbols, new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" }, redis);
        Bot bot = journey.Run();
        journey.AwaitFirstPrices(s_symbols);
        redis.Ask("EVAL", "for i=1,3000 do redis.call('SET','somebody:'..i,i) end", "0");
        redis.Ask("SAVE");
        redis.Kill();
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        // Three seconds.
        redis.Launch("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024");
        FaultTimes times = FaultTimes.Begin("Redis loads");
        bot.Log("redis_unavailable", l => l.Text("reason").Contains("LOADING"));
        times.Seen();
        journey.Exchange.Trade("ETHUSDT", "55.55");
        Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("ETH|55.55|")), state: () => bot.ErrorText);
        Until.True("all is loaded", () => redis.TryAsk("GET", "somebody:3000") is "3000");
        times.Mended();
        journey.PriceBecomes("BTCUSDT", "64000.10");
        journey.PriceBecomes("ETHUSDT", "55.55");
        journey.PriceBecomes("SOLUSDT", "100.00");
        times.Right();
        Page.Of(bot).Becomes("/readyz", 200);
    }

    [Fact]
    [Trait("Fault", "44")]
    public void A_Redis_that_has_no_room_for_one_more_client_is_told_as_such_and_written_to_when_one_has_gone()
    {
        using RedisServer redis = RedisServer.Start("--maxclients", "2");
        using var other = new TcpClient();
        other.Connect(redis.Host, redis.Port);
        other.GetStream().Write("PING\r\n"u8);
        Assert.Equal((byte)'+', other.GetStream().ReadByte());
        using Journey journey = Journey.Prepare(s_symbols, redis: redis);
        Bot bot = journey.Run();
        bot.Log("redis_unavailable", l => l.Text("reason").Contains("max number of clients reached"));
        FaultTimes times = FaultTimes.Begin("as many clients as there may be");
        times.Seen();
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        Until.True("the feed goes on", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.10|")), state: () => bot.ErrorText);
        other.Dispose();
        times.Mended();
        journey.PriceBecomes("BTCUSDT", "64000.10");
        times.Right();
        journey.PriceBecomes("SOLUSDT", "100.00");
    }

    [Fact]
    [Trait("Fault", "47")]
    public void A_Redis_that_makes_all_writers_wait_gets_the_newest_of_every_coin_and_nothing_goes_back()
    {
        using Journey journey = Journey.Begin(s_symbols);
        using var monitor = new RedisMonitor(journey.Redis);
        FaultTimes times = FaultTimes.Begin("writers are made to wait");
        journey.Redis.Ask("CLIENT", "PAUSE", "60000", "WRITE");
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(s_symbols, 30_000);
        foreach ((string symbol, string price) in newest)
            Until.True($"{symbol} on stdout", () => journey.Bot.Prices.Any(l => l.StartsWith($"{symbol[..^4]}|{price}|")), state: () => journey.Bot.ErrorText);
        journey.Redis.Ask("CLIENT", "UNPAUSE");
        times.Mended();
        foreach ((string symbol, string price) in newest)
            journey.PriceBecomes(symbol, price);
        times.Right();
        foreach (string symbol in s_symbols)
        {
            Until.True("the last write is seen", () => monitor.PricesOf(symbol[..^4]) is [.., var last] && last == newest[symbol]);
            decimal[] prices = [.. monitor.PricesOf(symbol[..^4]).Select(decimal.Parse)];
            Assert.Equal(prices.Order(), prices);
        }
        // The window, a last write for each coin, and what is written anew in turn.
        Assert.InRange(monitor.Writes, s_symbols.Length, 2_200);
    }

    private static void RightInTheEnd(RedisServer redis, string word, Action refuse, Action mend)
    {
        using Journey journey = Journey.Prepare(s_symbols, new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" }, redis);
        Bot bot = journey.Run();
        journey.AwaitFirstPrices(s_symbols);
        Page page = Page.Of(bot);
        page.Becomes("/readyz", 200);
        refuse();
        FaultTimes times = FaultTimes.Begin($"Redis says {word}");
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        bot.Log("redis_write_refused", l => l.Text("error").Contains(word));
        page.Becomes("/readyz", 503);
        Assert.Contains("\nbybitspot_redis_up 0\n", page.Get("/metrics").Body);
        times.Seen();
        // Lively for a while, then as quiet as can be: nobody's next price brings the last one.
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(s_symbols, 20_000);
        foreach ((string symbol, string price) in newest)
            Until.True($"{symbol} on stdout", () => bot.Prices.Any(l => l.StartsWith($"{symbol[..^4]}|{price}|")), state: () => bot.ErrorText);
        mend();
        times.Mended();
        foreach ((string symbol, string price) in newest)
            journey.PriceBecomes(symbol, price);
        times.Right();
        page.Becomes("/readyz", 200);
        // A line now and then, not one a refusal.
        Assert.InRange(bot.Logs.Count(l => l.Event.StartsWith("redis_", StringComparison.Ordinal)), 2, 12);
        Assert.Single(journey.Exchange.Connections);
    }

    private static void Save(RedisServer redis, string status)
    {
        redis.Ask("BGSAVE");
        Until.True($"saving ends with {status}", () => ((string)redis.Ask("INFO", "persistence")!).Contains($"rdb_last_bgsave_status:{status}\r\n"));
    }
}

using System.Globalization;
using BybitSpot.App;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Rest;
using Xunit;

namespace BybitSpot.Tests.Top;

/// <summary>Where a view takes what it shows: another program's HTTP, or Redis.</summary>
public sealed class BoardSourceTests
{
    private const string Status = """{"time":"2026-01-02T03:04:05.000Z","market":"spot","instance":"main","version":"0.3.0","started":"2026-01-02T03:00:00.000Z","state":"degraded","since":"2026-01-02T03:04:00.000Z","ready":true,"reason":null,"coins":2,"fresh":1,"quiet":0,"stale":1,"endpoint":"wss://x","lines":2,"lines_connected":1,"ticks":7,"ticks_per_second":1.5,"reconnects":{"closed":1},"dropped":{"not_json":2},"redis":{"endpoint":"127.0.0.1:6379","trouble":"why","servers":1,"servers_up":0,"writes":5,"writes_per_second":1.1,"latency_p50_ms":0.2,"latency_p99_ms":null,"other_writers":3},"clock_offset_ms":-3}""";

    private const string Prices = """{"time":"2026-01-02T03:04:05.000Z","coins":[{"coin":"ETH","symbol":"ETHUSDT","price":"3000.10","timestamp":"2026-01-02T03:04:04.000Z","state":"fresh","age_ms":1000,"day_ago":"2900","trail":[1,null,3]},{"coin":"BTC","symbol":"BTCUSDT","price":null,"timestamp":null,"state":"stale","age_ms":null,"reason":"no price has come yet"}]}""";

    private static readonly TimeProvider s_time = TimeProvider.System;

    [Fact]
    public void Events_tell_all_at_first_and_then_what_has_changed()
    {
        string later = """{"time":"2026-01-02T03:04:06.000Z","coins":[{"coin":"ETH","price":"3000.20","timestamp":"2026-01-02T03:04:06.000Z","state":"quiet","age_ms":2000},{"coin":"SOL","symbol":"SOLUSDT","price":"5","timestamp":"2026-01-02T03:04:06.000Z","state":"fresh","age_ms":0}],"removed":["BTC"]}""";
        using var server = new SmallServer(path => Stream($"retry: 2000\n\nevent: status\ndata: {Status}\n\nevent: prices\ndata: {Prices}\n\nevent: prices\ndata: {later}\n\n"), hold: true);
        using var source = new BoardOverHttp(server.Address, s_time);
        Assert.Equal($"http://127.0.0.1:{server.Address.Port}", source.Name);
        BoardView view = Answered(source);
        Until.True("the later prices", () => (view = source.Look()).Coins.Count == 2 && view.Coins[1].Coin == "SOL");
        Assert.Null(view.Trouble);
        Assert.Equal("/events?trail=1", server.Asked[0]);
        BoardCoin eth = view.Coins[0];
        Assert.Equal(("ETH", "ETHUSDT", "3000.20", CoinState.Quiet, "2900"), (eth.Coin, eth.Symbol, eth.Price, eth.State, eth.DayAgo));
        Assert.InRange(eth.Age!.Value, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(60));
        Assert.Equal([1f, float.NaN, 3f], eth.Trail.Take(3));
        Assert.Equal(3000.2f, eth.Trail[^1]);
        BoardStatus status = view.Status!;
        Assert.Equal((FeedState.Degraded, true, 2, 1, 1.5), (status.State, status.Ready, status.Lines, status.LinesConnected, status.TicksPerSecond));
        Assert.Equal(("why", 0.2, null, 3, 0), (status.Redis.Trouble, status.Redis.LatencyP50Ms, status.Redis.LatencyP99Ms, status.Redis.OtherWriters, status.Redis.ServersUp));
        Assert.Equal((1L, 2L, -3L), (status.Reconnects["closed"], status.Dropped["not_json"], status.ClockOffsetMs));
    }

    [Fact]
    public void Where_there_is_no_room_for_a_listener_it_asks()
    {
        using var server = new SmallServer(path => path switch
        {
            "/status" => SmallServer.Ok(Status),
            "/prices?trail=1" => SmallServer.Ok(Prices),
            _ => "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 2\r\n\r\n{}",
        });
        using var source = new BoardOverHttp(server.Address, s_time);
        BoardView view = Answered(source);
        Assert.Equal(["BTC", "ETH"], view.Coins.Select(c => c.Coin));
        Assert.Equal("no price has come yet", view.Coins[0].Reason);
        Assert.Equal(FeedState.Degraded, view.Status!.State);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "it answers 404 to /status: is it another program, or an older bybitspot?")]
    [InlineData("HTTP/1.1 421 Misdirected Request\r\nContent-Length: 20\r\n\r\n{\"error\":\"not this\"}", "it answers 421: not this")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello\n\nworld", "it has ended the connection")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nevent: status\ndata: {\"state\":1}\n\n", "what answers there is no bybitspot")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nevent: prices\ndata: [[[[[[[[[[[[[\n\n", "what answers there is no bybitspot")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nevent: prices\ndata: {\"coins\":[1,{},{\"coin\":7},{\"coin\":\"A\",\"price\":3,\"age_ms\":\"x\",\"trail\":5}],\"removed\":[3]}\n\n", null)]
    [InlineData("nonsense\r\n\r\n", null)]
    public void Whatever_answers_there_is_told_in_one_line(string answer, string? trouble)
    {
        using var server = new SmallServer(_ => answer);
        using var source = new BoardOverHttp(server.Address, s_time);
        // On a busy machine it may have been slow first.
        string? told = null;
        Until.True("trouble is told", () => (told = source.Look().Trouble) is not null and not "it has not answered yet" && (trouble is null || told == trouble), state: () => $"told: {told}");
        Assert.DoesNotContain('\n', told!);
    }

    [Fact]
    public void Nobody_there_is_told_at_once_and_one_who_falls_silent_soon_and_ages_go_on()
    {
        using (var nobody = new BoardOverHttp(new Uri($"http://127.0.0.1:{Repository.FreePort()}"), s_time))
            Until.Equal("nobody is told", "nothing listens there", () => nobody.Look().Trouble);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var server = new SmallServer(_ => Stream($"event: status\ndata: {Status}\n\nevent: prices\ndata: {Prices}\n\n"), hold: true);
        using var source = new BoardOverHttp(server.Address, s_time);
        BoardView view = Answered(source);
        Until.True("its silence is told", () => (view = source.Look()).Trouble == "it does not answer in time");
        Assert.Equal(["BTC", "ETH"], view.Coins.Select(c => c.Coin));
        Assert.InRange(view.Coins[1].Age!.Value, TimeSpan.FromSeconds(5), clock.Elapsed + TimeSpan.FromSeconds(1));
        Assert.Equal(FeedState.Degraded, view.Status!.State);
    }

    [Fact]
    public void Redis_gives_what_get_shows_of_all_that_several_instances_watch()
    {
        using RedisServer redis = RedisServer.Start();
        string now = DateTimeOffset.UtcNow.AddSeconds(-3).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
        foreach (string coin in (string[])["BTC", "ETH", "SOL"])
            redis.Ask("HSET", $"bybit_spot:{coin}", "ltp", "1.50", "timestamp", now, "original_symbol", coin + "USDT");
        Says(redis, "box-1", "degraded", "BTC fresh", "ETH stale");
        Says(redis, "box-2", "live", "SOL quiet", "XRP stale");
        using var source = Of(redis);

        BoardView view = source.Look();

        Assert.Null(view.Trouble);
        Assert.Equal($"redis 127.0.0.1:{redis.Port}", source.Name);
        Assert.Equal(["BTC Fresh", "ETH Stale", "SOL Quiet", "XRP Stale not in Redis"], view.Coins.Select(c => $"{c.Coin} {c.State} {c.Reason}".TrimEnd()));
        Assert.Equal(("1.50", "BTCUSDT", now), (view.Coins[0].Price, view.Coins[0].Symbol, view.Coins[0].Timestamp));
        Assert.InRange(view.Coins[0].Age!.Value, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(60));
        Assert.Equal((FeedState.Live, "box-1, box-2", 4, 1, 1, 2, 0), (view.Status!.State, string.Join(", ", view.Status.Instance.Split(", ").Order()), view.Status.Coins, view.Status.Fresh, view.Status.Quiet, view.Status.Stale, view.Status.Lines));
    }

    [Fact]
    public void Redis_that_goes_away_is_told_ages_go_on_and_it_comes_back_by_itself()
    {
        using RedisServer redis = RedisServer.Start();
        redis.Ask("HSET", "bybit_spot:BTC", "ltp", "1.50", "timestamp", "2026-01-02T03:04:05.000Z", "original_symbol", "BTCUSDT");
        Says(redis, "box-1", "live", "BTC fresh");
        using var source = Of(redis);
        TimeSpan age = source.Look().Coins.Single().Age!.Value;
        redis.Kill();
        BoardView view = source.Look();
        Until.True("it is told", () => (view = source.Look()).Trouble is not null);
        Assert.StartsWith($"no Redis at 127.0.0.1:{redis.Port}", view.Trouble);
        Assert.True(view.Coins.Single().Age > age);
        redis.Launch();
        Until.True("it is back", () => (view = source.Look()).Trouble is null);
    }

    private static BoardView Answered(BoardOverHttp source)
    {
        BoardView view = source.Look();
        Until.True("it answers", () => view.Trouble is null || (view = source.Look()).Trouble is null, state: () => $"told: {view.Trouble}");
        return view;
    }

    private static BoardFromRedis Of(RedisServer redis) => new(new RedisOptions("127.0.0.1", redis.Port, null, 0), Venue.Spot, new ShownCoins([], [], null, s_time), s_time);

    private static void Says(RedisServer redis, string instance, string state, params string[] coins)
    {
        string key = $"price_feed:spot:{instance}";
        redis.Ask("HSET", key, "state", state, "since", "2026-01-02T03:00:00.000Z", "heartbeat", "2026-01-02T03:04:05.000Z", "endpoint", "wss://x", "version", "0.3.0");
        redis.Ask(["HSET", key + ":coins", .. coins.SelectMany(c => c.Split(' '))]);
        redis.Ask("ZADD", "price_feed:spot", "1725895825123", instance);
    }

    private static string Stream(string events) => $"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n{events}";
}

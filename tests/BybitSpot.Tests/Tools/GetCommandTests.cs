using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

public sealed class GetCommandTests : GetStage
{
    [Fact]
    public void Prices_stand_in_columns_to_the_letter_with_their_age()
    {
        Store("BTC", "67250.50", DateTimeOffset.UtcNow.AddSeconds(-192));
        Store("PEPE", "0.00001230", DateTimeOffset.UtcNow.AddDays(-3).AddHours(-4));

        Outcome outcome = Get("btc", "PEPEUSDT", "BTCUSDT");

        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Equal(3, outcome.Lines.Length);
        Assert.Matches("^COIN  PRICE       TIMESTAMP                 AGE$", outcome.Lines[0]);
        Assert.Matches(@"^BTC   67250\.50    \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  3m1[23]s$", outcome.Lines[1]);
        Assert.Matches(@"^PEPE  0\.00001230  \S+Z  3d04h$", outcome.Lines[2]);
    }

    [Fact]
    public void An_absent_coin_is_a_dash_with_a_note_and_the_status_is_1()
    {
        Store("BTC", "67250.50", DateTimeOffset.UtcNow);
        _redis.Ask("SET", "bybit_spot:ODD", "text");

        Outcome outcome = Get("BTC", "XRP", "ODD");

        Assert.Equal(1, outcome.Status);
        Assert.Matches("^XRP +- +- +- +not in Redis$", outcome.Lines[2]);
        Assert.Matches("^ODD +- +- +- +its key holds something else$", outcome.Lines[3]);
    }

    [Fact]
    public void With_json_the_price_is_its_exact_text_and_what_is_absent_is_null()
    {
        Store("BTC", "67250.50", DateTimeOffset.UtcNow.AddSeconds(-5));

        Outcome outcome = Get("BTC", "XRP", "--json");

        Assert.Equal(1, outcome.Status);
        JsonElement[] prices = [.. JsonDocument.Parse(outcome.Output).RootElement.EnumerateArray()];
        Assert.Equal(["BTC", "XRP"], prices.Select(p => p.GetProperty("coin").GetString()));
        Assert.Equal("\"67250.50\"", prices[0].GetProperty("ltp").GetRawText());
        Assert.Equal("BTCUSDT", prices[0].GetProperty("original_symbol").GetString());
        Assert.Equal(_redis.Timestamp("BTC"), prices[0].GetProperty("timestamp").GetString());
        Assert.InRange(prices[0].GetProperty("age_ms").GetInt64(), 4_000, 20_000);
        Assert.Equal((false, "fresh"), (prices[0].GetProperty("stale").GetBoolean(), prices[0].GetProperty("state").GetString()));
        Assert.All((string[])["ltp", "timestamp", "original_symbol", "age_ms", "state", "stale"], f => Assert.Equal(JsonValueKind.Null, prices[1].GetProperty(f).ValueKind));
    }

    [Fact]
    public void With_json_all_that_a_hash_has_beside_is_shown_and_nothing_that_it_has_not()
    {
        Store("BTC", "67250.50", DateTimeOffset.UtcNow);
        _redis.Ask("HSET", "bybit_spot:BTC", "seq", "81", "bid", "67250.40", "change_24h", "-0.0015", "mine", "x");

        JsonElement price = JsonDocument.Parse(Get("BTC", "--json").Output).RootElement[0];

        Assert.Equal(["coin", "ltp", "timestamp", "original_symbol", "age_ms", "state", "stale", "seq", "bid", "change_24h"], price.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("81", "67250.40", "-0.0015"), (price.GetProperty("seq").GetString(), price.GetProperty("bid").GetString(), price.GetProperty("change_24h").GetString()));
    }

    [Fact]
    public void All_that_the_engine_writes_is_known_to_who_reads() => Assert.Equal(ExtendedFields.Names, PriceReader.MoreFields);

    [Fact]
    public void Without_names_all_that_is_watched_is_shown_those_of_the_file_first_and_without_a_file_too()
    {
        Says("spot", "box-1", "BTC fresh", "ETH quiet", "XRP stale");
        Says("spot", "box-2", "SOL fresh", "BTC fresh");
        foreach (string coin in (string[])["BTC", "ETH", "SOL", "XRP", "OLD"])
            Store(coin, "1.0", DateTimeOffset.UtcNow);
        _folder.Write("coins.json", "{\"coins\": [\"SOLUSDT\", \"ADAUSDT\", \"BTCUSDT\"]}");

        Assert.Equal(["COIN", "SOL", "BTC", "ETH", "XRP"], Shown("--coins", _folder.File("coins.json")));
        _folder.Write("coins.json", "{\"coins\": [\"*\"]}");
        Assert.Equal(["COIN", "BTC", "ETH", "SOL", "XRP"], Shown("--coins", _folder.File("coins.json")));
        Assert.Equal(["COIN", "BTC", "ETH", "SOL", "XRP"], Shown("--coins", _folder.File("none.json")));

        string[] Shown(params string[] arguments)
        {
            Outcome outcome = Get(arguments);
            Assert.Equal((0, ""), (outcome.Status, outcome.Error));
            return [.. outcome.Lines.Select(l => l.Split(' ')[0])];
        }
    }

    [Fact]
    public void Where_nobody_watches_the_coins_of_the_file_are_shown_and_without_them_it_says_what_to_do()
    {
        _redis.Ask("FLUSHDB");
        Store("BTC", "1.0", DateTimeOffset.UtcNow);
        Store("ETH", "2.0", DateTimeOffset.UtcNow);
        _folder.Write("coins.json", "{\"coins\": [\"ETHUSDT\", \"BTCUSDT\", \"BTC-USD\"]}");

        Outcome outcome = Get("--coins", _folder.File("coins.json"));

        Assert.Equal(0, outcome.Status);
        Assert.Equal(["COIN", "ETH", "BTC"], outcome.Lines.Select(l => l.Split(' ')[0]));
        Assert.All(outcome.Lines.Skip(1), l => Assert.EndsWith("no feed behind it", l));

        foreach ((string content, int status) in ((string, int)[])[("{\"coins\": [\"*\"]}", 1), ("{\"coins\": [", 78)])
        {
            _folder.Write("coins.json", content);
            Outcome nothing = Get("--coins", _folder.File("coins.json"));
            Assert.Equal((status, ""), (nothing.Status, nothing.Output));
            Assert.StartsWith("bybitspot: no running bybitspot says in Redis what it watches, and ", nothing.Error);
        }
    }

    [Fact]
    public void The_market_of_the_stream_and_the_database_are_those_that_run_writes_to()
    {
        Assert.Equal(PriceKeys.KeyOf(new Instrument("BTCUSDT", "BTC")), PriceReader.KeyOf(Venue.Spot, "BTC"));
        Assert.Equal(PriceKeys.KeyOf(new Instrument("BTCUSDT", "BTC") { Venue = Venue.Linear }), PriceReader.KeyOf(Venue.Linear, "BTC"));
        Assert.Equal(StatusKeys.IndexOf(Venue.Linear), PriceReader.StatusIndexOf(Venue.Linear));
        Assert.Equal(StatusKeys.CoinsOf(Venue.Linear, "box-1"), PriceReader.StatusIndexOf(Venue.Linear) + ":box-1:coins");
        _redis.Ask("SELECT", "3");
        Says("linear", "box-1", "BTC stale");
        _redis.Ask("HSET", "bybit_futures:BTC", "ltp", "5.5", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT");

        Outcome outcome = Get("BTC", "--redis-db", "3", "--bybit-ws-url", "wss://stream.bybit.com/v5/public/linear");

        Assert.Equal(0, outcome.Status);
        Assert.Matches("^BTC +5.5 .* stale$", outcome.Lines[1]);
    }

    [Theory]
    [InlineData("BTC fresh", "fresh", "")]
    [InlineData("BTC quiet,ETH stale", "quiet", "")]
    [InlineData("BTC stale", "stale", "stale")]
    [InlineData("BTC later", "stale", "stale")]
    [InlineData("ETH fresh", "unwatched", "not watched")]
    [InlineData(null, "unwatched", "no feed behind it")]
    public void A_price_that_cannot_be_believed_says_so(string? coins, string state, string note)
    {
        _redis.Ask("FLUSHDB");
        Store("BTC", "67250.50", DateTimeOffset.UtcNow);
        if (coins is not null)
            Says("spot", "box-1", coins.Split(','));

        Outcome outcome = Get("BTC");
        Assert.Equal(0, outcome.Status);
        Assert.Matches($"Z +[0-9.]+s{(note == "" ? "" : " +" + note)}$", outcome.Lines[1]);
        JsonElement price = JsonDocument.Parse(Get("BTC", "--json").Output).RootElement[0];
        Assert.Equal((state, note != ""), (price.GetProperty("state").GetString(), price.GetProperty("stale").GetBoolean()));
    }

    [Fact, Trait("Fault", "85")]
    public void Of_several_programs_one_that_believes_a_coin_is_enough_and_another_market_does_not_count()
    {
        foreach (string coin in (string[])["BTC", "ETH", "SOL", "XRP"])
            Store(coin, "67250.50", DateTimeOffset.UtcNow);
        Says("spot", "box-1", "BTC stale", "ETH stale");
        Says("spot", "box-2", "BTC quiet", "ETH stale");
        Says("linear", "box-3", "SOL fresh");
        // Its heartbeat stands in the set a little longer than what it said.
        Says("spot", "box-4", "XRP fresh");
        _redis.Ask("DEL", "price_feed:spot:box-4", "price_feed:spot:box-4:coins");

        Outcome outcome = Get("BTC", "ETH", "SOL", "XRP");
        Assert.EndsWith("s", outcome.Lines[1]);
        Assert.EndsWith(" stale", outcome.Lines[2]);
        Assert.EndsWith(" not watched", outcome.Lines[3]);
        Assert.EndsWith(" not watched", outcome.Lines[4]);
    }

    [Fact]
    public void Whoever_may_not_search_is_shown_prices_without_a_judgement()
    {
        Store("BTC", "67250.50", DateTimeOffset.UtcNow);
        _redis.Ask("ACL", "SETUSER", "default", "-zrange");

        Outcome outcome = Get("BTC");
        Assert.Matches("Z +[0-9.]+s$", outcome.Lines[1]);
        Assert.Equal(JsonValueKind.Null, JsonDocument.Parse(Get("BTC", "--json").Output).RootElement[0].GetProperty("stale").ValueKind);
    }

    [Fact]
    public void What_a_stranger_stored_cannot_steer_the_terminal()
    {
        _redis.Ask("HSET", "bybit_spot:BTC", "ltp", "1\e[2J", "timestamp", "now\n", "original_symbol", "x");

        Assert.Matches(@"^BTC +1\\u001b\[2J +now\\u000a +-$", Get("BTC").Lines[1]);
    }

    [Fact]
    public void A_Redis_that_is_not_there_is_one_line_with_its_address_and_what_to_check()
    {
        int port = Repository.FreePort();

        Outcome outcome = Tool.Call("get", "BTC", "--redis-host", "127.0.0.1", "--redis-port", $"{port}");

        Assert.Equal(new Outcome(1, "", $"bybitspot: no Redis at 127.0.0.1:{port} (connection refused): is it running? REDIS_HOST and REDIS_PORT say where it is\n"), outcome);
    }

    [Fact]
    public void The_password_is_used_and_a_wrong_one_told_but_not_shown()
    {
        using RedisServer locked = RedisServer.Start("--requirepass", "canary");
        locked.Ask("HSET", "bybit_spot:BTC", "ltp", "7.70", "timestamp", "2024-09-09T15:30:25.123Z", "original_symbol", "BTCUSDT");
        string[] arguments = ["get", "BTC", "--redis-host", "127.0.0.1", "--redis-port", $"{locked.Port}"];

        Assert.Contains("7.70", Tool.Run(_folder.Path, new Dictionary<string, string> { ["REDIS_PASSWORD"] = "canary" }, arguments).Output);
        foreach (string? wrong in (string?[])["canary2", null])
        {
            Outcome refused = Tool.Run(_folder.Path, wrong is null ? null : new Dictionary<string, string> { ["REDIS_PASSWORD"] = wrong }, arguments);
            Assert.Equal((1, ""), (refused.Status, refused.Output));
            Assert.Matches($"^bybitspot: the Redis at 127.0.0.1:{locked.Port} refuses \\((WRONGPASS|NOAUTH) [^\n]+: check REDIS_PASSWORD\n$", refused.Error);
            Assert.DoesNotContain("canary", refused.Error);
        }
    }

    [Theory]
    [InlineData(null, "no answer within 3 s")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "what answers there is no Redis")]
    [InlineData("$99999999999\r\n", "what answers there is no Redis")]
    [InlineData("*3\r\n$1\r\n", "the connection was closed")]
    [InlineData("*2\r\n$1\r\n", "the connection was closed")]
    [InlineData("-ERR what\r\n-ERR what\r\n", "what answers there is no Redis")]
    public async Task Whatever_listens_there_the_end_is_one_line_soon(string? answer, string reason)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var done = new CancellationTokenSource();
        Task serving = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync(done.Token);
            if (answer is null)
                await Task.Delay(Timeout.Infinite, done.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            else
            {
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), done.Token);
                client.Client.Shutdown(SocketShutdown.Send);
                await Task.Delay(200, done.Token);
            }
        }, TestContext.Current.CancellationToken);
        var watch = Stopwatch.StartNew();

        Outcome outcome = await Task.Run(() => Tool.Call("get", "BTC", "--redis-host", "127.0.0.1", "--redis-port", $"{port}"), TestContext.Current.CancellationToken);

        done.Cancel();
        await serving.ContinueWith(_ => { }, TaskScheduler.Default);
        Assert.Equal(1, outcome.Status);
        Assert.Matches($"^bybitspot: no Redis at 127.0.0.1:{port} \\({reason}\\)[^\n]+\n$", outcome.Error);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData(0, "0.0s")]
    [InlineData(449, "0.4s")]
    [InlineData(59_999, "59.9s")]
    [InlineData(60_000, "1m00s")]
    [InlineData(192_000, "3m12s")]
    [InlineData(7_500_000, "2h05m")]
    [InlineData(273_600_000, "3d04h")]
    [InlineData(-300, "0.0s")]
    [InlineData(-5_000, "-5.0s")]
    public void An_age_is_short(long ageMs, string text) => Assert.Equal(text, PriceTable.AgeText(TimeSpan.FromMilliseconds(ageMs)));
}

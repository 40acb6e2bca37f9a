using System.Diagnostics;
using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Market;
using BybitSpot.Simulator;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Tools;

/// <summary>The doctor, the built program, against an exchange and a Redis that have this or that wrong with them.</summary>
public sealed class DoctorCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly RedisServer _redis = RedisServer.Start();
    private readonly Exchange _exchange = Exchange.Start();

    public DoctorCommandTests()
    {
        _exchange.List("BTCUSDT", "100.00");
        _folder.Write("coins.json", """{"coins":["BTCUSDT"]}""");
    }

    public void Dispose()
    {
        _exchange.Dispose();
        _redis.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Where_all_is_well_each_step_says_so_and_nothing_is_left_in_Redis()
    {
        Outcome outcome = Doctor();
        Assert.True(outcome.Status == 0, outcome.Output + outcome.Error);
        // A busy machine is told as what it is.
        bool slow = outcome.Lines.Any(l => l.StartsWith("!     round trip ", StringComparison.Ordinal));
        Assert.EndsWith(slow ? "Nothing is wrong; 1 warning." : "All is well.", outcome.Output.TrimEnd());
        Assert.All(outcome.Lines.TakeWhile(l => !l.Contains(" round trip ", StringComparison.Ordinal)), l => Assert.StartsWith("ok ", l));
        foreach (string step in (string[])["settings", "coins file", "exchange name", "exchange TCP", "WebSocket", "first ticker", "REST", "clock", "coins trade", "Redis", "Redis version", "Redis role", "Redis rights", "Redis memory", "Redis disk", "other writers"])
            Assert.Contains(outcome.Lines, l => l.StartsWith($"ok    {step,-16} ", StringComparison.Ordinal));
        Assert.Matches(@"(?m)^ok    first ticker     BTCUSDT 100\.00, of \d{4}-", outcome.Output);
        Assert.Matches(@"(?m)^ok    round trip       200 writes: p50 [0-9.]+ ms, p99 [0-9.]+ ms", outcome.Output.Replace("!     round", "ok    round"));
        Assert.Empty(_redis.Keys());
    }

    [Fact]
    public void No_price_is_ever_written_and_no_key_of_others_touched()
    {
        _redis.Ask("HSET", "bybit_spot:BTC", "ltp", "1");
        _redis.Ask("SET", "foreign", "2");
        using var monitor = new RedisMonitor(_redis);
        Doctor();
        Assert.Equal(["bybit_spot:BTC", "foreign"], _redis.Keys());
        Until.True("the last command was seen", () => monitor.Commands.Any(c => c[0] == "DEL"));
        Assert.All(monitor.Commands.Where(c => c.Length > 1 && c[0] is not ("EVAL" or "EVALSHA" or "INFO" or "CONFIG" or "CLUSTER" or "KEYS")),
            c => Assert.True(c[1].StartsWith("price_feed:spot", StringComparison.Ordinal) || c[1].StartsWith("bybit_spot:doctor:", StringComparison.Ordinal), string.Join(' ', c)));
    }

    [Fact]
    public void As_JSON_each_step_is_an_object_on_a_line()
    {
        Outcome outcome = Doctor(["--json"]);
        JsonElement[] steps = [.. outcome.Lines.Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(17, steps.Length);
        Assert.All(steps, s => Assert.Equal(["step", "health", "text", "advice"], s.EnumerateObject().Select(p => p.Name)));
        Assert.All(steps, s => Assert.True(s.GetProperty("health").GetString() is "ok" or "warning", s.ToString()));
    }

    [Fact]
    [Trait("Fault", "40")]
    public void A_right_that_is_missing_is_named_with_the_command_that_gives_it()
    {
        _redis.Ask("ACL", "SETUSER", "feed", "on", ">s3cret-canary", "~price_feed:*", "+@all", "-hset", "-zrange");
        Outcome outcome = Doctor([], ("REDIS_USERNAME", "feed"), ("REDIS_PASSWORD", "s3cret-canary"));
        Assert.Equal(1, outcome.Status);
        Assert.Contains("wrong Redis rights     not allowed: hset, keys bybit_spot:*\n", outcome.Output);
        Assert.Contains("→ ACL SETUSER feed +hset ~bybit_spot:*", outcome.Output);
        Assert.DoesNotContain("canary", outcome.Output + outcome.Error);
        _redis.Ask("ACL", "SETUSER", "feed", "+hset", "~bybit_spot:*");
        outcome = Doctor([], ("REDIS_USERNAME", "feed"), ("REDIS_PASSWORD", "s3cret-canary"));
        Assert.Equal(0, outcome.Status);
        Assert.Contains("!     Redis rights     all that writing needs; not allowed: zrange", outcome.Output);
        _redis.Ask("ACL", "SETUSER", "feed", "reset", "on", ">s3cret-canary");
        _redis.Ask(["ACL", "SETUSER", "feed", .. LoginTests.WriterRights.Replace("'", "").Split(' ')]);
        outcome = Doctor([], ("REDIS_USERNAME", "feed"), ("REDIS_PASSWORD", "s3cret-canary"));
        Assert.Contains("ok    Redis rights     every command that is used may be used", outcome.Output);
    }

    [Fact]
    [Trait("Fault", "39")]
    public void A_password_that_is_refused_ends_the_way_to_Redis_and_is_never_shown()
    {
        _redis.Ask("CONFIG", "SET", "requirepass", "s3cret");
        Outcome outcome = Doctor([], ("REDIS_PASSWORD", "canary-wrong"));
        Assert.Equal(1, outcome.Status);
        Assert.Matches(@"(?m)^wrong Redis            127\.0\.0\.1:\d+: AUTH refused: WRONGPASS", outcome.Output);
        Assert.Contains("→ REDIS_PASSWORD", outcome.Output);
        Assert.Contains("-     round trip       not tried", outcome.Output);
        Assert.DoesNotContain("canary", outcome.Output + outcome.Error);
    }

    [Theory]
    [InlineData("maxmemory-policy", "allkeys-lru", "!     Redis memory ", "noeviction", 0)]
    [InlineData("maxmemory-policy", "volatile-ttl", "!     Redis memory ", "no price to be fresh", 0)]
    [InlineData("maxmemory", "1", "wrong Redis rights     a write is refused: OOM", "raise maxmemory", 1)]
    [InlineData("appendfsync", "always", "!     Redis disk       every write waits for its disk", "everysec", 0)]
    [InlineData("min-replicas-to-write", "1", "wrong Redis rights     a write is refused: NOREPLICAS", "too few replicas", 1)]
    public void What_may_cost_prices_or_time_is_told_with_what_to_do(string setting, string value, string told, string advice, int status)
    {
        if (setting == "appendfsync")
            _redis.Ask("CONFIG", "SET", "appendonly", "yes");
        if (setting == "maxmemory-policy")
            _redis.Ask("CONFIG", "SET", "maxmemory", "100mb");
        _redis.Ask("CONFIG", "SET", setting, value);
        Outcome outcome = Doctor();
        Assert.Contains(told, outcome.Output);
        Assert.Contains(advice, outcome.Output);
        Assert.True(outcome.Status == status, outcome.Output);
    }

    [Fact]
    [Trait("Fault", "35")]
    public void A_replica_is_told_as_such()
    {
        using RedisServer replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{_redis.Port}");
        Outcome outcome = Doctor([], ("REDIS_PORT", $"{replica.Port}"));
        Assert.Equal(1, outcome.Status);
        Assert.Contains($"wrong Redis role       a replica of 127.0.0.1:{_redis.Port}, which takes no writes", outcome.Output);
    }

    [Fact]
    public void Where_nobody_answers_the_rest_of_that_way_is_not_tried_and_the_other_way_is()
    {
        int nobody = Repository.FreePort();
        Outcome outcome = Doctor([], ("REDIS_PORT", $"{nobody}"), ("BYBIT_WS_URL", $"ws://127.0.0.1:{nobody}/v5/public/spot"));
        Assert.Equal(1, outcome.Status);
        Assert.Contains($"wrong exchange TCP     127.0.0.1:{nobody}: nothing listens there (connection refused)", outcome.Output);
        Assert.Contains("-     WebSocket        not tried", outcome.Output);
        Assert.Contains("-     first ticker     not tried", outcome.Output);
        Assert.Contains("ok    REST ", outcome.Output);
        Assert.Contains($"wrong Redis            127.0.0.1:{nobody}: nothing listens there (connection refused)", outcome.Output);
        Assert.Matches(@"\d steps are wrong\.\n$", outcome.Output);
    }

    [Fact]
    public void A_coin_that_the_exchange_refuses_or_a_file_that_cannot_be_read_is_wrong()
    {
        _folder.Write("coins.json", """{"coins":["NOSUCHUSDT"]}""");
        Outcome outcome = Doctor();
        Assert.Equal(1, outcome.Status);
        Assert.Contains("wrong first ticker     the exchange refuses NOSUCHUSDT: ", outcome.Output);
        Assert.Contains("wrong coins trade      NOSUCHUSDT is not in the exchange's list of what trades\n", outcome.Output);
        _folder.Write("coins.json", """{"coins":[""");
        outcome = Doctor();
        Assert.Equal(1, outcome.Status);
        Assert.Matches(@"(?m)^wrong coins file       \S+ line 1: ", outcome.Output);
        Assert.Contains("ok    round trip ", outcome.Output.Replace("!     round", "ok    round"));
    }

    [Fact]
    [Trait("Fault", "89")]
    public void Another_instance_that_writes_the_same_coins_is_named_here_and_by_check()
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _redis.Ask("ZADD", "price_feed:spot", $"{now}", "box-9");
        _redis.Ask("HSET", "price_feed:spot:box-9:coins", "BTC", "fresh");
        Outcome outcome = Doctor();
        Assert.Equal(0, outcome.Status);
        Assert.Contains("!     other writers    box-9 runs and writes 1 of these coins", outcome.Output);
        outcome = Run("check");
        Assert.Equal(0, outcome.Status);
        Assert.Contains("warning: box-9 runs and writes 1 of these coins (BTC for one)", outcome.Error);
        // Guarded on both sides it is as it should be.
        _redis.Ask("ZADD", "price_feed:spot", $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}", "box-9");
        _redis.Ask("HSET", "price_feed:spot:box-9", "write_mode", "guarded");
        Assert.DoesNotContain("box-9", Doctor([], ("REDIS_WRITE_MODE", "guarded")).Output);
    }

    [Theory]
    [InlineData(3, true), InlineData(400, false)]
    public void A_certificate_that_ends_soon_is_worth_a_word(int days, bool soon)
    {
        var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Finding found = ExchangeSteps.Certificate("exchange TLS", "TLS 1.3", now.AddDays(days), now);
        Assert.Equal(soon ? Health.Warning : Health.Ok, found.Health);
        Assert.Equal($"TLS 1.3; the certificates are trusted until {now.AddDays(days):yyyy-MM-dd}", found.Text);
        Assert.Equal(soon, found.Advice?.Contains("in 3 days", StringComparison.Ordinal) ?? false);
    }

    [Theory]
    [Trait("Fault", "30")]
    [InlineData("127.0.0.1", true, "the certificate of 127.0.0.1 is refused: ", "expired")]
    [InlineData("other.example", false, "the certificate of 127.0.0.1 is refused: ", "the certificate is not for 127.0.0.1 but for CN=other.example")]
    public void A_certificate_that_is_refused_is_told_as_such_and_what_comes_after_is_not_tried(string host, bool expired, string told, string cause)
    {
        using var certificates = new Certificates();
        using var secure = Exchange.Start(new ExchangeOptions { Certificate = certificates.For(host, expired) });
        Outcome outcome = Doctor([], ("BYBIT_WS_URL", secure.StreamUrl), ("SSL_CERT_FILE", certificates.AuthorityFile));
        Assert.Equal(1, outcome.Status);
        string line = Assert.Single(outcome.Lines, l => l.StartsWith("wrong exchange TLS     " + told, StringComparison.Ordinal));
        Assert.Contains(cause, line);
        Assert.Contains("-     WebSocket        not tried", outcome.Output);
        Assert.Contains("-     first ticker     not tried", outcome.Output);
    }

    [Fact]
    public void Over_TLS_its_version_and_the_end_of_the_certificates_are_told()
    {
        using var certificates = new Certificates();
        using var secure = Exchange.Start(new ExchangeOptions { Certificate = certificates.For("127.0.0.1") });
        secure.List("BTCUSDT", "100.00");
        Outcome outcome = Doctor([], ("BYBIT_WS_URL", secure.StreamUrl), ("SSL_CERT_FILE", certificates.AuthorityFile));
        Assert.Matches(@"(?m)^ok    exchange TLS     TLS 1\.[23]; the certificates are trusted until \d{4}-\d\d-\d\d$", outcome.Output);
        Assert.Matches(@"(?m)^ok    first ticker     BTCUSDT 100\.00, of ", outcome.Output);
    }

    [Fact]
    public void Each_coin_that_does_not_trade_is_named_and_no_symbol_at_all_is_told_once()
    {
        _folder.Write("coins.json", """{"coins":["BTCUSDT","GONEUSDT","BTCEUR"]}""");
        Outcome outcome = Doctor();
        Assert.Equal(1, outcome.Status);
        Assert.Contains("wrong coins trade      GONEUSDT is not in the exchange's list of what trades\n", outcome.Output);
        Assert.Single(outcome.Lines, l => l.Contains("BTCEUR"));
        Assert.Contains("ok    first ticker     BTCUSDT ", outcome.Output);
    }

    [Fact]
    public void Of_many_coins_that_do_not_trade_five_are_named()
    {
        string[] named = [.. Enumerable.Range(0, 8).Select(i => $"GONE{i}USDT")];
        var listed = new InstrumentList([new BybitSpot.Market.Listing("BTCUSDT", "BTC", "USDT")]);
        Finding found = ExchangeSteps.Trading(named, listed, MarketRules.Spot);
        Assert.Equal(Health.Wrong, found.Health);
        Assert.EndsWith("GONE4USDT is not in the exchange's list of what trades; and 3 more", found.Text);
        Assert.Equal("it does", ExchangeSteps.Trading(["BTCUSDT"], listed, MarketRules.Spot).Text);
        Assert.Equal(Health.Ok, ExchangeSteps.Trading([Watchlist.Everything], listed, MarketRules.Spot).Health);
    }

    [Theory]
    [Trait("Fault", "40")]
    [InlineData("none", "not allowed: publish, channels bybit_spot:*", "ACL SETUSER feed +publish &bybit_spot:*", 1)]
    [InlineData("command", "not allowed: publish, channels bybit_spot:*", "", 1)]
    [InlineData("both", "every command that is used may be used\n", "", 0)]
    public void Who_is_to_tell_of_changes_must_be_allowed_to_and_is_not_told_so_by_a_message(string rights, string told, string advice, int status)
    {
        _redis.Ask("ACL", "SETUSER", "feed", "on", ">s3cret-canary");
        _redis.Ask(["ACL", "SETUSER", "feed", .. LoginTests.WriterRights.Replace("'", "").Split(' ')]);
        if (rights != "none")
            _redis.Ask("ACL", "SETUSER", "feed", "+publish");
        if (rights == "both")
            _redis.Ask("ACL", "SETUSER", "feed", "&bybit_spot:*");
        using var monitor = new RedisMonitor(_redis);
        Outcome outcome = Doctor([], ("REDIS_USERNAME", "feed"), ("REDIS_PASSWORD", "s3cret-canary"), ("REDIS_NOTIFY", "publish"));
        Assert.Contains(told, outcome.Output);
        Assert.Contains(advice, outcome.Output);
        Assert.Equal(status, outcome.Status);
        Until.True("the last command was seen", () => monitor.Commands.Any(c => c[0] == "DEL"));
        Assert.DoesNotContain(monitor.Commands, c => c[0] == "PUBLISH");
    }

    [Theory]
    [InlineData(Journeys.Signals.Interrupt), InlineData(Journeys.Signals.Terminate)]
    public void Stopped_while_it_waits_it_ends_at_once(int signal)
    {
        _exchange.Faults.Silence("tickers.BTCUSDT");
        using Process process = Begin("doctor");
        Until.True("the coin is subscribed", () => _exchange.Connections.Any(c => c.Topics.Count > 0));
        Journeys.Signals.Send(process.Id, signal);
        Outcome outcome = Tool.Finish(process);
        Assert.Equal(1, outcome.Status);
        Assert.Equal("bybitspot: stopped before the end\n", outcome.Error);
        Assert.Contains("ok    WebSocket ", outcome.Output);
        Assert.DoesNotContain("first ticker", outcome.Output);
    }

    [Fact]
    public void Stopped_on_its_way_through_Redis_it_takes_back_its_keys()
    {
        _redis.Ask("HSET", "price_feed:spot:doctor:box-1", "ltp", "1");
        // What writes waits.
        _redis.Ask("CLIENT", "PAUSE", "60000", "WRITE");
        using Process process = Begin("doctor", [], ("INSTANCE_ID", "box-1"));
        Until.True("it writes", () => ((string)_redis.Ask("CLIENT", "LIST")!).Contains("cmd=hset"));
        Journeys.Signals.Send(process.Id, Journeys.Signals.Interrupt);
        Until.True("it takes back", () => ((string)_redis.Ask("CLIENT", "LIST")!).Contains("cmd=del"));
        _redis.Ask("CLIENT", "UNPAUSE");
        Outcome outcome = Tool.Finish(process);
        Assert.Equal("bybitspot: stopped before the end\n", outcome.Error);
        Assert.Equal(1, outcome.Status);
        Assert.Empty(_redis.Keys());
    }

    [Theory]
    [InlineData(80), InlineData(40), InlineData(1)]
    public void On_a_terminal_lines_are_broken_between_words_and_keep_to_their_column(int width)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var lines = new DoctorLines(output, json: false, colour: false, width);
        lines.Tell(new Finding("round trip", Health.Warning, string.Join(' ', Enumerable.Repeat("word", 40)), string.Join(' ', Enumerable.Repeat("do", 40))));
        string[] told = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(told, l => Assert.True(l.Length <= Math.Max(width, 45), l));
        Assert.All(told[1..], l => Assert.StartsWith(new string(' ', 23), l));
        Assert.Equal(40, told.Sum(l => l.Split("word").Length - 1));
        Assert.Equal(40, told.Sum(l => l.Split("do").Length - 1));
        Assert.Single(told, l => l.Contains('→'));
    }

    [Fact]
    public void Wrong_settings_end_it_as_they_end_run()
    {
        Outcome outcome = Doctor([], ("REDIS_PORT", "x"));
        Assert.Equal(78, outcome.Status);
        Assert.StartsWith("REDIS_PORT: \"x\" is not a port", outcome.Error);
    }

    private Outcome Doctor(string[]? flags = null, params (string, string)[] settings) => Run("doctor", flags, settings);

    private Outcome Run(string tool, string[]? flags = null, params (string Name, string Value)[] settings) => Tool.Finish(Begin(tool, flags, settings));

    private Process Begin(string tool, string[]? flags = null, params (string Name, string Value)[] settings)
    {
        var environment = new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = _exchange.StreamUrl,
            ["BYBIT_REST_URL"] = _exchange.RestUrl,
            ["REDIS_HOST"] = "127.0.0.1",
            ["REDIS_PORT"] = $"{_redis.Port}",
            ["COINS_FILE"] = _folder.File("coins.json"),
        };
        foreach ((string name, string value) in settings)
            environment[name] = value;
        return Tool.Start(_folder.Path, environment, [tool, .. flags ?? []]);
    }
}

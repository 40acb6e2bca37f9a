using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The simulation without a recording, and what scripts may say.
public sealed class WalkAndScriptTests : IDisposable
{
    private readonly SimulationRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task All_symbols_are_listed_and_tickers_follow_their_trades()
    {
        _run.Start(new SimulationOptions { Port = 0, Speed = 20 });
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        var list = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(_run.RestUrl + "/v5/market/instruments-info?category=spot", TestContext.Current.CancellationToken))
            .GetProperty("result").GetProperty("list");
        Assert.Equal(557, list.GetArrayLength());
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.ETHUSDT", "publicTrade.ETHUSDT");
        await client.ReceiveAsync();
        var trades = new Dictionary<long, string?>();
        var matched = 0;
        while (matched < 3)
        {
            var message = await client.ReceiveAsync();
            var data = message.GetProperty("data");
            if (data.ValueKind == JsonValueKind.Array) trades[data[0].GetProperty("seq").GetInt64()] = data[data.GetArrayLength() - 1].GetProperty("p").GetString();
            else if (trades.TryGetValue(message.GetProperty("cs").GetInt64(), out var price))
            {
                Assert.Equal(price, data.GetProperty("lastPrice").GetString());
                matched++;
            }
        }
        Assert.Equal(0, _run.Stop());
    }

    [Theory]
    [InlineData("spot", "BTCUSDT")]
    [InlineData("linear", "BTCUSDT")]
    [InlineData("inverse", "BTCUSD")]
    public async Task All_markets_walk_at_one_address_if_asked(string market, string symbol)
    {
        _run.Start(new SimulationOptions { Port = 0, Market = "all", Speed = 20 });
        Assert.EndsWith("/v5/public/spot", _run.StreamUrl);
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        var list = await http.GetStringAsync($"{_run.RestUrl}/v5/market/instruments-info?category={market}", TestContext.Current.CancellationToken);
        Assert.Contains($"\"symbol\":\"{symbol}\"", list.Replace(" ", "", StringComparison.Ordinal));
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl.Replace("/spot", "/" + market, StringComparison.Ordinal));
        await client.SubscribeAsync($"publicTrade.{symbol}");
        while ((await client.ReceiveTextAsync())?.Contains($"\"topic\":\"publicTrade.{symbol}\"", StringComparison.Ordinal) == false) { }
        Assert.Null(client.CloseStatus);
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public void A_recording_is_of_one_market()
    {
        var wrong = Assert.Throws<SimulationException>(() => Simulation.Run(new SimulationOptions { Port = 0, Market = "all", RecordingPath = "x" }, TextWriter.Null, CancellationToken.None));
        Assert.Equal("market all: a recording is of one market", wrong.Message);
    }

    [Fact]
    public async Task A_scripts_actions_happen_at_their_time()
    {
        var script = _run.Write("script.txt", "# a restart\n1 status 503\n1 close 1012 # and no way back\n");
        _run.Start(new SimulationOptions { Port = 0, ScriptPath = script });
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        while (await client.ReceiveTextAsync() is not null) { }
        Assert.Equal(1012, (int?)client.CloseStatus);
        await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => StreamClient.ConnectAsync(_run.StreamUrl));
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public void A_scripts_actions_set_the_switches()
    {
        using var exchange = Exchange.Start();
        Run("noack on", "nopong on", "fragments on", "silence on", "delay tickers 5", "delay publicTrade 7", "status 503", "refuse AUSDT on");
        var faults = exchange.Faults;
        Assert.True(faults is { NoAck: true, NoPong: true, Fragments: true, Silent: true, TickerDelayMs: 5, TradeDelayMs: 7, UpgradeStatus: 503 });
        Assert.True(faults.IsRefused("AUSDT"));
        Run("busy on", "unpriced AUSDT \"0\"");
        Assert.Equal(("system busy", "\"0\""), (faults.SubscribeRefusal, faults.LastPrice("AUSDT")));
        Run("busy on too many visits");
        Assert.Equal("too many visits", faults.SubscribeRefusal);
        Run("busy off", "unpriced AUSDT off");
        Assert.Equal((null, null), (faults.SubscribeRefusal, faults.LastPrice("AUSDT")));
        Run("noack off", "nopong off", "fragments off", "silence off", "delay tickers 0", "delay publicTrade 0", "status off", "refuse AUSDT off", "garbage", "fin", "reset", "close");
        Assert.True(faults is { NoAck: false, NoPong: false, Fragments: false, Silent: false, TickerDelayMs: 0, TradeDelayMs: 0, UpgradeStatus: null });
        Assert.False(faults.IsRefused("AUSDT"));

        void Run(params string[] actions)
        {
            foreach (var step in Script.Parse("s", actions.Select(action => "0 " + action)).Steps) step.Act(exchange);
        }
    }

    [Fact]
    public void A_scripts_actions_move_the_market_and_rest()
    {
        using var exchange = Exchange.Start();
        exchange.ListSpot();
        Run("silence tickers.BTCUSDT on", "rest status 503", "rest retcode 10016", "rest hang", "rest empty", "latency 5");
        var faults = exchange.Faults;
        Assert.True(faults is { RestStatus: 503, RestRetCode: 10016, RestHang: true, RestEmptyList: true, LatencyMs: 5, Silent: false });
        Assert.True(faults.IsSilent("tickers.BTCUSDT"));
        Run("silence tickers.BTCUSDT off", "rest off", "latency 0", "trade BTCUSDT 66000.5", "burst ETHUSDT 3", "delist LTCUSDT", "list SOLUSDT 141.25", "list NEWUSDT 1.25", "list ODDTHING");
        Assert.True(faults is { RestStatus: null, RestRetCode: null, RestHang: false, RestEmptyList: false, LatencyMs: 0 });
        Assert.False(faults.IsSilent("tickers.BTCUSDT"));
        Assert.Equal(["66000.5", "1920.03", "141.25", "1.25"], ((string[])["BTCUSDT", "ETHUSDT", "SOLUSDT", "NEWUSDT"]).Select(exchange.LastPrice));
        Assert.Throws<ArgumentException>(() => exchange.LastPrice("LTCUSDT"));
        var listings = exchange.Listings().ToDictionary(listing => listing.Symbol);
        Assert.Equal(("SOL", "USDT", "0.01"), (listings["SOLUSDT"].BaseCoin, listings["SOLUSDT"].QuoteCoin, listings["SOLUSDT"].TickSizeText));
        Assert.Equal(("NEW", "USDT", "0.01"), (listings["NEWUSDT"].BaseCoin, listings["NEWUSDT"].QuoteCoin, listings["NEWUSDT"].TickSizeText));
        Assert.Equal(("ODDTHING", ""), (listings["ODDTHING"].BaseCoin, listings["ODDTHING"].QuoteCoin));
        Run("holdbook BTCUSDT on", "book BTCUSDT 65999.5 none", "trade BTCUSDT 66001", "delay orderbook 9", "silence orderbook.1.BTCUSDT on");
        Assert.Equal((new BookSide("65999.5", "1"), default(BookSide)), (listings["BTCUSDT"].Book.Bid, listings["BTCUSDT"].Book.Ask));
        Assert.Equal((9, true), (faults.BookDelayMs, faults.IsSilent("orderbook.1.BTCUSDT")));
        Run("holdbook BTCUSDT off", "trade BTCUSDT 66002", "delay orderbook 0", "silence orderbook.1.BTCUSDT off");
        Assert.Equal(("66002.1", 0), (listings["BTCUSDT"].Book.Ask.Price, faults.BookDelayMs));

        void Run(params string[] actions)
        {
            foreach (var step in Script.Parse("s", actions.Select(action => "0 " + action)).Steps) step.Act(exchange);
        }
    }

    [Fact]
    public async Task What_a_script_cannot_do_at_its_time_is_told_and_it_goes_on()
    {
        var script = _run.Write("script.txt", "0 trade GONEUSDT 1\n0 end 7\n0 list FRESHUSDT 2.5\n0.1 delist GONEUSDT\n");
        _run.Start(new SimulationOptions { Port = 0, ScriptPath = script });
        var output = _run.WaitForOutput("script.txt:4");
        Assert.Contains("script.txt:1: trade GONEUSDT 1: GONEUSDT is not listed\n", output);
        Assert.Contains("script.txt:2: end 7: no such connection is open\n", output);
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.FRESHUSDT");
        Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public void A_recording_cannot_be_told_to_list()
    {
        var recording = _run.Write("a.jsonl", SimulationRun.Line(1, SimulationRun.Ticker("BTCUSDT", "1", 1)));
        var script = _run.Write("script.txt", "1 fin\n2 list AUSDT 1\n");
        var e = Assert.Throws<SimulationException>(() => Simulation.Run(
            new SimulationOptions { Port = 0, RecordingPath = recording, ScriptPath = script }, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.Equal($"{script}:2: list AUSDT 1: a recording that is played can't be told that", e.Message);
    }

    [Fact]
    public void The_example_script_is_right_and_the_help_names_every_action()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "BybitSpot.slnx"))) folder = folder.Parent!;
        var steps = Script.Read(Path.Combine(folder.FullName, "docs", "simulate-example.script")).Steps;
        Assert.NotEmpty(steps);
        Assert.All(steps, step => Assert.Contains("\n  " + step.Text.Split(' ')[0], Script.Help));
    }

    [Fact]
    public void What_walks_is_checked_before_the_port_is_opened()
    {
        var options = new SimulationOptions { Port = 0 };
        Assert.Equal("symbols 558: must be 1 to 557", Wrong(options with { Symbols = 558 }));
        Assert.Equal("rate 0: must be 1 to 100000 messages a second", Wrong(options with { Rate = 0 }));
        Assert.Equal("coins: NOSUCH is not listed", Wrong(options with { Coins = "BTC, NOSUCH" }));
        Assert.Equal("coins: none is named", Wrong(options with { Coins = "," }));
        Assert.Equal("symbols and coins both say what walks: give one", Wrong(options with { Coins = "BTC", Symbols = 1 }));
        Assert.Equal("symbols, coins and rate are of made-up prices: none goes with a recording", Wrong(options with { RecordingPath = "r", Rate = 5 }));

        static string Wrong(SimulationOptions options) =>
            Assert.Throws<SimulationException>(() => Simulation.Run(options, TextWriter.Null, TestContext.Current.CancellationToken)).Message;
    }

    [Fact]
    public void A_scripts_lines_run_in_order_of_time()
    {
        var script = Script.Parse("s", ["", "2 fin", "# nothing", "0.5 reset", "2 garbage"]);
        Assert.Equal(["reset", "fin", "garbage"], script.Steps.Select(step => step.Text));
        Assert.Equal(TimeSpan.FromSeconds(0.5), script.Steps[0].At);
    }

    [Theory]
    [InlineData("x fin", "s:2: \"x\" is no number of seconds")]
    [InlineData("-1 fin", "s:2: \"-1\" is no number of seconds")]
    [InlineData("1", "s:2: an action is missing after the seconds")]
    [InlineData("1 dance", "s:2: unknown action \"dance\"")]
    [InlineData("1 close 99", "s:2: expected: close [code], the code from 1000 to 4999")]
    [InlineData("1 silence maybe", "s:2: expected: silence on|off")]
    [InlineData("1 refuse on", "s:2: expected: refuse SYMBOL on|off")]
    [InlineData("1 delay kline 5", "s:2: expected: delay tickers|publicTrade|orderbook|TOPIC MS, at most 600000")]
    [InlineData("1 status 99", "s:2: expected: status CODE|off, the code from 200 to 599")]
    [InlineData("1 fin now", "s:2: expected: fin, and nothing behind it")]
    [InlineData("1 silence tickers on", "s:2: expected: silence TOPIC on|off")]
    [InlineData("1 list btcusdt", "s:2: expected: list SYMBOL [PRICE]")]
    [InlineData("1 list NEWUSDT 0.0", "s:2: expected: list SYMBOL [PRICE]")]
    [InlineData("1 delist", "s:2: expected: delist SYMBOL")]
    [InlineData("1 trade BTCUSDT 1e5", "s:2: expected: trade SYMBOL PRICE")]
    [InlineData("1 book BTCUSDT 1", "s:2: expected: book SYMBOL BID|none ASK|none")]
    [InlineData("1 book BTCUSDT none 0", "s:2: expected: book SYMBOL BID|none ASK|none")]
    [InlineData("1 holdbook BTCUSDT", "s:2: expected: holdbook SYMBOL on|off")]
    [InlineData("1 burst BTCUSDT 0", "s:2: expected: burst SYMBOL N, N from 1 to 100000")]
    [InlineData("1 rest status 1", "s:2: expected: rest status CODE | retcode N | late MS | hang | empty | stand | off, the code from 200 to 599")]
    [InlineData("1 latency long", "s:2: expected: latency MS, at most 600000")]
    [InlineData("1 end 0", "s:2: expected: end N [close|fin|reset], N from 1")]
    public void A_bad_line_is_told_with_file_line_and_reason(string line, string message)
    {
        Assert.Equal(message, Assert.Throws<SimulationException>(() => Script.Parse("s", ["# head", line])).Message);
    }
}

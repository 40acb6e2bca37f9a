using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The simulation without a recording, and scripts of faults.
public sealed class WalkAndScriptTests : IDisposable
{
    private readonly SimulationRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Ten_coins_walk_and_tickers_follow_their_trades()
    {
        _run.Start(new SimulationOptions { Port = 0, Speed = 20 });
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        var list = JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync(_run.RestUrl + "/v5/market/instruments-info?category=spot", TestContext.Current.CancellationToken))
            .GetProperty("result").GetProperty("list");
        Assert.Equal(10, list.GetArrayLength());
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.ETHUSDT", "publicTrade.ETHUSDT");
        await client.ReceiveAsync();
        var trades = new Dictionary<long, string?>();
        var matched = 0;
        while (matched < 3)
        {
            var message = await client.ReceiveAsync();
            var data = message.GetProperty("data");
            if (data.ValueKind == JsonValueKind.Array) trades[data[0].GetProperty("seq").GetInt64()] = data[0].GetProperty("p").GetString();
            else if (trades.TryGetValue(message.GetProperty("cs").GetInt64(), out var price))
            {
                Assert.Equal(price, data.GetProperty("lastPrice").GetString());
                matched++;
            }
        }
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public async Task The_seed_decides_the_prices()
    {
        var first = await PricesAsync(7);
        Assert.Equal(first, await PricesAsync(7));
        Assert.NotEqual(first, await PricesAsync(8));
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
        Run("noack off", "nopong off", "fragments off", "silence off", "delay tickers 0", "delay publicTrade 0", "status off", "refuse AUSDT off", "garbage", "fin", "reset", "close");
        Assert.True(faults is { NoAck: false, NoPong: false, Fragments: false, Silent: false, TickerDelayMs: 0, TradeDelayMs: 0, UpgradeStatus: null });
        Assert.False(faults.IsRefused("AUSDT"));

        void Run(params string[] actions)
        {
            foreach (var step in Script.Parse("s", actions.Select(action => "0 " + action)).Steps) step.Act(exchange);
        }
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
    [InlineData("1 delay kline 5", "s:2: expected: delay tickers|publicTrade MS, at most 600000")]
    [InlineData("1 status 99", "s:2: expected: status CODE|off, the code from 200 to 599")]
    [InlineData("1 fin now", "s:2: expected: fin, and nothing behind it")]
    public void A_bad_line_is_told_with_file_line_and_reason(string line, string message)
    {
        Assert.Equal(message, Assert.Throws<SimulationException>(() => Script.Parse("s", ["# head", line])).Message);
    }

    private static async Task<List<string?>> PricesAsync(ulong seed)
    {
        using var exchange = Exchange.Start();
        using var stop = new CancellationTokenSource();
        string[] symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "BNBUSDT", "XRPUSDT", "DOGEUSDT", "ADAUSDT", "AVAXUSDT", "LINKUSDT", "LTCUSDT"];
        var walk = new Walk(exchange, seed, 50).List();
        using var client = await StreamClient.SubscribedAsync(exchange, [.. symbols.Select(symbol => "publicTrade." + symbol)]);
        var walking = walk.RunAsync(stop.Token);
        var prices = new List<string?>();
        while (prices.Count < 20) prices.Add((await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("p").GetString());
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => walking);
        return prices;
    }
}

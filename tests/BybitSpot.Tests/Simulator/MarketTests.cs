using System.Diagnostics;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// Trades and tickers: one order, one pace; and REST's view of the same market.
public sealed class MarketTests : IDisposable
{
    private static readonly HttpClient _http = new() { Timeout = StreamClient.Limit };

    private readonly Exchange _exchange = Exchange.Start();

    public MarketTests()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        _exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "1920");
    }

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task A_trade_is_followed_by_a_ticker_whose_cs_is_the_trades_seq()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "tickers.BTCUSDT");
        var before = (await client.ReceiveAsync()).GetProperty("cs").GetInt64();
        var seq = _exchange.Trade("BTCUSDT", "65000.5", timeMs: 1786310821917, rpi: true);
        var trade = await client.ReceiveTextAsync();
        Assert.Matches($$"""^\{"topic":"publicTrade.BTCUSDT","ts":1786310821917,"type":"snapshot","data":\[\{"i":"\d{19}","T":1786310821917,"p":"65000.5","v":"0.01","S":"(Buy|Sell)","seq":{{seq}},"s":"BTCUSDT","BT":false,"RPI":true\}\]\}$""", trade);
        var ticker = await client.ReceiveTextAsync();
        Assert.Matches($$"""^\{"topic":"tickers.BTCUSDT","ts":\d{13},"type":"snapshot","cs":{{seq}},"data":\{"symbol":"BTCUSDT","lastPrice":"65000.5","highPrice24h":"65000.5","lowPrice24h":"65000","prevPrice24h":"65000","volume24h":"0.01","turnover24h":"650.005","price24hPcnt":"0","usdIndexPrice":"65000"\}\}$""", ticker);
        Assert.True(seq > before);
    }

    [Fact]
    public async Task Tickers_of_a_topic_are_at_least_50_ms_apart_and_the_last_shows_the_last_trade()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        await client.ReceiveAsync();
        var last = 0L;
        var sending = Stopwatch.StartNew();
        var count = 0;
        var gate = new SemaphoreSlim(0);
        while (sending.ElapsedMilliseconds < 300)
        {
            last = _exchange.Trade("BTCUSDT", $"65{count++ % 1000:000}");
            await gate.WaitAsync(5, TestContext.Current.CancellationToken);
        }
        var tickers = 0;
        long cs;
        do
        {
            cs = (await client.ReceiveAsync()).GetProperty("cs").GetInt64();
            tickers++;
        }
        while (cs != last);
        // 300 ms hold six paces; one more for the edge.
        Assert.InRange(tickers, 2, 7);
    }

    [Fact]
    public async Task Several_trades_share_a_frame_and_a_seq()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.ETHUSDT");
        _exchange.TradeMany("ETHUSDT", ["1921", "1922.5"], seq: 5);
        var data = (await client.ReceiveAsync()).GetProperty("data").EnumerateArray().ToList();
        Assert.Equal(["1921", "1922.5"], data.Select(trade => trade.GetProperty("p").GetString()));
        Assert.All(data, trade => Assert.Equal(5, trade.GetProperty("seq").GetInt64()));
        Assert.Equal("1922.5", _exchange.LastPrice("ETHUSDT"));
    }

    [Fact]
    public async Task A_block_trade_leaves_the_last_price_alone()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.ETHUSDT");
        _exchange.Trade("ETHUSDT", "1500", blockTrade: true);
        Assert.True((await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("BT").GetBoolean());
        Assert.Equal("1920", _exchange.LastPrice("ETHUSDT"));
    }

    [Fact]
    public async Task A_linear_ticker_is_a_delta_that_may_lack_the_price()
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        linear.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var client = await StreamClient.SubscribedAsync(linear, "tickers.BTCUSDT");
        await client.ReceiveAsync();
        linear.PushTicker("BTCUSDT", price: "65001", cs: 77);
        var delta = await client.ReceiveAsync();
        Assert.Equal("delta", delta.GetProperty("type").GetString());
        Assert.Equal("65001", delta.GetProperty("data").GetProperty("lastPrice").GetString());
        Assert.Equal(77, delta.GetProperty("cs").GetInt64());
        linear.PushTicker("BTCUSDT", usdIndexPrice: "65002", withPrice: false);
        Assert.False((await client.ReceiveAsync()).GetProperty("data").TryGetProperty("lastPrice", out _));
    }

    [Fact]
    public async Task A_flood_is_in_order_with_distinct_prices_and_its_end_is_told()
    {
        const int Ticks = 100_000;
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "tickers.BTCUSDT", "publicTrade.ETHUSDT", "tickers.ETHUSDT");
        await client.ReceiveAsync();
        await client.ReceiveAsync();
        var clock = Stopwatch.StartNew();
        var flood = Task.Run(() => _exchange.Flood(["BTCUSDT", "ETHUSDT"], Ticks), TestContext.Current.CancellationToken);
        var texts = new List<string>(Ticks);
        for (var i = 0; i < Ticks; i++) texts.Add((await client.ReceiveTextAsync())!);
        var last = await flood;
        TestContext.Current.TestOutputHelper?.WriteLine($"{Ticks * 1000L / clock.ElapsedMilliseconds} frames a second");
        // The framework's own client is part of the time: a floor far below what is asked of the sender.
        Assert.InRange(clock.ElapsedMilliseconds, 0, 30_000);
        var seqs = new Dictionary<string, long>();
        var prices = new HashSet<(string, string)>();
        foreach (var text in texts)
        {
            var frame = JsonSerializer.Deserialize<JsonElement>(text);
            var data = frame.GetProperty("data");
            var isTrade = data.ValueKind == JsonValueKind.Array;
            var symbol = frame.GetProperty("topic").GetString()!.Split('.')[1];
            var seq = isTrade ? data[0].GetProperty("seq").GetInt64() : frame.GetProperty("cs").GetInt64();
            Assert.True(seq > seqs.GetValueOrDefault(symbol));
            seqs[symbol] = seq;
            Assert.True(prices.Add((symbol, (isTrade ? data[0].GetProperty("p") : data.GetProperty("lastPrice")).GetString()!)));
        }
        Assert.Contains($"\"{last["ETHUSDT"]}\"", texts[^1]);
        // 50,000 steps of each symbol's tick size.
        Assert.Equal("2420", last["ETHUSDT"]);
        Assert.Equal("70000", last["BTCUSDT"]);
        Assert.Equal(0, _exchange.Overflows);
    }

    [Fact]
    public async Task Instruments_are_answered_in_the_exchanges_envelope()
    {
        var body = await GetAsync("/v5/market/instruments-info?category=spot&limit=1");
        Assert.Equal(0, body.GetProperty("retCode").GetInt32());
        Assert.Equal("OK", body.GetProperty("retMsg").GetString());
        Assert.Equal("spot", body.GetProperty("result").GetProperty("category").GetString());
        Assert.False(body.GetProperty("result").TryGetProperty("nextPageCursor", out _));
        var list = body.GetProperty("result").GetProperty("list").EnumerateArray().ToList();
        Assert.Equal(["BTCUSDT", "ETHUSDT"], list.Select(entry => entry.GetProperty("symbol").GetString()));
        Assert.Equal("BTC", list[0].GetProperty("baseCoin").GetString());
        Assert.Equal("USDT", list[0].GetProperty("quoteCoin").GetString());
        Assert.Equal("Trading", list[0].GetProperty("status").GetString());
        Assert.Equal("0.1", list[0].GetProperty("priceFilter").GetProperty("tickSize").GetString());
        Assert.InRange(body.GetProperty("time").GetInt64(), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 10_000, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task A_delisted_symbol_is_absent_and_an_unknown_one_gives_an_empty_list()
    {
        _exchange.Delist("BTCUSDT");
        Assert.Equal(1, List(await GetAsync("/v5/market/instruments-info?category=spot")).GetArrayLength());
        var unknown = await GetAsync("/v5/market/instruments-info?category=spot&symbol=BTCUSDT");
        Assert.Equal(0, unknown.GetProperty("retCode").GetInt32());
        Assert.Equal(0, List(unknown).GetArrayLength());
        Assert.Equal(0, List(await GetAsync("/v5/market/tickers?category=linear")).GetArrayLength());
        Assert.Equal(10001, (await GetAsync("/v5/market/tickers")).GetProperty("retCode").GetInt32());
    }

    [Fact]
    public async Task Tickers_show_the_last_price_even_of_a_silent_topic()
    {
        _exchange.Faults.Silence("tickers.BTCUSDT");
        _exchange.Trade("BTCUSDT", "65010");
        var entry = List(await GetAsync("/v5/market/tickers?category=spot"))[0];
        Assert.Equal("65010", entry.GetProperty("lastPrice").GetString());
        Assert.Equal("65010", entry.GetProperty("bid1Price").GetString());
        Assert.Equal("65010.1", entry.GetProperty("ask1Price").GetString());
    }

    [Fact]
    public async Task Time_is_told_in_seconds_and_nanoseconds()
    {
        var body = await GetAsync("/v5/market/time");
        var seconds = body.GetProperty("result").GetProperty("timeSecond").GetString();
        Assert.StartsWith(seconds!, body.GetProperty("result").GetProperty("timeNano").GetString());
        Assert.Equal(10, seconds!.Length);
    }

    [Fact]
    public async Task A_linear_list_is_paged()
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        for (var i = 0; i < 3; i++) linear.List($"C{i}USDT", $"C{i}", "USDT", "0.01", "10");
        var first = await GetAsync("/v5/market/instruments-info?category=linear&limit=2", linear);
        Assert.Equal(2, List(first).GetArrayLength());
        var cursor = first.GetProperty("result").GetProperty("nextPageCursor").GetString();
        var second = await GetAsync($"/v5/market/instruments-info?category=linear&limit=2&cursor={cursor}", linear);
        Assert.Equal("C2USDT", Assert.Single(List(second).EnumerateArray()).GetProperty("symbol").GetString());
        Assert.Equal("", second.GetProperty("result").GetProperty("nextPageCursor").GetString());
    }

    [Fact]
    public async Task What_is_listed_before_it_trades_is_named_to_who_asks_for_it_alone_and_has_a_ticker()
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        linear.List("BTCUSDT", "65000");
        linear.ListBeforeLaunch("NEWUSDT", "0.5");
        Assert.Equal("BTCUSDT", Assert.Single(List(await GetAsync("/v5/market/instruments-info?category=linear", linear)).EnumerateArray()).GetProperty("symbol").GetString());
        var before = Assert.Single(List(await GetAsync("/v5/market/instruments-info?category=linear&status=PreLaunch&limit=1000", linear)).EnumerateArray());
        Assert.Equal(("NEWUSDT", "PreLaunch"), (before.GetProperty("symbol").GetString(), before.GetProperty("status").GetString()));
        using var client = await StreamClient.SubscribedAsync(linear, "tickers.NEWUSDT");
        Assert.Equal("0.5", (await client.ReceiveAsync()).GetProperty("data").GetProperty("lastPrice").GetString());
    }

    [Fact]
    public async Task A_linear_trade_at_the_same_price_shows_in_the_volume_of_the_next_delta_alone()
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        linear.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var client = await StreamClient.SubscribedAsync(linear, "tickers.BTCUSDT");
        await client.ReceiveAsync();
        linear.PushTicker("BTCUSDT");
        await client.ReceiveAsync();
        linear.Trade("BTCUSDT", "65000");
        var data = (await client.ReceiveAsync()).GetProperty("data");
        Assert.True(data.TryGetProperty("volume24h", out _));
        Assert.False(data.TryGetProperty("lastPrice", out _));
        linear.PushTicker("BTCUSDT", usdIndexPrice: "65002");
        Assert.False((await client.ReceiveAsync()).GetProperty("data").TryGetProperty("volume24h", out _));
    }

    [Theory]
    [InlineData("linear", 700, "BTCUSDT 1000PEPEUSDT SHIB1000USDT 10000LADYSUSDT BTCPERP BTC-25DEC26 BTCUSDT-25DEC26 WC_ENG_ARG_USDT-15JUL27")]
    [InlineData("inverse", 30, "BTCUSD ETHUSD BTCUSDZ26")]
    public async Task Derivatives_are_listed_in_the_forms_that_the_exchange_has_on_pages_with_a_cursor(string market, int least, string symbols)
    {
        using var exchange = Exchange.Start(new ExchangeOptions { Market = market });
        exchange.ListAll();
        var listed = new List<string>();
        var cursor = "";
        do
        {
            var page = await GetAsync($"/v5/market/instruments-info?category={market}&cursor={cursor}", exchange);
            Assert.InRange(List(page).GetArrayLength(), 1, 500);
            listed.AddRange(List(page).EnumerateArray().Select(entry => entry.GetProperty("symbol").GetString()!));
            cursor = page.GetProperty("result").GetProperty("nextPageCursor").GetString()!;
        }
        while (cursor.Length > 0);
        Assert.Equal(Listed.Of(market).Where(l => l.Status == "Trading").Select(l => l.Symbol), listed);
        Assert.InRange(listed.Count, least, 1000);
        Assert.Empty(symbols.Split(' ').Except(listed));
        using var client = await StreamClient.ConnectAsync(exchange);
        await client.SubscribeAsync("tickers.NOSUCH");
        Assert.Equal("error:handler not found,topic:tickers.NOSUCH", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
    }

    [Theory]
    [InlineData("0.1", "65000", 1, "65000.1")]
    [InlineData("0.01", "1920", 50, "1920.5")]
    [InlineData("0.05", "1.1", 2, "1.2")]
    [InlineData("0.0000000000001", "0.0000000000009", 1, "0.000000000001")]
    [InlineData("5", "10", 1, "15")]
    public void Prices_walk_in_whole_ticks_without_zeros_at_the_end(string tickSize, string price, long ticks, string expected)
    {
        Assert.True(TickSize.TryParse(tickSize, out var step));
        Assert.True(step.TryTicks(price, out var count));
        Assert.Equal(expected, step.Format(count + ticks));
    }

    private static JsonElement List(JsonElement body) => body.GetProperty("result").GetProperty("list");

    private async Task<JsonElement> GetAsync(string path, Exchange? other = null) =>
        JsonSerializer.Deserialize<JsonElement>(await _http.GetStringAsync((other ?? _exchange).RestUrl + path));
}

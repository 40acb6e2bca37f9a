using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// What a test or a script does to a market that runs: lists, delists, bursts, hidden trades, one connection's end.
public sealed class ListingTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task A_delisted_symbol_is_silent_and_refused_until_it_is_listed_again()
    {
        _exchange.ListSpot();
        var walk = new Walk(_exchange, new WalkPlan(["LTCUSDT"], []), 1, 1);
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.LTCUSDT");
        _exchange.Delist("LTCUSDT");
        walk.PlayUntil(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Throws<ArgumentException>(() => _exchange.Trade("LTCUSDT", "85"));
        using var late = await StreamClient.ConnectAsync(_exchange);
        await late.SubscribeAsync("tickers.LTCUSDT");
        Assert.Equal("Invalid symbol :[tickers.LTCUSDT]", (await late.ReceiveAsync()).GetProperty("ret_msg").GetString());
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        Assert.DoesNotContain("LTCUSDT", await http.GetStringAsync(_exchange.RestUrl + "/v5/market/instruments-info?category=spot", TestContext.Current.CancellationToken));
        _exchange.List("LTCUSDT", "85.25");
        var seq = _exchange.Trade("LTCUSDT", "85.26");
        // The first thing heard since the subscription: nothing came while it was delisted.
        Assert.Equal(seq, (await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("seq").GetInt64());
        Assert.Contains("LTCUSDT", await http.GetStringAsync(_exchange.RestUrl + "/v5/market/instruments-info?category=spot", TestContext.Current.CancellationToken));
        await late.SubscribeAsync("tickers.LTCUSDT");
        Assert.True((await late.ReceiveAsync()).GetProperty("success").GetBoolean());
        Assert.Equal("85.26", (await late.ReceiveAsync()).GetProperty("data").GetProperty("lastPrice").GetString());
    }

    [Fact]
    public async Task A_trade_that_leaves_the_ticker_alone_does_not_lend_its_seq_to_a_waiting_one()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        await client.ReceiveAsync();
        // The first ticker leaves at once or waits for its pace; the second of two trades always waits.
        _exchange.Trade("BTCUSDT", "65001");
        var shown = _exchange.Trade("BTCUSDT", "65002");
        var hidden = _exchange.Trade("BTCUSDT", "64000", movesTicker: false);
        JsonElement ticker;
        do ticker = await client.ReceiveAsync();
        while (ticker.GetProperty("data").GetProperty("lastPrice").GetString() != "65002");
        Assert.Equal(shown, ticker.GetProperty("cs").GetInt64());
        Assert.Equal(hidden, _exchange.LastSeq("BTCUSDT"));
        Assert.Equal(hidden + 1, _exchange.Trade("BTCUSDT", "65003"));
    }

    [Fact]
    public async Task One_connection_can_be_ended_and_the_others_stay()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var first = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        using var second = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        await first.ReceiveAsync();
        Assert.True(_exchange.End(1, HangUp.CloseFrame));
        Assert.Null(await first.ReceiveTextAsync());
        Assert.Equal(1012, (int?)first.CloseStatus);
        Assert.False(_exchange.End(3, HangUp.Reset));
        _exchange.Trade("BTCUSDT", "65001");
        Assert.Equal("publicTrade.BTCUSDT", (await second.ReceiveAsync()).GetProperty("topic").GetString());
    }

    [Fact]
    public async Task A_burst_fills_frames_of_at_most_1024_trades()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        var last = _exchange.Burst("BTCUSDT", 1030);
        var (full, rest) = ((await client.ReceiveAsync()).GetProperty("data"), (await client.ReceiveAsync()).GetProperty("data"));
        Assert.Equal((1024, 6), (full.GetArrayLength(), rest.GetArrayLength()));
        Assert.All(full.EnumerateArray(), trade => Assert.Equal(last - 1, trade.GetProperty("seq").GetInt64()));
        Assert.All(rest.EnumerateArray(), trade => Assert.Equal(last, trade.GetProperty("seq").GetInt64()));
        Assert.Equal(rest[5].GetProperty("p").GetString(), _exchange.LastPrice("BTCUSDT"));
    }
}

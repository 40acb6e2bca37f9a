using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// Acks, refusals, pings: the honest exchange's answers.
public sealed class ControlTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public ControlTests()
    {
        for (var i = 0; i < 12; i++) _exchange.List($"C{i}USDT", $"C{i}", "USDT", "0.01", "10");
    }

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task An_ack_echoes_the_request_and_comes_before_the_snapshot()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync("tickers.C0USDT", "publicTrade.C0USDT");
        var ack = await client.ReceiveTextAsync();
        Assert.Matches("""^\{"success":true,"ret_msg":"subscribe","conn_id":"[^"]+","req_id":"7","op":"subscribe"\}$""", ack);
        var ticker = await client.ReceiveAsync();
        Assert.Equal("tickers.C0USDT", ticker.GetProperty("topic").GetString());
        Assert.Equal("snapshot", ticker.GetProperty("type").GetString());
        Assert.Equal("10", ticker.GetProperty("data").GetProperty("lastPrice").GetString());
        Assert.Equal(["tickers.C0USDT", "publicTrade.C0USDT"], Assert.Single(_exchange.Connections).Topics);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public async Task Linear_takes_five_hundred_topics_in_a_request_and_hangs_up_at_more(int topics, bool taken)
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        for (var i = 0; i < topics; i++) linear.List($"C{i}USDT", $"C{i}", "USDT", "0.01", "10");
        using var client = await StreamClient.ConnectAsync(linear);
        await client.SubscribeAsync([.. Enumerable.Range(0, topics).Select(i => $"publicTrade.C{i}USDT")]);
        if (taken) Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        else Assert.Null(await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Without_a_req_id_spot_answers_without_the_key_and_linear_with_an_empty_one()
    {
        using var linear = Exchange.Start(new ExchangeOptions { Market = "linear" });
        linear.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SendAsync("""{"op":"subscribe","args":["tickers.C0USDT"]}""");
        Assert.DoesNotContain("req_id", await client.ReceiveTextAsync());
        using var other = await StreamClient.ConnectAsync(linear);
        await other.SendAsync("""{"op":"subscribe","args":["tickers.BTCUSDT"]}""");
        var ack = await other.ReceiveAsync();
        Assert.Equal("", ack.GetProperty("req_id").GetString());
        Assert.Equal("", ack.GetProperty("ret_msg").GetString());
        var snapshot = await other.ReceiveTextAsync();
        Assert.Matches("""^\{"topic":"tickers.BTCUSDT","type":"snapshot","data":\{.*\},"cs":\d+,"ts":\d+\}$""", snapshot);
    }

    [Fact]
    public async Task An_eleventh_argument_refuses_the_whole_request()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync([.. Enumerable.Range(0, 11).Select(i => $"publicTrade.C{i}USDT")]);
        Assert.Contains("""
            "success":false,"ret_msg":"args size \u003e10",
            """.Trim(), await client.ReceiveTextAsync());
        Assert.Empty(_exchange.Connections[0].Topics);
        await client.SubscribeAsync([.. Enumerable.Range(0, 10).Select(i => $"publicTrade.C{i}USDT")]);
        Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task An_unknown_symbol_refuses_the_whole_request()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync("tickers.C0USDT", "publicTrade.XUSDT");
        var refusal = await client.ReceiveAsync();
        Assert.False(refusal.GetProperty("success").GetBoolean());
        Assert.Equal("Invalid symbol :[publicTrade.XUSDT]", refusal.GetProperty("ret_msg").GetString());
        Assert.Equal("7", refusal.GetProperty("req_id").GetString());
        Assert.Empty(_exchange.Connections[0].Topics);
    }

    [Fact]
    public async Task A_duplicate_is_refused_and_the_original_goes_on_flowing()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.C0USDT");
        await client.SubscribeAsync("publicTrade.C0USDT");
        Assert.Equal("error:already subscribed,topic:publicTrade.C0USDT", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        _exchange.Trade("C0USDT", "11");
        Assert.Equal("publicTrade.C0USDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
    }

    [Fact]
    public async Task An_unsubscribed_topic_falls_silent()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.C0USDT");
        await client.SendAsync("""{"op":"unsubscribe","args":["publicTrade.C0USDT"]}""");
        Assert.Matches("""^\{"success":true,"ret_msg":"unsubscribe","conn_id":"[^"]+","op":"unsubscribe"\}$""", await client.ReceiveTextAsync());
        _exchange.Trade("C0USDT", "11");
        await client.SendAsync("""{"req_id":"9","op":"ping"}""");
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_req_id_if_it_had_one()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SendAsync("""{"req_id":"8","op":"ping"}""");
        Assert.Matches("""^\{"success":true,"ret_msg":"pong","conn_id":"[^"]+","req_id":"8","op":"ping"\}$""", await client.ReceiveTextAsync());
        await client.SendAsync("""{"op":"ping"}""");
        Assert.DoesNotContain("req_id", await client.ReceiveTextAsync());
        Assert.Equal(["""{"req_id":"8","op":"ping"}""", """{"op":"ping"}"""], _exchange.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task Unknown_ops_and_broken_requests_are_answered_and_change_nothing()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SendAsync("""{"op":"dance"}""");
        Assert.False((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        await client.SendAsync("{");
        Assert.False((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        await client.SubscribeAsync("dances.C0USDT");
        Assert.Equal("error:handler not found,topic:dances.C0USDT", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
    }

    [Fact]
    public async Task A_websocket_ping_is_answered_with_its_payload()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        await client.SendFrameAsync(0x89, "hi");
        Assert.Equal([0x8A, 2, (byte)'h', (byte)'i'], await client.ReadAsync(4));
    }

    [Fact]
    public async Task An_unmasked_frame_is_closed_with_1002()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        await client.SendAsync([0x81, 1, (byte)'x']);
        Assert.Equal([0x88, 2, 0x03, 0xEA], await client.ReadAsync(4));
        Assert.True(await client.EndsOrderlyAsync());
    }

    [Fact]
    public async Task A_close_frame_is_answered_with_its_code()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        await client.SendAsync([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8]);
        Assert.Equal([0x88, 2, 0x03, 0xE8], await client.ReadAsync(4));
        Assert.True(await client.EndsOrderlyAsync());
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections[0].ClosedAt is not null, StreamClient.Limit));
    }

    [Fact]
    public async Task A_request_in_fragments_is_joined()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        await client.SendFrameAsync(0x01, """{"op":""");
        await client.SendFrameAsync(0x89, "");
        await client.SendFrameAsync(0x80, "\"ping\"}");
        Assert.True(_exchange.WaitFor(exchange => exchange.Requests.Count == 1, StreamClient.Limit));
        Assert.Equal("""{"op":"ping"}""", _exchange.Requests[0].Text);
    }

    [Fact]
    public async Task An_unknown_path_is_not_upgraded()
    {
        using var client = await RawClient.ConnectAsync(_exchange);
        await client.AskForUpgradeAsync("/v5/public/linear");
        Assert.StartsWith("HTTP/1.1 404 ", await client.ReadHeadAsync());
        Assert.False(_exchange.Connections[0].Upgraded);
    }
}

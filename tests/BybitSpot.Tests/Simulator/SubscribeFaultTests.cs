using System.Diagnostics;
using System.Net.Sockets;
using System.Net.WebSockets;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The switches that strike a connection before and while it subscribes, seen from a client.
public sealed class SubscribeFaultTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public SubscribeFaultTests()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        _exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "1920");
    }

    public void Dispose() => _exchange.Dispose();

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(403)]
    [InlineData(200)]
    public async Task An_upgrade_can_be_answered_with_a_status_and_html(int status)
    {
        _exchange.Faults.UpgradeStatus = status;
        using var client = await RawClient.ConnectAsync(_exchange);
        await client.AskForUpgradeAsync();
        var head = await client.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {status} ", head);
        Assert.Contains("text/html", head);
        Assert.True(await client.EndsOrderlyAsync());
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections is [{ Upgraded: false, ClosedAt: not null }], StreamClient.Limit));
    }

    [Fact]
    public async Task An_upgrade_can_go_unanswered()
    {
        _exchange.Faults.UpgradeNeverAnswered = true;
        using var client = await RawClient.ConnectAsync(_exchange);
        await client.AskForUpgradeAsync();
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections.Count == 1, StreamClient.Limit));
        await Assert.ThrowsAsync<TimeoutException>(() => client.ReadAsync(1).WaitAsync(TimeSpan.FromMilliseconds(150), TestContext.Current.CancellationToken));
        Assert.Null(_exchange.Connections[0].ClosedAt);
    }

    [Fact]
    public async Task An_upgrades_answer_can_drip()
    {
        _exchange.Faults.UpgradeDripMs = 1;
        var clock = Stopwatch.StartNew();
        using var client = await RawClient.UpgradedAsync(_exchange);
        Assert.True(clock.ElapsedMilliseconds > 100);
    }

    [Fact]
    public async Task The_accept_key_can_be_wrong()
    {
        _exchange.Faults.WrongAcceptKey = true;
        await Assert.ThrowsAsync<WebSocketException>(() => StreamClient.ConnectAsync(_exchange));
    }

    [Theory]
    [InlineData(HangUp.Fin, true)]
    [InlineData(HangUp.Reset, false)]
    public async Task A_connection_can_end_at_once_after_accept(HangUp ending, bool orderly)
    {
        _exchange.Faults.OnAccept = ending;
        var endedOrderly = false;
        try
        {
            using var client = await RawClient.ConnectAsync(_exchange);
            endedOrderly = await client.EndsOrderlyAsync();
        }
        catch (SocketException)
        {
            // The reset was there before the connect had returned.
        }
        Assert.Equal(orderly, endedOrderly);
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections is [{ ClosedAt: not null }], StreamClient.Limit));
    }

    [Fact]
    public async Task A_connection_can_end_right_after_its_upgrade()
    {
        _exchange.Faults.AfterUpgrade = HangUp.CloseFrame;
        _exchange.Faults.AfterUpgradeCode = 1012;
        using var closed = await RawClient.UpgradedAsync(_exchange);
        Assert.Equal([0x88, 2, 0x03, 0xF4], await closed.ReadAsync(4));
        _exchange.Faults.AfterUpgradeCode = null;
        using var bare = await RawClient.UpgradedAsync(_exchange);
        Assert.Equal([0x88, 0], await bare.ReadAsync(2));
        _exchange.Faults.AfterUpgrade = HangUp.Fin;
        using var finished = await RawClient.UpgradedAsync(_exchange);
        Assert.True(await finished.EndsOrderlyAsync());
        // The FIN's sender still counts the connection as open until the client has closed its side.
        finished.Dispose();
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections[2].ClosedAt is not null, StreamClient.Limit));
    }

    [Fact]
    public async Task Acks_can_be_missing()
    {
        _exchange.Faults.NoAck = true;
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync("tickers.BTCUSDT");
        Assert.True(_exchange.WaitFor(exchange => exchange.Requests.Count == 1, StreamClient.Limit));
        _exchange.PushTicker("BTCUSDT");
        await client.SendAsync("""{"op":"ping"}""");
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
    }

    [Fact]
    public async Task Acks_can_be_late_and_data_begins_behind_them()
    {
        _exchange.Faults.AckDelayMs = 100;
        using var client = await StreamClient.ConnectAsync(_exchange);
        var clock = Stopwatch.StartNew();
        await client.SubscribeAsync("tickers.BTCUSDT");
        Assert.Equal("subscribe", (await client.ReceiveAsync()).GetProperty("op").GetString());
        Assert.InRange(clock.ElapsedMilliseconds, 95, 30_000);
        Assert.Equal("tickers.BTCUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
    }

    [Fact]
    public async Task A_symbol_can_be_refused_with_its_whole_request_or_alone()
    {
        _exchange.Faults.Refuse("ETHUSDT");
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync("publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        Assert.Equal("Invalid symbol :[publicTrade.ETHUSDT]", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        Assert.Empty(_exchange.Connections[0].Topics);
        _exchange.Faults.RefuseBadTopicAlone = true;
        await client.SubscribeAsync("publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        Assert.False((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        Assert.Equal(["publicTrade.BTCUSDT"], _exchange.Connections[0].Topics);
        _exchange.Faults.Refuse("ETHUSDT", false);
        await client.SubscribeAsync("publicTrade.ETHUSDT");
        Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Already_subscribed_can_be_said_of_a_new_topic_that_flows()
    {
        _exchange.Faults.AlreadySubscribed = true;
        _exchange.Faults.NoReqId = true;
        using var client = await StreamClient.ConnectAsync(_exchange);
        await client.SubscribeAsync("tickers.BTCUSDT");
        var answer = await client.ReceiveAsync();
        Assert.Equal("error:already subscribed,topic:tickers.BTCUSDT", answer.GetProperty("ret_msg").GetString());
        Assert.False(answer.TryGetProperty("req_id", out _));
        Assert.Equal("tickers.BTCUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
    }
}

using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The switches that strike a subscribed connection's data, frames and end, seen from a client.
public sealed class DataFaultTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public DataFaultTests()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        _exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "1920");
    }

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task Pongs_can_be_missing_while_data_flows()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Faults.NoPong = true;
        await client.SendAsync("""{"op":"ping"}""");
        Assert.True(_exchange.WaitFor(exchange => exchange.Requests.Count == 2, StreamClient.Limit));
        _exchange.Trade("BTCUSDT", "65001");
        Assert.Equal("publicTrade.BTCUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
    }

    [Fact]
    public async Task One_topic_can_be_silent_while_others_flow()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        _exchange.Faults.Silence("publicTrade.BTCUSDT");
        _exchange.Trade("BTCUSDT", "65001");
        _exchange.Trade("ETHUSDT", "1921");
        Assert.Equal("publicTrade.ETHUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
        _exchange.Faults.Silence("publicTrade.BTCUSDT", false);
        _exchange.Trade("BTCUSDT", "65002");
        Assert.Equal("65002", (await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("p").GetString());
    }

    [Fact]
    public async Task Everything_can_be_silent_with_or_without_pongs()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Faults.Silent = true;
        _exchange.Faults.SilentAnswersPings = true;
        _exchange.Trade("BTCUSDT", "65001");
        await client.SendAsync("""{"op":"ping"}""");
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        _exchange.Faults.SilentAnswersPings = false;
        await client.SendAsync("""{"op":"ping"}""");
        Assert.True(await client.IsQuietAsync(TimeSpan.FromMilliseconds(150)));
    }

    [Fact]
    public async Task One_channel_can_be_late_and_keeps_its_order()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "tickers.BTCUSDT");
        await client.ReceiveAsync();
        _exchange.Faults.TradeDelayMs = 100;
        for (var i = 1; i <= 3; i++) _exchange.Trade("BTCUSDT", $"{65000 + i}");
        _exchange.PushTicker("BTCUSDT");
        Assert.Equal("tickers.BTCUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
        var prices = new List<string?>();
        while (prices.Count < 3)
        {
            var message = await client.ReceiveAsync();
            if (message.GetProperty("data").ValueKind == JsonValueKind.Array) prices.Add(message.GetProperty("data")[0].GetProperty("p").GetString());
        }
        Assert.Equal(["65001", "65002", "65003"], prices);
    }

    [Fact]
    public async Task The_snapshot_can_be_missing_or_come_before_the_ack()
    {
        _exchange.Faults.NoSnapshot = true;
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        _exchange.Broadcast("""{"marker":1}""");
        Assert.Equal(1, (await client.ReceiveAsync()).GetProperty("marker").GetInt32());
        _exchange.Faults.NoSnapshot = false;
        _exchange.Faults.DataBeforeAck = true;
        await client.SubscribeAsync("tickers.ETHUSDT");
        Assert.Equal("tickers.ETHUSDT", (await client.ReceiveAsync()).GetProperty("topic").GetString());
        Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
    }

    [Fact]
    public async Task Trades_can_lack_seq_and_the_clock_can_be_off()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Faults.NoSeq = true;
        _exchange.Faults.ClockOffsetMs = -3_600_000;
        _exchange.Trade("BTCUSDT", "65001");
        var trade = await client.ReceiveAsync();
        Assert.False(trade.GetProperty("data")[0].TryGetProperty("seq", out _));
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - trade.GetProperty("ts").GetInt64(), 3_599_000, 3_700_000);
    }

    [Fact]
    public async Task Every_frame_can_come_in_one_byte_fragments_with_pings_between()
    {
        _exchange.Faults.Fragments = true;
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Trade("BTCUSDT", "65001");
        Assert.Equal("65001", (await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("p").GetString());
        using var raw = await RawClient.UpgradedAsync(_exchange);
        _exchange.Broadcast("abc");
        Assert.Equal([0x01, 1, (byte)'a', 0x00, 1, (byte)'b', 0x89, 1, (byte)'2', 0x80, 1, (byte)'c'], await raw.ReadAsync(12));
    }

    [Fact]
    public async Task A_line_can_be_slow_sliced_and_late()
    {
        _exchange.Faults.SliceBytes = 7;
        _exchange.Faults.BytesPerSecond = 2_000;
        _exchange.Faults.LatencyMs = 20;
        _exchange.Faults.JitterMs = 10;
        var clock = Stopwatch.StartNew();
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        await client.ReceiveAsync();
        Assert.InRange(clock.ElapsedMilliseconds, 100, 30_000);
    }

    [Fact]
    public async Task Exchange_side_closes_come_with_a_code_without_one_as_fin_and_as_reset()
    {
        using var client = await StreamClient.ConnectAsync(_exchange);
        _exchange.CloseAll(1012, "restarting");
        Assert.Null(await client.ReceiveTextAsync());
        Assert.Equal((WebSocketCloseStatus)1012, client.CloseStatus);
        using var bare = await RawClient.UpgradedAsync(_exchange);
        _exchange.CloseAll(null);
        Assert.Equal([0x88, 0], await bare.ReadAsync(2));
        using var finished = await RawClient.UpgradedAsync(_exchange);
        _exchange.FinAll();
        Assert.True(await finished.EndsOrderlyAsync());
        using var reset = await RawClient.UpgradedAsync(_exchange);
        _exchange.ResetAll();
        Assert.False(await reset.EndsOrderlyAsync());
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections[^1].ClosedAt is not null, StreamClient.Limit));
    }

    [Fact]
    public async Task Forbidden_frames_arrive_as_they_were_made()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        byte[][] frames =
        [
            RawFrames.Binary([1, 2]), RawFrames.ReservedBits("x"), RawFrames.Masked("x"), RawFrames.Half("abcd"), RawFrames.Garbage(16), RawFrames.Text([0xC3, 0x28]),
        ];
        foreach (var frame in frames) _exchange.BroadcastBytes(frame);
        var expected = frames.SelectMany(frame => frame).ToArray();
        Assert.Equal(expected, await client.ReadAsync(expected.Length));
        Assert.Equal([0x82, 2, 1, 2, 0xF1, 1, (byte)'x', 0x81, 0x81, 0x11, 0x22, 0x33, 0x44, 'x' ^ 0x11, 0x81, 4, (byte)'a', (byte)'b'], expected[..18]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_huge_message_comes_in_one_frame_or_in_endless_fragments(bool endless)
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        _exchange.BroadcastHuge(8, endless);
        Assert.Equal(endless ? new byte[] { 0x01, 127, 0, 0 } : [0x81, 127, 0, 0], await client.ReadAsync(4));
        var rest = endless ? 8 * 16 * (64 * 1024 + 10) - 4 : 8 * 1024 * 1024 + 6;
        for (var left = rest; left > 0; left -= 65_536) await client.ReadAsync(Math.Min(left, 65_536));
        _exchange.BroadcastBytes(RawFrames.Ping([]));
        Assert.Equal([0x89, 0], await client.ReadAsync(2));
    }

    [Fact]
    public async Task A_client_that_never_reads_is_ended_at_the_outgoing_limit()
    {
        using var client = await RawClient.UpgradedAsync(_exchange);
        await client.SendFrameAsync(0x81, """{"op":"subscribe","args":["publicTrade.BTCUSDT"]}""");
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections[0].Topics.Count == 1, StreamClient.Limit));
        var text = new string('x', 1024 * 1024);
        for (var i = 0; i < 100 && _exchange.Overflows == 0; i++) _exchange.SendToTopic("publicTrade.BTCUSDT", text);
        Assert.Equal(1, _exchange.Overflows);
        Assert.True(_exchange.WaitFor(exchange => exchange.Connections[0].ClosedAt is not null, StreamClient.Limit));
    }

    [Fact]
    public async Task Too_many_upgrades_are_banned_and_an_idle_client_is_cut_off()
    {
        using var strict = Exchange.Start(new ExchangeOptions { UpgradesPerFiveMinutes = 1, IdleLimit = TimeSpan.FromMilliseconds(100) });
        using var idle = await RawClient.UpgradedAsync(strict);
        using var banned = await RawClient.ConnectAsync(strict);
        await banned.AskForUpgradeAsync();
        Assert.StartsWith("HTTP/1.1 403 ", await banned.ReadHeadAsync());
        await idle.EndsOrderlyAsync();
        Assert.True(strict.WaitFor(exchange => exchange.Connections[0].ClosedAt is not null, StreamClient.Limit));
    }
}

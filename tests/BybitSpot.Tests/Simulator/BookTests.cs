using System.Text.Json;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The topic orderbook.1 as an honest exchange sends it: shape, changes, pace, repetition.
public sealed class BookTests : BookStage
{
    [Theory]
    [InlineData("spot", "\"ts\":1786276800007,\"type\":\"snapshot\"")]
    [InlineData("linear", "\"type\":\"snapshot\",\"ts\":1786276800007")]
    [InlineData("inverse", "\"type\":\"snapshot\",\"ts\":1786276800007")]
    public async Task A_grant_is_followed_by_the_book_in_the_markets_shape(string market, string typeAndTime)
    {
        using var exchange = StartMarket(market);
        Clock.Advance(5);
        exchange.Book("BTCUSDT", "64999.50", "0.006", "65001", "1.029");
        Clock.Advance(2);
        using var client = await StreamClient.SubscribedAsync(exchange, Topic);
        var text = await client.ReceiveTextAsync();
        var data = JsonSerializer.Deserialize<JsonElement>(text!).GetProperty("data");
        var (u, seq) = (data.GetProperty("u").GetInt64(), data.GetProperty("seq").GetInt64());
        Assert.Equal($$"""{"topic":"{{Topic}}",{{typeAndTime}},"data":{"s":"BTCUSDT","b":[["64999.50","0.006"]],"a":[["65001","1.029"]],"u":{{u}},"seq":{{seq}}},"cts":1786276800005}""", text);
        Assert.True(u > 1);
        Assert.Equal(exchange.LastSeq("BTCUSDT"), seq);
        Assert.Equal(seq + 1, exchange.Trade("BTCUSDT", "65001"));
    }

    [Fact]
    public async Task A_trade_moves_the_book_which_has_its_seq_and_its_time()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var before = await NextAsync(client);
        Clock.Advance(10);
        var seq = Spot.Trade("BTCUSDT", "65010.5", timeMs: 1786310821917);
        var after = await NextAsync(client);
        Assert.Equal((before.U + 1, seq, 1786310821917), (after.U, after.Seq, after.Cts));
        Assert.Contains(after.Bid, (string[])["65010.4", "65010.5"]);
        Assert.Equal("65010.6", after.Ask);
        // REST tells the same.
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        var rest = await http.GetStringAsync(Spot.RestUrl + "/v5/market/tickers?category=spot", TestContext.Current.CancellationToken);
        Assert.Contains($"\"bid1Price\":\"{after.Bid}\",\"bid1Size\":\"{after.BidSize}\",\"ask1Price\":\"{after.Ask}\",\"ask1Size\":\"{after.AskSize}\"", rest);
    }

    [Fact]
    public async Task What_leaves_the_price_alone_leaves_the_book_alone()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var before = await NextAsync(client);
        Spot.Book("BTCUSDT", before.Bid, before.BidSize, before.Ask, before.AskSize);
        Spot.Trade("BTCUSDT", "64000", blockTrade: true);
        Spot.Trade("BTCUSDT", "nonsense");
        Clock.Advance(10);
        await AssertQuietAsync(client);
    }

    [Fact]
    public async Task Changes_within_10_ms_leave_together_and_the_newest_is_shown()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var first = await NextAsync(client);
        for (var i = 1; i <= 5; i++) Spot.Trade("BTCUSDT", $"6500{i}");
        Clock.Advance(9);
        await AssertQuietAsync(client);
        Clock.Advance(1);
        var second = await NextAsync(client);
        Assert.Equal((first.U + 5, "65005.1", first.Ts + 10), (second.U, second.Ask, second.Ts));
        Clock.Advance(10);
        await AssertQuietAsync(client);
        Spot.Trade("BTCUSDT", "65006");
        Assert.Equal("65006.1", (await NextAsync(client)).Ask);
    }

    [Fact]
    public async Task Without_a_change_the_same_comes_again_after_3_s_and_a_change_puts_that_off()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var first = await NextAsync(client);
        for (var i = 1; i <= 3; i++)
        {
            Clock.Advance(2_999);
            await AssertQuietAsync(client);
            Clock.Advance(1);
            Assert.Equal(first with { Ts = first.Ts + i * 3_000 }, await NextAsync(client));
        }
        Clock.Advance(2_000);
        Spot.Trade("BTCUSDT", "65001");
        var changed = await NextAsync(client);
        Clock.Advance(2_999);
        await AssertQuietAsync(client);
        Clock.Advance(1);
        Assert.Equal(changed with { Ts = changed.Ts + 3_000 }, await NextAsync(client));
    }

    [Fact]
    public async Task A_second_subscriber_gets_the_book_at_once_and_puts_off_no_repetition()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var first = await NextAsync(client);
        Clock.Advance(2_000);
        using var second = await StreamClient.SubscribedAsync(Spot, Topic);
        Assert.Equal(first with { Ts = first.Ts + 2_000 }, await NextAsync(second));
        Clock.Advance(1_000);
        Assert.Equal(first with { Ts = first.Ts + 3_000 }, await NextAsync(client));
        Assert.Equal(first with { Ts = first.Ts + 3_000 }, await NextAsync(second));
    }

    [Fact]
    public async Task The_repetition_ends_with_the_last_subscriber_and_begins_with_the_next()
    {
        var book = Spot.Listings()[0].Book;
        Assert.False(book.Repeats);
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        await NextAsync(client);
        Assert.True(book.Repeats);
        await client.SendAsync($$"""{"op":"unsubscribe","args":["{{Topic}}"]}""");
        await client.ReceiveAsync();
        Clock.Advance(3_000);
        Assert.False(book.Repeats);
        await client.SubscribeAsync(Topic);
        await client.ReceiveAsync();
        var again = await NextAsync(client);
        Clock.Advance(3_000);
        Assert.Equal(again.U, (await NextAsync(client)).U);
    }
}

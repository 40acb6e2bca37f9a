using System.Globalization;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// What strikes the topic orderbook.1: silence, delay, death, delisting, an empty side, refusals.
public sealed class BookFaultTests : BookStage
{
    [Fact]
    public async Task Silence_deadness_and_delay_strike_the_book_as_they_do_other_topics()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        await NextAsync(client);
        Spot.Faults.Silence(Topic);
        Spot.Trade("BTCUSDT", "65001");
        Clock.Advance(3_010);
        Assert.True(Spot.Listings()[0].Book.Repeats);
        Spot.Faults.Silence(Topic, false);
        await AssertQuietAsync(client);
        Clock.Advance(3_000);
        Assert.Equal("65001.1", (await NextAsync(client)).Ask);

        (Spot.Faults.BookDelayMs, Spot.Faults.TickerDelayMs) = (100, 50);
        Spot.Trade("BTCUSDT", "65002");
        // Its pace, and all but 1 ms of the delay.
        Clock.Advance(10 + 99);
        Spot.Faults.BookDelayMs = 0;
        await AssertQuietAsync(client);
        Clock.Advance(1);
        Assert.Equal("65002.1", (await NextAsync(client)).Ask);

        Spot.Deaden(Topic, HealedBy.Reconnection);
        Clock.Advance(6_000);
        Assert.Equal("{}", await MarkerAsync(client, "publicTrade.ETHUSDT"));
        using var anew = await StreamClient.SubscribedAsync(Spot, Topic);
        Assert.Equal("65002.1", (await NextAsync(anew)).Ask);
    }

    [Fact]
    public async Task A_delisted_symbols_book_is_silent_and_refused_and_comes_at_once_when_it_is_listed_again()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var before = await NextAsync(client);
        Spot.Trade("BTCUSDT", "65001");
        Spot.Delist("BTCUSDT");
        Clock.Advance(6_000);
        await AssertQuietAsync(client);
        using var late = await StreamClient.ConnectAsync(Spot);
        Assert.Equal($"Invalid symbol :[{Topic}]", await RefusalAsync(late, Topic));
        Spot.List("BTCUSDT", "66000");
        var again = await NextAsync(client);
        Assert.Equal("66000.1", again.Ask);
        Assert.True(again.U > before.U && again.Seq > before.Seq);
        Clock.Advance(3_000);
        Assert.Equal(again.U, (await NextAsync(client)).U);
    }

    [Fact]
    public async Task A_side_can_be_empty_until_the_next_trade_or_as_long_as_the_book_is_held()
    {
        using var client = await StreamClient.SubscribedAsync(Spot, Topic);
        var first = await NextAsync(client);
        Clock.Advance(10);
        Spot.Book("BTCUSDT", null, null, "65007", "2");
        var text = await client.ReceiveTextAsync();
        Assert.Contains("\"b\":[],\"a\":[[\"65007\",\"2\"]],", text);
        Clock.Advance(10);
        Spot.Trade("BTCUSDT", "65001");
        var filled = await NextAsync(client);
        Assert.Equal(("65001.1", first.U + 2), (filled.Ask, filled.U));
        Clock.Advance(10);
        Spot.Faults.HoldBook("BTCUSDT");
        Spot.Book("BTCUSDT", null, null, null, null);
        Assert.Contains("\"b\":[],\"a\":[],", await client.ReceiveTextAsync());
        Clock.Advance(10);
        Spot.Trade("BTCUSDT", "65002");
        await AssertQuietAsync(client);
        Spot.Faults.HoldBook("BTCUSDT", false);
        Spot.Trade("BTCUSDT", "65003");
        Assert.Equal("65003.1", (await NextAsync(client)).Ask);
        Assert.Throws<ArgumentException>(() => Spot.Book("BTCUSDT", "1", null, null, null));
    }

    [Theory]
    [InlineData("spot", "Invalid symbol :[{0}]")]
    [InlineData("linear", "error:handler not found,topic:{0}")]
    [InlineData("inverse", "error:handler not found,topic:{0}")]
    public async Task Other_depths_and_what_does_not_trade_yet_are_refused_in_the_markets_words(string market, string words)
    {
        using var exchange = StartMarket(market);
        exchange.ListBeforeLaunch("NEWUSDT", "0.5");
        using var client = await StreamClient.ConnectAsync(exchange);
        foreach (var topic in (string[])["orderbook.2.BTCUSDT", "orderbook.50.BTCUSDT", "orderbook.1.NEWUSDT", "orderbook.1.NOSUCH"])
            Assert.Equal(string.Format(CultureInfo.InvariantCulture, words, topic), await RefusalAsync(client, topic));
        Assert.Throws<ArgumentException>(() => exchange.Book("NEWUSDT", "1", "1", "2", "1"));
        exchange.Trade("NEWUSDT", "0.6");
        exchange.List("NEWUSDT", "0.5");
        await client.SubscribeAsync("orderbook.1.NEWUSDT");
        Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
        Assert.Equal("0.6", (await NextAsync(client)).Ask);
    }
}

using System.Text;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// Where the book comes from: it follows trades and walking prices, and never crosses.
public sealed class BookMoveTests : BookStage
{
    [Theory]
    [InlineData("spot", "0.1", "65000")]
    [InlineData("spot", "0.0000000000001", "0.0000000000003")]
    [InlineData("linear", "0.05", "1.1")]
    [InlineData("inverse", "5", "10")]
    public async Task Over_thousands_of_moves_the_book_is_never_crossed_and_u_counts_each(string market, string tickSize, string price)
    {
        const int Moves = 4_000;
        using var exchange = StartMarket(market);
        exchange.List("XUSDT", "X", "USDT", tickSize, price);
        var shown = new List<Shown>();
        exchange.Sent = (topic, utf8) => shown.Add(Shown.Of(Encoding.UTF8.GetString(utf8)));
        using var client = await StreamClient.SubscribedAsync(exchange, "orderbook.1.XUSDT");
        await NextAsync(client);
        Assert.True(TickSize.TryParse(tickSize, out var step));
        Assert.True(step.TryTicks(price, out var ticks));
        var random = new Random(7);
        for (var i = 0; i < Moves; i++)
        {
            ticks = Math.Max(1, ticks + random.Next(-5, 6));
            Clock.Advance(10);
            exchange.Trade("XUSDT", step.Format(ticks));
            var (bid, ask, last) = (Number(shown[^1].Bid), Number(shown[^1].Ask), Number(step.Format(ticks)));
            Assert.True(bid > 0 && bid <= last && last < ask, $"{bid} {last} {ask}");
            Assert.True(Number(shown[^1].BidSize) > 0 && Number(shown[^1].AskSize) > 0);
            Assert.True(step.TryTicks(shown[^1].Bid, out var bidTicks));
            Assert.Equal(step.Format(bidTicks), shown[^1].Bid);
        }
        Assert.Equal(Moves + 1, shown.Count);
        Assert.All(shown.Zip(shown.Skip(1)), pair => Assert.True(pair.Second.U == pair.First.U + 1 && pair.Second.Seq > pair.First.Seq && pair.Second.BidSize != pair.First.BidSize));
    }

    [Theory]
    [InlineData("spot", "BTCUSDT")]
    [InlineData("linear", "BTCUSDT")]
    [InlineData("inverse", "BTCUSD")]
    public async Task Prices_that_walk_take_the_book_along(string market, string symbol)
    {
        using var exchange = Exchange.Start(new ExchangeOptions { Market = market, TimeProvider = Clock });
        exchange.ListAll();
        var walk = new Walk(exchange, new WalkPlan([symbol], []), 1, 1);
        walk.PlayUntil(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        using var client = await StreamClient.SubscribedAsync(exchange, "orderbook.1." + symbol);
        var first = await NextAsync(client);
        Assert.Equal(exchange.LastSeq(symbol), first.Seq);
        Clock.Advance(10);
        walk.PlayUntil(TimeSpan.FromSeconds(40), TestContext.Current.CancellationToken);
        Clock.Advance(10);
        await NextAsync(client);
        var newest = await NextAsync(client);
        Assert.True(newest.U > first.U + 1);
        Assert.Equal(exchange.LastSeq(symbol), newest.Seq);
        Assert.True(Number(newest.Bid) <= Number(exchange.LastPrice(symbol)) && Number(exchange.LastPrice(symbol)) < Number(newest.Ask));
    }

    [Fact]
    public void A_move_that_nobody_listens_to_allocates_nothing()
    {
        var book = Spot.Listings()[0].Book;
        book.Follow("65001", 1, 1);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) book.Follow("65001.5", i, i);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_sequence_that_starts_anew_takes_u_along()
    {
        var book = Spot.Listings()[0].Book;
        Spot.ResetSequence("BTCUSDT");
        Spot.Trade("BTCUSDT", "65001");
        Assert.Equal((1L, 1L), (book.Update, book.Seq));
    }
}

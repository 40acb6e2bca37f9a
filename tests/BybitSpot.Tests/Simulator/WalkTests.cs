using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The list of symbols and the walk of their prices. Time is the walk's own, so hours cost nothing.
public sealed class WalkTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public void The_table_holds_the_exchanges_symbols_with_coins_that_a_name_alone_would_not_tell()
    {
        Assert.Equal(557, ListedSpot.All.Count);
        Assert.Equal(557, ListedSpot.All.DistinctBy(entry => entry.Symbol).Count());
        Assert.All(ListedSpot.All, entry => Assert.Equal(entry.Symbol, entry.BaseCoin + entry.QuoteCoin));
        Assert.Equal(new ListedSymbol("BTCUSDT", "BTC", "USDT", "0.1"), ListedSpot.All[0]);
        Assert.Equal("USDT", ListedSpot.Find("USDTBRL")?.BaseCoin);
        Assert.Equal("BTC", ListedSpot.Find("BTCRLUSD")?.BaseCoin);
        Assert.Equal("1INCHUSDT", ListedSpot.OfCoin("1INCH")?.Symbol);
        Assert.Null(ListedSpot.Find("NOSUCH"));
        // What is cut by the name alone is right, too.
        Assert.All(ListedSpot.All, entry => Assert.Equal((entry.BaseCoin, entry.QuoteCoin), ListedSpot.Cut(entry.Symbol)));
    }

    [Fact]
    public void The_table_is_the_recorded_list()
    {
        var folder = Environment.GetEnvironmentVariable("BYBITSPOT_RECORDINGS");
        Assert.SkipWhen(folder is null, "BYBITSPOT_RECORDINGS names no folder");
        using var body = JsonDocument.Parse(File.ReadAllBytes(Directory.EnumerateFiles(folder!, "instruments-info.spot.*.json").First()));
        Assert.Equal(
            body.RootElement.GetProperty("result").GetProperty("list").EnumerateArray().Select(entry => new ListedSymbol(
                entry.GetProperty("symbol").GetString()!, entry.GetProperty("baseCoin").GetString()!, entry.GetProperty("quoteCoin").GetString()!,
                entry.GetProperty("priceFilter").GetProperty("tickSize").GetString()!)),
            ListedSpot.All);
    }

    [Fact]
    public void First_prices_are_whole_ticks_and_agree_between_a_coins_symbols()
    {
        _exchange.ListSpot();
        foreach (var listing in _exchange.Listings())
        {
            Assert.True(listing.Step.TryTicks(listing.Price, out var ticks));
            Assert.Equal(listing.Price, listing.Step.Format(ticks));
            Assert.True(ticks >= 100, listing.Symbol);
        }
        Assert.Equal("65000", _exchange.LastPrice("BTCUSDT"));
        Assert.Equal("65000", _exchange.LastPrice("BTCUSDC"));
        Assert.Equal("0.029538", _exchange.LastPrice("ETHBTC"));
        Assert.Equal("5.5555", _exchange.LastPrice("USDTBRL"));
    }

    [Fact]
    public async Task The_seed_decides_each_symbols_prices_and_seqs_whoever_listens_and_however_fast()
    {
        var heard = await TradesAsync("ETHUSDT", 7, WalkPlan.Default, TimeSpan.FromMinutes(1));
        Assert.Equal(heard, await TradesAsync("ETHUSDT", 7, WalkPlan.Default, TimeSpan.FromMinutes(1), "publicTrade.BTCUSDT", "tickers.ETHUSDT"));
        var faster = await TradesAsync("ETHUSDT", 7, WalkPlan.Of(10, 3000), TimeSpan.FromSeconds(10));
        var count = Math.Min(heard.Count, faster.Count);
        Assert.True(count > 20);
        Assert.Equal(heard.Take(count), faster.Take(count));
        Assert.NotEqual(heard.Take(count), (await TradesAsync("ETHUSDT", 8, WalkPlan.Default, TimeSpan.FromMinutes(1))).Take(count));
        // Bursts: frames of one, of several and of very many trades, each with one seq, each seq after the one before.
        Assert.Contains(heard, frame => frame.Prices.Count == 1);
        Assert.Contains(heard, frame => frame.Prices.Count is > 1 and < 10);
        Assert.Contains(faster, frame => frame.Prices.Count >= 20);
        Assert.All(heard.Zip(heard.Skip(1)), pair => Assert.True(pair.Second.Seq > pair.First.Seq));
    }

    [Fact]
    public void After_hours_every_price_is_whole_ticks_near_where_it_began()
    {
        _exchange.ListSpot();
        var from = _exchange.Listings().ToDictionary(listing => listing, listing => (listing.Price, listing.Seq));
        new Walk(_exchange, WalkPlan.Default, 3, 1).PlayUntil(TimeSpan.FromHours(2), TestContext.Current.CancellationToken);
        foreach (var (listing, (first, firstSeq)) in from)
        {
            Assert.True(listing.Seq > firstSeq);
            Assert.True(listing.Step.TryTicks(listing.Price, out var now));
            Assert.True(listing.Step.TryTicks(first, out var then));
            Assert.Equal(listing.Price, listing.Step.Format(now));
            Assert.InRange(now, then * 3 / 4, then * 5 / 4);
        }
    }

    [Fact]
    public void Lively_coins_trade_in_bursts_and_quiet_ones_once_in_minutes()
    {
        _exchange.ListSpot();
        var seqs = _exchange.Listings().ToDictionary(listing => listing.Symbol, listing => listing.Seq);
        new Walk(_exchange, WalkPlan.Default, 5, 1).PlayUntil(TimeSpan.FromMinutes(10), TestContext.Current.CancellationToken);
        var trades = _exchange.Listings().ToDictionary(listing => listing.Symbol, listing => listing.Seq - seqs[listing.Symbol]);
        Assert.InRange(trades["BTCUSDT"], 1500, 2100);
        Assert.All(ListedSpot.All.Skip(150), entry => Assert.InRange(trades[entry.Symbol], 0, 30));
    }

    [Fact]
    public async Task A_quiet_coins_ticker_repeats_price_and_cs_with_a_later_time_or_does_not_come()
    {
        _exchange.ListSpot();
        var plan = new WalkPlan([], [.. ListedSpot.All.Select(entry => entry.Symbol)]);
        var symbols = plan.Slow.Select((symbol, rank) => (Symbol: symbol, Pace: Paces.Slow(symbol, rank))).Where(entry => entry.Pace.TradeEvery > TimeSpan.FromMinutes(2)).ToList();
        var repeating = symbols.First(entry => entry.Pace.IndexEvery == TimeSpan.FromSeconds(1)).Symbol;
        var mute = symbols.First(entry => entry.Pace.IndexEvery is null).Symbol;
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers." + repeating, "tickers." + mute);
        var first = await client.ReceiveAsync();
        await client.ReceiveAsync();
        var walk = new Walk(_exchange, new WalkPlan([], [.. plan.Slow.Select(symbol => symbol == repeating || symbol == mute ? symbol : "-")]), 1, 1);
        for (var second = 1; second <= 3; second++)
        {
            // Past the pace of the ticker before.
            await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
            walk.PlayUntil(TimeSpan.FromSeconds(second * 1.2), TestContext.Current.CancellationToken);
            var ticker = await client.ReceiveAsync();
            Assert.Equal("tickers." + repeating, ticker.GetProperty("topic").GetString());
            Assert.Equal(first.GetProperty("cs").GetInt64(), ticker.GetProperty("cs").GetInt64());
            Assert.Equal(first.GetProperty("data").GetProperty("lastPrice").GetString(), ticker.GetProperty("data").GetProperty("lastPrice").GetString());
            Assert.True(ticker.GetProperty("ts").GetInt64() > first.GetProperty("ts").GetInt64());
        }
    }

    [Fact]
    public void A_delisted_coin_stops_a_listed_one_joins_and_a_traded_one_goes_on_from_its_price()
    {
        _exchange.ListSpot();
        var walk = new Walk(_exchange, new WalkPlan(["BTCUSDT", "LTCUSDT"], []), 1, 1);
        walk.PlayUntil(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        var still = _exchange.LastSeq("ETHUSDT");
        _exchange.Delist("LTCUSDT");
        _exchange.List("FRESHUSDT", "2.50");
        _exchange.Trade("BTCUSDT", "130000");
        var (fresh, bitcoin) = (_exchange.LastSeq("FRESHUSDT"), _exchange.LastSeq("BTCUSDT"));
        walk.PlayUntil(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        Assert.True(_exchange.LastSeq("FRESHUSDT") > fresh);
        Assert.True(_exchange.LastSeq("BTCUSDT") > bitcoin);
        Assert.InRange(double.Parse(_exchange.LastPrice("BTCUSDT"), System.Globalization.CultureInfo.InvariantCulture), 120_000, 140_000);
        Assert.Equal(still, _exchange.LastSeq("ETHUSDT"));
        _exchange.List("LTCUSDT", "90");
        var again = _exchange.LastSeq("LTCUSDT");
        walk.PlayUntil(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);
        Assert.True(_exchange.LastSeq("LTCUSDT") > again);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(1_000)]
    [InlineData(5_000)]
    [InlineData(20_000)]
    public void A_rate_is_met_by_the_lively_coins(int messagesPerSecond)
    {
        var slow = WalkPlan.Default.Slow.Select(Paces.Slow).ToList();
        var (lively, slowed) = Paces.Meet(messagesPerSecond, 10, slow);
        var trades = 1 / lively.TradeEvery.TotalSeconds;
        // A ticker follows each trade, and the index once a second, but never more than 20 a second.
        var each = trades + Math.Min(20, trades + 1);
        var rest = slow.Sum(pace => 2 / pace.TradeEvery.TotalSeconds + (pace.IndexEvery is { } every ? 1 / every.TotalSeconds : 0));
        Assert.InRange((10 * each + rest) * slowed, messagesPerSecond * 0.95, messagesPerSecond * 1.1);
        Assert.Equal(messagesPerSecond >= 1_000, slowed == 1);
    }

    private static async Task<List<(long Seq, IReadOnlyList<string> Prices)>> TradesAsync(string symbol, ulong seed, WalkPlan plan, TimeSpan span, params string[] alsoHeard)
    {
        using var exchange = Exchange.Start();
        exchange.ListSpot();
        using var client = await StreamClient.SubscribedAsync(exchange, ["publicTrade." + symbol, .. alsoHeard]);
        new Walk(exchange, plan, seed, 1).PlayUntil(span, CancellationToken.None);
        // The last thing to come: the marker.
        exchange.SendToTopic("publicTrade." + symbol, "{\"topic\":\"end\"}");
        var frames = new List<(long, IReadOnlyList<string>)>();
        while (true)
        {
            var message = await client.ReceiveAsync();
            var topic = message.GetProperty("topic").GetString();
            if (topic == "end") return frames;
            if (topic != "publicTrade." + symbol) continue;
            var data = message.GetProperty("data").EnumerateArray().ToList();
            Assert.Single(data.Select(trade => trade.GetProperty("seq").GetInt64()).Distinct());
            frames.Add((data[0].GetProperty("seq").GetInt64(), new Sequence([.. data.Select(trade => trade.GetProperty("p").GetString()!)])));
        }
    }

    // A list that is equal to another with the same texts.
    private sealed class Sequence(string[] texts) : List<string>(texts)
    {
        public override bool Equals(object? other) => other is Sequence sequence && this.SequenceEqual(sequence);

        public override int GetHashCode() => Count;
    }
}

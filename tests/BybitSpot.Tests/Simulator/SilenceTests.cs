using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// Ways in which an exchange looks alive and tells nothing, or old things: dead topics, no data at all, queues, a REST that
// lags; and sequences that start anew. Seen from a client.
public sealed class SilenceTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();

    public SilenceTests()
    {
        _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        _exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "1920");
    }

    public void Dispose() => _exchange.Dispose();

    [Fact]
    public async Task A_mute_exchange_answers_pings_and_subscribes_and_sends_no_data()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Faults.Mute = true;
        _exchange.Trade("BTCUSDT", "65001");
        await client.SubscribeAsync("tickers.ETHUSDT");
        Assert.Equal("subscribe", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        await client.SendAsync("""{"op":"ping"}""");
        Assert.Equal("pong", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        _exchange.Faults.Mute = false;
        _exchange.Trade("BTCUSDT", "65002");
        Assert.Equal("65002", PriceOf(await client.ReceiveAsync()));
    }

    [Fact]
    public async Task A_dead_topic_can_come_back_by_subscribing_anew()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        _exchange.Deaden("publicTrade.BTCUSDT", HealedBy.Resubscription);
        Assert.Equal("1921", await NextPriceAsync(client));
        await ResubscribeAsync(client, "publicTrade.BTCUSDT");
        _exchange.Trade("BTCUSDT", "65002");
        Assert.Equal("65002", PriceOf(await client.ReceiveAsync()));
    }

    [Fact]
    public async Task A_dead_topic_can_stay_dead_until_a_new_connection()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT", "publicTrade.ETHUSDT");
        await client.ReceiveAsync();
        _exchange.Deaden("tickers.BTCUSDT", HealedBy.Reconnection);
        await ResubscribeAsync(client, "tickers.BTCUSDT");
        Assert.Equal("1921", await NextPriceAsync(client));
        using var anew = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT");
        Assert.Equal("65001", (await anew.ReceiveAsync()).GetProperty("data").GetProperty("lastPrice").GetString());
    }

    [Fact]
    public async Task A_coin_can_be_listed_with_a_price_and_be_silent_from_the_first_snapshot_on()
    {
        _exchange.Faults.Silence("tickers.BTCUSDT");
        using var client = await StreamClient.SubscribedAsync(_exchange, "tickers.BTCUSDT", "publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        _exchange.Trade("ETHUSDT", "1921");
        Assert.Equal("1921", PriceOf(await client.ReceiveAsync()));
        Assert.Equal("65000", await RestPriceAsync("BTCUSDT"));
    }

    [Fact]
    public async Task One_topic_can_be_late_and_the_same_channel_of_another_symbol_is_not()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT", "publicTrade.ETHUSDT");
        _exchange.Faults.Delay("publicTrade.BTCUSDT", 100);
        Assert.Equal("1921", await NextPriceAsync(client));
        Assert.Equal("65001", PriceOf(await client.ReceiveAsync()));
        _exchange.Faults.Delay("publicTrade.BTCUSDT", 0);
        Assert.Equal("65001", await NextPriceAsync(client));
    }

    [Fact]
    public async Task A_queue_delays_all_data_longer_and_longer_and_is_never_overtaken()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        (_exchange.Faults.QueueMs, _exchange.Faults.QueueGrowthMsPerS) = (100, 1_000);
        var prices = Enumerable.Range(65_001, 20).Select(price => $"{price}").ToArray();
        var sentAt = _exchange.Now;
        foreach (var price in prices[..10]) _exchange.Trade("BTCUSDT", price);
        Assert.Equal(prices[0], PriceOf(await client.ReceiveAsync()));
        Assert.True(_exchange.Now - sentAt >= TimeSpan.FromMilliseconds(99), $"after {_exchange.Now - sentAt}");
        sentAt = _exchange.Now;
        foreach (var price in prices[10..19]) _exchange.Trade("BTCUSDT", price);
        // Given up: who joins now stands behind those that are in it.
        (_exchange.Faults.QueueMs, _exchange.Faults.QueueGrowthMsPerS) = (0, 0);
        _exchange.Trade("BTCUSDT", prices[19]);
        foreach (var price in prices[1..]) Assert.Equal(price, PriceOf(await client.ReceiveAsync()));
        // It had grown by the tenth of a second that the first of them waited.
        Assert.True(_exchange.Now - sentAt >= TimeSpan.FromMilliseconds(199), $"after {_exchange.Now - sentAt}");
    }

    [Fact]
    public async Task Rest_tickers_can_be_wrong_for_one_symbol_or_stand_still_while_time_moves_on()
    {
        _exchange.Faults.RestPrice("BTCUSDT", "1.5");
        Assert.Equal("1.5", await RestPriceAsync("BTCUSDT"));
        Assert.Equal("1920", await RestPriceAsync("ETHUSDT"));
        _exchange.Faults.RestPrice("BTCUSDT", null);
        _exchange.Faults.RestTickersStandStill = true;
        Assert.Equal("65000", await RestPriceAsync("BTCUSDT"));
        _exchange.Trade("BTCUSDT", "65001");
        Assert.Equal("65000", await RestPriceAsync("BTCUSDT"));
        _exchange.Faults.RestTickersStandStill = false;
        Assert.Equal("65001", await RestPriceAsync("BTCUSDT"));
    }

    [Fact]
    public async Task Rests_own_time_follows_the_exchanges_clock()
    {
        _exchange.Faults.ClockOffsetMs = -7_200_000;
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Assert.InRange(now - (await RestAsync("tickers?category=spot")).GetProperty("time").GetInt64(), 7_000_000, 7_300_000);
        Assert.InRange(now / 1000 - long.Parse((await RestAsync("time")).GetProperty("result").GetProperty("timeSecond").GetString()!), 7_000, 7_300);
    }

    [Fact]
    public async Task A_sequence_can_start_anew()
    {
        using var client = await StreamClient.SubscribedAsync(_exchange, "publicTrade.BTCUSDT");
        _exchange.Trade("BTCUSDT", "65001");
        Assert.True((await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("seq").GetInt64() > 1_000_000);
        _exchange.ResetSequence("BTCUSDT");
        _exchange.Trade("BTCUSDT", "65002");
        Assert.Equal(1, (await client.ReceiveAsync()).GetProperty("data")[0].GetProperty("seq").GetInt64());
    }

    [Fact]
    public void A_scripts_actions_set_these_too()
    {
        Run("mute on", "deaden tickers.BTCUSDT resubscribe", "deaden publicTrade.BTCUSDT reconnect", "delay tickers.BTCUSDT 5", "queue 100 2000", "clock -3600000",
            "rest price BTCUSDT 1.5", "rest stand", "trade BTCUSDT 65001", "resequence BTCUSDT");
        var faults = _exchange.Faults;
        Assert.True(faults is { Mute: true, QueueMs: 100, QueueGrowthMsPerS: 2_000, ClockOffsetMs: -3_600_000, RestTickersStandStill: true });
        Assert.Equal((5, "1.5", 0L), (faults.DelayMs("tickers.BTCUSDT"), faults.RestPrice("BTCUSDT"), _exchange.LastSeq("BTCUSDT")));
        Run("mute off", "delay tickers.BTCUSDT 0", "queue 0", "clock 0", "rest price BTCUSDT off", "rest off");
        Assert.True(faults is { Mute: false, QueueMs: 0, QueueGrowthMsPerS: 0, ClockOffsetMs: 0, RestTickersStandStill: false });
        Assert.Equal((0, null), (faults.DelayMs("tickers.BTCUSDT"), faults.RestPrice("BTCUSDT")));
        foreach (var wrong in (string[])["deaden BTCUSDT resubscribe", "deaden tickers.BTCUSDT ever", "delay whatever 5", "queue -1", "clock x", "rest price BTCUSDT 0", "rest stand on"])
            Assert.Contains("expected: ", Assert.Throws<SimulationException>(() => Run(wrong)).Message);

        void Run(params string[] actions)
        {
            foreach (var step in Script.Parse("s", actions.Select(action => "0 " + action)).Steps) step.Act(_exchange);
        }
    }

    /// <summary>A trade of each symbol, and the price that comes first.</summary>
    private async Task<string?> NextPriceAsync(StreamClient client)
    {
        _exchange.Trade("BTCUSDT", "65001");
        _exchange.Trade("ETHUSDT", "1921");
        return PriceOf(await client.ReceiveAsync());
    }

    private static async Task ResubscribeAsync(StreamClient client, string topic)
    {
        await client.SendAsync($$"""{"op":"unsubscribe","args":["{{topic}}"]}""");
        Assert.Equal("unsubscribe", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
        await client.SubscribeAsync(topic);
        Assert.Equal("subscribe", (await client.ReceiveAsync()).GetProperty("ret_msg").GetString());
    }

    private static string? PriceOf(JsonElement trades) => trades.GetProperty("data")[0].GetProperty("p").GetString();

    private async Task<string?> RestPriceAsync(string symbol) =>
        (await RestAsync($"tickers?category=spot&symbol={symbol}")).GetProperty("result").GetProperty("list")[0].GetProperty("lastPrice").GetString();

    private async Task<JsonElement> RestAsync(string path)
    {
        using var http = new HttpClient { Timeout = StreamClient.Limit };
        return JsonSerializer.Deserialize<JsonElement>(await http.GetStringAsync($"{_exchange.RestUrl}/v5/market/{path}"));
    }
}

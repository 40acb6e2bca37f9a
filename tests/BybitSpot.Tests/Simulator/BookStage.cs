using System.Globalization;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// An exchange whose clock stands still between a test's steps, and the topic orderbook.1 as a client sees it.
public abstract class BookStage : IDisposable
{
    private protected const string Topic = "orderbook.1.BTCUSDT";

    private protected BookStage() => Spot = StartMarket("spot");

    private protected SteppedClock Clock { get; } = new();

    private protected Exchange Spot { get; }

    public void Dispose()
    {
        Spot.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Exchange StartMarket(string market)
    {
        var exchange = Exchange.Start(new ExchangeOptions { Market = market, TimeProvider = Clock });
        exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "1920");
        return exchange;
    }

    private protected static async Task<Shown> NextAsync(StreamClient client) => Shown.Of((await client.ReceiveTextAsync())!);

    /// <summary>Nothing has been sent: what is sent now comes next.</summary>
    private protected async Task AssertQuietAsync(StreamClient client) => Assert.Equal("{}", await MarkerAsync(client, Topic));

    private protected async Task<string?> MarkerAsync(StreamClient client, string topic)
    {
        if (topic != Topic)
        {
            await client.SubscribeAsync(topic);
            await client.ReceiveAsync();
        }
        Spot.SendToTopic(topic, "{}");
        return await client.ReceiveTextAsync();
    }

    private protected static async Task<string?> RefusalAsync(StreamClient client, string topic)
    {
        await client.SubscribeAsync(topic);
        return (await client.ReceiveAsync()).GetProperty("ret_msg").GetString();
    }

    private protected static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private protected sealed record Shown(string Bid, string BidSize, string Ask, string AskSize, long U, long Seq, long Ts, long Cts)
    {
        public static Shown Of(string text)
        {
            var frame = JsonSerializer.Deserialize<JsonElement>(text);
            var data = frame.GetProperty("data");
            var (bid, ask) = (data.GetProperty("b")[0], data.GetProperty("a")[0]);
            return new Shown(bid[0].GetString()!, bid[1].GetString()!, ask[0].GetString()!, ask[1].GetString()!,
                data.GetProperty("u").GetInt64(), data.GetProperty("seq").GetInt64(), frame.GetProperty("ts").GetInt64(), frame.GetProperty("cts").GetInt64());
        }
    }
}

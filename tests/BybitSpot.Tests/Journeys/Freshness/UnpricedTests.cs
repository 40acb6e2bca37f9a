using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// Coins whose messages come without a price that can be used. They alone have none, and that is told once; their line stays, nothing
// is asked for anew, and the others go on.
public sealed class UnpricedTests
{
    private static readonly string[] s_bad = ["Z0USDT", "Z1USDT", "Z2USDT", "Z3USDT"];

    // Longer than a first ticker is waited for.
    private static readonly TimeSpan s_watched = TimeSpan.FromSeconds(12);

    [Theory]
    [Trait("Fault", "79")]
    [InlineData("spot", 1, "\"0\"", "\"\"", "1.5", "")]
    [InlineData("linear", 2, "\"0.00\"", "\"1e-8\"", "null", "\"123456789012345678901234567890123\"")]
    public void A_coin_whose_tickers_have_no_usable_price_costs_the_others_nothing(string market, int lines, params string[] lastPrices)
    {
        using Journey journey = Journey.Prepare(
            ["BTCUSDT", .. s_bad], new Dictionary<string, string> { ["BYBIT_LINES"] = $"{lines}" }, exchangeOptions: new ExchangeOptions { Market = market });
        for (int i = 0; i < s_bad.Length; i++)
            journey.Exchange.Faults.LastPrice(s_bad[i], lastPrices[i]);
        string? Price(string coin) => journey.Redis.Hash($"{(market == "spot" ? "bybit_spot" : "bybit_futures")}:{coin}").GetValueOrDefault("ltp");
        journey.Run();
        Until.Equal("BTC has a price", "100.00", () => Price("BTC"), state: () => journey.Bot.ErrorText);
        using IDisposable ticking = journey.Ticking(["BTCUSDT", .. s_bad]);
        StaleAre("Z0 Z1 Z2 Z3");
        int asked = journey.Asked("tickers.Z0USDT");
        Assert.Equal(lines, asked);
        Until.StaysTrue("nothing is asked for anew, and only they are stale",
            () => s_bad.Append("BTCUSDT").All(s => journey.Asked($"tickers.{s}") == lines) && journey.Redis.StaleCoins().Length == 4 && s_bad.All(s => Price(s[..^4]) is null), s_watched);
        Assert.Equal(lines, journey.Exchange.Connections.Count);
        foreach (string symbol in s_bad)
        {
            journey.Bot.Log("coin_stale", l => l.Text("coin") == symbol[..^4] && l.Text("reason").StartsWith("the exchange sends it without a price that can be used", StringComparison.Ordinal));
            Assert.Single(journey.Bot.Logs, l => l.Event == "coin_stale" && l.Text("coin") == symbol[..^4]);
        }
        Assert.True(journey.Bot.Counters().Number("dropped") > 100);
        // The first of each coin, at ten seconds' distance from the one told before, and no more.
        Assert.InRange(journey.Bot.CountLogs("message_dropped"), 1, 2 * lines);
        foreach (string symbol in s_bad)
            journey.Exchange.Faults.LastPrice(symbol, null);
        foreach (string symbol in s_bad)
            Until.Equal($"{symbol} has a price", "100.00", () => Price(symbol[..^4]), state: () => journey.Bot.ErrorText);
        StaleAre("");

        void StaleAre(string coins) =>
            Until.Equal("the stale coins", coins, () => string.Join(' ', journey.Redis.StaleCoins()), Trust.SeenWithin, () => journey.Bot.ErrorText);
    }

    [Fact]
    [Trait("Fault", "79")]
    public void Where_only_trades_are_asked_for_a_coin_whose_trades_have_no_usable_price_says_so_and_the_others_go_on()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ZUSDT"], new Dictionary<string, string> { ["BYBIT_CHANNELS"] = "publicTrade", ["BYBIT_REST_URL"] = "" });
        journey.Run();
        Until.True("BTC trades", () =>
        {
            journey.Exchange.Trade("BTCUSDT", "101.00");
            return journey.Redis.Price("BTC") == "101.00";
        }, state: () => journey.Bot.ErrorText);
        long seq = 9_000;
        Until.True("it is told", () =>
        {
            seq++;
            journey.Exchange.SendToTopic("publicTrade.ZUSDT", $$"""{"topic":"publicTrade.ZUSDT","ts":1786310821917,"type":"snapshot","data":[{"i":"1","T":1786310821917,"p":"0","v":"1","S":"Sell","seq":{{seq}},"s":"ZUSDT","BT":false,"RPI":false}]}""");
            Thread.Sleep(100);
            return journey.Bot.Logs.Any(l => l.Event == "coin_stale" && l.Text("coin") == "Z");
        }, Trust.SeenWithin, () => journey.Bot.ErrorText);
        Assert.StartsWith("the exchange sends it without a price", journey.Bot.Log("coin_stale", l => l.Text("coin") == "Z").Text("reason"), StringComparison.Ordinal);
        journey.TradeArrives("BTCUSDT", "102.00");
        journey.TradeArrives("ZUSDT", "55.00");
        Assert.Single(journey.Exchange.Connections);
    }
}

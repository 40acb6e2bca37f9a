using Xunit;

namespace BybitSpot.Tests.Journeys;

public sealed class PriceTests
{
    [Fact]
    public void A_trade_stands_in_Redis_to_the_letter_in_exactly_three_fields()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        journey.Exchange.Trade("BTCUSDT", "67250.50", timeMs: 1_799_999_999_123);
        journey.PriceBecomes("BTCUSDT", "67250.50");
        Dictionary<string, string> hash = journey.Redis.Hash("bybit_spot:BTC");
        Assert.Equal(["ltp", "original_symbol", "timestamp"], hash.Keys.Order());
        Assert.Equal("67250.50", hash["ltp"]);
        Assert.Equal("BTCUSDT", hash["original_symbol"]);
        Assert.EndsWith("Z", hash["timestamp"]);
    }

    [Fact]
    public void Prices_stand_on_stdout_one_a_line_and_nothing_else_does()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "67250.50");
        Until.True("the price on stdout", () => journey.Bot.Prices.Any(l => l.StartsWith("BTC|67250.50|")));
        Assert.All(journey.Bot.Prices, line => Assert.Matches(@"^BTC\|[0-9.]+\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", line));
    }

    [Fact]
    public void SIGTERM_ends_the_program_with_0_after_the_last_price_was_written()
    {
        using Journey journey = Journey.Begin("BTCUSDT");
        journey.Exchange.Trade("BTCUSDT", "1.23");
        journey.PriceBecomes("BTCUSDT", "1.23");
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Assert.Equal("1.23", journey.Redis.Price("BTC"));
    }
}

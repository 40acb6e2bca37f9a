// A storm found this one: a coin leaves the watchlist, comes back, has no snapshot yet, and the first thing that comes of it is
// an old message, still under way from before.
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class ReturningCoinTests
{
    [Fact]
    [Trait("Fault", "11")]
    public void A_coin_that_left_and_came_back_takes_nothing_older_than_what_it_had_written()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        long seq = journey.Exchange.LastSeq("BTCUSDT") + 100, now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        journey.Exchange.Trade("BTCUSDT", "201.00", seq, now);
        journey.PriceBecomes("BTCUSDT", "201.00");
        journey.Exchange.Faults.Silence("tickers.BTCUSDT");
        journey.WriteCoins("ETHUSDT");
        Until.True("the coin is gone", () => journey.Redis.Price("BTC") is null, state: () => journey.Bot.ErrorText);
        int requests = journey.Exchange.Requests.Count(r => r.Text.Contains("\"subscribe\"", StringComparison.Ordinal));
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        Assert.True(journey.Exchange.WaitFor(e => e.Requests.Count(r => r.Text.Contains("\"subscribe\"", StringComparison.Ordinal)) > requests, Until.Limit));
        journey.Exchange.SendToTopic("publicTrade.BTCUSDT", BadFrames.Trade("BTCUSDT", "\"200.00\"", seq - 1, now - 1_000));
        // Behind it on the same connection: when this is in Redis, the old one was decided.
        journey.TradeArrives("ETHUSDT", "101.00");
        Assert.Contains(journey.Redis.Price("BTC"), (string?[])[null, "201.00"]);
    }
}

using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// What made a coin stale has ended; that says nothing about its price.
public sealed class RelistedTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Fault", "83")]
    public void A_symbol_that_is_listed_anew_at_another_price_is_never_believed_at_the_old_one(bool namedByAnotherList)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "LTCUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" });
        // One less of so many is believed at once.
        journey.Exchange.ListSpot();
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "LTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.TradeArrives("LTCUSDT", "85.10");
        journey.StateBecomes("live");
        // REST has named it.
        journey.Bot.Log("clock_offset");
        journey.Exchange.Delist("LTCUSDT");
        journey.StaleBecome("LTC");

        journey.Exchange.List("LTCUSDT", "LTC", "USDT", "0.00001", "0.08510");
        if (namedByAnotherList)
            journey.Bot.Signal(Signals.Hangup);
        var seen = new HashSet<string>();
        Until.True("the new price is believed", () =>
        {
            // One moment, as a reader's own script sees it.
            string said = (string)journey.Redis.Ask(
                "EVAL", "return redis.call('HGET',KEYS[1],'ltp')..' '..(redis.call('HGET',KEYS[2],'LTC') or 'unwatched')", "2",
                "bybit_spot:LTC", $"price_feed:spot:{journey.Redis.Instances().Single()}:coins")!;
            seen.Add(said);
            return said is "0.08510 fresh" or "0.08510 quiet";
        }, TimeSpan.FromSeconds(60), () => journey.Bot.ErrorText);
        Assert.DoesNotContain("85.10 fresh", seen);
        Assert.DoesNotContain("85.10 quiet", seen);
    }
}

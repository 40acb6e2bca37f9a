using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

[Trait("Fault", "90")]
public sealed class NewListingTests
{
    [Fact]
    public void A_coin_that_was_named_before_it_was_listed_is_found_in_an_audits_answer()
    {
        // A coin that stands still for long is in doubt, and then an audit comes every few seconds.
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "1000" });
        FaultTimes times = Begin(journey);
        ListNow(journey);
        journey.AwaitFirstPrices("NEWUSDT");
        times.Right();
    }

    [Fact]
    public void A_coin_that_was_named_before_it_was_listed_has_its_price_within_75_s_of_its_listing()
    {
        Assert.SkipUnless(Repository.Long, "takes more than a minute: set BYBITSPOT_LONG=1");
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        FaultTimes times = Begin(journey);
        // Nothing is in doubt: no audit comes before its minute is over.
        using var market = new Timer(_ => journey.Exchange.PushTicker("BTCUSDT"), null, TimeSpan.Zero, TimeSpan.FromMilliseconds(200));
        ListNow(journey);
        Until.True("its price", () => journey.Redis.Price("NEW") is not null, TimeSpan.FromSeconds(75), () => journey.Bot.ErrorText);
        times.Right();
    }

    [Fact]
    public void A_limit_of_a_second_costs_seconds_and_not_ten_minutes()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Faults.RestRetCode = 10006;
        journey.Run();
        Assert.Contains("10006", journey.Bot.Log("instruments_unavailable").Text("reason"));
        journey.Exchange.Faults.RestRetCode = null;
        journey.Bot.Log("instruments_loaded");
    }

    private static FaultTimes Begin(Journey journey)
    {
        journey.WriteCoins("BTCUSDT", "NEWUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.Bot.Log("coin_refused", l => l.Text("symbol") == "NEWUSDT");
        return FaultTimes.Begin("90", "a coin that is named is listed");
    }

    private static void ListNow(Journey journey) => journey.Exchange.List("NEWUSDT", "NEW", "USDT", "0.01", "7.00");
}

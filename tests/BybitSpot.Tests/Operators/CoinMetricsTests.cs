using BybitSpot.App;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Web;
using BybitSpot.Tests.Web;
using Xunit;

namespace BybitSpot.Tests.Operators;

/// <summary>What /metrics tells of each coin by its name, where that is wanted.</summary>
public sealed class CoinMetricsTests
{
    [Fact]
    public void Each_coin_has_one_state_that_is_1_and_an_age_only_where_a_message_has_come()
    {
        IReadOnlyList<ExpositionFamily> families = Told(
            new(new Instrument("ETHUSDT", "ETH"), 0, CoinState.Stale, "silent", null, null),
            new(new Instrument("BTCUSDT", "BTC"), 1, CoinState.Fresh, null, TimeSpan.FromMilliseconds(1_500), null));
        Assert.Equal(["bybitspot_coin_state", "bybitspot_coin_age_seconds"], families.Select(f => f.Name));
        Assert.Equal(
            ["BTC fresh 1", "BTC quiet 0", "BTC stale 0", "ETH fresh 0", "ETH quiet 0", "ETH stale 1"],
            families[0].Samples.Select(s => $"{s.Labels["coin"]} {s.Labels["state"]} {s.Value}").Order());
        ExpositionSample age = Assert.Single(families[1].Samples);
        Assert.Equal(("BTC", 1.5), (age.Labels["coin"], age.Value));
    }

    [Fact, Trait("Fault", "77")]
    public void A_coins_name_is_a_value_whatever_it_holds()
    {
        const string Hostile = "a\\n\"b\" }\n# TYPE evil counter\nevil 1\\";
        IReadOnlyList<ExpositionFamily> families = Told(new CoinStanding(new Instrument("XUSDT", Hostile), 0, CoinState.Quiet, null, TimeSpan.Zero, null));
        Assert.All(families.SelectMany(f => f.Samples), s => Assert.Equal(Hostile, s.Labels["coin"]));
    }

    [Fact]
    public void They_are_told_where_HTTP_COIN_METRICS_says_so_and_move_with_the_coin()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0", ["HTTP_COIN_METRICS"] = "true", ["STALE_AFTER_MS"] = "1000" });
        Page page = Begin(journey);
        Becomes(page, "bybitspot_coin_state{coin=\"BTC\",state=\"fresh\"} 1");
        Assert.Contains("\nbybitspot_coin_age_seconds{coin=\"BTC\"} ", page.Get("/metrics").Body);
        foreach (string topic in (string[])["tickers.ETHUSDT", "publicTrade.ETHUSDT"])
            journey.Exchange.Faults.Silence(topic);
        journey.Exchange.Trade("ETHUSDT", "56.60");
        Becomes(page, "bybitspot_coin_state{coin=\"ETH\",state=\"stale\"} 1");
        Exposition.Read(page.Get("/metrics").Body);
        journey.WriteCoins("ETHUSDT");
        Until.True("a removed coin is not told any more", () => !page.Get("/metrics").Body.Contains("coin=\"BTC\""), state: () => journey.Bot.ErrorText);
    }

    [Fact]
    public void Else_no_coin_is_named()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" });
        string metrics = Begin(journey).Get("/metrics").Body;
        Assert.DoesNotContain("bybitspot_coin_", metrics);
        Assert.Contains("\nbybitspot_ready ", metrics);
    }

    [Fact]
    public void Ready_is_what_readyz_answers()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" });
        Page page = Begin(journey);
        page.Becomes("/readyz", 200);
        Becomes(page, "bybitspot_ready 1");
        journey.Redis.Kill();
        page.Becomes("/readyz", 503);
        Becomes(page, "bybitspot_ready 0");
        journey.Redis.Launch();
        Becomes(page, "bybitspot_ready 1");
    }

    private static IReadOnlyList<ExpositionFamily> Told(params CoinStanding[] coins) => Exposition.Read(PrometheusText.Of([.. Bridge.MetersOf(coins)]));

    private static Page Begin(Journey journey)
    {
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        return Page.Of(journey.Bot);
    }

    private static void Becomes(Page page, string line) => Until.True(line, () => page.Get("/metrics").Body.Contains($"\n{line}\n"), Trust.SeenWithin);
}

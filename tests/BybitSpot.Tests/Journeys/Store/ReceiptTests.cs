using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Web;
using BybitSpot.Tests.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>`bybitspot_receipt_to_redis_seconds` says how long prices take, neither more nor less.</summary>
public sealed class ReceiptTests
{
    private const string Name = "bybitspot_receipt_to_redis_seconds";

    [Fact]
    public void A_seldom_price_is_not_taken_for_a_slow_one()
    {
        using Journey journey = Begin();
        int trades = 0;
        // Replies used to be read up to 50 ms after they had come: of ten prices one was taken for a fast one, by chance. On a busy
        // machine some are slow indeed, so one time of twenty prices of which half are fast is enough.
        Until.True("half of twenty are fast", () =>
        {
            (double _, double all) = Read(journey);
            (double _, double slow) = Read(journey, over: "0.005");
            for (int i = 0; i < 20; i++)
            {
                journey.TradeArrives("BTCUSDT", $"{++trades}.50");
                Thread.Sleep(60);
            }
            all = Read(journey).Count - all;
            return all >= 10 && Read(journey, over: "0.005").Count - slow <= all / 2;
        }, TimeSpan.FromSeconds(90), () => Page.Of(journey.Bot).Get("/metrics").Body);
    }

    [Fact]
    public void A_slow_way_to_Redis_shows_whole()
    {
        using RedisServer redis = RedisServer.Start();
        using var slow = new TcpRelay { TargetPort = redis.Port, LatencyMs = 100 };
        using Journey journey = Begin(new() { ["REDIS_PORT"] = $"{slow.Port}" }, redis);
        (double Sum, double Count) before = Read(journey);
        for (int i = 1; i <= 10; i++)
            journey.TradeArrives("BTCUSDT", $"101.{i:00}");
        Until.True("the last reply", () => Read(journey).Count >= before.Count + 10);
        (double Sum, double Count) after = Read(journey);
        // There and back.
        Assert.True((after.Sum - before.Sum) / (after.Count - before.Count) >= 0.2, $"{before} {after}");
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("frozen")]
    [InlineData("refuses")]
    public void Prices_that_had_to_wait_show_with_all_of_their_wait_those_that_were_followed_by_newer_ones_too(string fault)
    {
        using Journey journey = Begin();
        journey.TradeArrives("BTCUSDT", "101.00");
        (double Sum, double Count) before = Read(journey, over: "0.5");
        switch (fault)
        {
            case "killed":
                journey.Redis.Kill();
                journey.Bot.Log("redis_unavailable");
                break;
            case "frozen":
                journey.Redis.Freeze();
                break;
            default:
                journey.Redis.Ask("CONFIG", "SET", "maxmemory", "1");
                break;
        }
        // A lively coin, 50 times a second for two seconds.
        for (int i = 1; i <= 100; i++)
        {
            journey.Exchange.Trade("BTCUSDT", $"1{i:00}.50");
            Thread.Sleep(20);
        }
        switch (fault)
        {
            case "killed":
                journey.Redis.Launch();
                break;
            case "frozen":
                journey.Redis.Thaw();
                break;
            default:
                journey.Redis.Ask("CONFIG", "SET", "maxmemory", "0");
                break;
        }
        journey.PriceBecomes("BTCUSDT", "1100.50");
        // Twenty a second were received that waited longer than half a second: 30 in all, were the machine never late; one
        // that counted only what stood at the end would have one.
        Until.True("the waits are counted", () => Read(journey, over: "0.5").Count - before.Count >= 3, state: () => $"{before} {Read(journey, "0.5")}\n{journey.Bot.ErrorText}");
    }

    private static Journey Begin(Dictionary<string, string>? settings = null, RedisServer? redis = null)
    {
        Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>(settings ?? []) { ["HTTP_URL"] = "http://127.0.0.1:0" }, redis);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Page.Of(journey.Bot).Becomes("/healthz", 200);
        return journey;
    }

    // All seconds and how many samples; or how many took longer than a bound.
    private static (double Sum, double Count) Read(Journey journey, string over = "")
    {
        ExpositionFamily family = Exposition.Read(Page.Of(journey.Bot).Get("/metrics").Body).Single(f => f.Name == Name);
        double sum = family.Samples.Single(s => s.Name == Name + "_sum").Value;
        double count = family.Samples.Single(s => s.Name == Name + "_count").Value;
        double below = over.Length == 0 ? 0 : family.Samples.Single(s => s.Labels.GetValueOrDefault("le") == over).Value;
        return (sum, count - below);
    }
}

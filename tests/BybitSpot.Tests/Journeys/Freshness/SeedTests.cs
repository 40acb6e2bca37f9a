using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Freshness;

// A coin of which the stream has said nothing yet gets REST's price for the time being, and never at anything's cost.
public sealed class SeedTests
{
    [Fact]
    public void A_coin_without_its_first_ticker_has_RESTs_price_until_the_stream_says_something_whatever_its_time()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "LATEUSDT"]);
        journey.Exchange.Faults.Silence("tickers.LATEUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        Until.Equal("LATE is seeded", "100.00", () => journey.Redis.Price("LATE"), Trust.SeenWithin, () => journey.Bot.ErrorText);
        Assert.Equal("100.00", journey.Bot.Log("coin_seeded").Text("price"));
        string[] seeded = [.. journey.Redis.Hash("bybit_spot:LATE").Keys.Order(StringComparer.Ordinal)];
        Assert.Equal(["ltp", "original_symbol", "timestamp"], seeded);

        // The stream's message is older than REST's answer, and newer by rank.
        journey.Exchange.Trade("LATEUSDT", "99.00", timeMs: DateTimeOffset.UtcNow.AddSeconds(-8).ToUnixTimeMilliseconds(), movesTicker: false);
        journey.PriceBecomes("LATEUSDT", "99.00");
    }

    [Fact]
    public void A_hash_that_is_there_already_is_not_seeded_over_and_its_coin_is_called_stale()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "LATEUSDT"]);
        journey.Redis.Ask("HSET", "bybit_spot:LATE", "ltp", "90.00", "timestamp", "2026-08-09T21:27:20.127Z", "original_symbol", "LATEUSDT");
        journey.Exchange.Faults.Silence("tickers.LATEUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.Bot.Log("coin_seeded", limit: Trust.SeenWithin);
        journey.StaleBecome("LATE");
        Until.StaysTrue("the old hash stands", () => journey.Redis.Price("LATE") == "90.00" && journey.Redis.StaleCoins() is ["LATE"], TimeSpan.FromSeconds(6));
        journey.TradeArrives("LATEUSDT", "101.00");
        journey.StaleBecome();
    }

    [Fact]
    [Trait("Fault", "4")]
    public void A_coin_that_the_exchange_refuses_is_called_stale_with_its_reason_and_believed_when_it_is_taken()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "NEWUSDT"]);
        journey.Exchange.Faults.Refuse("NEWUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        FaultTimes times = FaultTimes.Begin("one coin refused");
        journey.StateBecomes("degraded");
        journey.StaleBecome("NEW");
        times.Seen();
        Assert.StartsWith("the exchange refuses it: Invalid symbol", journey.Bot.Log("coin_stale", limit: Trust.SeenWithin).Text("reason"), StringComparison.Ordinal);
        journey.Exchange.Faults.Refuse("NEWUSDT", false);
        times.Mended();
        // The exchange's list changes: what was refused is tried again at once, not in ten minutes.
        journey.Exchange.List("OTHERUSDT", "OTHER", "USDT", "0.01", "1.00");
        journey.Bot.Signal(Signals.Hangup);
        journey.AwaitFirstPrices("NEWUSDT");
        times.Right();
        journey.StateBecomes("live");
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "23")]
    public void A_coin_that_REST_no_longer_names_is_called_stale_and_keeps_its_price()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "LTCUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "2000" });
        journey.Exchange.ListSpot();
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "LTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.StateBecomes("live");
        // Named once, so that its absence means something.
        journey.Bot.Log("clock_offset");
        string? price = journey.Redis.Price("LTC");
        journey.Exchange.Delist("LTCUSDT");
        FaultTimes times = FaultTimes.Begin("a coin delisted while it is quiet");
        Assert.Equal("LTCUSDT", journey.Bot.Log("coin_not_listed", limit: Trust.SeenWithin).Text("symbol"));
        journey.StaleBecome("LTC");
        times.Seen();
        Assert.Equal(price, journey.Redis.Price("LTC"));
        journey.TradeArrives("BTCUSDT", "101.00");
        journey.Exchange.List("LTCUSDT", "86.20");
        times.Mended();
        journey.Exchange.Trade("LTCUSDT", "86.30");
        journey.PriceBecomes("LTCUSDT", "86.30");
        times.Right();
        journey.StaleBecome();
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "43")]
    public void A_coin_that_Redis_does_not_take_is_called_stale_and_the_others_are_not()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.Redis.Ask("SET", "bybit_spot:ETH", "somebody's");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT", "ETHUSDT");
        journey.StaleBecome("ETH");
        journey.StateBecomes("degraded");
        journey.Redis.Ask("DEL", "bybit_spot:ETH");
        journey.StaleBecome();
        journey.PriceBecomes("ETHUSDT", "100.00");
    }
}

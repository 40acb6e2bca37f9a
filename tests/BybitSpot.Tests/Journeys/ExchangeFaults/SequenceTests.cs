using BybitSpot.Tests.Journeys.Freshness;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// A sequence that starts anew while the coin is quiet, and one that is absurd: REST shows the price all along, and by it the
// stream's own message is believed.
public sealed class SequenceTests
{
    private static readonly Dictionary<string, string> s_soonInDoubt = new() { ["STALE_AFTER_MS"] = "2000" };

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Theory]
    [Trait("Fault", "92")]
    [InlineData(6_000)]
    [InlineData(200)]
    public void A_quiet_coin_whose_sequence_started_anew_is_right_as_soon_as_REST_shows_it(long laterMs)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "QUIETUSDT"], s_soonInDoubt);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "QUIETUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        using var watch = new WriteWatch(journey.Redis);
        long seq = journey.Exchange.LastSeq("QUIETUSDT") + 1_000, now = NowMs;
        journey.Send(Frames.Ticker("QUIETUSDT", "\"100.10\"", seq, now));
        journey.PriceBecomes("QUIETUSDT", "100.10");
        journey.Exchange.Faults.RestPrice("QUIETUSDT", "90.5");
        // The same at each subscribe, for nothing is traded.
        string snapshot = Frames.Ticker("QUIETUSDT", "\"90.50\"", 7, now + laterMs);
        for (int i = 0; i < 3; i++)
            journey.Send(snapshot);
        journey.PriceBecomes("QUIETUSDT", "90.50", TimeSpan.FromSeconds(30));
        journey.Bot.Log("sequence_started_anew", l => l.Text("coin") == "QUIET");
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(now + laterMs).ToString("yyyy-MM-ddTHH:mm:ss.fffZ"), journey.Redis.Timestamp("QUIET"));
        journey.StaleBecome();
        // The new sequence goes on, and what is left over from the old one is late.
        journey.Send(Frames.Trade("QUIETUSDT", "\"66.00\"", seq + 1, now + 100));
        journey.Send(Frames.Trade("QUIETUSDT", "\"91.00\"", 8, now + laterMs + 100));
        Assert.Equal(["100.10", "90.50", "91.00"], watch.UpTo("QUIET", "91.00").Select(w => w.Price).Distinct().SkipWhile(p => p == "100.00"));
    }

    [Theory]
    [Trait("Fault", "92")]
    [InlineData(0)]
    [InlineData(3_600_000)]
    public void After_one_trade_with_an_absurd_sequence_ordinary_tickers_are_right_as_soon_as_REST_shows_them(long aheadMs)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ODDUSDT"], s_soonInDoubt);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ODDUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.TradeArrives("ODDUSDT", "100.10");
        journey.Send(Frames.Trade("ODDUSDT", "\"66.00\"", 1L << 60, NowMs + aheadMs));
        journey.PriceBecomes("ODDUSDT", "66.00");
        journey.Exchange.Faults.Silence("publicTrade.ODDUSDT");
        journey.Exchange.Trade("ODDUSDT", "101.20");
        using IDisposable ordinary = journey.Ticking("ODDUSDT");
        journey.PriceBecomes("ODDUSDT", "101.20", TimeSpan.FromSeconds(40));
        journey.Bot.Log("sequence_started_anew", l => l.Text("coin") == "ODD");
        journey.StaleBecome();
        journey.Exchange.Faults.Silence("publicTrade.ODDUSDT", false);
        journey.TradeArrives("ODDUSDT", "102.30");
        Assert.Equal(1, journey.Bot.CountLogs("sequence_started_anew"));
        Assert.Single(journey.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "92")]
    public void What_speaks_against_a_price_has_REST_asked_before_the_coin_counts_as_silent()
    {
        // By silence alone REST would be asked after half an hour, and else each minute.
        using Journey journey = Journey.Prepare(["BTCUSDT", "ODDUSDT"], new Dictionary<string, string> { ["STALE_AFTER_MS"] = "3600000" });
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ODDUSDT");
        journey.TradeArrives("ODDUSDT", "100.10");
        // REST has answered the question of the start.
        journey.Bot.Log("clock_offset");
        journey.Send(Frames.Trade("ODDUSDT", "\"66.00\"", 1L << 60, NowMs));
        journey.PriceBecomes("ODDUSDT", "66.00");
        journey.Exchange.Faults.Silence("publicTrade.ODDUSDT");
        journey.Exchange.Trade("ODDUSDT", "101.20");
        using IDisposable ordinary = journey.Ticking("ODDUSDT");
        journey.PriceBecomes("ODDUSDT", "101.20", TimeSpan.FromSeconds(30));
        journey.Bot.Log("sequence_started_anew", l => l.Text("coin") == "ODD");
    }

    [Fact]
    [Trait("Fault", "11")]
    public void A_ticker_that_lags_is_not_written_over_a_newer_trade_while_REST_shows_that_trade()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ODDUSDT"], s_soonInDoubt);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ODDUSDT");
        using IDisposable ticking = journey.Ticking("BTCUSDT");
        journey.TradeArrives("ODDUSDT", "100.10");
        journey.Exchange.Faults.Silence("tickers.ODDUSDT");
        journey.TradeArrives("ODDUSDT", "101.20");
        journey.Send(Frames.Ticker("ODDUSDT", "\"100.10\"", journey.Exchange.LastSeq("ODDUSDT") - 1, NowMs + 60_000));
        int asked = journey.Exchange.RestRequests;
        Until.StaysTrue("the trade stands", () => journey.Redis.Price("ODD") == "101.20", TimeSpan.FromSeconds(8));
        Assert.True(journey.Exchange.RestRequests > asked, journey.Bot.ErrorText);
    }
}

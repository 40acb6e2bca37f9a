using System.Text;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Storm;

public sealed class LedgerTests
{
    private static readonly string[] s_coins = [.. Enumerable.Range(0, 50).Select(i => $"C{i:00}")];

    private readonly Account _account = new();
    private readonly Ledger _ledger;

    public LedgerTests() => _ledger = new Ledger(s_coins, _account);

    private Shown[] ShownSoFar => [.. _account.InOrder().OfType<Shown>()];

    [Fact]
    public void No_price_comes_twice_of_one_coin_or_of_two()
    {
        var seen = new HashSet<string>();
        for (int coin = 0; coin < s_coins.Length; coin++)
            for (int step = 0; step < 2_000; step++)
                Assert.True(seen.Add(Ledger.PriceOf(coin, step)), $"{coin} {step}");
        Assert.DoesNotContain(Ledger.NeverPrice(7, 1), seen);
    }

    [Fact]
    public void Prices_go_up_and_down_so_that_size_tells_nothing_of_age() =>
        Assert.Equal(["500000.10", "499999.10", "500001.10", "499998.10", "500002.10"], Enumerable.Range(0, 5).Select(step => Ledger.PriceOf(10, step)));

    [Fact]
    public void A_trade_is_shown_with_its_own_time_and_a_ticker_with_its_own_each_once()
    {
        byte[] trade = Encoding.UTF8.GetBytes(BadFrames.Trade("C01USDT", "\"500000.01\"", 5, 1_000));
        _ledger.FrameSent("publicTrade.C01USDT", trade);
        _ledger.FrameSent("publicTrade.C01USDT", trade);
        _ledger.FrameSent("tickers.C01USDT", Encoding.UTF8.GetBytes("""{"topic":"tickers.C01USDT","ts":1050,"type":"snapshot","cs":5,"data":{"symbol":"C01USDT","lastPrice":"500000.01"}}"""));
        Assert.Equal([("C01", "500000.01", 1_000L, "trade"), ("C01", "500000.01", 1_050L, "ticker")], ShownSoFar.Select(s => (s.Coin, s.Price, s.TimeMs, s.By)));
    }

    [Theory]
    [InlineData("\"BT\":false", "\"BT\":true")]
    [InlineData("\"RPI\":false", "\"RPI\":true")]
    public void A_trade_that_moves_no_price_shows_none(string usual, string odd)
    {
        _ledger.FrameSent("publicTrade.C01USDT", Encoding.UTF8.GetBytes(BadFrames.Trade("C01USDT", "\"1\"", 5, 1_000).Replace(usual, odd, StringComparison.Ordinal)));
        Assert.Empty(ShownSoFar);
    }

    [Fact]
    public void What_REST_answers_is_shown_with_the_time_of_the_answer()
    {
        _ledger.RestAnswered("/v5/market/tickers?category=spot", """{"retCode":0,"result":{"category":"spot","list":[{"symbol":"C01USDT","lastPrice":"500000.01"},{"symbol":"XUSDT","lastPrice":"1"}]},"time":77}""");
        _ledger.RestAnswered("/v5/market/tickers?category=spot", """{"retCode":10006,"result":{},"time":78}""");
        _ledger.RestAnswered("/v5/market/time", """{"retCode":0,"result":{},"time":79}""");
        Assert.Equal(("C01", 77L, "rest"), Assert.Single(ShownSoFar.Select(s => (s.Coin, s.TimeMs, s.By))));
    }

    [Fact]
    public void The_frames_to_be_sent_again_never_hold_a_coins_newest_price()
    {
        _ledger.First("C01");
        _ledger.FrameSent("publicTrade.C01USDT", Encoding.UTF8.GetBytes(BadFrames.Trade("C01USDT", "\"500000.01\"", 5, 1_000)));
        var random = new Random(1);
        Assert.Null(_ledger.OldFrame(random));
        _ledger.Next("C01");
        Assert.Equal("500000.01", _ledger.OldFrame(random)!.Price);
    }

    [Fact]
    public void The_simulator_tells_of_every_frame_that_leaves_and_of_none_that_is_kept_back()
    {
        var sent = new List<string>();
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Exchange.Sent = (topic, utf8) =>
        {
            lock (sent)
                sent.Add($"{topic} {Encoding.UTF8.GetString(utf8).Contains("\"101.00\"", StringComparison.Ordinal)}");
        };
        // The instruments' answer is told of, too, once the program asks for it.
        var targets = new List<string>();
        journey.Exchange.Answered = (target, _) =>
        {
            lock (targets)
                targets.Add(target);
        };
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.Exchange.Faults.Silence("publicTrade.BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        lock (sent)
            Assert.Equal(["tickers.BTCUSDT False", "tickers.BTCUSDT True"], sent);
        Until.True("REST's answer is told of", () =>
        {
            lock (targets)
                return targets.Any(t => t.StartsWith("/v5/market/instruments-info", StringComparison.Ordinal));
        });
    }
}

using System.Globalization;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// Newest wins, in the real program: what stands in Redis never goes back, whatever order messages come in. MONITOR shows every
// write, so a price that was wrong for a moment shows as well; and a message that might be wrongly taken is given the time to
// be written, for prices that come at once are conflated.
public sealed class OrderTests
{
    private int _passed;

    private static long NowMs => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    [Fact]
    [Trait("Fault", "10")]
    public void Duplicates_come_to_the_same_as_each_message_once()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        long now = NowMs;
        for (int i = 0; i < 20; i++)
        {
            string[] FramesOf(string symbol)
            {
                long seq = journey.Exchange.LastSeq(symbol) + 1 + i;
                return [Frames.Trade(symbol, $"\"200.{i:00}\"", seq, now + 100 * i), Frames.Ticker(symbol, $"\"200.{i:00}\"", seq, now + 100 * i + 50)];
            }
            foreach (string frame in FramesOf("ETHUSDT"))
                journey.Send(frame);
            string[] twice = FramesOf("BTCUSDT");
            foreach (string frame in (string[])[twice[0], twice[0], twice[1], twice[0], twice[1], twice[1]])
                journey.Send(frame);
        }
        journey.PriceBecomes("ETHUSDT", "200.19");
        journey.PriceBecomes("BTCUSDT", "200.19");
        Until.Equal("both times alike", journey.Redis.Timestamp("ETH"), () => journey.Redis.Timestamp("BTC"));
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
        journey.Exchange.Trade("BTCUSDT", "201.00", seq: journey.Exchange.LastSeq("BTCUSDT") + 100, timeMs: now + 10_000);
        journey.PriceBecomes("BTCUSDT", "201.00");
    }

    [Fact]
    [Trait("Fault", "11")]
    public void What_is_older_by_sequence_or_time_is_counted_late_and_never_written()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);
        long seq = journey.Exchange.LastSeq("BTCUSDT") + 100, now = NowMs;
        journey.Send(Frames.Trade("BTCUSDT", "\"101.00\"", seq, now));
        journey.PriceBecomes("BTCUSDT", "101.00");
        long late = journey.Bot.Counters().Number("late");
        string[] older =
        [
            Frames.Trade("BTCUSDT", "\"66.00\"", seq - 1, now),
            Frames.Trade("BTCUSDT", "\"66.01\"", seq - 1, now + 3_000),
            Frames.Trade("BTCUSDT", "\"66.02\"", seq, now - 1),
            Frames.Ticker("BTCUSDT", "\"66.03\"", seq - 1, now + 3_000),
            // However late its time: a ticker whose cs is below a trade's seq lags behind.
            Frames.Ticker("BTCUSDT", "\"66.04\"", seq - 1, now + 3_600_000),
            Frames.Ticker("BTCUSDT", "\"66.05\"", seq, now - 1),
            Frames.Ticker("BTCUSDT", "\"66.06\"", 0, now - 1),
            // As in 2023: without a sequence nothing can be told from one that has it.
            Frames.Trade("BTCUSDT", "\"66.07\"", 1, now + 3_000).Replace("\"seq\":1,", ""),
        ];
        foreach (string frame in older)
            SendAndPass(journey, frame);
        journey.Send(Frames.Trade("BTCUSDT", "\"102.00\"", seq + 1, now + 4_000));
        Assert.Equal(["101.00", "102.00"], watch.UpTo("BTC", "102.00").Select(w => w.Price));
        LogLine counters = journey.Bot.Counters();
        Assert.Equal(late + older.Length, counters.Number("late"));
        Assert.Equal(0, counters.Number("dropped"));
    }

    [Fact]
    [Trait("Fault", "11")]
    public void A_sequence_that_starts_anew_is_believed_at_the_second_message_and_not_at_the_first()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);
        long seq = journey.Exchange.LastSeq("BTCUSDT") + 100, now = NowMs;
        SendAndPass(journey, Frames.Trade("BTCUSDT", "\"101.00\"", seq, now));
        SendAndPass(journey, Frames.Trade("BTCUSDT", "\"90.00\"", 1, now + 6_000));
        SendAndPass(journey, Frames.Trade("BTCUSDT", "\"91.00\"", 2, now + 6_100));
        // Left over from before.
        SendAndPass(journey, Frames.Trade("BTCUSDT", "\"66.00\"", seq + 1, now + 100));
        SendAndPass(journey, Frames.Ticker("BTCUSDT", "\"66.01\"", seq + 1, now + 6_150));
        SendAndPass(journey, Frames.Trade("BTCUSDT", "\"92.00\"", 3, now + 6_200));
        Assert.Equal(["101.00", "91.00", "92.00"], watch.UpTo("BTC", "92.00").Select(w => w.Price));
    }

    [Theory]
    [InlineData(300, 0, "tickers.ETHUSDT")]
    [InlineData(0, 300, "publicTrade.ETHUSDT")]
    public void Channels_that_lag_behind_each_other_never_set_the_price_back(int tradesLateMs, int tickersLateMs, string silent)
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);
        journey.Exchange.Faults.TradeDelayMs = tradesLateMs;
        journey.Exchange.Faults.TickerDelayMs = tickersLateMs;
        for (int i = 1; i <= 60; i++)
        {
            string price = $"101.{i:00}";
            journey.Exchange.Trade("BTCUSDT", price);
            // Each tenth is waited for, which spreads the trades over several delays.
            if (i % 10 == 0)
                journey.PriceBecomes("BTCUSDT", price);
        }
        // Ether's price comes by the delayed channel alone, behind all that is delayed of Bitcoin's.
        journey.Exchange.Faults.Silence(silent);
        journey.TradeArrives("ETHUSDT", "55.00");
        Assert.Equal("101.60", journey.Redis.Price("BTC"));
        if (tradesLateMs > 0)
            Assert.True(journey.Bot.Counters().Number("late") >= 50, journey.Bot.ErrorText);
        journey.Exchange.Faults.TradeDelayMs = journey.Exchange.Faults.TickerDelayMs = 0;
        journey.Exchange.Trade("BTCUSDT", "102.00");
        AssertNeverBack(watch.UpTo("BTC", "102.00"));
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }

    [Fact]
    public void Block_and_retail_trades_move_no_price()
    {
        using Journey journey = Journey.Begin("BTCUSDT", "ETHUSDT");
        using var watch = new WriteWatch(journey.Redis);
        long seq = journey.Exchange.LastSeq("BTCUSDT") + 10, now = NowMs;
        string Entry(string price, long seq, string flags) => Frames.Entry("BTCUSDT", $"\"{price}\"", seq, now).Replace("\"BT\":false,\"RPI\":false", flags);
        string Message(params string[] entries) => $$"""{"topic":"publicTrade.BTCUSDT","ts":{{now}},"type":"snapshot","data":[{{string.Join(',', entries)}}]}""";
        const string Usual = "\"BT\":false,\"RPI\":false", Block = "\"BT\":true,\"RPI\":false", Retail = "\"BT\":false,\"RPI\":true";
        SendAndPass(journey, Message(Entry("101.00", seq, Usual)));
        SendAndPass(journey, Message(Entry("66.00", seq + 1, Block)));
        SendAndPass(journey, Message(Entry("66.01", seq + 2, Retail)));
        // With the keys the other way round, which another part of the decoder reads.
        SendAndPass(journey, Message(Entry("66.02", seq + 3, "\"RPI\":false,\"BT\":true")));
        SendAndPass(journey, Message(Entry("66.03", seq + 4, "\"RPI\":true,\"BT\":false")));
        // In a message of several the last of the others counts.
        SendAndPass(journey, Message(Entry("66.04", seq + 5, Retail), Entry("101.50", seq + 5, Usual), Entry("66.05", seq + 6, Block)));
        SendAndPass(journey, Message(Entry("102.00", seq + 7, Usual)));
        Assert.Equal(["101.00", "101.50", "102.00"], watch.UpTo("BTC", "102.00").Select(w => w.Price));
        Assert.Equal(0, journey.Bot.Counters().Number("dropped"));
    }

    // What was sent is decided, and written if it ever will be, once a price behind it on the same connection is in Redis.
    private void SendAndPass(Journey journey, string frame)
    {
        journey.Send(frame);
        journey.TradeArrives("ETHUSDT", $"55.{++_passed:00}");
    }

    internal static void AssertNeverBack(IReadOnlyList<PriceWrite> writes)
    {
        for (int i = 1; i < writes.Count; i++)
        {
            Assert.True(Number(writes[i].Price) >= Number(writes[i - 1].Price), $"{writes[i]} after {writes[i - 1]}");
            Assert.True(string.CompareOrdinal(writes[i].Timestamp, writes[i - 1].Timestamp) >= 0, $"{writes[i]} after {writes[i - 1]}");
        }
    }

    private static decimal Number(string price) => decimal.Parse(price, CultureInfo.InvariantCulture);
}

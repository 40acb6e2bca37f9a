using System.Text;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class TickDecoderTests
{
    private static readonly Decoded s_ticker = new(Verdict.Tick, DropReason.None, Channel.Ticker, "BTCUSDT", "65140.5", Frames.Ts, 112_488_546_160);
    private static readonly Decoded s_trade = new(Verdict.Tick, DropReason.None, Channel.Trade, "ETHUSDT", "1923.28", 1_786_310_821_917, 178_477_362_706, 2_280_000_001_739_247_417);

    [Fact]
    public void The_documented_spot_ticker_is_a_price_at_its_ts_with_its_cs()
    {
        Assert.Equal(s_ticker, Frames.Decode(Frames.Ticker()));
        Assert.Equal(s_ticker, Frames.DecodeCarefully(Encoding.UTF8.GetBytes(Frames.Ticker())));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",\"usdIndexPrice\":\"\"")]
    [InlineData(",\"usdIndexPrice\":null")]
    [InlineData(",\"somethingNew\":{\"a\":[1,2,{}]}")]
    public void The_index_price_may_be_empty_or_absent_and_new_fields_may_come(string index) =>
        Assert.Equal(s_ticker, Frames.Decode(Frames.Ticker(index: index)));

    [Fact]
    public void The_documented_spot_trade_is_a_price_at_its_own_time_with_its_seq()
    {
        string frame = Frames.TradesAt("1786310829999", "ETHUSDT", Frames.Trade());
        Assert.Equal(s_trade, Frames.Decode(frame));
        Assert.Equal(s_trade, Frames.DecodeCarefully(Encoding.UTF8.GetBytes(frame)));
    }

    [Fact]
    public void A_trade_message_counts_as_its_last_trade()
    {
        string frame = Frames.Trades("ETHUSDT", Frames.Trade(price: "\"1\"", sequence: "1", id: "1"),
            Frames.Trade(price: "\"3\"", sequence: "3", id: "3"), Frames.Trade(price: "\"2.50\"", sequence: "2", id: "2", time: "1786310821000"));
        Assert.Equal(s_trade with { Price = "2.50", Sequence = 2, TradeId = 2, TimeMs = 1_786_310_821_000 }, Frames.Decode(frame));
    }

    [Theory]
    [InlineData("false", "true", "5")]
    [InlineData("true", "false", null)]
    [InlineData("true", "true", null)]
    public void Where_trades_stand_alone_a_retail_trade_moves_the_price_and_a_block_trade_never_does(string block, string retail, string? expected)
    {
        string odd = Frames.Trade(price: "\"5\"", sequence: "178477362707", id: "9", block: block, retail: retail);
        foreach (string entry in (string[])[odd, odd.Replace("\"BT\"", "\"x\":1,\"BT\"", StringComparison.Ordinal)])
        {
            Decoded counted = s_trade with { Price = "5", Sequence = 178_477_362_707, TradeId = 9 };
            Assert.Equal(expected is null ? s_trade : counted, Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(), entry), retailCounts: true));
            Assert.Equal(s_trade, Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(), entry)));
            Assert.Equal(s_trade, Frames.Decode(Frames.Trades("ETHUSDT", entry, Frames.Trade()), retailCounts: true));
        }
    }

    [Fact]
    public void A_trade_without_the_mark_of_a_retail_one_as_before_2025_moves_the_price_either_way()
    {
        string frame = Frames.Trades("ETHUSDT", Frames.Trade().Replace(",\"RPI\":false", "", StringComparison.Ordinal));
        Assert.Equal(s_trade, Frames.Decode(frame));
        Assert.Equal(s_trade, Frames.Decode(frame, retailCounts: true));
    }

    [Theory]
    [InlineData("true", "false")]
    [InlineData("false", "true")]
    [InlineData("true", "true")]
    public void A_block_or_retail_trade_moves_no_price(string block, string retail)
    {
        string alone = Frames.Trades("ETHUSDT", Frames.Trade(block: block, retail: retail));
        Assert.Equal(new Decoded(Verdict.Unpriced, DropReason.None, Channel.Trade, "ETHUSDT"), Frames.Decode(alone));
        string last = Frames.Trades("ETHUSDT", Frames.Trade(), Frames.Trade(price: "\"9\"", sequence: "999999999999", id: "9", block: block, retail: retail));
        Assert.Equal(s_trade, Frames.Decode(last));
        string first = Frames.Trades("ETHUSDT", Frames.Trade(price: "\"9\"", block: block, retail: retail), Frames.Trade());
        Assert.Equal(s_trade, Frames.Decode(first));
    }

    [Fact]
    public void A_message_without_trades_moves_no_price() =>
        Assert.Equal(new Decoded(Verdict.Unpriced, DropReason.None, Channel.Trade, "ETHUSDT"), Frames.Decode(Frames.Trades("ETHUSDT")));

    [Fact]
    public void A_trade_without_seq_as_recorded_in_2023_has_no_sequence()
    {
        string frame = Frames.Trades("ETHUSDT", Frames.Trade().Replace("\"seq\":178477362706,", "", StringComparison.Ordinal));
        Assert.Equal(s_trade with { Sequence = Tick.NoSequence }, Frames.Decode(frame));
    }

    [Fact]
    public void A_ticker_without_cs_has_no_sequence()
    {
        string frame = Frames.Ticker().Replace("\"cs\":112488546160,", "", StringComparison.Ordinal);
        Assert.Equal(s_ticker with { Sequence = Tick.NoSequence }, Frames.Decode(frame));
    }

    [Theory]
    [InlineData("b7d4a3de-3b9c-5f0a-b0a7-6d2a1b0f5c11", 0)]
    [InlineData("12345678901234567890", 0)]
    [InlineData("", 0)]
    [InlineData("-1", 0)]
    [InlineData("1234567890123456789", 1_234_567_890_123_456_789)]
    [InlineData("9999999999999999999", 9_999_999_999_999_999_999)]
    [InlineData("0007", 7)]
    public void A_trade_id_that_is_a_number_tells_the_order(string id, ulong expected) =>
        Assert.Equal(s_trade with { TradeId = expected, IdMark = expected == 0 ? Stamp.MarkOf(Encoding.UTF8.GetBytes(id)) : 0 }, Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(id: id))));

    [Fact, Trait("Fault", "82")]
    public void An_id_that_is_no_number_has_a_mark_of_its_own_and_is_found_in_a_message_of_several()
    {
        string[] ids = [.. Enumerable.Range(0, 1_024).Select(i => $"b7d4a3de-3b9c-5f0a-b0a7-6d2a1b0{i:00000}"), "", "x", "1234567", "12345678", "123456789"];
        ulong[] marks = [.. ids.Select(id => Stamp.MarkOf(Encoding.UTF8.GetBytes(id)))];
        Assert.Equal(ids.Length, marks.Distinct().Count());
        byte[] frame = Encoding.UTF8.GetBytes(Frames.Trades("ETHUSDT", Frames.Trade(id: ids[0]), Frames.Trade(id: ids[1]), Frames.Trade(id: ids[2])));
        Assert.Equal([true, true, true, false, false], new[] { marks[0], marks[1], marks[2], marks[3], 0UL }.Select(m => TickDecoder.HoldsTrade(frame, m)));
        Assert.False(TickDecoder.HoldsTrade("{\"i\":\""u8, marks[0]));
    }

    [Fact]
    public void A_linear_ticker_has_cs_and_ts_last()
    {
        const string frame = "{\"topic\":\"tickers.BTCUSDT\",\"type\":\"snapshot\",\"data\":{\"symbol\":\"BTCUSDT\",\"tickDirection\":\"PlusTick\","
            + "\"price24hPcnt\":\"0.017103\",\"lastPrice\":\"65140.50\",\"markPrice\":\"65141.1\",\"bid1Price\":\"65140.4\"},\"cs\":24987956059,\"ts\":1786310819126}";
        Assert.Equal(s_ticker with { Price = "65140.50", Sequence = 24_987_956_059 }, Frames.Decode(frame));
    }

    [Fact, Trait("Fault", "15")]
    public void A_linear_delta_without_lastPrice_moves_no_price()
    {
        const string frame = "{\"topic\":\"tickers.BTCUSDT\",\"type\":\"delta\",\"data\":{\"symbol\":\"BTCUSDT\",\"bid1Price\":\"65140.4\"},\"cs\":24987956060,\"ts\":1786310819226}";
        Assert.Equal(new Decoded(Verdict.Unpriced, DropReason.None, Channel.Ticker, "BTCUSDT", "", 1_786_310_819_226, 24_987_956_060), Frames.Decode(frame));
    }

    [Theory, Trait("Fault", "15")]
    [InlineData("\"volume24h\":\"73871.084\"", true)]
    [InlineData("\"openInterest\":\"51234.1\",\"volume24h\":\"73871.084\",\"turnover24h\":\"4811935024.1\"", true)]
    [InlineData("\"volume24h\":\"\"", false)]
    [InlineData("\"volume24h\":null", false)]
    [InlineData("\"volume24h\":{\"a\":[1]}", false)]
    [InlineData("\"turnover24h\":\"4811935024.1\"", false)]
    [InlineData("\"preListingPhase\":\"\",\"basisRateYear\":\"\",\"fundingIntervalHour\":\"8\",\"fundingCap\":\"0.005\",\"singleOpenInterest\":\"1\",\"singleOpenInterestValue\":\"1\"", false)]
    public void A_linear_delta_without_lastPrice_tells_of_a_trade_at_the_same_price_where_the_days_volume_has_changed(string fields, bool traded)
    {
        string frame = "{\"topic\":\"tickers.BTC-26DEC25\",\"type\":\"delta\",\"data\":{\"symbol\":\"BTC-26DEC25\"," + fields + "},\"cs\":24987956060,\"ts\":1786310819226}";
        Assert.Equal(new Decoded(Verdict.Unpriced, DropReason.None, Channel.Ticker, "BTC-26DEC25", "", 1_786_310_819_226, 24_987_956_060, HasTraded: traded), Frames.Decode(frame));
        string priced = frame.Replace("\"data\":{", "\"data\":{\"lastPrice\":\"65140.60\",", StringComparison.Ordinal);
        Assert.Equal(s_ticker with { Symbol = "BTC-26DEC25", Price = "65140.60", Sequence = 24_987_956_060, TimeMs = 1_786_310_819_226 }, Frames.Decode(priced));
    }

    [Fact]
    public void A_linear_trade_message_of_several_sequences_counts_as_its_last()
    {
        const string frame = "{\"topic\":\"publicTrade.BTCUSDT-25DEC26\",\"type\":\"snapshot\",\"ts\":1786310821918,\"data\":["
            + "{\"T\":1786310821916,\"s\":\"BTCUSDT-25DEC26\",\"S\":\"Sell\",\"v\":\"0.01\",\"p\":\"65140.10\",\"L\":\"ZeroMinusTick\",\"i\":\"b7d4a3de-3b9c-5f0a-b0a7-6d2a1b0f5c11\",\"BT\":false,\"RPI\":false,\"seq\":24987956061},"
            + "{\"T\":1786310821917,\"s\":\"BTCUSDT-25DEC26\",\"S\":\"Buy\",\"v\":\"0.01\",\"p\":\"65140.20\",\"L\":\"PlusTick\",\"i\":\"c7d4a3de-3b9c-5f0a-b0a7-6d2a1b0f5c11\",\"BT\":false,\"RPI\":false,\"seq\":24987956063}]}";
        Decoded decoded = Frames.Decode(frame);
        Assert.Equal(("BTCUSDT-25DEC26", "65140.20", 1_786_310_821_917, 24_987_956_063, 0UL), (decoded.Symbol, decoded.Price, decoded.TimeMs, decoded.Sequence, decoded.TradeId));
        Assert.NotEqual(0UL, decoded.IdMark);
    }

    [Fact, Trait("Fault", "15")]
    public void A_linear_delta_with_lastPrice_is_a_price()
    {
        const string frame = "{\"topic\":\"tickers.BTCUSDT\",\"type\":\"delta\",\"data\":{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"65140.6\"},\"cs\":24987956060,\"ts\":1786310819226}";
        Assert.Equal(s_ticker with { Price = "65140.6", Sequence = 24_987_956_060, TimeMs = 1_786_310_819_226 }, Frames.Decode(frame));
    }

    [Fact, Trait("Fault", "15")]
    public void A_snapshot_without_lastPrice_is_dropped()
    {
        string frame = Frames.Ticker().Replace("\"lastPrice\":\"65140.5\",", "", StringComparison.Ordinal);
        Assert.Equal(Decoded.Dropped(DropReason.Price), Frames.Decode(frame));
    }

    [Fact]
    public void A_tickers_keys_may_stand_in_any_order() =>
        Holds.ForSeeds(40, random =>
        {
            string[] data = Shuffle(random, "\"symbol\":\"BTCUSDT\"", "\"lastPrice\":\"65140.5\"", "\"highPrice24h\":\"65305.6\"", "\"usdIndexPrice\":\"\"");
            foreach (string[] root in Permutations("\"topic\":\"tickers.BTCUSDT\"", $"\"ts\":{Frames.Ts}", "\"type\":\"snapshot\"", "\"cs\":112488546160",
                $"\"data\":{{{string.Join(',', data)}}}"))
                Assert.Equal(s_ticker, Frames.Decode($"{{{string.Join(',', root)}}}"));
        });

    [Fact]
    public void A_trades_keys_may_stand_in_any_order() =>
        Holds.ForSeeds(80, random =>
        {
            string Entry(string price, string id) => $"{{{string.Join(',', Shuffle(random, $"\"i\":\"{id}\"", "\"T\":1786310821917", $"\"p\":\"{price}\"",
                "\"v\":\"0.04537\"", "\"S\":\"Sell\"", "\"seq\":178477362706", "\"s\":\"ETHUSDT\"", "\"BT\":false", "\"RPI\":false"))}}}";
            string data = $"\"data\":[{Entry("5", "7")},{Entry("1923.28", "2280000001739247417")}]";
            foreach (string[] root in Permutations("\"topic\":\"publicTrade.ETHUSDT\"", "\"ts\":1786310821917", "\"type\":\"snapshot\"", data))
                Assert.Equal(s_trade, Frames.Decode($"{{{string.Join(',', root)}}}"));
        });

    [Fact]
    public void White_space_and_escapes_change_nothing()
    {
        string spaced = Frames.Ticker().Replace(",", " ,\n\t", StringComparison.Ordinal).Replace(":", " : ", StringComparison.Ordinal);
        Assert.Equal(s_ticker, Frames.Decode(spaced));
        string escaped = Frames.Ticker(symbol: "BTC\\u0055SDT", price: "\"\\u0036514\\u0030.5\"").Replace("lastPrice", "last\\u0050rice", StringComparison.Ordinal);
        Assert.Equal(s_ticker, Frames.Decode(escaped));
    }

    [Theory]
    [InlineData("\"ts\":1786310819126", "\"ts\":5,\"ts\":1786310819126")]
    [InlineData("\"ts\":1786310819126", "\"ts\":\"bad\",\"ts\":1786310819126")]
    [InlineData("\"cs\":112488546160", "\"cs\":null,\"cs\":112488546160")]
    [InlineData("\"lastPrice\":\"65140.5\"", "\"lastPrice\":\"0\",\"lastPrice\":\"65140.5\"")]
    [InlineData("\"symbol\":\"BTCUSDT\"", "\"symbol\":{\"x\":1},\"symbol\":\"BTCUSDT\"")]
    [InlineData("\"topic\":\"tickers.BTCUSDT\"", "\"topic\":\"publicTrade.X\",\"topic\":\"tickers.BTCUSDT\"")]
    [InlineData("\"data\":{", "\"data\":[{\"s\":\"ETHUSDT\"}],\"data\":{")]
    [InlineData("\"data\":{", "\"data\":{\"symbol\":\"ETHUSDT\",\"lastPrice\":\"x\"},\"data\":{")]
    public void Of_a_key_that_stands_twice_the_later_counts(string once, string twice)
    {
        Assert.Contains(once, Frames.Ticker(), StringComparison.Ordinal);
        Assert.Equal(s_ticker, Frames.Decode(Frames.Ticker().Replace(once, twice, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("\"T\":1786310821917", "\"T\":0,\"T\":1786310821917")]
    [InlineData("\"p\":\"1923.28\"", "\"p\":7,\"p\":\"1923.28\"")]
    [InlineData("\"seq\":178477362706", "\"seq\":\"x\",\"seq\":178477362706")]
    [InlineData("\"s\":\"ETHUSDT\"", "\"s\":\"BTCUSDT\",\"s\":\"ETHUSDT\"")]
    [InlineData("\"i\":\"2280000001739247417\"", "\"i\":\"5\",\"i\":\"2280000001739247417\"")]
    public void Of_a_trades_key_that_stands_twice_the_later_counts(string once, string twice)
    {
        string frame = Frames.Trades("ETHUSDT", Frames.Trade());
        Assert.Contains(once, frame, StringComparison.Ordinal);
        Assert.Equal(s_trade, Frames.Decode(frame.Replace(once, twice, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{\"success\":true,\"ret_msg\":\"subscribe\",\"conn_id\":\"2324d924\",\"req_id\":\"7\",\"op\":\"subscribe\"}")]
    [InlineData("{\"success\":true,\"ret_msg\":\"pong\",\"conn_id\":\"2324d924\",\"op\":\"ping\"}")]
    [InlineData("{\"success\":false,\"ret_msg\":\"args size \\u003e10\"}")]
    [InlineData("{\"op\":\"pong\"}")]
    public void An_answer_to_a_request_is_left_to_the_reader_of_answers(string frame) =>
        Assert.Equal(new Decoded(Verdict.Control, DropReason.None), Frames.Decode(frame));

    private static string[] Shuffle(Random random, params string[] items)
    {
        random.Shuffle(items);
        return items;
    }

    private static IEnumerable<string[]> Permutations(params string[] items)
    {
        if (items.Length <= 1)
            return [items];
        return items.SelectMany((item, i) => Permutations([.. items[..i], .. items[(i + 1)..]]).Select(rest => (string[])[item, .. rest]));
    }
}

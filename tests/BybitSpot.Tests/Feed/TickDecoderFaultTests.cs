using System.Text;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class TickDecoderFaultTests
{
    public static TheoryData<string> BadTimes =>
    [
        "0", "1", "1786310819", "1514764799999", "-1", "-1786310819126", "1786310819126.0", "1786310819126.5", "1e400", "1.7863108e12", "\"1786310819126\"", "null", "true", "[]", "{\"a\":1}",
        "253402300800000", "9223372036854775807", "9223372036854775808", "99999999999999999999999999",
    ];

    public static TheoryData<string> BadPrices =>
    [
        "\"0\"", "\"0.000\"", "\"\"", "\"-1\"", "\"NaN\"", "\"1,234.5\"", "\" 1\"", "\"1 \"", "\"1.\"", "\".5\"", "\"1.2.3\"", "65140.5", "1", "null", "true", "[\"1\"]", "{\"p\":\"1\"}",
        "\"1\\n\"", "\"1\\u0000\"", "\"\\u0661\"",
    ];

    public static TheoryData<string> BadSequences => ["-1", "-2", "1.5", "1e400", "\"5\"", "null", "[]", "9223372036854775808"];

    [Theory, Trait("Fault", "12"), MemberData(nameof(BadTimes))]
    public void A_ticker_with_a_time_that_is_none_is_dropped(string ts) => Dropped(DropReason.Time, Frames.Ticker(ts: ts));

    [Theory, Trait("Fault", "12"), MemberData(nameof(BadTimes))]
    public void A_trade_with_a_time_that_is_none_is_dropped(string time)
    {
        Dropped(DropReason.Time, Frames.Trades("ETHUSDT", Frames.Trade(time: time)));
        Dropped(DropReason.Time, Frames.TradesAt(time, "ETHUSDT", Frames.Trade()));
    }

    [Theory, Trait("Fault", "79")]
    [InlineData("\"0\"")]
    [InlineData("\"\"")]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("\"1e-8\"")]
    [InlineData("\"123456789012345678901234567890123\"")]
    public void Of_a_message_without_a_price_that_can_be_used_it_is_known_whose_it_is(string price)
    {
        Message message = default;
        byte[] ticker = Encoding.UTF8.GetBytes(Frames.Ticker("XUSDT", price: price));
        Assert.Equal((Verdict.Malformed, Channel.Ticker, "XUSDT"), (TickDecoder.Decode(ticker, retailCounts: false, ref message), message.Channel, Encoding.UTF8.GetString(message.Symbol)));
        byte[] trade = Encoding.UTF8.GetBytes(Frames.Trades("YUSDT", Frames.Trade("YUSDT", price: price)));
        Assert.Equal((Verdict.Malformed, Channel.Trade, "YUSDT"), (TickDecoder.Decode(trade, retailCounts: false, ref message), message.Channel, Encoding.UTF8.GetString(message.Symbol)));
        byte[] missing = Encoding.UTF8.GetBytes(Frames.Ticker("XUSDT").Replace("lastPrice", "lostPrice"));
        Assert.Equal((Verdict.Malformed, Channel.Ticker, "XUSDT"), (TickDecoder.Decode(missing, retailCounts: false, ref message), message.Channel, Encoding.UTF8.GetString(message.Symbol)));
        Assert.Equal((Verdict.Malformed, true), (TickDecoder.Decode("{\"topic\":\"tickers.XUSDT\",\"ts"u8, retailCounts: false, ref message), message.Symbol.IsEmpty));
    }

    [Fact, Trait("Fault", "12")]
    public void A_message_without_a_time_is_dropped()
    {
        Dropped(DropReason.Time, Frames.Ticker().Replace("\"ts\":1786310819126,", "", StringComparison.Ordinal));
        Dropped(DropReason.Time, Frames.Trades("ETHUSDT", Frames.Trade().Replace("\"T\":1786310821917,", "", StringComparison.Ordinal)));
    }

    [Fact, Trait("Fault", "12")]
    public void The_last_millisecond_that_can_be_written_is_taken()
    {
        Assert.Equal(253_402_300_799_999, Frames.Decode(Frames.Ticker(ts: "253402300799999")).TimeMs);
    }

    [Fact, Trait("Fault", "12")]
    public void The_first_millisecond_of_2018_is_taken_by_either_way()
    {
        foreach (string frame in (string[])[Frames.Ticker(ts: "1514764800000"), Frames.TradesAt("1514764800000", "ETHUSDT", Frames.Trade(time: "1514764800000"))])
        {
            Assert.Equal(1_514_764_800_000, Frames.Decode(frame).TimeMs);
            Assert.Equal(1_514_764_800_000, Frames.DecodeCarefully(Encoding.UTF8.GetBytes(frame)).TimeMs);
        }
    }

    [Theory, Trait("Fault", "13"), MemberData(nameof(BadPrices))]
    public void A_price_that_is_none_is_dropped(string price)
    {
        Dropped(DropReason.Price, Frames.Ticker(price: price));
        Dropped(DropReason.Price, Frames.Trades("ETHUSDT", Frames.Trade(price: price)));
    }

    [Theory, Trait("Fault", "14")]
    [InlineData("\"1e-8\"")]
    [InlineData("\"1E+3\"")]
    [InlineData("\"123456789012345678901234567890123\"")]
    public void An_exponent_and_more_than_32_characters_are_dropped(string price)
    {
        Dropped(DropReason.Price, Frames.Ticker(price: price));
        Dropped(DropReason.Price, Frames.Trades("ETHUSDT", Frames.Trade(price: price)));
    }

    [Theory, Trait("Fault", "14")]
    [InlineData("1234567890123456789012345678901")]
    [InlineData("12345678901234567890123456789012")]
    [InlineData("0.0000000000001")]
    [InlineData("67250.50")]
    public void Digits_go_through_to_the_letter(string price)
    {
        Assert.Equal(price, Frames.Decode(Frames.Ticker(price: $"\"{price}\"")).Price);
        Assert.Equal(price, Frames.Decode(Frames.Trades("ETHUSDT", Frames.Trade(price: $"\"{price}\""))).Price);
    }

    [Theory, MemberData(nameof(BadSequences))]
    public void A_sequence_that_is_no_whole_number_is_dropped(string sequence)
    {
        Dropped(DropReason.Sequence, Frames.Ticker(cs: sequence));
        Dropped(DropReason.Sequence, Frames.Trades("ETHUSDT", Frames.Trade(sequence: sequence)));
    }

    [Theory, Trait("Fault", "16")]
    [InlineData("ETHUSDT")]
    [InlineData("BTCUSD")]
    [InlineData("BTCUSDT2")]
    [InlineData("btcusdt")]
    [InlineData("")]
    public void A_ticker_whose_symbol_is_not_its_topics_is_dropped(string inner) => Dropped(DropReason.SymbolMismatch, Frames.Ticker(inner: inner));

    [Theory, Trait("Fault", "16")]
    [InlineData("BTCUSDT")]
    [InlineData("ETHUSD")]
    [InlineData("ETHUSDTX")]
    public void A_trade_whose_symbol_is_not_its_topics_is_dropped_wherever_it_stands(string inner)
    {
        Dropped(DropReason.SymbolMismatch, Frames.Trades("ETHUSDT", Frames.Trade(symbol: inner)));
        Dropped(DropReason.SymbolMismatch, Frames.Trades("ETHUSDT", Frames.Trade(symbol: inner), Frames.Trade()));
        Dropped(DropReason.SymbolMismatch, Frames.Trades("ETHUSDT", Frames.Trade(), Frames.Trade(symbol: inner)));
        Dropped(DropReason.SymbolMismatch, Frames.Trades("ETHUSDT", Frames.Trade(), Frames.Trade(symbol: inner, block: "true")));
    }

    [Theory]
    [InlineData("\"x\"", DropReason.Shape)]
    [InlineData("{}", DropReason.Shape)]
    [InlineData("{\"s\":\"ETHUSDT\",\"T\":1786310821917,\"seq\":1}", DropReason.Price)]
    [InlineData("null", DropReason.Shape)]
    public void One_bad_trade_makes_the_whole_message_bad(string bad, object reason)
    {
        Dropped((DropReason)reason, Frames.Trades("ETHUSDT", bad));
        Dropped((DropReason)reason, Frames.Trades("ETHUSDT", bad, Frames.Trade()));
        Dropped((DropReason)reason, Frames.Trades("ETHUSDT", Frames.Trade(), bad));
    }

    [Theory]
    [InlineData("orderbook.1.BTCUSDT")]
    [InlineData("kline.1.BTCUSDT")]
    [InlineData("")]
    [InlineData("tickersBTCUSDT")]
    [InlineData("Tickers.BTCUSDT")]
    public void A_topic_that_was_never_asked_for_is_dropped(string topic) =>
        Dropped(DropReason.UnknownTopic, Frames.Ticker().Replace("tickers.BTCUSDT", topic, StringComparison.Ordinal));

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"hello\":1}")]
    [InlineData("{\"topic\":5,\"ts\":1786310819126,\"data\":{}}")]
    [InlineData("{\"topic\":null}")]
    [InlineData("{\"topic\":{\"topic\":\"tickers.BTCUSDT\"}}")]
    [InlineData("{\"topic\":\"tickers.BTCUSDT\",\"ts\":1}")]
    [InlineData("{\"topic\":\"tickers.BTCUSDT\",\"ts\":1,\"data\":null}")]
    [InlineData("{\"topic\":\"tickers.BTCUSDT\",\"ts\":1,\"data\":[]}")]
    [InlineData("{\"topic\":\"tickers.BTCUSDT\",\"ts\":1786310819126,\"data\":{}}")]
    [InlineData("{\"topic\":\"tickers.BTCUSDT\",\"ts\":1786310819126,\"data\":{\"symbol\":5,\"lastPrice\":\"1\"}}")]
    [InlineData("{\"topic\":\"publicTrade.ETHUSDT\",\"ts\":1786310819126,\"data\":{}}")]
    [InlineData("{\"topic\":\"tickers.\",\"ts\":1,\"data\":{\"symbol\":\"\",\"lastPrice\":\"1\"}}")]
    [InlineData("{\"topic\":\"publicTrade.\",\"ts\":1,\"data\":[]}")]
    public void An_object_of_another_shape_is_dropped(string frame) => Dropped(DropReason.Shape, frame);

    [Theory, Trait("Fault", "18")]
    [InlineData("[]")]
    [InlineData("[{\"topic\":\"tickers.BTCUSDT\"}]")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    [InlineData("true")]
    public void What_is_no_object_is_dropped(string frame) => Dropped(DropReason.Shape, frame);

    [Theory, Trait("Fault", "18")]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("}")]
    [InlineData("[")]
    [InlineData("[1,]")]
    [InlineData("{\"topic\":}")]
    [InlineData("<html><body>Please sign in</body></html>")]
    [InlineData("{'topic':'tickers.BTCUSDT'}")]
    [InlineData("{\"a\":NaN}")]
    [InlineData("{\"a\":01}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// comment\n{}")]
    public void What_is_no_JSON_is_dropped(string frame) => Dropped(DropReason.NotJson, frame);

    [Fact, Trait("Fault", "18")]
    public void A_message_cut_short_anywhere_is_dropped()
    {
        foreach (string whole in (string[])[Frames.Ticker(), Frames.Trades("ETHUSDT", Frames.Trade(), Frames.Trade())])
        {
            byte[] frame = Encoding.UTF8.GetBytes(whole);
            for (int length = 0; length < frame.Length; length++)
                Assert.Equal(Decoded.Dropped(DropReason.NotJson), Frames.Decode(frame.AsSpan(0, length)));
        }
    }

    [Theory, Trait("Fault", "18")]
    [InlineData("x")]
    [InlineData("}")]
    [InlineData("{}")]
    [InlineData("\0")]
    [InlineData(",")]
    public void What_follows_the_message_makes_it_bad(string rest)
    {
        Dropped(DropReason.NotJson, Frames.Ticker() + rest);
        Dropped(DropReason.NotJson, Frames.Trades("ETHUSDT", Frames.Trade()) + rest);
    }

    [Fact, Trait("Fault", "18")]
    public void A_byte_order_mark_makes_it_bad() => Dropped(DropReason.NotJson, "\uFEFF" + Frames.Ticker());

    [Fact, Trait("Fault", "18")]
    public void Invalid_UTF8_anywhere_makes_it_bad()
    {
        byte[][] invalid = [[0xFF], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80]];
        foreach (string whole in (string[])[Frames.Ticker(index: ",\"note\":\"#\""), Frames.Ticker(inner: "BTC#"), Frames.Ticker(price: "\"#\""),
            Frames.Ticker(symbol: "#"), Frames.Ticker(index: ",\"#\":1"), "#" + Frames.Ticker(), Frames.Trades("ETHUSDT", Frames.Trade(id: "#"))])
        {
            foreach (byte[] bad in invalid)
            {
                byte[] frame = Encoding.UTF8.GetBytes(whole);
                int at = Array.IndexOf(frame, (byte)'#');
                Assert.Equal(Decoded.Dropped(DropReason.NotJson), Frames.Decode([.. frame[..at], .. bad, .. frame[(at + 1)..]]));
            }
        }
    }

    [Theory, Trait("Fault", "18")]
    [InlineData("\\uD800")]
    [InlineData("\\uDC00\\uD800")]
    [InlineData("\\uD83D")]
    public void A_lone_surrogate_in_what_we_read_makes_it_bad(string lone)
    {
        Dropped(DropReason.NotJson, Frames.Ticker(symbol: lone));
        Dropped(DropReason.NotJson, Frames.Ticker(inner: lone));
        Dropped(DropReason.NotJson, Frames.Ticker(price: $"\"{lone}\""));
        Dropped(DropReason.NotJson, Frames.Trades("ETHUSDT", Frames.Trade(price: $"\"{lone}\"")));
    }

    [Fact, Trait("Fault", "18")]
    public void Depth_65_is_dropped_and_depth_64_is_not()
    {
        static string Nested(int depth) => Frames.Ticker().Insert(1, $"\"x\":{new string('[', depth - 1)}{new string(']', depth - 1)},");
        Dropped(DropReason.NotJson, Nested(65));
        Dropped(DropReason.NotJson, Nested(5_000));
        Assert.Equal(Verdict.Tick, Frames.Decode(Nested(64)).Verdict);
    }

    [Fact]
    public void After_a_bad_message_the_next_good_one_is_right()
    {
        var message = default(Message);
        Assert.Equal(Verdict.Malformed, TickDecoder.Decode("{\"topic\""u8, false, ref message));
        Assert.Equal(Verdict.Tick, TickDecoder.Decode(Encoding.UTF8.GetBytes(Frames.Ticker()), false, ref message));
        Assert.Equal(DropReason.None, message.Fault);
        Assert.Equal("65140.5", Encoding.UTF8.GetString(message.Price));
    }

    private static void Dropped(DropReason reason, string frame) => Assert.Equal(Decoded.Dropped(reason), Frames.Decode(frame));
}

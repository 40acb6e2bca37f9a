using System.Text;
using BybitSpot.Feed;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class DetailsDecoderTests
{
    private const string Spot = """{"topic":"orderbook.1.BTCUSDT","ts":1786310819126,"type":"snapshot","data":{"s":"BTCUSDT","b":[["65140.40","0.51"]],"a":[["65140.5","1.2"]],"u":4231,"seq":112488546160},"cts":1786310819123}""";

    private const string Linear = """{"topic":"orderbook.1.BTCUSDT","type":"snapshot","ts":1786310819126,"data":{"s":"BTCUSDT","b":[["65140.40","0.51"]],"a":[["65140.5","1.2"]],"u":4231,"seq":112488546160},"cts":1786310819123}""";

    [Theory]
    [InlineData(Spot), InlineData(Linear)]
    [InlineData("""{"data":{"seq":112488546160,"a":[["65140.5","1.2"],["65141","3"]],"u":4231,"b":[["65140.40","0.51"],["1","2"]],"s":"BTCUSDT","new":{"x":[1]}},"ts":1786310819126,"type":"snapshot","topic":"orderbook.1.BTCUSDT"}""")]
    [InlineData("""{"topic":"order\u0062ook.1.BTCUSDT","ts":1786310819126,"type":"snapshot","data":{"s":"BTCUSDT","b":[["1","1"]],"b":[["65140.40","0.51"]],"a":[["65140.5","1.2"]],"u":4231,"seq":112488546160}}""")]
    public void A_book_is_taken_as_it_stands_whatever_the_order_of_its_keys(string frame) =>
        Assert.Equal("BTCUSDT 65140.40/0.51 65140.5/1.2 at 1786310819126, 112488546160, 4231", Book(frame));

    [Theory]
    [InlineData("\"b\":[[\"65140.40\",\"0.51\"]]", "\"b\":[]", "BTCUSDT / 65140.5/1.2 at 1786310819126, 112488546160, 4231")]
    [InlineData("\"a\":[[\"65140.5\",\"1.2\"]]", "\"a\":[]", "BTCUSDT 65140.40/0.51 / at 1786310819126, 112488546160, 4231")]
    [InlineData(",\"seq\":112488546160", "", "BTCUSDT 65140.40/0.51 65140.5/1.2 at 1786310819126, -1, 4231")]
    [InlineData("\"u\":4231,", "", "BTCUSDT 65140.40/0.51 65140.5/1.2 at 1786310819126, 112488546160, -1")]
    public void What_may_be_missing_is_missing(string of, string instead, string expected) => Assert.Equal(expected, Book(Spot.Replace(of, instead, StringComparison.Ordinal)));

    [Theory]
    [InlineData("snapshot", "delta", "Shape")]
    [InlineData("\"s\":\"BTCUSDT\"", "\"s\":\"ETHUSDT\"", "SymbolMismatch")]
    [InlineData("\"s\":\"BTCUSDT\",", "", "SymbolMismatch")]
    [InlineData("\"b\":[[\"65140.40\",\"0.51\"]],", "", "Shape")]
    [InlineData("[[\"65140.40\",\"0.51\"]]", "[[\"65140.40\"]]", "Shape")]
    [InlineData("[[\"65140.40\",\"0.51\"]]", "[\"65140.40\",\"0.51\"]", "Shape")]
    [InlineData("[[\"65140.40\",\"0.51\"]]", "null", "Shape")]
    [InlineData("\"65140.40\"", "65140.40", "Price")]
    [InlineData("\"65140.40\"", "\"0\"", "Price")]
    [InlineData("\"65140.40\"", "\"6e4\"", "Price")]
    [InlineData("\"0.51\"", "\"-0.51\"", "Figure")]
    [InlineData("\"0.51\"", "\"\"", "Figure")]
    [InlineData("\"ts\":1786310819126", "\"ts\":1786310819", "Time")]
    [InlineData("\"ts\":1786310819126,", "", "Time")]
    [InlineData("\"seq\":112488546160", "\"seq\":-4", "Sequence")]
    [InlineData("\"u\":4231", "\"u\":\"4231\"", "Sequence")]
    [InlineData("orderbook.1.BTCUSDT", "orderbook.50.BTCUSDT", "UnknownTopic")]
    [InlineData("orderbook.1.BTCUSDT", "orderbook.1.", "Shape")]
    [InlineData("}", "", "NotJson")]
    [InlineData("\"data\":{", "\"data\":[{", "NotJson")]
    public void What_cannot_be_used_is_named(string of, string instead, string reason)
    {
        Assert.False(DetailsDecoder.TryBook(Encoding.UTF8.GetBytes(Spot.Replace(of, instead, StringComparison.Ordinal)), out BookMessage message));
        Assert.Equal(reason, message.Fault.ToString());
    }

    [Fact]
    public void Whatever_comes_is_answered() =>
        Holds.ForSeeds(20_000, random =>
        {
            byte[] frame = Encoding.UTF8.GetBytes(random.Next(2) == 0 ? Spot : Frames.Ticker());
            for (int i = random.Next(4); i >= 0; i--)
                frame[random.Next(frame.Length)] = (byte)"\"{}[],:\\0-x\0é"[random.Next(12)];
            DetailsDecoder.TryBook(frame.AsSpan(0, random.Next(frame.Length + 1)), out _);
            // A ticker comes here only after it was taken for its price.
            if (Frames.Decode(frame).Verdict is Verdict.Tick or Verdict.Unpriced)
                DetailsDecoder.TryDay(frame, out _);
        });

    [Fact]
    public void A_ticker_shows_the_figures_of_its_day()
    {
        Assert.True(DetailsDecoder.TryDay(Encoding.UTF8.GetBytes(Frames.Ticker()), out DayChange day));
        Assert.Equal("65305.6 64727.9 2953.835931 0.0015", $"{day.High} {day.Low} {day.Volume} {day.Change}");
        Assert.True(day is { HasHigh: true, HasLow: true, HasVolume: true, HasChange: true });
    }

    [Fact]
    public void A_delta_shows_what_has_changed_and_an_empty_text_is_a_figure_that_there_is_not()
    {
        Assert.True(DetailsDecoder.TryDay("""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","volume24h":"7.0","price24hPcnt":""},"cs":1,"ts":1786310819226}"""u8, out DayChange day));
        Assert.True(day is { HasHigh: false, HasLow: false, HasVolume: true, HasChange: true });
        Assert.Equal("7.0 ", $"{day.Volume} {day.Change}");
    }

    [Theory]
    [InlineData("\"2953.835931\"", "\"many\""), InlineData("\"2953.835931\"", "2953.8"), InlineData("\"64727.9\"", "null"), InlineData("\"0.0015\"", "\"1e-3\""), InlineData("\"65305.6\"", "[]")]
    public void A_figure_that_is_no_number_makes_all_of_them_worthless(string of, string instead) =>
        Assert.False(DetailsDecoder.TryDay(Encoding.UTF8.GetBytes(Frames.Ticker().Replace(of, instead, StringComparison.Ordinal)), out _));

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] book = Encoding.UTF8.GetBytes(Spot), ticker = Encoding.UTF8.GetBytes(Frames.Ticker());
        Allocations.None(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                Assert.True(DetailsDecoder.TryBook(book, out _));
                Assert.True(DetailsDecoder.TryDay(ticker, out _));
            }
        });
    }

    private static string Book(string frame)
    {
        Assert.True(DetailsDecoder.TryBook(Encoding.UTF8.GetBytes(frame), out BookMessage message), message.Fault.ToString());
        BookTop top = message.Top;
        return $"{Encoding.UTF8.GetString(message.Symbol)} {top.Bid}/{top.BidSize} {top.Ask}/{top.AskSize} at {top.TimeMs}, {top.Sequence}, {top.Update}";
    }
}

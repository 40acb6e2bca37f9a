using System.Text;
using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.Rest;

public sealed class TickersTests
{
    private const string NotJson = "the body is not JSON of the documented shape";

    // As the exchange sent it on 2026-08-09, two of 557 entries.
    private const string Recorded = """
        {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[
        {"symbol":"BTCUSDT","bid1Price":"65140.4","bid1Size":"0.1","ask1Price":"65140.5","ask1Size":"0.2","lastPrice":"65140.5","prevPrice24h":"65045.3","price24hPcnt":"0.0015","highPrice24h":"65305.6","lowPrice24h":"64727.9","turnover24h":"191907024.69597728","volume24h":"2953.835931","usdIndexPrice":"65091.459221"},
        {"symbol":"ETHUSDT","bid1Price":"1923.27","bid1Size":"1","ask1Price":"1923.28","ask1Size":"2","lastPrice":"1923.280","prevPrice24h":"1900","price24hPcnt":"0.01","highPrice24h":"1950","lowPrice24h":"1890","turnover24h":"1","volume24h":"1","usdIndexPrice":""}
        ]},"retExtInfo":{},"time":1786310818969}
        """;

    [Fact]
    public void A_body_as_it_was_recorded_gives_the_wanted_prices_to_the_letter_and_the_answers_time()
    {
        TickersAnswer answer = Taken(Recorded, "BTCUSDT", "ETHUSDT", "SOLUSDT");
        Assert.Equal([("BTCUSDT", "65140.5"), ("ETHUSDT", "1923.280")], Prices(answer));
        Assert.Equal((2, 1_786_310_818_969, 17, 99), (answer.Listed, answer.TimeMs, answer.AskedAt, answer.AnsweredAt));
    }

    [Fact]
    public void The_price_of_a_day_ago_is_taken_where_there_is_one()
    {
        TickersAnswer answer = Taken(Recorded, "BTCUSDT", "ETHUSDT");
        Assert.Equal([("BTCUSDT", "65045.3"), ("ETHUSDT", "1900")], answer.DayAgo.Select(p => (p.Key, p.Value.ToString())).Order());
        Assert.Empty(Taken(Body("{\"symbol\":\"BTCUSDT\",\"lastPrice\":\"1.5\",\"prevPrice24h\":\"\"}", "{\"symbol\":\"ETHUSDT\",\"prevPrice24h\":[1]}"), "BTCUSDT", "ETHUSDT").DayAgo);
    }

    [Fact]
    public void Symbols_that_nobody_wants_are_counted_and_left_out()
    {
        TickersAnswer answer = Taken(Recorded, "ETHUSDT");
        Assert.Equal([("ETHUSDT", "1923.280")], Prices(answer));
        Assert.Equal(2, answer.Listed);
        Assert.Equal((2, 0), (Taken(Recorded).Listed, Taken(Recorded).Prices.Count));
    }

    [Fact]
    public void A_recorded_body_cut_off_anywhere_is_no_answer()
    {
        byte[] whole = Encoding.UTF8.GetBytes(Recorded);
        for (int length = 0; length < whole.Length; length++)
            Assert.Equal(new RestTrouble(NotJson), Tickers.Parse(new RestBody(whole, length, 0, 0), new HashSet<string> { "BTCUSDT" }, out _));
    }

    [Fact]
    public void What_stands_in_the_buffer_behind_the_body_is_not_read()
    {
        byte[] bytes = Encoding.UTF8.GetBytes(Body(Entry("BTCUSDT", "\"1.5\"")) + Recorded);
        int length = Body(Entry("BTCUSDT", "\"1.5\"")).Length;
        Assert.Null(Tickers.Parse(new RestBody(bytes, length, 0, 0), new HashSet<string> { "BTCUSDT", "ETHUSDT" }, out TickersAnswer? answer));
        Assert.Equal([("BTCUSDT", "1.5")], Prices(answer!));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"0\"")]
    [InlineData("\"-1\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1,234.5\"")]
    [InlineData("\"1e5\"")]
    [InlineData("\"NaN\"")]
    [InlineData("\"123456789012345678901234567890123\"")]
    [InlineData("\"1.\\u0035\"")]
    [InlineData("1.5")]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("{\"lastPrice\":\"1.5\"}")]
    [InlineData("[\"1.5\",{\"symbol\":\"BTCUSDT\"}]")]
    [Trait("Fault", "13")]
    public void What_is_no_price_is_none_though_the_symbol_is_named_and_the_others_stand(string price)
    {
        TickersAnswer answer = Taken(Body(Entry("BTCUSDT", price), Entry("ETHUSDT", "\"2.50\"")), "BTCUSDT", "ETHUSDT");
        Assert.Equal([("BTCUSDT", ""), ("ETHUSDT", "2.50")], Prices(answer));
        Assert.Equal(2, answer.Listed);
    }

    [Fact]
    public void An_entry_without_a_price_is_named_all_the_same() =>
        Assert.Equal([("BTCUSDT", "")], Prices(Taken(Body("{\"symbol\":\"BTCUSDT\"}"), "BTCUSDT")));

    [Theory]
    [InlineData("{\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":7,\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":null,\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":{\"symbol\":\"BTCUSDT\"},\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":[\"BTCUSDT\"],\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":\"btcusdt\",\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":\"BTCUSDT \",\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":\"\",\"lastPrice\":\"1.5\"}")]
    [InlineData("{\"symbol\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABTCUSDT\",\"lastPrice\":\"1.5\"}")]
    [InlineData("{}")]
    public void An_entry_without_a_wanted_symbol_gives_no_price_and_is_counted(string entry)
    {
        TickersAnswer answer = Taken(Body(entry), "BTCUSDT");
        Assert.Empty(answer.Prices);
        Assert.Equal(1, answer.Listed);
    }

    [Fact]
    public void A_symbol_of_the_greatest_length_is_found()
    {
        string symbol = new('A', Instrument.SymbolLengthMax);
        Assert.Equal([(symbol, "1.5")], Prices(Taken(Body(Entry(symbol, "\"1.5\"")), symbol)));
    }

    [Fact]
    public void The_order_of_fields_does_not_matter_and_an_escaped_symbol_is_read() =>
        Assert.Equal(
            [("BTCUSDT", "1.5"), ("ETHUSDT", "2.5")],
            Prices(Taken(Body("{\"lastPrice\":\"1.5\",\"x\":{\"symbol\":\"SOLUSDT\"},\"symbol\":\"BTCUSDT\"}", "{\"symbol\":\"\\u0045THUSDT\",\"lastPrice\":\"2.5\"}"), "BTCUSDT", "ETHUSDT", "SOLUSDT")));

    [Theory]
    [InlineData("", 0)]
    [InlineData(",\"time\":1786310818969", 1_786_310_818_969)]
    [InlineData(",\"time\":\"1786310818969\"", 0)]
    [InlineData(",\"time\":17863.5", 0)]
    [InlineData(",\"time\":1e400", 0)]
    [InlineData(",\"time\":99999999999999999999", 0)]
    [InlineData(",\"time\":null", 0)]
    [InlineData(",\"time\":{\"time\":5}", 0)]
    [InlineData(",\"time\":[1,2]", 0)]
    [Trait("Fault", "12")]
    public void A_time_that_is_absent_or_none_is_0_and_the_prices_stand(string time, long expected)
    {
        TickersAnswer answer = Taken("{\"retCode\":0,\"result\":{\"list\":[" + Entry("BTCUSDT", "\"1.5\"") + "]}" + time + "}", "BTCUSDT");
        Assert.Equal((expected, 1), (answer.TimeMs, answer.Prices.Count));
    }

    [Theory]
    [InlineData("{\"retCode\":10006,\"retMsg\":\"Too many visits!\",\"result\":{}}", "retCode 10006: Too many visits!", true)]
    [InlineData("{\"retCode\":10006,\"retMsg\":\"Too many visits!\",\"result\":{\"list\":[]},\"time\":1}", "retCode 10006: Too many visits!", true)]
    [InlineData("{\"retCode\":10001,\"retMsg\":\"params error\",\"result\":null}", "retCode 10001: params error", false)]
    [InlineData("{\"retCode\":-1}", "retCode -1: ", false)]
    [InlineData("{\"retMsg\":null,\"retCode\":5}", "retCode 5: ", false)]
    [InlineData("{\"retCode\":0}", "the body has no retCode or no list", false)]
    [InlineData("{\"retCode\":0,\"result\":{}}", "the body has no retCode or no list", false)]
    [InlineData("{\"retCode\":0,\"result\":null}", "the body has no retCode or no list", false)]
    [InlineData("{\"result\":{\"list\":[]}}", "the body has no retCode or no list", false)]
    [InlineData("{}", "the body has no retCode or no list", false)]
    [InlineData("[]", NotJson, false)]
    [InlineData("7", NotJson, false)]
    [InlineData("{\"retCode\":\"0\",\"result\":{\"list\":[]}}", NotJson, false)]
    [InlineData("{\"retCode\":null,\"result\":{\"list\":[]}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"retMsg\":7,\"result\":{\"list\":[]}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":[]}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":{}}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":null}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[[]]}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[\"BTCUSDT\"]}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]}} {}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]}}x", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":7}}", NotJson, false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[]},}", NotJson, false)]
    [InlineData("{\"retCode\":0,/*x*/\"result\":{\"list\":[]}}", NotJson, false)]
    [Trait("Fault", "18")]
    public void A_body_of_another_shape_is_trouble_never_an_empty_answer(string body, string reason, bool limited)
    {
        Assert.Equal(new RestTrouble(reason, Limited: limited), Parse(body, out TickersAnswer? answer));
        Assert.Null(answer);
    }

    [Fact, Trait("Fault", "18")]
    public void Invalid_UTF8_and_depth_are_trouble()
    {
        byte[] invalid = Encoding.Latin1.GetBytes(Body("{\"symbol\":\"BTC\u00ff\",\"lastPrice\":\"1\"}"));
        Assert.Equal(new RestTrouble(NotJson), Tickers.Parse(new RestBody(invalid, invalid.Length, 0, 0), new HashSet<string> { "BTCUSDT" }, out _));
        string deep = string.Concat(Enumerable.Repeat("[", 70)) + string.Concat(Enumerable.Repeat("]", 70));
        Assert.Equal(new RestTrouble(NotJson), Parse(Body("{\"x\":" + deep + "}"), out _));
    }

    [Theory, Trait("Fault", "77")]
    [InlineData(199, 199)]
    [InlineData(200, 200)]
    [InlineData(201, 200)]
    [InlineData(100_000, 200)]
    public void A_refusal_is_told_with_its_first_200_characters(int length, int told) =>
        Assert.Equal(new RestTrouble("retCode 9: " + new string('x', told)), Parse($"{{\"retCode\":9,\"retMsg\":\"{new string('x', length)}\"}}", out _));

    [Theory]
    [InlineData(1_024, null)]
    [InlineData(1_025, NotJson)]
    public void A_cursor_of_more_than_1024_characters_is_not_taken(int length, string? trouble)
    {
        var listed = new List<Listing>();
        string cursor = new('c', length);
        RestTrouble? answer = InstrumentsBody.Parse(Encoding.UTF8.GetBytes("{\"retCode\":0,\"result\":{\"list\":[],\"nextPageCursor\":\"" + cursor + "\"}}"), false, listed, out string taken);
        Assert.Equal((trouble, trouble is null ? cursor : ""), (answer?.Reason, taken));
    }

    private static (string, string)[] Prices(TickersAnswer answer) => [.. answer.Prices.Select(p => (p.Key, p.Value.ToString())).Order()];

    private static string Body(params string[] entries) => "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"list\":[" + string.Join(',', entries) + "]},\"time\":5}";

    private static string Entry(string symbol, string price) => $"{{\"symbol\":\"{symbol}\",\"lastPrice\":{price}}}";

    private static TickersAnswer Taken(string body, params string[] wanted)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        Assert.Null(Tickers.Parse(new RestBody(bytes, bytes.Length, 17, 99), wanted.ToHashSet(), out TickersAnswer? answer));
        return answer!;
    }

    private static RestTrouble? Parse(string body, out TickersAnswer? answer)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(body);
        return Tickers.Parse(new RestBody(bytes, bytes.Length, 0, 0), new HashSet<string> { "BTCUSDT" }, out answer);
    }
}

using BybitSpot.Market;
using BybitSpot.Rest;
using Xunit;

namespace BybitSpot.Tests.Rest;

public sealed class InstrumentsTests
{
    [Fact]
    public void What_trades_on_spot_is_listed_and_nothing_else()
    {
        using var server = new SmallServer(_ => Ok(Body(Entry("BTCUSDT", "BTC"), Entry("OLDUSDT", "OLD", "USDT", "Closed"), Entry("BTCEUR", "BTC", "EUR"))));

        InstrumentsAnswer answer = Ask(server, Venue.Spot);

        Assert.Equal([new Listing("BTCUSDT", "BTC", "USDT"), new Listing("BTCEUR", "BTC", "EUR")], answer.Listed);
        Assert.Equal(["/v5/market/instruments-info?category=spot"], server.Asked);
    }

    [Theory]
    [InlineData(Venue.Linear)]
    [InlineData(Venue.Inverse)]
    public void Derivatives_are_read_page_by_page_and_once_more_for_what_is_listed_before_it_trades(Venue venue)
    {
        using var server = new SmallServer(path => Ok((path.Contains("PreLaunch", StringComparison.Ordinal), path.Contains("cursor", StringComparison.Ordinal)) switch
        {
            (false, false) => Body([Entry("BTCUSDT", "BTC"), Entry("BTC-26DEC25", "BTC", "USDC"), Entry("OLDUSDT", "OLD", "USDT", "Closed")], "first%3D&x"),
            (false, true) => Body([Entry("WC_ENG_ARG_USDT-15JUL26", "WC_ENG_ARG_")], ""),
            (true, false) => Body([Entry("NEWUSDT", "NEW", "USDT", "PreLaunch")], "more"),
            (true, true) => Body([Entry("NEWERUSDT", "NEWER", "USDT", "PreLaunch")], ""),
        }));

        InstrumentsAnswer answer = Ask(server, venue);

        Assert.Equal(["BTCUSDT", "BTC-26DEC25", "WC_ENG_ARG_USDT-15JUL26", "NEWUSDT", "NEWERUSDT"], answer.Listed!.Select(l => l.Symbol));
        string path = $"/v5/market/instruments-info?category={venue.ToString().ToLowerInvariant()}";
        Assert.Equal(
            [$"{path}&limit=1000", $"{path}&limit=1000&cursor=first%253D%26x", $"{path}&status=PreLaunch&limit=1000", $"{path}&status=PreLaunch&limit=1000&cursor=more"],
            server.Asked);
    }

    [Fact]
    public void A_list_without_what_is_listed_before_it_trades_is_no_list()
    {
        using var server = new SmallServer(path => path.Contains("PreLaunch", StringComparison.Ordinal) ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n" : Ok(Body([Entry("BTCUSDT", "BTC")], "")));

        Assert.Equal("HTTP 503", Ask(server, Venue.Linear).Reason);
    }

    [Fact]
    public void Pages_without_end_are_given_up()
    {
        using var server = new SmallServer(_ => Ok(Body([Entry("BTCUSDT", "BTC")], "again")));

        Assert.Equal($"more than {Instruments.PagesMax} pages", Ask(server, Venue.Inverse).Reason);
        Assert.Equal(Instruments.PagesMax, server.Asked.Count);
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403: too many requests from this address, or the exchange does not serve this region", true)]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "HTTP 503", false)]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "HTTP 302: a redirect, which is not followed", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", "the body is larger than", false)]
    public void An_answer_that_is_not_a_list_is_told_with_its_status(string response, string reason, bool banned)
    {
        using var server = new SmallServer(_ => response);

        InstrumentsAnswer answer = Ask(server, Venue.Spot);

        Assert.Null(answer.Listed);
        Assert.StartsWith(reason, answer.Reason, StringComparison.Ordinal);
        Assert.Equal(banned, answer.Banned);
    }

    [Theory]
    [InlineData("{\"retCode\":10006,\"retMsg\":\"Too many visits!\",\"result\":{}}", "retCode 10006: Too many visits!", true)]
    [InlineData("{\"retCode\":10001,\"retMsg\":\"params error\",\"result\":null}", "retCode 10001: params error", false)]
    [InlineData("{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{}}", "the body has no retCode or no list", false)]
    [InlineData("{\"result\":{\"list\":[]}}", "the body has no retCode or no list", false)]
    [InlineData("<html>sign in</html>", "the body is not JSON of the documented shape", false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[{\"symbol\":\"BTCUSDT\"", "the body is not JSON of the documented shape", false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[7]}}", "the body is not JSON of the documented shape", false)]
    [InlineData("{\"retCode\":0,\"result\":{\"list\":[{\"symbol\":7}]}}", "the body is not JSON of the documented shape", false)]
    [InlineData("{\"retCode\":1.5,\"result\":{\"list\":[]}}", "the body is not JSON of the documented shape", false)]
    [InlineData("{\"retCode\":0,\"retMsg\":\"\\ud800\",\"result\":{\"list\":[]}}", "the body is not JSON of the documented shape", false)]
    [InlineData("", "the body is not JSON of the documented shape", false)]
    public void A_body_that_is_not_a_list_is_told_with_its_reason(string body, string reason, bool limited)
    {
        using var server = new SmallServer(_ => Ok(body));

        Assert.Equal(new InstrumentsAnswer(null, new RestTrouble(reason, Limited: limited)), Ask(server, Venue.Spot));
    }

    [Fact]
    [Trait("Fault", "77")]
    public void A_name_that_could_not_be_a_symbol_is_left_out()
    {
        using var server = new SmallServer(_ => Ok(Body(
            Entry("BTCUSDT", "BTC"), Entry("A\\r\\nBUSDT", "A"), Entry("X<b>USDT", "X"), Entry("YUSDT", "\\u001b[2J"), Entry("", ""), Entry(new string('A', 33), "A"))));

        Assert.Equal(["BTCUSDT"], Ask(server, Venue.Spot).Listed!.Select(l => l.Symbol));
    }

    [Fact]
    public void A_body_that_never_ends_coming_is_given_up_when_asked_to_stop()
    {
        using var server = new SmallServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", hold: true);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        long start = System.Diagnostics.Stopwatch.GetTimestamp();

        InstrumentsAnswer answer = new Instruments(new RestClient(server.Address, null, TimeProvider.System), Venue.Spot).Ask(stop.Token);

        Assert.Equal("stopped", answer.Reason);
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void Nobody_at_the_address_is_a_reason_not_an_exception()
    {
        using var server = new SmallServer(_ => "");
        Uri address = server.Address;
        server.Dispose();

        InstrumentsAnswer answer = new Instruments(new RestClient(address, null, TimeProvider.System), Venue.Spot).Ask(TestContext.Current.CancellationToken);

        Assert.Null(answer.Listed);
        Assert.Contains("refused", answer.Reason, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_recorded_list_is_read_whole()
    {
        string? folder = Environment.GetEnvironmentVariable("BYBITSPOT_RECORDINGS");
        Assert.SkipWhen(folder is null, "BYBITSPOT_RECORDINGS is not set");
        string body = File.ReadAllText(Path.Combine(folder!, "instruments-info.spot.2026-08-09.json"));
        using var server = new SmallServer(_ => Ok(body));

        IReadOnlyList<Listing> listed = Ask(server, Venue.Spot).Listed!;

        Assert.Equal(557, listed.Count);
        Assert.Equal(410, listed.Count(l => l.QuoteCoin == "USDT"));
        Assert.All(listed, l => Assert.Equal(l.Symbol, l.BaseCoin + l.QuoteCoin));
    }

    private static InstrumentsAnswer Ask(SmallServer server, Venue venue) =>
        new Instruments(new RestClient(server.Address, null, TimeProvider.System), venue).Ask(TestContext.Current.CancellationToken);

    private static string Ok(string body) => SmallServer.Ok(body);

    private static string Body(params string[] entries) => Body(entries, null);

    private static string Body(string[] entries, string? cursor) =>
        "{\"retCode\":0,\"retMsg\":\"OK\",\"result\":{\"category\":\"x\",\"list\":[" + string.Join(",", entries) + "]"
        + (cursor is null ? "" : $",\"nextPageCursor\":\"{cursor}\"") + "},\"retExtInfo\":{},\"time\":1786310818969}";

    private static string Entry(string symbol, string baseCoin, string quoteCoin = "USDT", string status = "Trading") =>
        $"{{\"symbolId\":9,\"symbol\":\"{symbol}\",\"baseCoin\":\"{baseCoin}\",\"quoteCoin\":\"{quoteCoin}\",\"status\":\"{status}\",\"priceFilter\":{{\"tickSize\":\"0.1\"}}}}";
}

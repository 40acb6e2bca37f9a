using BybitSpot.Feed;
using Xunit;

namespace BybitSpot.Tests.Feed;

public sealed class RefusalTests
{
    private static readonly string[] s_four = ["tickers.AUSDT", "publicTrade.AUSDT", "tickers.BUSDT", "publicTrade.BUSDT"];

    [Theory, Trait("Fault", "4")]
    [InlineData("Invalid symbol :[publicTrade.XUSDT]")]
    [InlineData("Invalid symbol")]
    [InlineData("INVALID SYMBOL")]
    [InlineData("invalid  \t symbol:[XUSDT]")]
    [InlineData("invalid_symbol")]
    [InlineData("InvalidSymbol")]
    [InlineData("error:handler not found,topic:tickers.XUSDT")]
    [InlineData("Error: Handler Not Found")]
    [InlineData("error: symbol does not exist")]
    [InlineData("params error: symbol invalid")]
    public void Words_that_say_that_there_is_no_such_thing_say_it_for_good(string words) => Assert.Equal(RefusalKind.Lasting, Refusal.KindOf(words));

    [Theory, Trait("Fault", "91")]
    [InlineData("")]
    [InlineData("system busy")]
    [InlineData("Too many visits!")]
    [InlineData("rate limit")]
    [InlineData("request timeout")]
    [InlineData("service unavailable, try again later")]
    [InlineData("<b>\u001b[31m\r\n</b>")]
    [InlineData("invalid request")]
    [InlineData("symbol")]
    [InlineData("args invalid. Symbols: 3")]
    public void Any_other_words_say_nothing_for_good(string words) => Assert.Equal(RefusalKind.Passing, Refusal.KindOf(words));

    [Theory]
    [InlineData("error:already subscribed,topic:tickers.BTCUSDT")]
    [InlineData("Already Subscribed")]
    [InlineData("ALREADY  SUBSCRIBED")]
    public void A_duplicate_subscription_is_known_by_its_words(string words) => Assert.Equal(RefusalKind.AlreadySubscribed, Refusal.KindOf(words));

    [Theory, Trait("Fault", "80")]
    [InlineData("Invalid symbol :[publicTrade.AUSDT]", "-L--")]
    [InlineData("Invalid symbol :[publicTrade.AUSDT,tickers.BUSDT]", "-LL-")]
    [InlineData("Invalid symbol :[publicTrade.AUSDT tickers.BUSDT]", "-LL-")]
    [InlineData("invalid SYMBOL: [ PUBLICTRADE.ausdt ]", "-L--")]
    [InlineData("error:handler not found,topic:tickers.BUSDT", "--L-")]
    [InlineData("error:handler not found,topic:tickers.BUSDT.", "--L-")]
    [InlineData("Invalid symbol :[AUSDT]", "LL--")]
    [InlineData("symbol BUSDT does not exist", "--PP")]
    [InlineData("error:already subscribed,topic:tickers.AUSDT", "A---")]
    [InlineData("error:already subscribed,topic:tickers.AUSDT;error:handler not found,topic:tickers.BUSDT", "A-L-")]
    [InlineData("tickers.AUSDT: handler not found", "L---")]
    [InlineData("busy: tickers.AUSDT", "P---")]
    [InlineData("Invalid symbol", "----")]
    [InlineData("", "----")]
    [InlineData("Invalid symbol :[publicTrade.CUSDT]", "----")]
    [InlineData("Invalid symbol :[tickers.AUSDT-25DEC26]", "----")]
    [InlineData("Invalid symbol :[1tickers.AUSDT]", "----")]
    [InlineData("Invalid symbol :[kline.AUSDT]", "----")]
    [InlineData("Invalid symbol :[1000AUSDT]", "----")]
    public void Topics_are_taken_out_of_the_exchanges_own_words(string words, string expected) =>
        Assert.Equal(expected, string.Concat(Refusal.Named(words, s_four).Select(k => k is null ? '-' : k.ToString()![0])));

    [Fact, Trait("Fault", "77")]
    public void Whatever_the_words_are_nothing_is_thrown_and_only_what_stands_in_them_is_named() =>
        Holds.ForSeeds(2_000, random =>
        {
            string[] parts = ["tickers.AUSDT", "AUSDT", "already subscribed", "Invalid symbol", " ", ",", "[", "]", "\0", "\u202e", "\ud800", "ß", "İ", ".", "-", "args size"];
            string words = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => parts[random.Next(parts.Length)]));
            RefusalKind?[] named = Refusal.Named(words, s_four);
            Refusal.KindOf(words);
            if (!words.Contains("AUSDT", StringComparison.Ordinal))
                Assert.All(named, Assert.Null);
            Assert.Null(named[2]);
            Assert.Null(named[3]);
        });
}

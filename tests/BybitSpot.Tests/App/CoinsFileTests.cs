using System.Text;
using BybitSpot.App;
using BybitSpot.Market;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class CoinsFileTests
{
    [Fact]
    public void The_symbols_come_as_they_are_written()
    {
        CoinsFile file = Parse("{\n \"coins\": [\"BTCUSDT\", \" ethusdt \"]\n}\n");

        Assert.Null(file.Error);
        Assert.Equal(["BTCUSDT", " ethusdt "], file.Symbols);
    }

    [Fact]
    [Trait("Fault", "51")]
    public void A_byte_order_mark_is_accepted()
    {
        CoinsFile file = CoinsFile.Parse([0xEF, 0xBB, 0xBF, .. "{\"coins\":[\"BTCUSDT\"]}"u8]);

        Assert.Equal(["BTCUSDT"], file.Symbols);
    }

    [Theory]
    [Trait("Fault", "52")]
    [InlineData("{\n\"coins\": [\n\"BTCUSDT\",\n]\n}", 4, "trailing comma")]
    [InlineData("{\"coins\": [\"BTCUSDT\"],}", 1, "trailing comma")]
    [InlineData("{\n\"coins\": \"BTCUSDT\"}", 2, "\"coins\" is a text, not a list")]
    [InlineData("{\n\"coins\": [\"BTCUSDT\",\n 7]}", 3, "coin number 2 is a number, not a symbol in quotes")]
    [InlineData("{\"coins\": [[\"BTCUSDT\"]]}", 1, "coin number 1 is a list, not a symbol in quotes")]
    [InlineData("{\"coins\": [null]}", 1, "coin number 1 is null, not a symbol in quotes")]
    [InlineData("[\"BTCUSDT\"]", 1, "the file does not hold an object")]
    [InlineData("{\"coin\": [\"BTCUSDT\"]}", 1, "\"coins\" is missing")]
    [InlineData("{\"coins\":[\"A\"],\n\"coins\":[\"B\"]}", 2, "\"coins\" stands in the file twice")]
    [InlineData("{\"coins\":[\"A\"],\n\"allowEmpty\": 1}", 2, "\"allowEmpty\" is a number, neither true nor false")]
    [InlineData("{\n// mine\n\"coins\":[\"A\"]}", 2, "'/' is invalid")]
    [InlineData("{\"coins\":[\"A\"]}\n{}", 2, "'{' is invalid after")]
    [InlineData("{\"coins\":[\"\\ud800\"]}", 1, "an escape in the text")]
    [InlineData("", 1, "the file is empty")]
    [InlineData("  \n", 1, "the file is empty")]
    public void A_file_that_is_not_right_gives_a_line_and_a_reason(string text, int line, string reason)
    {
        CoinsFile file = Parse(text);

        Assert.Empty(file.Symbols);
        Assert.Equal(line, file.Error!.Line);
        Assert.Contains(reason, file.Error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("reader options", file.Error.Reason, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", file.Error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Fault", "50")]
    public void Every_beginning_of_a_file_is_an_error_and_only_the_whole_is_a_list()
    {
        const string Whole = "{\n  \"coins\": [\n    \"BTCUSDT\",\n    \"ETHUSDT\"\n  ]\n}";
        for (int length = 0; length < Whole.Length; length++)
            Assert.NotNull(Parse(Whole[..length]).Error);

        Assert.Equal(["BTCUSDT", "ETHUSDT"], Parse(Whole).Symbols);
    }

    [Fact]
    [Trait("Fault", "53")]
    public void An_empty_list_is_refused_unless_the_file_says_that_it_is_meant()
    {
        Assert.Equal(new CoinsError(2, "\"coins\" is empty; if that is meant, say \"allowEmpty\": true"), Parse("{\n\"coins\":[]}").Error);
        Assert.Null(Parse("{\"coins\":[], \"allowEmpty\": true}").Error);
        Assert.Null(Parse("{\"allowEmpty\": true, \"coins\":[]}").Error);
        Assert.NotNull(Parse("{\"allowEmpty\": false, \"coins\":[]}").Error);
    }

    [Fact]
    public void Text_that_is_not_utf8_is_told_with_its_line() =>
        Assert.Equal(new CoinsError(2, "the text is not UTF-8"), CoinsFile.Parse([.. "{\n\"coins\":[\""u8, 0xC3, 0x28, .. "\"]}"u8]).Error);

    [Fact]
    public void An_unknown_key_is_reported_and_does_not_spoil_the_list()
    {
        CoinsFile file = Parse("{\"coins\":[\"BTCUSDT\"],\n\"comment\":{\"a\":[1]}}");

        Assert.Equal(["BTCUSDT"], file.Symbols);
        Assert.Equal([("comment", 2)], file.UnknownKeys);
    }

    [Fact]
    public void A_file_beyond_the_bound_is_refused() =>
        Assert.Contains("larger than", CoinsFile.Parse(new byte[CoinsFile.BytesMax + 1]).Error!.Reason, StringComparison.Ordinal);

    [Fact]
    public void Other_markets_stand_beside_the_coins_as_lists_or_as_a_star()
    {
        CoinsFile file = Parse("{\"coins\":[\"BTCUSDT\"],\"linear\":\"*\",\"inverse\":[\"BTCUSD\",\"ETHUSD\"],\"spot\":[\"ETHUSDT\"]}");
        Assert.Null(file.Error);
        Assert.Empty(file.UnknownKeys);
        Assert.Equal(["*"], file.SymbolsOf(Venue.Linear, first: Venue.Spot));
        Assert.Equal(["BTCUSD", "ETHUSD"], file.SymbolsOf(Venue.Inverse, first: Venue.Spot));
        // The first market's may stand in both places.
        Assert.Equal(["BTCUSDT", "ETHUSDT"], file.SymbolsOf(Venue.Spot, first: Venue.Spot));
        Assert.Equal(["ETHUSDT"], file.SymbolsOf(Venue.Spot, first: Venue.Linear));
        Assert.Equal(["BTCUSDT", "*"], file.SymbolsOf(Venue.Linear, first: Venue.Linear));
    }

    [Theory]
    [InlineData("{\"linear\":[\"BTCUSDT\"]}", null)]
    [InlineData("{\"coins\":[],\"linear\":[\"BTCUSDT\"]}", null)]
    [InlineData("{\"coins\":\"*\"}", null)]
    [InlineData("{\"linear\":[],\"allowEmpty\":true}", null)]
    [InlineData("{\"linear\":[]}", "\"linear\" is empty; if that is meant, say \"allowEmpty\": true")]
    [InlineData("{\"coins\":[],\"inverse\":[]}", "\"coins\" is empty; if that is meant, say \"allowEmpty\": true")]
    [InlineData("{\"linear\":[\"A\"],\"linear\":[\"B\"]}", "\"linear\" stands in the file twice")]
    [InlineData("{\"linear\":\"BTCUSDT\"}", "\"linear\" is a text, not a list")]
    [InlineData("{\"inverse\":[1]}", "coin number 1 is a number, not a symbol in quotes")]
    public void A_market_is_as_right_or_wrong_as_coins_are(string content, string? error) => Assert.Equal(error, Parse(content).Error?.Reason);

    private static CoinsFile Parse(string text) => CoinsFile.Parse(Encoding.UTF8.GetBytes(text));
}

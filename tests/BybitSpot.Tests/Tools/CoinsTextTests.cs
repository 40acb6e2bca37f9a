using BybitSpot.Market;
using System.Text;
using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Tools;

public sealed class CoinsTextTests
{
    [Theory]
    [InlineData("{\"coins\":[\"A1USDT\"]}", "{\"coins\":[\"A1USDT\",\"XUSDT\",\"YUSDT\"]}")]
    [InlineData("{\"coins\": [\"A1USDT\"]}", "{\"coins\": [\"A1USDT\", \"XUSDT\", \"YUSDT\"]}")]
    [InlineData("{ \"coins\": [ \"A1USDT\" ] }\n", "{ \"coins\": [ \"A1USDT\", \"XUSDT\", \"YUSDT\" ] }\n")]
    [InlineData("{\"coins\":[\"AUSDT\" , \"BUSDT\"]}", "{\"coins\":[\"AUSDT\" , \"BUSDT\" , \"XUSDT\" , \"YUSDT\"]}")]
    [InlineData("{\n\t\"coins\": [\n\t\t\"AUSDT\"\n\t]\n}", "{\n\t\"coins\": [\n\t\t\"AUSDT\",\n\t\t\"XUSDT\",\n\t\t\"YUSDT\"\n\t]\n}")]
    [InlineData("{\r\n  \"coins\": [\r\n    \"AUSDT\",\r\n    \"BUSDT\"\r\n  ]\r\n}\r\n", "{\r\n  \"coins\": [\r\n    \"AUSDT\",\r\n    \"BUSDT\",\r\n    \"XUSDT\",\r\n    \"YUSDT\"\r\n  ]\r\n}\r\n")]
    [InlineData("{\"coins\": []}", "{\"coins\": [\"XUSDT\", \"YUSDT\"]}")]
    [InlineData("{\"coins\":[],\"allowEmpty\":true}", "{\"coins\":[\"XUSDT\",\"YUSDT\"],\"allowEmpty\":true}")]
    [InlineData("{\n  \"coins\": [\n  ]\n}\n", "{\n  \"coins\": [\n    \"XUSDT\",\n    \"YUSDT\"\n  ]\n}\n")]
    public void A_symbol_is_added_in_the_way_the_list_is_written(string before, string after)
    {
        CoinsEdit edit = CoinsText.Add(Bytes(before), ["XUSDT", "YUSDT"], MarketRules.Spot);

        Assert.Equal(after, Text(edit.Content));
        Assert.Equal(["XUSDT", "YUSDT"], edit.Changed);
    }

    [Theory]
    [InlineData("[\"AUSDT\", \"BUSDT\", \"CUSDT\"]", "AUSDT", "[\"BUSDT\", \"CUSDT\"]")]
    [InlineData("[\"AUSDT\", \"BUSDT\", \"CUSDT\"]", "BUSDT", "[\"AUSDT\", \"CUSDT\"]")]
    [InlineData("[\"AUSDT\", \"BUSDT\", \"CUSDT\"]", "CUSDT", "[\"AUSDT\", \"BUSDT\"]")]
    [InlineData("[\n  \"AUSDT\",\n  \"BUSDT\"\n]", "AUSDT", "[\n  \"BUSDT\"\n]")]
    [InlineData("[\n  \"AUSDT\",\n  \"BUSDT\"\n]", "BUSDT", "[\n  \"AUSDT\"\n]")]
    [InlineData("[\n  \"AUSDT\", \"BUSDT\",\n  \"CUSDT\", \"DUSDT\"\n]", "CUSDT", "[\n  \"AUSDT\", \"BUSDT\",\n  \"DUSDT\"\n]")]
    [InlineData("[\"AUSDT\", \"BUSDT\", \" ausdt \"]", "AUSDT", "[\"BUSDT\"]")]
    [InlineData("[\"AUSDT\", \"NONSENSE\"]", "NONSENSE", "[\"AUSDT\"]")]
    [InlineData("[\"AUSDT\", \"BUSDT\"]", "B", "[\"AUSDT\"]")]
    public void A_symbol_is_taken_out_and_the_rest_keeps_its_place(string before, string symbol, string after)
    {
        CoinsEdit edit = CoinsText.Remove(Bytes("{\"coins\": " + before + "}"), [symbol], MarketRules.Spot);

        Assert.Equal("{\"coins\": " + after + "}", Text(edit.Content));
    }

    [Fact]
    public void In_any_layout_what_was_added_reads_back_and_taking_it_out_again_leaves_the_same_bytes() => Holds.ForSeeds(300, random =>
    {
        string newLine = random.Next(2) == 0 ? "\n" : "\r\n";
        string indent = random.Next(3) switch { 0 => "\t", 1 => "  ", _ => "    " };
        string[] symbols = [.. Enumerable.Range(0, random.Next(1, 7)).Select(i => (random.Next(3) == 0 ? "a" : "A") + i + "USDT")];
        // One line, a line each, or rows of several.
        int perRow = random.Next(4);
        string after = random.Next(2) == 0 ? "," : ", ", list = "";
        for (int i = 0; i < symbols.Length; i++)
            list += (i == 0 ? "" : ",") + (perRow > 0 && i % perRow == 0 ? newLine + indent + indent : i == 0 ? "" : after[1..]) + $"\"{symbols[i]}\"";
        string outside = random.Next(2) == 0 ? "" : $"\"note\": \"[\\\"ZUSDT\\\", é]\",{newLine}{indent}\"old\": {{\"coins\": [1]}},";
        string tail = random.Next(2) == 0 ? "" : $",{newLine}{indent}\"allowEmpty\": false";
        string head = (random.Next(2) == 0 ? "\uFEFF" : "") + "{" + newLine + indent + outside + "\"coins\": [";
        string foot = (perRow > 0 ? newLine + indent : "") + "]" + tail + newLine + "}" + (random.Next(2) == 0 ? newLine : "");
        byte[] content = Bytes(head + list + foot);
        string[] more = random.Next(2) == 0 ? ["NEWUSDT"] : ["NEWUSDT", "X9USDT"];

        CoinsEdit added = CoinsText.Add(content, more, MarketRules.Spot);

        string text = Text(added.Content);
        Assert.StartsWith(head + list, text);
        Assert.EndsWith(foot, text);
        Assert.Equal([.. symbols, .. more], CoinsFile.Parse(added.Content).Symbols);
        if (newLine == "\r\n")
            Assert.Equal(text.Count(c => c == '\n'), text.Split("\r\n").Length - 1);
        Assert.Equal(content, CoinsText.Remove(added.Content!, [.. more.OrderBy(_ => random.Next())], MarketRules.Spot).Content);

        string gone = symbols[random.Next(symbols.Length)];
        CoinsEdit removed = CoinsText.Remove(content, [gone.ToUpperInvariant()], MarketRules.Spot);
        if (symbols.Length == 1)
            Assert.NotNull(removed.Refusal);
        else
        {
            Assert.Equal(symbols.Where(s => s != gone), CoinsFile.Parse(removed.Content).Symbols);
            Assert.StartsWith(head, Text(removed.Content));
            Assert.EndsWith(foot, Text(removed.Content));
        }
    });

    [Theory]
    [InlineData("{\"coins\": \"*\"}")]
    [InlineData("{\"linear\": [\"BTCUSDT\"]}")]
    public void Where_there_is_no_list_to_edit_that_is_told(string content)
    {
        Assert.Null(CoinsFile.Parse(Bytes(content)).Error);
        foreach (CoinsEdit edit in (CoinsEdit[])[CoinsText.Add(Bytes(content), ["XUSDT"], MarketRules.Spot), CoinsText.Remove(Bytes(content), ["BTCUSDT"], MarketRules.Spot)])
            Assert.Equal((null, "it has no list \"coins\", which is what this command edits"), (edit.Content, edit.Error?.Reason));
    }

    [Fact]
    public void Symbols_of_other_markets_stay_as_they_are()
    {
        const string content = "{ \"coins\": [\"AUSDT\"], \"linear\": [\"AUSDT\", \"BUSDT\"] }";
        Assert.Equal("{ \"coins\": [\"AUSDT\", \"BUSDT\"], \"linear\": [\"AUSDT\", \"BUSDT\"] }", System.Text.Encoding.UTF8.GetString(CoinsText.Add(Bytes(content), ["BUSDT"], MarketRules.Spot).Content!));
        Assert.Equal("{ \"coins\": [], \"linear\": [\"AUSDT\", \"BUSDT\"] }", System.Text.Encoding.UTF8.GetString(CoinsText.Remove(Bytes(content), ["AUSDT"], MarketRules.Spot).Content!));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"coins\": [\"AUSDT\",]}")]
    [InlineData("{\"coins\": [\"AUSDT\"")]
    [InlineData("{\"coins\": [\"AUSDT\"]} x")]
    [InlineData("{\"coins\": [1]}")]
    [InlineData("{\"coins\": [], \"coins\": []}")]
    [InlineData("{\"coins\": [], \"allowEmpty\": 1}")]
    [InlineData("{\"pairs\": [\"AUSDT\"]}")]
    [InlineData("[\"AUSDT\"]")]
    [InlineData("// comment\n{\"coins\": [\"AUSDT\"]}")]
    public void A_text_that_cannot_be_read_is_never_changed(string content)
    {
        foreach (CoinsEdit edit in (CoinsEdit[])[CoinsText.Add(Bytes(content), ["XUSDT"], MarketRules.Spot), CoinsText.Remove(Bytes(content), ["AUSDT"], MarketRules.Spot)])
        {
            Assert.Null(edit.Content);
            Assert.Equal(CoinsFile.Parse(Bytes(content)).Error, edit.Error);
            Assert.NotNull(edit.Error);
        }
    }

    [Fact]
    public void The_last_coin_goes_only_where_an_empty_list_is_allowed()
    {
        Assert.Contains("allowEmpty", CoinsText.Remove(Bytes("{\"coins\": [\"AUSDT\"]}"), ["AUSDT"], MarketRules.Spot).Refusal);
        Assert.Contains("allowEmpty", CoinsText.Remove(Bytes("{\"coins\": [\"AUSDT\", \"BUSDT\"]}"), ["AUSDT", "BUSDT"], MarketRules.Spot).Refusal);
        Assert.Equal(
            "{\"coins\": [], \"allowEmpty\": true}",
            Text(CoinsText.Remove(Bytes("{\"coins\": [\n \"AUSDT\",\n \"BUSDT\"\n], \"allowEmpty\": true}"), ["BUSDT", "AUSDT"], MarketRules.Spot).Content));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Text(byte[]? content) => Encoding.UTF8.GetString(content!);
}

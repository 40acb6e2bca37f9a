using System.Runtime.Versioning;
using System.Text;
using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

/// <summary>The coins file is wrong for a while: the last good list stays, and the log says where and why.</summary>
public sealed class BadFileTests
{
    [Fact]
    [Trait("Fault", "50")]
    public void A_half_written_file_changes_nothing_and_is_taken_when_it_is_whole()
    {
        using Journey journey = Listed();
        Save(journey, "{\n\"coins\": [\n\"BTCUSDT\",\n\"ETH");
        Rejected(journey, 4, "");
        Save(journey, "{\n\"coins\": [\n\"BTCUSDT\",\n\"ETHUSDT\"\n]}\n");
        journey.AwaitFirstPrices("ETHUSDT");
        Assert.NotNull(journey.Redis.Price("BTC"));
    }

    [Fact]
    [Trait("Fault", "50")]
    public void A_file_that_is_written_piece_by_piece_ends_as_the_whole_list()
    {
        using Journey journey = Listed();
        using (FileStream file = File.Open(journey.CoinsFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
            foreach (string piece in (string[])["{\"coi", "ns\":[\"BTC", "USDT\",\"ETHU", "SDT\"]", "}\n"])
            {
                file.Write(Encoding.ASCII.GetBytes(piece));
                file.Flush();
                // The writer's pace is the fault that is injected here.
                Thread.Sleep(40);
            }
        journey.AwaitFirstPrices("ETHUSDT");
        Assert.Single(journey.Exchange.Connections);
        Assert.DoesNotContain(journey.Bot.Logs, l => l.Event == "watchlist_applied" && l.Number("removed") > 0);
    }

    [Fact]
    [Trait("Fault", "51")]
    public void A_byte_order_mark_is_accepted()
    {
        using Journey journey = Listed();
        File.WriteAllText(journey.CoinsFile, "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\"]}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        journey.AwaitFirstPrices("ETHUSDT");
    }

    [Theory]
    [Trait("Fault", "52")]
    [InlineData("{\n\"coins\": [\n\"ETHUSDT\",\n]}", 4, "trailing comma")]
    [InlineData("{\n\n\"coins\": \"ETHUSDT\"}", 3, "\"coins\" is a text, not a list")]
    [InlineData("{\"coins\": [\"ETHUSDT\",\n7]}", 2, "coin number 2 is a number")]
    [InlineData("{\"coin\": [\"ETHUSDT\"]}", 1, "\"coins\" is missing")]
    [InlineData("[\"ETHUSDT\"]", 1, "does not hold an object")]
    [InlineData("", 1, "empty")]
    public void A_wrong_file_leaves_the_last_good_list_and_is_told_with_file_line_and_reason(string content, int line, string reason)
    {
        using Journey journey = Listed();
        Save(journey, content);
        Rejected(journey, line, reason);
    }

    [Fact]
    [Trait("Fault", "53")]
    public void An_empty_list_changes_nothing_unless_the_file_says_that_it_is_meant()
    {
        using Journey journey = Listed();
        Save(journey, "{\"coins\":[]}");
        Rejected(journey, 1, "allowEmpty");
        Save(journey, "{\"coins\":[],\"allowEmpty\":true}");
        Until.True("the last coin's hash goes", () => journey.Redis.Price("BTC") is null, state: () => journey.Bot.ErrorText);
        Save(journey, "{\"coins\":[\"ETHUSDT\"]}");
        journey.AwaitFirstPrices("ETHUSDT");
    }

    [Fact]
    [Trait("Fault", "54")]
    public void A_deleted_file_and_a_directory_in_its_place_change_nothing()
    {
        using Journey journey = Listed();
        File.Delete(journey.CoinsFile);
        Rejected(journey, 1, "it does not exist");
        Directory.CreateDirectory(journey.CoinsFile);
        journey.Bot.Log("coins_rejected", l => l.Text("reason").Contains("it is a directory"));
        journey.TradeArrives("BTCUSDT", "64000.20");
        Directory.Delete(journey.CoinsFile);
        Save(journey, "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\"]}");
        journey.AwaitFirstPrices("ETHUSDT");
    }

    [Fact]
    [Trait("Fault", "54")]
    [UnsupportedOSPlatform("windows")]
    public void An_unreadable_file_changes_nothing()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root can read a file of mode 000");
        using Journey journey = Listed();
        File.SetUnixFileMode(journey.CoinsFile, UnixFileMode.None);
        Rejected(journey, 1, "it cannot be read");
    }

    private static Journey Listed()
    {
        Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("BTCUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        return journey;
    }

    private static void Save(Journey journey, string content) => File.WriteAllText(journey.CoinsFile, content);

    // Told once, as a warning; the coin that was watched goes on, and nothing else is watched.
    private static void Rejected(Journey journey, int line, string reason)
    {
        LogLine told = journey.Bot.Log("coins_rejected", limit: Until.Limit);
        Assert.Equal(("warn", journey.CoinsFile, line), (told.Text("level"), told.Text("file"), (int)told.Number("line")));
        Assert.Contains(reason, told.Text("reason"));
        Assert.Equal(1, told.Number("rejected"));
        journey.TradeArrives("BTCUSDT", "64000.10");
        Assert.Equal(1, journey.Bot.CountLogs("watchlist_applied"));
        Assert.Null(journey.Redis.Price("ETH"));
    }
}

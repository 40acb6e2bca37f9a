using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Coins;

/// <summary>However the file is replaced, it is taken, once.</summary>
[Trait("Fault", "55")]
public sealed class SavedAnyHowTests
{
    private const string Both = "{\"coins\":[\"BTCUSDT\",\"ETHUSDT\"]}\n";

    [Fact]
    public void An_atomic_rename_is_taken_once()
    {
        using Journey journey = Prepared();
        Begin(journey);
        File.WriteAllText(journey.CoinsFile + ".tmp", Both);
        File.Move(journey.CoinsFile + ".tmp", journey.CoinsFile, overwrite: true);
        TakenOnce(journey);
    }

    [Fact]
    public void The_way_vim_saves_is_taken_once()
    {
        using Journey journey = Prepared();
        Begin(journey);
        // The old one becomes the backup, the new one is made under the old name, the backup goes.
        File.Move(journey.CoinsFile, journey.CoinsFile + "~");
        File.WriteAllText(journey.CoinsFile, Both);
        File.Delete(journey.CoinsFile + "~");
        TakenOnce(journey);
    }

    [Fact]
    public void The_swap_of_a_Kubernetes_data_link_is_taken_once()
    {
        using Journey journey = Prepared();
        string mount = Directory.CreateDirectory(Path.Combine(journey.Folder, "mount")).FullName;
        WriteRevision(mount, "..2026_01_01", File.ReadAllText(journey.CoinsFile));
        File.CreateSymbolicLink(Path.Combine(mount, "..data"), "..2026_01_01");
        File.CreateSymbolicLink(Path.Combine(mount, "coins.json"), "..data/coins.json");
        Begin(journey, "--coins", Path.Combine(mount, "coins.json"));

        WriteRevision(mount, "..2026_01_02", Both);
        File.CreateSymbolicLink(Path.Combine(mount, "..data_tmp"), "..2026_01_02");
        // File.Move does not rename a link to a folder.
        using (var rename = System.Diagnostics.Process.Start("mv", ["-T", Path.Combine(mount, "..data_tmp"), Path.Combine(mount, "..data")]))
            rename.WaitForExit();
        Directory.Delete(Path.Combine(mount, "..2026_01_01"), recursive: true);
        TakenOnce(journey);
    }

    [Fact]
    public void The_same_list_saved_again_changes_nothing()
    {
        using Journey journey = Prepared();
        Begin(journey);
        File.WriteAllText(journey.CoinsFile, File.ReadAllText(journey.CoinsFile));
        File.SetLastWriteTimeUtc(journey.CoinsFile, DateTime.UnixEpoch);
        // Two looks later nothing has come of it.
        Until.StaysTrue("nothing is loaded anew", () => journey.Bot.CountLogs("coins_loaded") == 1, TimeSpan.FromSeconds(1.5));
        Assert.Equal(1, journey.Bot.CountLogs("watchlist_applied"));
    }

    private static Journey Prepared()
    {
        Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("BTCUSDT");
        return journey;
    }

    private static void Begin(Journey journey, params string[] flags)
    {
        journey.Run(flags: flags);
        journey.AwaitFirstPrices("BTCUSDT");
    }

    private static void WriteRevision(string mount, string name, string content)
    {
        Directory.CreateDirectory(Path.Combine(mount, name));
        File.WriteAllText(Path.Combine(mount, name, "coins.json"), content);
    }

    private static void TakenOnce(Journey journey)
    {
        journey.AwaitFirstPrices("ETHUSDT");
        Bot bot = journey.Bot;
        Until.True("it is told", () => bot.CountLogs("watchlist_applied") >= 2 && bot.CountLogs("coins_loaded") >= 2, state: () => bot.ErrorText);
        // Longer than the pace at which the file is looked at, events or not.
        Until.StaysTrue("it is taken once", () => bot.CountLogs("watchlist_applied") == 2 && bot.CountLogs("coins_loaded") == 2, TimeSpan.FromSeconds(1.3));
        Assert.Equal(0, bot.CountLogs("coins_rejected"));
        Assert.Equal(["bybit_spot:BTC", "bybit_spot:ETH"], journey.Redis.Keys());
        Assert.Single(journey.Exchange.Connections);
    }
}

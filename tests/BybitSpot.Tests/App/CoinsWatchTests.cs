using System.Runtime.InteropServices;
using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed partial class CoinsWatchTests : CoinsLoopStage
{
    [Fact]
    public void A_new_coin_is_handed_on_within_300_ms_of_the_save()
    {
        Start(Coins("BTCUSDT"), events: true);
        // The events begin after the first look; a folder is being watched when a change of another file is noticed.
        Eventually.Holds(() => WatchBegan, "the events begin");

        // The best of a few: on a machine that is busy with others any one may take longer.
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 20 && best > TimeSpan.FromMilliseconds(300); i++)
        {
            string more = i % 2 == 0 ? "ETHUSDT" : "SOLUSDT";
            long saved = System.Diagnostics.Stopwatch.GetTimestamp();
            Folder.Write("coins.json", Coins("BTCUSDT", more));
            AppliedIs($"BTCUSDT {more}");
            TimeSpan took = System.Diagnostics.Stopwatch.GetElapsedTime(saved);
            best = took < best ? took : best;
        }

        Assert.True(best < TimeSpan.FromMilliseconds(300), $"{best}");
    }

    [Fact]
    [Trait("Fault", "58")]
    public void Without_file_events_polling_finds_the_change_and_one_warning_says_so()
    {
        Start(Coins("BTCUSDT"), events: false);

        Folder.Write("coins.json", Coins("ETHUSDT"));
        AppliedIs("ETHUSDT");

        Assert.Single(Log.MessagesOf("coins_polling"));
    }

    [Theory]
    [Trait("Fault", "50")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_half_written_file_keeps_the_last_good_list_and_the_whole_one_is_taken(bool events)
    {
        Start(Coins("BTCUSDT"), events);

        Folder.Write("coins.json", "{\n\"coins\": [\"ETHUSDT\",");
        Eventually.Holds(() => Log.MessagesOf("coins_rejected").Count > 0, "the warning");
        Folder.Write("coins.json", Coins("ETHUSDT"));
        AppliedIs("ETHUSDT");

        Assert.Equal(["BTCUSDT", "ETHUSDT"], Applied);
        Assert.Contains($"{Folder.File("coins.json")} line 2: ", Assert.Single(Log.MessagesOf("coins_rejected")), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Fault", "50")]
    public void A_slow_writer_is_not_warned_about_while_he_writes()
    {
        Start(Coins("BTCUSDT"), events: true);
        Eventually.Holds(() => WatchBegan, "the events begin");

        string whole = Coins("ETHUSDT", "SOLUSDT");
        using (var file = new FileStream(Folder.File("coins.json"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
            foreach (char c in whole)
            {
                file.WriteByte((byte)c);
                Thread.Sleep(10);
            }
        AppliedIs("ETHUSDT SOLUSDT");

        Assert.Empty(Log.MessagesOf("coins_rejected"));
    }

    [Theory]
    [Trait("Fault", "54")]
    [InlineData("deleted", "it does not exist")]
    [InlineData("directory", "it is a directory")]
    [InlineData("unreadable", "it cannot be read")]
    public void A_file_that_is_gone_keeps_the_last_good_list_with_one_warning(string how, string reason)
    {
        Start(Coins("BTCUSDT"), events: true);

        File.Delete(Folder.File("coins.json"));
        if (how == "directory")
            Directory.CreateDirectory(Folder.File("coins.json"));
        // A link to itself: permissions alone would not stop root.
        if (how == "unreadable")
            File.CreateSymbolicLink(Folder.File("coins.json"), "coins.json");
        Eventually.Holds(() => Log.MessagesOf("coins_rejected").Count > 0, "the warning");
        Thread.Sleep(CoinsLoop.PollEvery * 1.5);

        Assert.Contains(reason, Assert.Single(Log.MessagesOf("coins_rejected")), StringComparison.Ordinal);
        Assert.Equal(["BTCUSDT"], Applied);
    }

    [Theory]
    [Trait("Fault", "55")]
    [InlineData("atomic", true)]
    [InlineData("atomic", false)]
    [InlineData("vim", true)]
    [InlineData("vim", false)]
    [InlineData("kubernetes", true)]
    [InlineData("kubernetes", false)]
    public void Every_way_to_replace_the_file_is_seen_and_reloaded_once(string how, bool events)
    {
        string path = Folder.File("coins.json");
        if (how == "kubernetes")
        {
            Directory.CreateDirectory(Folder.File("..v1"));
            Directory.CreateDirectory(Folder.File("..v2"));
            Folder.Write("..v1/coins.json", Coins("BTCUSDT"));
            Folder.Write("..v2/coins.json", Coins("ETHUSDT"));
            File.CreateSymbolicLink(Folder.File("..data"), "..v1");
            File.CreateSymbolicLink(path, "..data/coins.json");
            StartAt(path, events);
            File.CreateSymbolicLink(Folder.File("..data_tmp"), "..v2");
            // The framework would move what the link leads to.
            Assert.Equal(0, Rename(Folder.File("..data_tmp"), Folder.File("..data")));
        }
        else
        {
            Start(Coins("BTCUSDT"), events);
            if (how == "vim")
                File.Move(path, path + "~");
            Folder.Write("coins.new", Coins("ETHUSDT"));
            File.Move(Folder.File("coins.new"), path, overwrite: true);
        }
        AppliedIs("ETHUSDT");
        Thread.Sleep(CoinsLoop.PollEvery * 1.5);

        Assert.Equal(["BTCUSDT", "ETHUSDT"], Applied);
        Assert.Equal(2, Log.MessagesOf("coins_loaded").Count);
    }

    [LibraryImport("libc", EntryPoint = "rename", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);
}

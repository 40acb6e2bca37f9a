using BybitSpot.Market;
using System.Text;
using System.Text.Json;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

#pragma warning disable CA1416 // Linux alone.

public sealed class CoinsCommandTests : IDisposable
{
    private const string Two = "{\"coins\": [\"BTCUSDT\", \"ETHUSDT\"]}\n";

    private readonly TemporaryFolder _folder = new();

    private string File => _folder.File("coins.json");

    private string Content => System.IO.File.ReadAllText(File);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void List_is_what_coins_alone_does_one_symbol_a_line()
    {
        _folder.Write("coins.json", Two);

        Assert.Equal(new Outcome(0, "BTCUSDT\nETHUSDT\n", ""), Call());
        Assert.Equal(new Outcome(0, "BTCUSDT\nETHUSDT\n", ""), Call("list"));
        Assert.Equal(new Outcome(0, "[\"BTCUSDT\",\"ETHUSDT\"]\n", ""), Call("list", "--json"));
        Assert.Equal(new Outcome(0, "[\"BTCUSDT\",\"ETHUSDT\"]\n", ""), Call("--json"));
    }

    [Fact]
    public void A_symbol_that_could_steer_a_terminal_is_shown_escaped()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\", \"A\\u001b[2JUSDT\"]}");

        Assert.Equal("BTCUSDT\nA\\u001b[2JUSDT\n", Call("list").Output);
    }

    [Fact]
    public void Adding_and_removing_twice_is_no_error_and_writes_once()
    {
        _folder.Write("coins.json", Two);

        Assert.Equal(new Outcome(0, $"added XRPUSDT, SOLUSDT to {File}\n", ""), Call("add", "xrpusdt", "SOLUSDT"));
        Assert.Equal("{\"coins\": [\"BTCUSDT\", \"ETHUSDT\", \"XRPUSDT\", \"SOLUSDT\"]}\n", Content);
        DateTime written = System.IO.File.GetLastWriteTimeUtc(File);
        Assert.Equal(new Outcome(0, $"XRPUSDT is already in {File}\n", ""), Call("add", "XRPUSDT"));
        Assert.Equal(written, System.IO.File.GetLastWriteTimeUtc(File));

        Assert.Equal(new Outcome(0, $"removed XRPUSDT, SOLUSDT from {File}\n", ""), Call("remove", "XRP", "solusdt"));
        Assert.Equal(new Outcome(0, $"XRPUSDT is not in {File}\n", ""), Call("remove", "XRPUSDT"));
        Assert.Equal(Two, Content);
    }

    [Fact]
    public void With_json_an_edit_tells_what_it_changed()
    {
        _folder.Write("coins.json", Two);

        JsonElement told = JsonDocument.Parse(Call("add", "BTCUSDT", "XRPUSDT", "--json").Output).RootElement;

        Assert.Equal(File, told.GetProperty("file").GetString());
        Assert.Equal("[\"XRPUSDT\"]", told.GetProperty("changed").GetRawText());
        Assert.Equal("[\"BTCUSDT\"]", told.GetProperty("unchanged").GetRawText());
    }

    [Theory]
    [InlineData("BTCUSD", "is BTCUSDT meant?")]
    [InlineData("eth/usd", "is ETHUSDT meant?")]
    [InlineData("SOL-PERP", "is SOLUSDT meant?")]
    [InlineData("ETHBTC", "is ETHUSDT meant?")]
    [InlineData("BTC-26DEC25", "such as BTCUSDT\n")]
    [InlineData("BTC/", "is not a USDT pair")]
    [InlineData("BTCUSDC", "is not a USDT pair")]
    [InlineData("USDT", "is not a USDT pair")]
    [InlineData("A\e[2J", "A\\u001b[2J is not a USDT pair")]
    public void What_is_no_USDT_pair_is_refused_with_2_and_nothing_is_written(string symbol, string reason)
    {
        _folder.Write("coins.json", Two);

        Outcome outcome = Call("add", "XRPUSDT", symbol);

        Assert.Equal((2, ""), (outcome.Status, outcome.Output));
        Assert.Matches("^bybitspot: [^\n]+\n$", outcome.Error);
        Assert.Contains(reason, outcome.Error);
        Assert.Equal(Two, Content);
    }

    [Theory]
    [InlineData("xrp")]
    [InlineData("XRP/USDT")]
    [InlineData("xrp-usdt")]
    [InlineData("XRP_USDT")]
    public void A_coin_or_a_pair_as_people_write_it_is_taken_as_the_symbol_and_said_so(string written)
    {
        _folder.Write("coins.json", Two);

        Assert.Equal(new Outcome(0, $"{written} is taken as XRPUSDT\nadded XRPUSDT to {File}\n", ""), Call("add", written));
        Assert.Equal(new Outcome(0, $"{written} is taken as XRPUSDT\nXRPUSDT is already in {File}\n", ""), Call("add", written));
        Assert.Equal(new Outcome(0, $"removed XRPUSDT from {File}\n", ""), Call("remove", written));
        Assert.Equal(Two, Content);
    }

    [Fact]
    public void What_stands_in_the_file_as_people_write_it_is_found_by_its_symbol()
    {
        _folder.Write("coins.json", "{\"coins\": [\"btc\", \"ETH/USDT\", \"SOLUSDT\"]}");

        Assert.Equal($"BTCUSDT is already in {File}\n", Call("add", "BTCUSDT").Output);
        Assert.Equal($"removed BTCUSDT, ETHUSDT from {File}\n", Call("remove", "BTCUSDT", "eth").Output);
        Assert.Equal("{\"coins\": [\"SOLUSDT\"]}", Content);
    }

    [Fact]
    public void What_is_no_USDT_pair_but_stands_there_already_is_no_error()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\", \"BTC-USD\"]}");

        Assert.Equal(0, Call("add", "btc-usd").Status);
    }

    [Fact]
    public void Star_may_be_added()
    {
        _folder.Write("coins.json", Two);

        Assert.Equal(0, Call("add", "*").Status);
        Assert.Contains("\"*\"", Content);
    }

    [Theory]
    [InlineData("add", "XRPUSDT")]
    [InlineData("remove", "BTCUSDT")]
    [InlineData("list")]
    public void A_file_that_cannot_be_read_is_told_with_its_line_and_78(params string[] arguments)
    {
        Assert.Equal(new Outcome(78, "", $"COINS_FILE: {File} line 1: it does not exist [from --coins]\n"), Call(arguments));

        _folder.Write("coins.json", "{\n\"coins\": [\n\"BTCUSDT\",\n]}");
        Outcome broken = Call(arguments);

        Assert.Equal((78, ""), (broken.Status, broken.Output));
        Assert.StartsWith($"COINS_FILE: {File} line 4: ", broken.Error);
        Assert.Equal("{\n\"coins\": [\n\"BTCUSDT\",\n]}", Content);
    }

    [Fact]
    public void The_last_coin_is_not_removed()
    {
        _folder.Write("coins.json", Two);

        Outcome outcome = Call("remove", "BTCUSDT", "ETHUSDT");

        Assert.Equal(1, outcome.Status);
        Assert.Contains("allowEmpty", outcome.Error);
        Assert.Equal(Two, Content);
    }

    [Theory]
    [InlineData("coins", "add")]
    [InlineData("coins", "remove")]
    [InlineData("coins", "frobnicate")]
    [InlineData("coins", "list", "extra")]
    [InlineData("get", "--frobnicate")]
    [InlineData("get", "a/b")]
    [InlineData("check", "extra")]
    [InlineData("completion")]
    [InlineData("completion", "tcsh")]
    [InlineData("get", "--redis-password=canary")]
    public void Wrong_usage_is_one_line_and_2(params string[] arguments)
    {
        Outcome outcome = Tool.Call(arguments);

        Assert.Equal((2, ""), (outcome.Status, outcome.Output));
        Assert.Matches("^bybitspot: [^\n]+\n$", outcome.Error);
        Assert.DoesNotContain("canary", outcome.Error);
    }

    [Theory]
    [InlineData("get")]
    [InlineData("coins")]
    [InlineData("coins", "list")]
    [InlineData("coins", "add")]
    [InlineData("coins", "remove")]
    [InlineData("check")]
    [InlineData("completion")]
    public void The_help_of_each_command_says_its_own_exit_statuses(params string[] command)
    {
        Outcome help = Tool.Call([.. command, "--help"]);

        Assert.Equal((0, ""), (help.Status, help.Error));
        Assert.Matches("Exit status:\n  0   [^\n]+\n", help.Output);
        Assert.Contains("  2   wrong usage", help.Output);
        Assert.DoesNotContain("stopped as asked", help.Output);
    }

    [Fact]
    public void Another_setting_that_is_wrong_does_not_keep_anybody_from_editing_coins()
    {
        _folder.Write("coins.json", Two);

        Assert.Equal(0, Tool.Run(_folder.Path, new Dictionary<string, string> { ["REDIS_PORT"] = "0", ["COINS_FILE"] = File }, "coins", "add", "XRPUSDT").Status);
        Outcome noEnvFile = Tool.Run(_folder.Path, null, "coins", "list", "--env-file", "/nonexistent/env");
        Assert.Equal(new Outcome(78, "", "/nonexistent/env: does not exist\n"), noEnvFile);
    }

    // ---- how it is written

    [Fact]
    public void The_mode_stays_and_nothing_is_left_beside_the_file()
    {
        _folder.Write("coins.json", Two);
        UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherRead;
        System.IO.File.SetUnixFileMode(File, mode);

        Assert.Equal(0, Call("add", "XRPUSDT").Status);

        Assert.Equal(mode, System.IO.File.GetUnixFileMode(File));
        Assert.Equal([File], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void The_owner_stays()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can give a file away");
        _folder.Write("coins.json", Two);
        using (var chown = Tool.StartOther("chown", _folder.Path, null, "12345:23456", File))
            Assert.Equal(0, Tool.Finish(chown).Status);

        Assert.Equal(0, Call("add", "XRPUSDT").Status);

        using var stat = Tool.StartOther("stat", _folder.Path, null, "-c", "%u:%g", File);
        Assert.Equal("12345:23456\n", Tool.Finish(stat).Output);
    }

    [Fact]
    public void A_link_stays_a_link_and_its_target_is_edited()
    {
        string target = Directory.CreateDirectory(_folder.File("data")).FullName + "/real.json";
        System.IO.File.WriteAllText(target, Two);
        System.IO.File.CreateSymbolicLink(_folder.File("middle"), "data/real.json");
        System.IO.File.CreateSymbolicLink(File, "middle");

        Assert.Equal(0, Call("add", "XRPUSDT").Status);

        Assert.Equal("middle", new FileInfo(File).LinkTarget);
        Assert.Contains("XRPUSDT", System.IO.File.ReadAllText(target));
        Assert.Equal([target], Directory.GetFileSystemEntries(_folder.File("data")));
    }

    [Fact]
    public async Task No_reader_ever_sees_a_half_and_edits_at_once_all_count()
    {
        _folder.Write("coins.json", Two);
        string[] symbols = [.. Enumerable.Range(0, 8).Select(i => $"C{i}USDT")];
        using var done = new CancellationTokenSource();
        var reading = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                Assert.Null(CoinsFile.Parse(System.IO.File.ReadAllBytes(File)).Error);
        }, TestContext.Current.CancellationToken);

        Parallel.ForEach(symbols, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken }, symbol =>
            Assert.Equal(0, Call("add", symbol).Status));
        await done.CancelAsync();

        await reading;
        Assert.Equal(["BTCUSDT", "ETHUSDT", .. symbols], CoinsFile.Parse(System.IO.File.ReadAllBytes(File)).Symbols.Order(StringComparer.Ordinal).Where(s => s.StartsWith('C')).Prepend("ETHUSDT").Prepend("BTCUSDT"));
    }

    [Fact]
    public void A_save_that_overtakes_an_edit_is_not_lost()
    {
        _folder.Write("coins.json", Two);
        int calls = 0;

        CoinsEdit edit = new CoinsEditor(File, TimeProvider.System).Apply(content =>
        {
            // The second look is the one that is written from.
            if (++calls == 2)
                System.IO.File.WriteAllText(File, "{\"coins\": [\"SOLUSDT\"]}");
            return CoinsText.Add(content, ["XRPUSDT"], MarketRules.Spot);
        });

        Assert.Null(edit.Refusal);
        Assert.Equal("{\"coins\": [\"SOLUSDT\", \"XRPUSDT\"]}", Content);
    }

    [Fact]
    public void What_an_edit_that_died_left_behind_is_cleared_away()
    {
        _folder.Write("coins.json", Two);
        System.IO.File.SetLastWriteTimeUtc(_folder.Write(".coins.json.edit", "half"), DateTime.UtcNow.AddMinutes(-1));

        Assert.Equal(0, Call("add", "XRPUSDT").Status);

        Assert.Equal([File], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void A_folder_that_takes_no_file_is_told_with_1()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "no folder here that refuses even root");
        string comm = "/proc/self/comm";

        CoinsEdit edit = new CoinsEditor(comm, TimeProvider.System).Apply(_ => new CoinsEdit(Encoding.UTF8.GetBytes("x"), ["X"], []));

        Assert.Contains("it cannot be written", edit.Refusal);
    }

    [Fact]
    public void A_running_bot_follows_within_2_s()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"]);
        journey.WriteCoins("BTCUSDT");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");

        Assert.Equal(0, Tool.Run(journey.Folder, null, "coins", "add", "ETHUSDT", "--coins", journey.CoinsFile).Status);
        Until.True("the added coin has a price", () => journey.Redis.Price("ETH") is not null, TimeSpan.FromSeconds(2), () => journey.Bot.ErrorText);

        Assert.Equal(0, Tool.Run(journey.Folder, null, "coins", "remove", "BTC", "--coins", journey.CoinsFile).Status);
        Until.True("the removed coin's hash goes", () => journey.Redis.Price("BTC") is null, TimeSpan.FromSeconds(2), () => journey.Bot.ErrorText);
    }

    private Outcome Call(params string[] arguments) => Tool.Call(["coins", .. arguments, "--coins", File]);
}

using System.Globalization;
using System.Net;
using Xunit;

namespace BybitSpot.Tests.Journeys.Systems;

/// <summary>The program for Windows as ./publish makes it, under wine, with an exchange and a real Redis on this machine.</summary>
public sealed class WindowsTests(Wine wine) : IClassFixture<Wine>
{
    /// <summary>wine starts slowly, and on a busy machine slower still.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public void Prices_page_tools_a_reload_an_outage_and_Ctrl_C()
    {
        wine.Need();
        int page = Repository.FreePort();
        using Journey journey = Prepare(["BTCUSDT", "ETHUSDT"], new() { ["HTTP_URL"] = $"http://127.0.0.1:{page}" });
        journey.WriteCoins("BTCUSDT");
        Bot bot = journey.Run();
        journey.PriceBecomes("BTCUSDT", "100.00", s_limit);
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        journey.PriceBecomes("BTCUSDT", "64000.10", s_limit);
        Assert.Equal(["ltp", "original_symbol", "timestamp"], journey.Redis.Hash("bybit_spot:BTC").Keys.Order());
        Until.True("the price on stdout", () => bot.Prices.Any(l => l.StartsWith("BTC|64000.10|", StringComparison.Ordinal)), s_limit, () => bot.ErrorText);
        Assert.All(bot.ErrorText.Split('\n'), line => Assert.StartsWith("{", line));

        bot.Log("http_listening", limit: s_limit);
        Assert.Equal((HttpStatusCode.OK, "ok"), Get(page, "/healthz"));
        string metrics = Get(page, "/metrics").Body;
        Assert.Contains("\nprocess_resident_memory_bytes ", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("process_open_fds", metrics, StringComparison.Ordinal);

        // The other programs, as a user types them beside it.
        string pid = bot.Log("started").Text("pid");
        Assert.Matches(@"\nBTC +64000\.10 ", Tool(journey, 0, "get", "BTC").Output.ReplaceLineEndings("\n"));
        Assert.Equal((0, ""), (Tool(journey, 0, "alive", pid).Status, Tool(journey, 0, "alive", pid).Errors));
        Assert.Contains("no such process", Tool(journey, 1, "alive", "999999").Errors, StringComparison.Ordinal);
        Assert.Contains("ok", Tool(journey, 0, "health", "--url", $"http://127.0.0.1:{page}").Output, StringComparison.Ordinal);

        // The coins file, saved by an editor and by the command.
        Assert.Contains("ETHUSDT", Tool(journey, 0, "coins", "add", "ETH").Output, StringComparison.Ordinal);
        journey.PriceBecomes("ETHUSDT", "100.00", s_limit);
        journey.WriteCoins("ETHUSDT");
        Until.True("BTC is gone", () => journey.Redis.Price("BTC") is null, s_limit, () => bot.ErrorText);

        journey.Redis.Kill();
        bot.Log("redis_unavailable", limit: s_limit);
        journey.Redis.Launch();
        journey.PriceBecomes("ETHUSDT", "100.00", s_limit);
        journey.Exchange.ResetAll();
        Until.Equal("connections", 2, () => bot.CountLogs("feed_connected"), s_limit, () => bot.ErrorText);
        journey.Exchange.Trade("ETHUSDT", "2600.25");
        journey.PriceBecomes("ETHUSDT", "2600.25", s_limit);

        // What Ctrl-C is in a terminal, wine makes of this signal.
        bot.Signal(Signals.Interrupt);
        Assert.Equal(0, bot.Exit(s_limit));
        Assert.Equal("SIGINT", bot.Log("stopped").Text("reason"));
        Assert.Equal("stopped", bot.Logs.Last().Event);
        // Its number may be another's by now: wine gives the lowest that is free.
        Assert.Matches("no such process|it is no bybitspot", Tool(journey, 1, "alive", pid).Errors);
    }

    [Fact]
    public void Redis_that_hangs_is_waited_for_and_takes_up_where_it_was()
    {
        wine.Need();
        using Journey journey = Prepare(["BTCUSDT"], []);
        Bot bot = journey.Run();
        journey.PriceBecomes("BTCUSDT", "100.00", s_limit);
        journey.Redis.Freeze();
        for (int i = 1; i <= 5_000; i++)
            journey.Exchange.Trade("BTCUSDT", string.Create(CultureInfo.InvariantCulture, $"64000.{i:0000}"));
        bot.Log("redis_slow", limit: s_limit);
        journey.Redis.Thaw();
        journey.PriceBecomes("BTCUSDT", "64000.5000", s_limit);
        bot.Signal(Signals.Interrupt);
        Assert.Equal(0, bot.Exit(s_limit));
    }

    [Fact]
    public void A_stdout_that_nobody_reads_holds_up_neither_prices_nor_the_end()
    {
        wine.Need();
        string[] symbols = [.. Enumerable.Range(1, 100).Select(i => $"C{i:000}USDT")];
        using Journey journey = Prepare(symbols, []);
        Bot bot = journey.Run(readPrices: false);
        journey.PriceBecomes("C100USDT", "100.00", s_limit);
        for (int i = 0; i < 40; i++)
            foreach ((string symbol, string price) in journey.Exchange.Flood(symbols, 1_000))
                journey.PriceBecomes(symbol, price, s_limit);
        bot.Signal(Signals.Interrupt);
        Assert.True(bot.Process.WaitForExit(s_limit), "it did not end");
        Assert.Equal(0, bot.Process.ExitCode);
    }

    [Fact]
    public void Wrong_settings_and_files_that_are_none_are_told()
    {
        wine.Need();
        using Journey journey = Prepare(["BTCUSDT"], new() { ["REDIS_PORT"] = "x", ["COINS_FILE"] = "none.json" });
        string errors = Tool(journey, 78, "check").Errors;
        Assert.Contains("REDIS_PORT", errors, StringComparison.Ordinal);
        using Journey other = Prepare(["BTCUSDT"], new() { ["COINS_FILE"] = "folder" });
        Directory.CreateDirectory(Path.Combine(other.Folder, "folder"));
        Assert.Contains("is a directory", Tool(other, 78, "check").Errors, StringComparison.Ordinal);
    }

    // With a compiler that only plays one. wine's own powershell says that nothing is newer, whatever is asked.
    [Fact]
    public void Run_cmd_builds_what_is_missing_passes_arguments_and_the_status_on_and_tells_a_build_that_fails()
    {
        wine.Need();
        const string Built = "src/BybitSpot.App/bin/Release/net10.0/bybitspot.exe";
        string parent = Repository.NewScratchFolder(), folder = Path.Combine(parent, "a b");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, Path.GetDirectoryName(Built)!));
            Directory.CreateDirectory(Path.Combine(folder, "tools"));
            File.Copy(Path.Combine(Repository.Root, "run.cmd"), Path.Combine(folder, "run.cmd"));
            File.Copy(Wine.Program, Path.Combine(folder, "made.exe"));
            File.WriteAllText(Path.Combine(folder, "tools/dotnet.cmd"), $"""
                @echo off
                if "%1"=="--version" ( echo 10.0.100& exit /b 0 )
                if exist broken ( echo error CS1002& exit /b 1 )
                copy /y made.exe {Built.Replace('/', '\\')} >nul
                """.ReplaceLineEndings("\r\n") + "\r\n");
            var environment = new Dictionary<string, string> { ["WINEPATH"] = "Z:" + Path.Combine(folder, "tools").Replace('/', '\\') };

            (int status, string output, string errors) = wine.Run(folder, environment, "cmd", "/c", "run.cmd", "--version");
            Assert.Equal((0, BybitSpot.App.ProgramVersion.Text), (status, output.Trim()));
            Assert.Matches("^run: building, about a minute the first time[.]{3} *\r?\nrun: built *\r?$", errors);
            Assert.True(File.Exists(Path.Combine(folder, Built + ".built")));

            (status, _, errors) = wine.Run(folder, environment, "cmd", "/c", "run.cmd", "get", "--bogus", "a b");
            Assert.Equal(2, status);
            Assert.Contains(@"(.\run --help shows the usage)", errors, StringComparison.Ordinal);
            Assert.DoesNotContain("run: ", errors, StringComparison.Ordinal);

            File.Delete(Path.Combine(folder, Built + ".built"));
            File.WriteAllText(Path.Combine(folder, "broken"), "");
            (status, output, errors) = wine.Run(folder, environment, "cmd", "/c", "run.cmd", "--version");
            Assert.Equal((1, ""), (status, output));
            Assert.Contains("error CS1002", errors, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(parent, recursive: true);
        }
    }

    private Journey Prepare(IReadOnlyList<string> symbols, Dictionary<string, string> settings)
    {
        foreach ((string name, string value) in wine.Settings)
            settings[name] = value;
        // From the working folder: Windows has other paths.
        settings.TryAdd("COINS_FILE", "coins.json");
        return Journey.Prepare(symbols, settings, launcher: wine.Launcher);
    }

    private (int Status, string Output, string Errors) Tool(Journey journey, int status, params string[] arguments)
    {
        using Bot tool = Bot.Start(arguments, journey.Environment, journey.Folder, launcher: wine.Launcher);
        int ended = tool.Exit(s_limit);
        string output = string.Join('\n', tool.Prices);
        Assert.True(ended == status, $"{string.Join(' ', arguments)}: status {ended}\n{output}\n{tool.ErrorText}");
        return (ended, output, tool.ErrorText);
    }

    private static (HttpStatusCode Status, string Body) Get(int port, string path)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = s_limit };
        using HttpResponseMessage answer = client.Send(new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{port}{path}"), TestContext.Current.CancellationToken);
        using var body = new StreamReader(answer.Content.ReadAsStream());
        return (answer.StatusCode, body.ReadToEnd().TrimEnd());
    }
}

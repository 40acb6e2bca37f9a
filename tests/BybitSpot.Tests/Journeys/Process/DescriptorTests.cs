using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>File descriptors that are not there.</summary>
public sealed class DescriptorTests
{
    /// <summary>Fewer than any program of .NET has open: from now on it gets no more.</summary>
    private const int None = 4;

    [Theory, Trait("Fault", "61")]
    [InlineData(48)]
    [InlineData(64)]
    [InlineData(Descriptors.Wanted - 1)]
    public void Where_too_few_are_allowed_the_program_says_so_in_one_line_and_starts_nothing(int allowed)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        (int status, string output, string errors) = Script.Run("bash", ["-c", $"ulimit -n {allowed}; exec '{Repository.Program}' run"], journey.Folder);
        Assert.Equal((78, ""), (status, output));
        Assert.Equal($"bybitspot: only {allowed} open files are allowed (ulimit -n, LimitNOFILE); at least {Descriptors.Wanted} are needed", errors);
    }

    [Fact, Trait("Fault", "61")]
    public void With_as_many_as_are_wanted_it_runs_with_the_page_full_of_clients()
    {
        Assert.SkipUnless(Script.IsThere("prlimit"), "prlimit (util-linux) is not here");
        using Journey journey = PageTests.Begin();
        Page page = Page.Of(journey.Bot);
        Allow(journey, Descriptors.Wanted);
        var clients = Enumerable.Range(0, 64).Select(_ => page.Connect()).ToList();
        try
        {
            journey.Exchange.ResetAll();
            Until.True("the line is back", () => journey.Bot.CountLogs("feed_connected") > 1, state: () => journey.Bot.ErrorText);
            journey.TradeArrives("BTCUSDT", "1.5");
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
        page.Becomes("/healthz", 200);
    }

    [Fact, Trait("Fault", "61")]
    public void When_none_is_left_prices_go_on_trouble_is_told_readably_and_with_new_ones_all_comes_back()
    {
        Assert.SkipUnless(Script.IsThere("prlimit"), "prlimit (util-linux) is not here");
        // Asking for the list of instruments takes threads of the pool, which are not to be had then.
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["BYBIT_REST_URL"] = "" });
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Allow(journey, None);
        journey.Exchange.Trade("BTCUSDT", "1.5");
        // .NET may end a process that wants one more thread meanwhile; then a supervisor starts it anew, and the reason is told.
        if (EndsBefore(bot, () => journey.Redis.Price("BTC") == "1.5"))
            return;
        journey.Exchange.ResetAll();
        if (EndsBefore(bot, () => bot.Logs.Any(l => l.Event == "feed_connect_failed" && l.Text("reason").Contains("open files", StringComparison.Ordinal))))
            return;
        journey.Exchange.Trade("BTCUSDT", "2.5");
        Allow(journey, 4_096);
        if (EndsBefore(bot, () => journey.Redis.Price("BTC") == "2.5"))
            return;
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
    }

    [Theory, Trait("Fault", "61")]
    [InlineData(true)]
    [InlineData(false)]
    public void Used_up_for_a_while_with_a_reconnect_and_REST_due_it_lives_says_why_and_comes_back_by_itself(bool withPage)
    {
        Assert.SkipUnless(Script.IsThere("prlimit"), "prlimit (util-linux) is not here");
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = withPage ? "http://127.0.0.1:0" : "" });
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        if (withPage)
            Assert.Equal(200, Page.Of(bot).Get("/healthz").Status);
        Until.True("the pool's threads stand", () => PoolThreadsOf(bot) >= PoolThreads.Kept, TimeSpan.FromSeconds(60), () => bot.ErrorText);
        Allow(journey, OpenOf(bot));
        // A line to be connected anew, a Redis to be connected anew, a list to be asked for at REST, a coin to be added, an audit of the
        // coin that hears nothing.
        journey.Exchange.ResetAll();
        journey.Redis.Kill();
        journey.Redis.Launch();
        journey.Exchange.List("ETHUSDT", "ETH", "USDT", "0.01", "50.00");
        journey.WriteCoins("BTCUSDT", "ETHUSDT");
        bot.Signal(Signals.Hangup);
        bot.Log("feed_connect_failed", l => l.Text("reason").Contains("open files", StringComparison.Ordinal));
        bot.Log("redis_unavailable", l => l.Text("reason").Contains("open files", StringComparison.Ordinal));
        Until.True("REST is waited for, too", () => bot.Logs.Any(l => l.Event is "audit_unavailable" or "instruments_kept" or "instruments_unavailable" && l.Text("reason").Contains("open files", StringComparison.Ordinal)),
            state: () => bot.ErrorText);
        Assert.Equal(0, Script.Run(Repository.Program, ["alive", $"{bot.Process.Id}"]).Status);
        Assert.False(bot.Process.HasExited, bot.ErrorText);
        Assert.InRange(bot.CountLogs("feed_connect_failed"), 1, 3);
        Allow(journey, 4_096);
        journey.TradeArrives("BTCUSDT", "1.5");
        journey.AwaitFirstPrices("ETHUSDT");
        bot.Signal(Signals.Terminate);
        Assert.Equal(0, bot.Exit());
        Assert.DoesNotContain("OutOfMemory", bot.ErrorText, StringComparison.OrdinalIgnoreCase);
    }

    // Where none can be started, whoever wants one more ends the process.
    [Fact, Trait("Fault", "61")]
    public void The_pool_wants_no_more_threads_than_are_kept_though_its_work_stands_still_for_a_while()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "its threads are counted in /proc");
        using Journey journey = PageTests.Begin();
        Bot bot = journey.Bot;
        Page page = Page.Of(bot);
        for (int i = 0; i < 6; i++)
        {
            bot.Signal(Signals.Stop);
            var clients = Enumerable.Range(0, 32).Select(_ => page.Connect()).ToList();
            clients.ForEach(c => c.Send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8));
            // Longer than the pool's patience.
            Thread.Sleep(700);
            bot.Signal(Signals.Continue);
            foreach (var client in clients)
            {
                Assert.Equal(200, Page.Parse(Page.ReadAll(client)).Status);
                client.Dispose();
            }
        }
        Assert.Equal(PoolThreads.Kept, PoolThreadsOf(bot));
    }

    private static int PoolThreadsOf(Bot bot) =>
        ProcessThreads.Of(bot.Process.Id).Count(thread => ProcessThreads.Read(thread, "comm").StartsWith(".NET TP Worker", StringComparison.Ordinal));

    [Fact, Trait("Fault", "61")]
    public void The_last_ones_are_the_feeds_and_a_client_of_the_page_waits_for_more_without_keeping_a_processor_busy()
    {
        Assert.SkipUnless(Script.IsThere("prlimit"), "prlimit (util-linux) is not here");
        using Journey journey = PageTests.Begin();
        Bot bot = journey.Bot;
        Page page = Page.Of(bot);
        Assert.Equal(200, page.Get("/healthz").Status);
        Allow(journey, OpenOf(bot) + 20);
        using var client = page.Connect();
        Assert.Contains("more files may be opened", bot.Log("http_accept_failed").Text("message"));
        double before = ProcessorSeconds(bot);
        journey.Exchange.ResetAll();
        Until.True("the line is back", () => bot.CountLogs("feed_connected") > 1, state: () => bot.ErrorText);
        journey.TradeArrives("BTCUSDT", "1.5");
        Assert.InRange(ProcessorSeconds(bot) - before, 0, 1);
        Allow(journey, 4_096);
        client.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8);
        Assert.Equal(200, Page.Parse(Page.ReadAll(client)).Status);
    }

    private static bool EndsBefore(Bot bot, Func<bool> condition)
    {
        bool ended = false;
        Until.True("it goes on, or ends", () => (ended = bot.Process.HasExited) || condition(), TimeSpan.FromSeconds(60), () => bot.ErrorText);
        if (ended)
        {
            bot.Exit();
            Assert.Contains("memory", bot.ErrorText, StringComparison.OrdinalIgnoreCase);
        }
        return ended;
    }

    private static int OpenOf(Bot bot) => Directory.EnumerateFileSystemEntries($"/proc/{bot.Process.Id}/fd").Count();

    private static void Allow(Journey journey, int count) =>
        Assert.Equal(0, Script.Run("prlimit", ["--pid", $"{journey.Bot.Process.Id}", $"--nofile={count}:"]).Status);

    private static double ProcessorSeconds(Bot bot)
    {
        bot.Process.Refresh();
        return bot.Process.TotalProcessorTime.TotalSeconds;
    }
}

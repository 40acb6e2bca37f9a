using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>File descriptors that are not there.</summary>
public sealed class DescriptorTests
{
    /// <summary>Fewer than any program of .NET has open: from now on it gets no more.</summary>
    private const int None = 16;

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
        using Journey journey = PageTests.Begin();
        Bot bot = journey.Bot;
        Page page = Page.Of(bot);
        Assert.Equal(200, page.Get("/healthz").Status);
        Allow(journey, None);
        using var client = page.Connect();
        Assert.Contains("more files may be opened", bot.Log("http_accept_failed").Text("message"));
        journey.TradeArrives("BTCUSDT", "1.5");
        // A client that waits keeps no processor busy.
        double before = ProcessorSeconds(bot);
        Thread.Sleep(1_000);
        Assert.InRange(ProcessorSeconds(bot) - before, 0, 0.5);
        journey.Exchange.ResetAll();
        Assert.Contains("open files", bot.Log("feed_connect_failed").Text("reason"));
        journey.Exchange.Trade("BTCUSDT", "2.5");
        Allow(journey, 4_096);
        journey.PriceBecomes("BTCUSDT", "2.5", TimeSpan.FromSeconds(60));
        // The one that waited is answered, too.
        client.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8);
        Assert.Equal(200, Page.Parse(Page.ReadAll(client)).Status);
        Assert.Equal(0, bot.CountLogs("thread_stalled"));
    }

    private static void Allow(Journey journey, int count) =>
        Assert.Equal(0, Script.Run("prlimit", ["--pid", $"{journey.Bot.Process.Id}", $"--nofile={count}:"]).Status);

    private static double ProcessorSeconds(Bot bot)
    {
        bot.Process.Refresh();
        return bot.Process.TotalProcessorTime.TotalSeconds;
    }
}

using BybitSpot.Tests.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Systems;

/// <summary>`--demo` of the program for Windows, under wine: the store inside it, whose scripts need Windows' own Lua library.</summary>
[Collection(StoreJourney.Name)]
public sealed class WindowsDemoTests(Wine wine) : IClassFixture<Wine>
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);

    [Fact]
    public void Prices_move_in_the_store_inside_it_scripts_answer_and_Ctrl_C_ends_it()
    {
        Assert.SkipUnless(File.Exists(Path.Combine(Repository.Root, "src/BybitSpot.App/Store/EmbeddedGarnet.cs")), "this version's Windows program has no store inside");
        wine.Need();
        string folder = Repository.NewScratchFolder();
        try
        {
            // Alone in an empty folder, as somebody who was given it has it.
            using Bot bot = Bot.Start(["--demo"], wine.Settings, folder, launcher: wine.LauncherOf(Alone(folder)));
            using var store = RedisServer.Reach(StoreJourney.PortIn(bot.Log("demo", limit: s_limit)));
            bot.Log("first_price", limit: s_limit);
            Until.True("BTC has a price", () => store.Price("BTC") is not null, s_limit, () => bot.ErrorText);
            string first = store.Price("BTC")!;
            Until.True("another price of BTC", () => store.Price("BTC") != first, s_limit, () => bot.ErrorText);
            Assert.Equal("BTCUSDT", store.Ask("EVAL", "return redis.call('HGET', KEYS[1], ARGV[1])", "1", "bybit_spot:BTC", "original_symbol"));
            bot.Signal(Signals.Interrupt);
            Assert.Equal(0, bot.Exit(s_limit));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Alone(string folder)
    {
        string program = Path.Combine(folder, "bybitspot.exe");
        File.Copy(Wine.Program, program);
        return program;
    }
}

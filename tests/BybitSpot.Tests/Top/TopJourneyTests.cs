using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Top;

/// <summary>`top` and `get --watch` in a real terminal, before a real program.</summary>
public sealed class TopJourneyTests : IDisposable
{
    private static readonly string[] s_symbols = ["BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"];

    private readonly int _port = Repository.FreePort();
    private readonly Journey _journey;

    public TopJourneyTests()
    {
        Assert.SkipUnless(Tool.Installed("tmux"), "tmux, which makes a terminal, is not installed");
        _journey = Journey.Prepare(s_symbols, new Dictionary<string, string> { ["HTTP_URL"] = $"http://127.0.0.1:{_port}" });
    }

    private string Url => $"http://127.0.0.1:{_port}";

    public void Dispose() => _journey?.Dispose();

    [Fact]
    public void It_shows_sorts_filters_and_follows_the_size_and_leaves_the_terminal_as_it_was()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command("echo what was there; stty -a > before");
        screen.Command($"{Repository.Program} top --url {Url}; stty -a > after; echo status $?");
        screen.Shows("● Live: every price can be believed, for ");
        Assert.True(screen.IsAlternate);
        Assert.False(screen.HasCursor);
        string[] lines = screen.Lines;
        Assert.Equal(24, lines.Length);
        Assert.StartsWith($" BybitSpot  {Url}", lines[0]);
        screen.Shows(" 4 coins: ");
        screen.Shows(" 1 line up");
        screen.Shows($"Redis 127.0.0.1:{_journey.Redis.Port}");
        Assert.Equal(["BTC", "ETH", "SOL", "XRP"], Coins(screen));

        _journey.Exchange.Trade("ETHUSDT", "101.00");
        screen.Becomes("ETH rose", () => Row(screen, "ETH") is var row && row.Contains("101.00 ▲") && row.Contains("+1.00%"));
        _journey.Exchange.Trade("ETHUSDT", "99.50");
        screen.Becomes("ETH fell", () => Row(screen, "ETH") is var row && row.Contains("99.50 ▼") && row.Contains("-0.50%"));
        Assert.Matches("\e\\[[0-9;]*31m[^\n]*99\\.50", screen.Coloured);

        // Dearest first, then the other way round.
        _journey.Exchange.Trade("SOLUSDT", "250.00");
        screen.Type("s");
        screen.Becomes("it is sorted by price", () => Coins(screen)[0] == "SOL" && Coins(screen)[^1] == "ETH" && screen.Text.Contains("PRICE▼"));
        screen.Type("r");
        screen.Becomes("it is sorted the other way", () => Coins(screen)[^1] == "SOL" && screen.Text.Contains("PRICE▲"));
        screen.Type("/e");
        screen.Becomes("it is filtered", () => Coins(screen) is ["ETH"] && screen.Text.Contains("filter: e"));
        screen.Press("Escape");
        screen.Becomes("all are there", () => Coins(screen).Length == 4);

        screen.Resize(40, 20);
        screen.Becomes("it is narrow", () => screen.Lines is { Length: 20 } narrow && narrow.All(l => l.Length <= 40) && narrow[^1].EndsWith("q quit") && Coins(screen).Length == 4);
        Assert.Matches(" ● SOL +250\\.00", screen.Text);
        screen.Resize(200, 50);
        screen.Becomes("it is wide", () => screen.Lines is { Length: 50 } wide && wide[^1].EndsWith("q quit") && screen.Text.Contains("TIME (UTC)") && Coins(screen).Length == 4);
        screen.Resize(80, 24);
        screen.Becomes("it is as before", () => screen.Lines is { Length: 24 } usual && usual[^1].EndsWith("q quit") && !screen.Text.Contains("TIME (UTC)"));
        screen.Type("?");
        screen.Shows("sort by another column");
        screen.Type("x");
        screen.Becomes("the help is gone", () => Coins(screen).Length == 4);

        screen.Type("q");
        IsAsItWas(screen);
        Assert.DoesNotContain("BybitSpot  http", screen.Text);
    }

    [Theory]
    [InlineData(Journeys.Signals.Terminate, 0)]
    [InlineData(Journeys.Signals.Interrupt, 0)]
    [InlineData(Journeys.Signals.Hangup, 0)]
    [InlineData(3, 131)]
    public void However_it_is_ended_the_terminal_is_as_it_was(int signal, int status)
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command("echo what was there; stty -a > before");
        screen.Command($"{Repository.Program} top --url {Url}; echo status $?; stty -a > after");
        screen.Shows("● Live");
        Journeys.Signals.Send(screen.Child, signal);
        IsAsItWas(screen, $"status {status}");
    }

    [Fact]
    public void Ctrl_Z_gives_the_terminal_back_and_fg_goes_on()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command("echo what was there; stty -a > before");
        screen.Command($"{Repository.Program} top --url {Url}");
        screen.Shows("● Live");
        screen.Press("C-z");
        screen.Becomes("the shell is back", () => !screen.IsAlternate && screen.HasCursor && screen.Text.Contains("Stopped") && screen.Text.Contains("what was there"));
        screen.Command("stty -a > after; echo typed");
        screen.Becomes("it echoes", () => screen.Text.Contains("\ntyped"));
        Assert.Equal(File.ReadAllText(Path.Combine(_journey.Folder, "before")), File.ReadAllText(Path.Combine(_journey.Folder, "after")));
        screen.Command("fg");
        screen.Becomes("it is drawn again", () => screen.IsAlternate && !screen.HasCursor && screen.Text.Contains("● Live"));
        screen.Press("C-c");
        screen.Becomes("it has ended", () => !screen.IsAlternate);
        screen.Command("stty -a > after; echo ended");
        IsAsItWas(screen, "\nended");
    }

    [Fact]
    public void A_program_that_is_gone_is_told_and_taken_up_again_by_itself()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command($"{Repository.Program} top --url {Url}");
        screen.Shows("● Live");
        _journey.Bot.Dispose();
        screen.Shows("× No news for ");
        screen.Becomes("the time goes on", () => screen.Text.Contains("× No news for 2s (since "));
        Assert.Equal(4, Coins(screen).Length);
        Start();
        screen.Shows("● Live");
        screen.Type("q");
        screen.Becomes("it has ended", () => !screen.IsAlternate);
    }

    [Fact]
    public void Without_HTTP_it_reads_from_Redis_and_says_so()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command($"{Repository.Program} top --http-url '' --redis-host 127.0.0.1 --redis-port {_journey.Redis.Port}");
        screen.Shows($"redis 127.0.0.1:{_journey.Redis.Port}");
        screen.Shows("● Live: every price can be believed");
        screen.Becomes("the coins are there", () => Coins(screen).SequenceEqual(["BTC", "ETH", "SOL", "XRP"]));
        _journey.Exchange.Trade("ETHUSDT", "101.00");
        screen.Becomes("ETH rose", () => Row(screen, "ETH").Contains("101.00 ▲"));
        screen.Type("q");
        screen.Becomes("it has ended", () => !screen.IsAlternate);
    }

    [Fact]
    public void With_neither_it_says_what_to_do()
    {
        using TmuxScreen screen = Shell(120, 24);
        int nobody = Repository.FreePort();
        _journey.Redis.Kill();
        screen.Command($"{Repository.Program} top --http-url http://127.0.0.1:{nobody} --redis-host 127.0.0.1 --redis-port {_journey.Redis.Port}; echo status $?");
        screen.Shows("status 1");
        string text = screen.Text.Replace("\n", "");
        Assert.Contains($"bybitspot: no bybitspot answers at http://127.0.0.1:{nobody} (nothing listens there), and no Redis at 127.0.0.1:{_journey.Redis.Port} (connection refused)", text);
        Assert.Contains("--demo shows made-up prices", text);
        Assert.False(screen.IsAlternate);
    }

    [Fact]
    public void Without_a_terminal_it_says_what_to_use_instead()
    {
        Start();
        Outcome outcome = Tool.Run(_journey.Folder, new Dictionary<string, string> { ["TERM"] = "xterm" }, "top", "--url", Url);
        Assert.Equal((1, ""), (outcome.Status, outcome.Output));
        Assert.StartsWith("bybitspot: top needs a terminal that can be drawn on: elsewhere bybitspot get shows prices", outcome.Error);
        using TmuxScreen screen = Shell(80, 24, new Dictionary<string, string> { ["TERM"] = "dumb" });
        screen.Command($"TERM=dumb {Repository.Program} top --url {Url}; echo status $?");
        screen.Shows("status 1");
        Assert.Contains("top needs a terminal", screen.Text);
    }

    [Fact]
    public void NO_COLOR_leaves_marks_and_takes_colours()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24, new Dictionary<string, string> { ["NO_COLOR"] = "1" });
        screen.Command($"{Repository.Program} top --url {Url}");
        screen.Shows("● Live");
        _journey.Exchange.Trade("ETHUSDT", "101.00");
        screen.Becomes("ETH rose", () => Row(screen, "ETH").Contains("101.00 ▲"));
        Assert.DoesNotMatch("\e\\[([0-9]+;)*[34][0-7]", screen.Coloured);
    }

    [Fact]
    public void Get_watch_is_the_same_view_of_its_coins_and_leaves_the_last_table_behind()
    {
        Start();
        using TmuxScreen screen = Shell(80, 24);
        screen.Command("stty -a > before");
        screen.Command($"{Repository.Program} get SOL BTC --watch --redis-host 127.0.0.1 --redis-port {_journey.Redis.Port}; stty -a > after; echo what was there");
        screen.Becomes("the coins are there, as they were named", () => screen.IsAlternate && Coins(screen).SequenceEqual(["SOL", "BTC"]));
        screen.Type("q");
        IsAsItWas(screen);
        Assert.Matches("COIN +PRICE +TIMESTAMP +AGE\nSOL +100\\.00 .*\nBTC +100\\.00", screen.Text);
    }

    [Fact]
    public void Nothing_that_draws_is_loaded_where_nothing_is_drawn()
    {
        Start();
        Assert.SkipWhen(Repository.IsOneFile, "one file shows no parts");
        Assert.DoesNotContain("Spectre", File.ReadAllText($"/proc/{_journey.Bot.Process.Id}/maps"));
        using TmuxScreen screen = Shell(80, 24);
        screen.Command($"{Repository.Program} top --url {Url}");
        screen.Shows("● Live");
        Assert.Contains("Spectre", File.ReadAllText($"/proc/{screen.Child}/maps"));
    }

    internal static string[] Coins(TmuxScreen screen) =>
        [.. screen.Lines.Where(l => l.Length > 3 && l[0] == ' ' && l[1] is '●' or '○' or '×' && l[2] == ' ' && !l.Contains("believed") && !l.Contains("No news")).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];

    private static string Row(TmuxScreen screen, string coin) => screen.Lines.FirstOrDefault(l => l.Contains($" {coin} ")) ?? "";

    private void Start()
    {
        _journey.Run();
        _journey.AwaitFirstPrices(s_symbols);
        using var client = new HttpClient();
        Until.True("it tells its prices", () =>
        {
            try
            {
                return client.GetStringAsync($"{Url}/status").Result.Contains("\"state\":\"live\"");
            }
            catch (AggregateException)
            {
                return false;
            }
        }, state: () => _journey.Bot.ErrorText);
    }

    private TmuxScreen Shell(int width, int height, IReadOnlyDictionary<string, string>? environment = null) => new(width, height, _journey.Folder, environment);

    private void IsAsItWas(TmuxScreen screen, string? said = null)
    {
        screen.Becomes("the screen of before is there", () => !screen.IsAlternate && screen.HasCursor && screen.Text.Contains("what was there") && screen.Text.Contains(said ?? ""));
        string after = Path.Combine(_journey.Folder, "after");
        Until.True("the settings of the terminal were written", () => File.Exists(after) && File.ReadAllText(after) == File.ReadAllText(Path.Combine(_journey.Folder, "before")), state: () => screen.Text);
        screen.Command("echo echoed");
        screen.Becomes("it echoes", () => screen.Text.Contains("echo echoed\nechoed"));
    }
}

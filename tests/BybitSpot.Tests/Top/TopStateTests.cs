using BybitSpot.App;
using BybitSpot.Latest;
using FsCheck;
using FsCheck.Fluent;
using Spectre.Console.Rendering;
using Xunit;

namespace BybitSpot.Tests.Top;

/// <summary>The view without a terminal: told, pressed, drawn.</summary>
public sealed class TopStateTests
{
    private static readonly DateTimeOffset s_clock = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly TopState _state = new("http://127.0.0.1:9464", TopSort.Coin);
    private TimeSpan _now;

    public static TheoryData<int, int> Sizes => new() { { 40, 20 }, { 80, 24 }, { 200, 50 }, { 60, 10 }, { 20, 5 }, { 3, 2 }, { 1, 1 } };

    [Theory, MemberData(nameof(Sizes))]
    public void No_line_is_wider_than_the_screen_and_no_more_lines_are_there_than_it_has(int width, int height)
    {
        BoardCoin[] coins = [.. Enumerable.Range(0, 300).Select(i => Coin($"C{i}", $"{i * 7919}.{i}"))];
        Take(Status(FeedState.Degraded, stale: 2), [.. coins, Odd()]);
        _state.Log = ["2026-01-02T03:04:05.000Z WARN  app   a line of the log that is longer than some screens are wide, by far"];
        Check();
        foreach (string keys in (string[])["s", "S", "G", "g", " ", "r", "?", "x", "/c9"])
        {
            Press(keys);
            Check();
        }
        Take(Status(FeedState.Degraded, stale: 2), [.. coins, Odd()], "a trouble that is told in a line which is longer than some screens are wide");
        Check();

        void Check()
        {
            IReadOnlyList<SegmentLine> lines = _state.Draw(width, height, Now());
            Assert.InRange(lines.Count, 1, height);
            Assert.All(lines, l => Assert.True(l.Sum(s => s.CellCount()) <= width, TextOf(l)));
        }
    }

    [Fact]
    public void Whatever_a_source_says_and_a_user_presses_the_lines_fit() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300),
        Prop.ForAll(
            ArbMap.Default.ArbFor<(string? Name, string? Price, string? Reason, string? Keys, byte Width, byte Height)>(),
            said =>
            {
                var state = new TopState(said.Reason ?? "", TopSort.Given);
                var coin = new BoardCoin(said.Name ?? "") { Price = said.Price, Reason = said.Reason, Symbol = said.Name ?? "", Timestamp = said.Price, DayAgo = said.Price, Age = TimeSpan.FromSeconds(said.Width) };
                (int width, int height) = (said.Width + 1, said.Height + 1);
                state.Take(new BoardView(null, [coin, coin with { State = CoinState.Quiet }], said.Reason), Now());
                state.Log = [said.Reason ?? ""];
                foreach (char key in said.Keys ?? "")
                    state.Press(new ConsoleKeyInfo(key, default, false, false, false));
                IReadOnlyList<SegmentLine> lines = state.Draw(width, height, Now());
                return lines.Count <= height && lines.All(l => l.Sum(s => s.CellCount()) <= width && !TextOf(l).Any(char.IsControl));
            }));

    [Fact]
    public void Nothing_that_a_source_says_is_taken_for_an_instruction()
    {
        Take(null, [Coin("[red]A[/]", "1") with { State = CoinState.Stale, Reason = "\e[2J[bold]\nwhy\u202e" }]);
        string text = string.Join('\n', Lines(80, 24));
        Assert.Contains("[red]A[/]", text);
        Assert.Contains("stale: \\u001b[2J[bold]\\u000awhy\\u202e", text);
    }

    [Fact]
    public void The_first_screen_says_in_words_whether_prices_can_be_believed_and_since_when()
    {
        Take(Status(FeedState.Live), [Coin("BTC", "67250.50") with { DayAgo = "66000.1", Age = TimeSpan.FromSeconds(3) }, Coin("ETH", "3000") with { State = CoinState.Quiet }]);
        string[] lines = Lines(80, 24);
        Assert.Equal(" BybitSpot  http://127.0.0.1:9464                                  03:04:05 UTC", lines[0].TrimEnd());
        Assert.Equal(" ● Live: every price can be believed, for 1m05s (since 03:03:00 UTC)", lines[1]);
        Assert.Equal(" 2 coins: 1 fresh, 1 quiet, 0 stale · 1 line up · 12.3 ticks/s", lines[2]);
        Assert.Equal(" to Redis p50 0.2, p99 0.9 ms · Redis 127.0.0.1:6379 · spot, main, 0.3.0", lines[3]);
        Assert.StartsWith("   COIN▲     PRICE      OPENED      24 H     AGE  STATE   LAST MINUTES", lines[4]);
        Assert.StartsWith(" ● BTC    67250.50       0.00%    +1.89%      3s  fresh", lines[5]);
        Assert.StartsWith(" ○ ETH     3000          0.00%  ", lines[6]);
        Assert.Equal(24, lines.Length);
        Assert.StartsWith(" 2 coins by COIN▲ ", lines[^1]);
        Assert.EndsWith("? help  q quit ", lines[^1]);
    }

    [Fact]
    public void At_40_columns_there_are_mark_coin_price_and_arrow()
    {
        Take(Status(FeedState.Live), [Coin("BTC", "0.0000000009297")]);
        _now += TimeSpan.FromSeconds(1);
        Take(Status(FeedState.Live), [Coin("BTC", "0.0000000009298")]);
        string[] lines = Lines(40, 20);
        Assert.StartsWith(" ● BTC    0.0000000009298 ▲", lines.Single(l => l.Contains("BTC")));
        Assert.Equal(" ● Live: every price can be believed", lines[1]);
        Assert.StartsWith(" 1 coin by COIN▲", lines[^1]);
    }

    [Fact]
    public void As_it_gets_narrower_columns_go_and_coin_price_and_arrow_stay()
    {
        Take(Status(FeedState.Live), [Coin("BTC", "67250.50") with { DayAgo = "66000.1" }]);
        string[] titles = ["TIME (UTC)", "LAST MINUTES", "24 H", "AGE", "STATE", "OPENED", "PRICE", "COIN"];
        var there = new List<string[]>();
        for (int width = 200; width >= 20; width--)
        {
            string head = Lines(width, 24).Single(l => l.Contains("COIN") && l.Contains("PRICE"));
            there.Add([.. titles.Where(t => head.Contains(t) || (t == "LAST MINUTES" && head.Contains("TREND")))]);
        }
        Assert.Equal(8, there[0].Length);
        Assert.Equal(["PRICE", "COIN"], there[^1]);
        Assert.All(there.Zip(there.Skip(1)), w => Assert.All(w.Second, t => Assert.Contains(t, (IEnumerable<string>)[.. w.First, "STATE"])));
    }

    [Theory]
    [InlineData("", "A,B,C,D")]
    [InlineData("r", "D,C,B,A")]
    [InlineData("s", "C,A,B,D")]
    [InlineData(">r", "B,A,C,D")]
    [InlineData("ss", "A,B,C,D")]
    [InlineData("sss", "C,A,B,D")]
    [InlineData("ssss", "B,A,C,D")]
    [InlineData("S", "B,C,A,D")]
    [InlineData("<r", "A,D,C,B")]
    public void It_is_sorted_by_a_column_and_the_other_way_round_and_what_has_no_value_stands_last(string keys, string order)
    {
        Take(null,
        [
            Coin("C", "300") with { DayAgo = "200", State = CoinState.Quiet, Age = TimeSpan.FromSeconds(1) },
            Coin("A", "20.5") with { DayAgo = "20", Age = TimeSpan.FromSeconds(2) },
            Coin("D", null) with { State = CoinState.Fresh, Age = null },
            Coin("B", "3") with { DayAgo = "6", State = CoinState.Stale, Age = TimeSpan.FromHours(1) },
        ]);
        Press(keys);
        Assert.Equal(order.Split(','), Coins());
    }

    [Fact]
    public void The_head_and_the_foot_say_by_which_column_and_which_way()
    {
        Take(null, [Coin("A", "1")]);
        Assert.Contains("COIN▲", Head());
        Press("s");
        Assert.Contains("PRICE▼", Head());
        Assert.DoesNotContain("COIN▲", Head());
        Press("r");
        Assert.Contains("PRICE▲", Head());
        Assert.Contains("by PRICE▲", Lines(80, 24)[^1]);

        string Head() => Lines(80, 24).Single(l => l.Contains("COIN") && l.Contains("OPENED"));
    }

    [Fact]
    public void Typing_after_a_slash_filters_by_coin_symbol_and_state_and_Esc_shows_all_again()
    {
        Take(null, [Coin("BTC", "1"), Coin("ETH", "2") with { State = CoinState.Stale }, Coin("WBTC", "3")]);
        Press("/bt");
        Assert.Equal(["BTC", "WBTC"], Coins());
        Assert.Contains("filter: bt", Lines(80, 24)[^1]);
        // What would be a key otherwise is a letter.
        Press("q");
        Assert.Empty(Coins());
        Assert.Contains("no coin matches btq", string.Join('\n', Lines(80, 24)));
        Press(ConsoleKey.Backspace);
        Press(ConsoleKey.Enter);
        Assert.Equal(["BTC", "WBTC"], Coins());
        Assert.Contains("with bt", Lines(80, 24)[^1]);
        Press(ConsoleKey.Escape);
        Assert.Equal(["BTC", "ETH", "WBTC"], Coins());
        Press("/stale");
        Assert.Equal(["ETH"], Coins());
        Press(ConsoleKey.Escape);
        Press("/ethusdt");
        Assert.Equal(["ETH"], Coins());
    }

    [Fact]
    public void More_coins_than_lines_are_scrolled_through_and_no_further_than_to_the_last()
    {
        BoardCoin[] coins = [.. Enumerable.Range(0, 50).Select(i => Coin($"C{i:00}", "1"))];
        Take(null, coins);
        int page = Coins(14).Length;
        Assert.Equal(["C00", $"C{page - 1:00}"], Ends());
        Press(ConsoleKey.DownArrow);
        Press("j");
        Assert.Equal(["C02", $"C{page + 1:00}"], Ends());
        Press(ConsoleKey.UpArrow);
        Press(ConsoleKey.PageDown);
        Assert.Equal([$"C{page + 1:00}", $"C{2 * page:00}"], Ends());
        Press("b");
        Press("k");
        Press("k");
        Assert.Equal(["C00", $"C{page - 1:00}"], Ends());
        Press(ConsoleKey.End);
        Press(" ");
        Assert.Equal([$"C{50 - page:00}", "C49"], Ends());
        // The list became short.
        Take(null, coins[30..32]);
        Assert.Equal(["C30", "C31"], Ends());
        Take(null, coins);
        Press("G");
        Press("g");
        Assert.Equal(["C00", $"C{page - 1:00}"], Ends());

        string[] Ends() => Coins(14) is var shown ? [shown[0], shown[^1]] : [];
    }

    [Theory]
    [InlineData('q', false)]
    [InlineData('Q', false)]
    [InlineData('j', true)]
    [InlineData('x', true)]
    public void Q_ends_it_and_no_other_letter_does(char key, bool goesOn) => Assert.Equal(goesOn, _state.Press(new ConsoleKeyInfo(key, default, false, false, false)));

    [Fact]
    public void A_question_mark_tells_the_keys_and_any_key_goes_back()
    {
        Take(null, [Coin("BTC", "1")]);
        Press("?");
        Assert.Contains("sort by another column", string.Join('\n', Lines(40, 20)));
        Assert.Contains("not to be believed", string.Join('\n', Lines(40, 20)));
        Press("x");
        Assert.Equal(["BTC"], Coins());
    }

    [Fact]
    public void A_price_that_moves_is_marked_by_more_than_a_colour_and_the_mark_fades()
    {
        Take(null, [Coin("UP", "9.9"), Coin("DOWN", "10.0"), Coin("SAME", "1.0"), Coin("NONE", null)]);
        Assert.All(Rows(), l => Assert.DoesNotMatch("[▲▼]", l));
        _now += TimeSpan.FromSeconds(1);
        BoardCoin[] moved = [Coin("UP", "10.0"), Coin("DOWN", "9.99"), Coin("SAME", "1.00"), Coin("NONE", "5")];
        Take(null, moved);
        Assert.Equal(["▼", "", "", "▲"], Rows().Select(Arrow));
        Assert.Equal(["-0.10%", "+1.01%"], Rows().Where(l => Arrow(l) != "").Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]));
        string first = LookOfPrice("UP");
        _now += TimeSpan.FromSeconds(2);
        Take(null, moved);
        string later = LookOfPrice("UP");
        Assert.Equal("▲", Arrow(Rows()[^1]));
        _now += TimeSpan.FromSeconds(3);
        Take(null, moved);
        Assert.Equal("▲", Arrow(Rows()[^1]));
        Assert.Equal(3, new[] { first, later, LookOfPrice("UP") }.Distinct().Count());
        _now += TimeSpan.FromSeconds(10);
        Take(null, moved);
        Assert.All(Rows(), l => Assert.Equal("", Arrow(l)));

        static string Arrow(string row) => row.Contains('▲') ? "▲" : row.Contains('▼') ? "▼" : "";
    }

    [Fact]
    public void A_stale_coin_says_why_over_the_rest_of_its_line()
    {
        Take(Status(FeedState.Degraded, stale: 1), [Coin("BTC", "1") with { State = CoinState.Stale, Reason = "no connection to the exchange carries it" }]);
        Assert.EndsWith("stale: no connection to the exchange carries it", Lines(100, 24).Single(l => l.Contains("× BTC")));
        Assert.Contains("○ Degraded: 1 of 2 prices cannot be believed", Lines(100, 24)[1]);
        Assert.EndsWith("…", Lines(60, 24).Single(l => l.Contains("× BTC")));
    }

    [Fact]
    public void When_the_source_is_gone_it_says_so_and_since_when_all_is_grey_and_ages_go_on_until_it_is_back()
    {
        BoardCoin[] coins = [Coin("BTC", "1") with { Age = TimeSpan.FromSeconds(1) }];
        Take(Status(FeedState.Live), coins);
        _now += TimeSpan.FromSeconds(5);
        Take(Status(FeedState.Live), [coins[0] with { Age = TimeSpan.FromSeconds(6) }], "nothing listens there");
        _now += TimeSpan.FromSeconds(7);
        string[] lines = Lines(80, 24);
        Assert.Equal(" × No news for 7s (since 03:04:10 UTC): nothing listens there", lines[1]);
        Assert.Contains(" 13s ", lines.Single(l => l.Contains(" BTC ")));
        Assert.Single(_state.Draw(80, 24, Now()).Single(l => TextOf(l).Contains(" BTC ")).Select(s => s.Style).Distinct());
        // Another reason is the same outage.
        Take(Status(FeedState.Live), coins, "it does not answer in time");
        Assert.Contains("(since 03:04:10 UTC): it does not answer", Lines(80, 24)[1]);
        Take(Status(FeedState.Live), coins);
        Assert.Contains("● Live", Lines(80, 24)[1]);
        Assert.Contains(" 1s ", Lines(80, 24).Single(l => l.Contains(" BTC ")));
    }

    [Fact]
    public void Every_state_of_a_feed_has_its_words()
    {
        string[] told = [.. Enum.GetValues<FeedState>().Select(state =>
        {
            Take(Status(state), []);
            return Lines(120, 24)[1];
        })];
        Assert.Equal(told.Length, told.Distinct().Count());
        Assert.All(told.Where(t => !t.Contains("Live")), t => Assert.DoesNotContain("●", t));
        Take(Status(FeedState.Live) with { Ready = false, Reason = "Redis does not take the prices" }, []);
        Assert.StartsWith(" × Not ready: Redis does not take the prices", Lines(120, 24)[1]);
        Take(null, []);
        Assert.Equal(" × No running bybitspot says what these prices are worth", Lines(120, 24)[1]);
    }

    [Fact]
    public void What_does_not_work_is_told_above_the_table()
    {
        Take(
            Status(FeedState.Live) with
            {
                LinesConnected = 0,
                Reconnects = new Dictionary<string, long> { ["closed"] = 2, ["silent"] = 1 },
                Dropped = new Dictionary<string, long> { ["not_json"] = 4 },
                Redis = new BoardRedis { Endpoint = "127.0.0.1:6379", Trouble = "not connected", OtherWriters = 2 },
            },
            []);
        string head = string.Join('\n', Lines(200, 50).Take(5));
        foreach (string part in (string[])["0 of 1 line up", "Redis 127.0.0.1:6379: not connected", "2 other writers of the same coins", "3 reconnects", "4 messages dropped"])
            Assert.Contains(part, head);
    }

    [Fact]
    public void The_last_lines_of_the_log_stand_below_the_table_without_what_steers_a_terminal()
    {
        Take(null, [Coin("BTC", "1")]);
        _state.Log = [.. Enumerable.Range(0, 20).Select(i => $"\e[2m2026-01-02T03:04:{i:00}.000Z\e[0m \e[33mWARN \e[0m app   line {i} \e[2J")];
        string[] lines = Lines(80, 24);
        Assert.StartsWith("─ log ─", lines[^5]);
        Assert.Equal([" 03:04:17 WARN  app   line 17 \\u001b[2J", " 03:04:18 WARN  app   line 18 \\u001b[2J", " 03:04:19 WARN  app   line 19 \\u001b[2J"], lines[^4..^1]);
        Assert.DoesNotContain(Lines(80, 12), l => l.Contains("log"));
    }

    private static BoardCoin Coin(string name, string? price) => new(name) { Symbol = name + "USDT", Price = price, Timestamp = price is null ? null : "2026-01-02T03:04:00.123Z", State = CoinState.Fresh, Age = TimeSpan.Zero };

    /// <summary>Characters that take two places or none, and more of everything than there is room for.</summary>
    private static BoardCoin Odd() => Coin("漢字コイン漢字コイン", "123456789012345678901234567890.12345678901234567890") with { State = CoinState.Stale, Reason = "why 漢字 e\u0301\u0301 and so on, at such length that no screen has room for it, however wide it may be, not even that of a wall, which has more columns than anybody reads, or would want to read in one line" };

    private static BoardStatus Status(FeedState state, int stale = 0) => new()
    {
        Time = s_clock,
        Market = "spot",
        Instance = "main",
        Version = "0.3.0",
        Started = s_clock,
        State = state,
        Since = s_clock - TimeSpan.FromSeconds(65),
        Ready = true,
        Coins = 2,
        Fresh = 1,
        Quiet = 1,
        Stale = stale,
        Lines = 1,
        LinesConnected = 1,
        TicksPerSecond = 12.3,
        Redis = new BoardRedis { Endpoint = "127.0.0.1:6379", Servers = 1, ServersUp = 1, LatencyP50Ms = 0.2, LatencyP99Ms = 0.9 },
    };

    private static string TextOf(SegmentLine line) => string.Concat(line.Select(s => s.Text));

    private TopTime Now() => new(_now, s_clock + _now);

    private void Take(BoardStatus? status, BoardCoin[] coins, string? trouble = null) => _state.Take(new BoardView(status, coins, trouble), Now());

    private void Press(string keys)
    {
        foreach (char key in keys)
            _state.Press(new ConsoleKeyInfo(key, default, false, false, false));
    }

    private void Press(ConsoleKey key) => _state.Press(new ConsoleKeyInfo('\0', key, false, false, false));

    private string[] Lines(int width, int height) => [.. _state.Draw(width, height, Now()).Select(TextOf)];

    private string[] Rows() => [.. Lines(80, 24).Where(l => l is [' ', '●' or '○' or '×', ' ', ..] && l.Contains('.') | l.Contains(" - ") && !l.Contains(':'))];

    private string[] Coins(int height = 24) => [.. Lines(120, height).Where(l => l is [' ', '●' or '○' or '×', ' ', ..] && !l.Contains("believed") && !l.Contains("worth")).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1])];

    private string LookOfPrice(string coin) => _state.Draw(80, 24, Now()).Single(l => TextOf(l).Contains($" {coin} ")).Single(s => s.Text.Trim() == "10.0").Style.ToMarkup();
}

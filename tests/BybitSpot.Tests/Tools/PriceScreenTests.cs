using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Tools;

public sealed class PriceScreenTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly PriceScreen _screen = new();

    [Fact]
    public void A_price_that_rose_or_fell_since_the_last_drawing_is_marked_by_more_than_a_colour()
    {
        Draw([Of("UP", "9.9"), Of("DOWN", "10.0"), Of("SAME", "1"), Of("NONE", null)]);
        string[] lines = Draw([Of("UP", "10.0"), Of("DOWN", "9.99"), Of("SAME", "1"), Of("NONE", "5")]);
        Assert.StartsWith("▲ UP ", lines[1]);
        Assert.StartsWith("▼ DOWN ", lines[2]);
        Assert.StartsWith("  SAME ", lines[3]);
        Assert.StartsWith("  NONE ", lines[4]);
        Assert.All(Draw([Of("UP", "10.0"), Of("DOWN", "9.99"), Of("SAME", "1"), Of("NONE", "5")]).Skip(1), l => Assert.StartsWith("  ", l));
    }

    [Fact]
    public void Colours_are_there_only_where_they_may_be_and_end_with_their_line()
    {
        Draw([Of("UP", "1")]);
        string coloured = Draw([Of("UP", "2")], colour: true)[1];
        Assert.StartsWith("\e[32m▲ UP", coloured);
        Assert.EndsWith("\e[0m", coloured);
        Assert.All(Draw([Of("UP", "3")]), l => Assert.DoesNotContain('\e', l));
    }

    [Fact]
    public void More_coins_than_lines_are_scrolled_through_and_no_further_than_to_the_last()
    {
        StoredPrice[] prices = [.. Enumerable.Range(0, 50).Select(i => Of($"C{i:00}", "1"))];
        Assert.Equal(["C00", "C07"], Ends(prices));
        Assert.True(Press(ConsoleKey.DownArrow));
        Assert.Equal(["C01", "C08"], Ends(prices));
        Press(ConsoleKey.PageDown);
        Assert.Equal(["C09", "C16"], Ends(prices));
        Press(ConsoleKey.End);
        Assert.Equal(["C42", "C49"], Ends(prices));
        Press(ConsoleKey.DownArrow);
        Assert.Equal(["C42", "C49"], Ends(prices));
        Press(ConsoleKey.UpArrow);
        Assert.Equal(["C41", "C48"], Ends(prices));
        // The window grew, and the list became short.
        Assert.Equal(["C30", "C31"], Ends(prices[30..32]));
        Press(ConsoleKey.Home);
        Assert.Equal(["C00", "C07"], Ends(prices));
        Assert.Equal("  1 to 8 of 50 coins, arrows scroll, q quits", Draw(prices)[^1]);
    }

    [Theory]
    [InlineData('q', false)]
    [InlineData('Q', false)]
    [InlineData('j', true)]
    [InlineData('x', true)]
    public void Q_ends_it_and_no_other_key_does(char key, bool goesOn) => Assert.Equal(goesOn, _screen.Press(new ConsoleKeyInfo(key, default, false, false, false)));

    [Theory]
    [InlineData(40, 5)]
    [InlineData(5, 2)]
    [InlineData(1, 1)]
    public void No_line_is_wider_than_the_terminal_and_no_more_lines_are_drawn_than_it_has(int width, int height)
    {
        StoredPrice[] prices = [.. Enumerable.Range(0, 9).Select(i => Of($"C{i}", "67250.50"))];
        IReadOnlyList<string> lines = _screen.Draw(prices, PriceTable.Widths(prices, s_now), s_now, width, height, false, "a trouble that is told in a line which is longer than some terminals are wide");
        Assert.All(lines, l => Assert.True(l.Length <= Math.Max(width, 2), l));
        Assert.True(lines.Count <= Math.Max(height, 3));
    }

    private static StoredPrice Of(string coin, string? price) => new(coin, price, price is null ? null : "2026-01-02T03:04:00.000Z", price is null ? null : coin + "USDT");

    private bool Press(ConsoleKey key) => _screen.Press(new ConsoleKeyInfo('\0', key, false, false, false));

    private string[] Draw(StoredPrice[] prices, bool colour = false) => [.. _screen.Draw(prices, PriceTable.Widths(prices, s_now), s_now, 80, 10, colour, null)];

    private string[] Ends(StoredPrice[] prices)
    {
        string[] lines = Draw(prices);
        return [lines[1].Trim().Split(' ')[0], lines[^2].Trim().Split(' ')[0]];
    }
}

using System.Text;
using BybitSpot.App;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace BybitSpot.Tests.Top;

public sealed class TopPartsTests
{
    [Theory]
    [InlineData(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 8, "▁▂▃▄▅▆▇█")]
    [InlineData(new float[] { 1, 2, 3, 4, 5, 6, 7, 8 }, 3, "▁▅█")]
    [InlineData(new float[] { 5, 5 }, 4, "▁▁  ")]
    [InlineData(new[] { 1, float.NaN, 2 }, 3, "▁ █")]
    [InlineData(new[] { float.NaN, float.PositiveInfinity }, 2, "  ")]
    [InlineData(new float[] { }, 2, "  ")]
    [InlineData(new float[] { 1 }, 0, "")]
    public void A_trail_is_a_row_of_blocks(float[] points, int width, string line) => Assert.Equal(line, Sparkline.Of(points, width));

    [Theory]
    [InlineData("67250.50", "67250.60", "0.00%")]
    [InlineData("100", "101.005", "+1.01%")]
    [InlineData("0.0000000009297", "0.0000000009298", "+0.01%")]
    [InlineData("2", "1", "-50.00%")]
    [InlineData("0.001", "123", ">9999%")]
    [InlineData("1", "21.5", "+2050%")]
    [InlineData("0", "1", "")]
    [InlineData(null, "1", "")]
    [InlineData("1", "12345678901234567890123456789012345678901", "")]
    public void A_change_is_reckoned_from_the_exact_texts(string? from, string to, string text) =>
        Assert.Equal(text, PriceMovement.Text(PriceMovement.Change(PriceMovement.Number(from), PriceMovement.Number(to))));

    [Fact]
    public void A_price_that_comes_late_or_goes_and_comes_again_is_measured_from_the_first()
    {
        var movement = new PriceMovement();
        movement.Take(null, TimeSpan.Zero);
        Assert.Null(movement.SinceOpened);
        movement.Take("10", TimeSpan.Zero);
        Assert.Null(movement.At);
        movement.Take("11", TimeSpan.FromSeconds(1));
        Assert.Equal((1, TimeSpan.FromSeconds(1)), (movement.Direction, movement.At));
        movement.Take(null, TimeSpan.FromSeconds(2));
        movement.Take("9", TimeSpan.FromSeconds(3));
        Assert.Equal("-10.00%", PriceMovement.Text(movement.SinceOpened));
    }

    [Theory]
    [InlineData("q", "q")]
    [InlineData("\e[A\e[B", "UpArrow DownArrow")]
    [InlineData("\eOA\eOH\eOF", "UpArrow Home End")]
    [InlineData("\e[5~\e[6~\e[1~\e[4~\e[7~\e[8~", "PageUp PageDown Home End Home End")]
    [InlineData("\e[1;5A", "UpArrow")]
    [InlineData("\e[200~x\e[?1;2cy", "x y")]
    [InlineData("\r\n\x7f\b", "Enter Enter Backspace Backspace")]
    [InlineData("ä漢", "ä 漢")]
    [InlineData("\x03", "q")]
    [InlineData("\x01\x1a", "")]
    [InlineData("\eax", "x")]
    [InlineData("\e\e[A", "Escape UpArrow")]
    [InlineData("😀x", "x")]
    public void Bytes_of_a_terminal_are_keys_in_whatever_pieces_they_come(string sent, string keys)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(sent);
        var decoder = new KeyDecoder();
        Assert.Equal(keys, Names(decoder.Take(bytes)));
        var pieces = new KeyDecoder();
        Assert.Equal(keys, Names(bytes.SelectMany(b => pieces.Take([b]))));
    }

    [Fact]
    public void An_escape_by_itself_is_the_key_of_that_name_once_nothing_follows()
    {
        var decoder = new KeyDecoder();
        Assert.Empty(decoder.Take("\e"u8));
        Assert.True(decoder.Waits);
        Assert.Equal("Escape", Names(decoder.End()));
        Assert.False(decoder.Waits);
        Assert.Empty(decoder.Take("\e["u8));
        Assert.Empty(decoder.End());
        Assert.Equal("x", Names(decoder.Take("x"u8)));
    }

    [Fact]
    public void Any_bytes_at_all_are_keys_or_nothing() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            var decoder = new KeyDecoder();
            _ = decoder.Take(bytes).ToList();
            _ = decoder.End().ToList();
            return Names(decoder.Take("x"u8)) == "x";
        }));

    [Theory]
    [InlineData("漢字x", 5, "漢字x")]
    [InlineData("漢字x", 4, "漢…")]
    [InlineData("漢字x", 2, "…")]
    [InlineData("abc", 0, "")]
    [InlineData("a\tb", 9, "a\\u0009b")]
    public void A_text_is_cut_to_the_places_that_there_are(string text, int width, string fitting) => Assert.Equal(fitting, Cells.Fit(text, width));

    [Fact]
    public void A_trail_goes_on_where_it_was_told_and_keeps_its_length()
    {
        var trails = new TrailKeeper();
        trails.Begin("BTC", Enumerable.Range(0, 100).Select(i => (float)i));
        Assert.Equal([.. Enumerable.Range(41, 59).Select(i => (float)i), 7f], trails.Of("BTC", "7"));
        trails.Take([("BTC", "100"), ("ETH", null)], TimeSpan.FromSeconds(1));
        trails.Take([("BTC", "101")], TimeSpan.FromSeconds(3));
        trails.Take([("BTC", "102"), ("ETH", "5")], TimeSpan.FromSeconds(6.5));
        Assert.Equal([100f, 102f, 103f], trails.Of("BTC", "103").TakeLast(3));
        Assert.Equal(60, trails.Of("BTC", "103").Count);
        Assert.Equal([float.NaN, 5f, 6f], trails.Of("ETH", "6"));
        trails.Take([("BTC", "102")], TimeSpan.FromSeconds(12));
        Assert.Equal([6f], trails.Of("ETH", "6"));
    }

    [Fact]
    public void Events_come_whole_out_of_whatever_pieces()
    {
        byte[] sent = Encoding.UTF8.GetBytes("retry: 2000\n\n: hello\nevent: status\ndata: {\"a\":\ndata: 1}\n\nevent:prices\r\ndata:x\r\n\r\ndata: y\n\nevent: lost\n\n");
        foreach (int size in (int[])[1, 7, 1000])
        {
            var told = new List<string>();
            var events = new ServerSentEvents();
            foreach (byte[] piece in sent.Chunk(size))
                events.Take(piece, (name, data) => told.Add($"{name}={Encoding.UTF8.GetString(data.Span)}"));
            Assert.Equal(["status={\"a\":\n1}", "prices=x", "=y"], told);
        }
    }

    [Fact]
    public void An_event_without_end_is_an_error_and_not_memory()
    {
        var events = new ServerSentEvents();
        byte[] piece = new byte[1024 * 1024];
        Assert.Throws<InvalidDataException>(() =>
        {
            for (int i = 0; i < 100; i++)
                events.Take(piece, (_, _) => { });
        });
    }

    [Fact]
    public void While_a_view_is_open_the_log_goes_to_its_pane_and_what_was_grave_is_told_afterwards()
    {
        using var stderr = new MemoryStream();
        using var pane = new LogPane(stderr);
        Say("INFO  before");
        pane.Hold();
        int changed = 0;
        pane.Changed = () => changed++;
        Say("INFO  small");
        Say("WARN  grave");
        Assert.Equal(["t INFO  before", "t INFO  small", "t WARN  grave"], pane.Lines);
        Assert.Equal((2, "t INFO  before\n"), (changed, Text()));
        pane.Release();
        pane.Release();
        Say("INFO  after");
        Assert.Equal("t INFO  before\nt WARN  grave\nt INFO  after\n", Text());
        for (int i = 0; i < 100; i++)
            Say("INFO  more");
        Assert.Equal(LogPane.LinesMax, pane.Lines.Count);

        void Say(string line) => pane.Write(Encoding.UTF8.GetBytes($"t {line}\n"));
        string Text() => Encoding.UTF8.GetString(stderr.ToArray());
    }

    private static string Names(IEnumerable<ConsoleKeyInfo> keys) => string.Join(' ', keys.Select(k => k.Key is default(ConsoleKey) or ConsoleKey.Q ? $"{k.KeyChar}" : $"{k.Key}"));
}

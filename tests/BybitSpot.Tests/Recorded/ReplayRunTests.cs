using System.Text;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;
using static BybitSpot.Tests.Recorded.MadeRecording;

namespace BybitSpot.Tests.Recorded;

public sealed class ReplayRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringBuilder _text = new();
    private long _atUs = 1_786_310_800_000_000;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_price_that_is_taken_is_a_line_and_the_rest_is_counted()
    {
        Line("""{"req_id":"1","op":"subscribe","args":["tickers.BTCUSDT","publicTrade.BTCUSDT"]}""", incoming: false);
        Line("""{"success":true,"ret_msg":"subscribe","conn_id":"a","op":"subscribe"}""");
        Line(Ticker(5));
        Line(Ticker(5), number: 2);
        Line(Ticker(4));
        Line("""{"topic":"publicTrade.BTCUSDT","ts":1786310800010,"type":"snapshot","data":[{"i":"1","T":1786310800009,"p":"65001.10","v":"1","S":"Buy","seq":1006,"s":"BTCUSDT","BT":false,"RPI":false}]}""");
        Line("""{"topic":"publicTrade.BTCUSDT","ts":1786310800010,"type":"snapshot","data":[{"i":"2","T":1786310800010,"p":"1","v":"1","S":"Buy","seq":1007,"s":"BTCUSDT","BT":false,"RPI":true}]}""");
        Line("not JSON");
        Line(Ticker(6).Replace("65006.5", "-1", StringComparison.Ordinal));
        Line(Ticker(1, "ETHUSDT"), afterUs: 30_000_000);
        (string output, ReplayTotals totals) = Replayed(new ReplayPlan([Write()]));

        Assert.Equal(
            "BTC|65005.5|2026-08-09T21:26:40.005Z\nBTC|65001.10|2026-08-09T21:26:40.009Z\nETH|65001.5|2026-08-09T21:26:40.001Z\n", output);
        string json = totals.Json();
        foreach (string part in (string[])["\"messages\":9", "\"requests\":1", "\"answers\":1", "\"coins\":2", "\"prices\":3", "\"late\":1", "\"duplicates\":1", "\"unpriced\":1", "\"not_json\":1", "\"price\":1", "\"damaged\":0", "\"gaps\":1", "\"longest_silence_s\":30.000"])
            Assert.Contains(part, json, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_trades_alone_were_asked_for_those_of_retail_count()
    {
        const string Retail = """{"topic":"publicTrade.BTCUSDT","ts":1786310800010,"type":"snapshot","data":[{"i":"2","T":1786310800010,"p":"1.5","v":"1","S":"Buy","seq":7,"s":"BTCUSDT","BT":false,"RPI":true}]}""";
        Line("""{"req_id":"1","op":"subscribe","args":["publicTrade.BTCUSDT"]}""", incoming: false);
        Line(Retail);
        Assert.Equal("BTC|1.5|2026-08-09T21:26:40.010Z\n", Replayed(new ReplayPlan([Write()])).Output);
    }

    [Theory]
    [InlineData(false), InlineData(true)]
    public void Order_books_are_counted_and_kept_with_the_days_figures_only_where_they_are_wanted(bool wanted)
    {
        const string Book = """{"topic":"orderbook.1.BTCUSDT","ts":1786310800007,"type":"snapshot","data":{"s":"BTCUSDT","b":[["65001.1","2"]],"a":[],"u":7,"seq":1001},"cts":1786310800006}""";
        Line(Ticker(1));
        Line(Book);
        Line(Book.Replace("\"2\"", "\"two\"", StringComparison.Ordinal).Replace("800007", "800009", StringComparison.Ordinal));
        var table = new BybitSpot.Latest.LatestTable();
        var run = new ReplayRun(new ReplayPlan([Write()]) { Details = wanted }, table, TimeProvider.System);
        run.Play(new ReplayLines(table, new MemoryStream()));

        string json = run.Totals.Json();
        foreach (string part in (string[])["\"books\":1", "\"tickers\":1", "\"figure\":1", "\"prices\":1"])
            Assert.Contains(part, json, StringComparison.Ordinal);
        table.ReadDetails(0, out BybitSpot.Market.Details details);
        Assert.Equal(wanted ? (1786310800007, "65001.1", "", 1786310800001) : (0, "", "", 0), (details.Book.TimeMs, details.Book.Bid.ToString(), details.Book.Ask.ToString(), details.Day.TimeMs));
    }

    // As the feed does it: what a delta leaves out is what this connection's tickers have shown before.
    [Theory]
    [InlineData("nothing between", "BTC|65001.5|2026-08-09T21:26:40.009Z")]
    [InlineData("a ticker without a price that can be used", null)]
    [InlineData("a trade without a price that can be used", null)]
    [InlineData("a new subscribe", null)]
    [InlineData("one from the far future", null)]
    public void A_delta_with_a_trade_and_no_price_confirms_what_was_shown_unless_that_may_have_changed(string between, string? confirmed)
    {
        Line(Ticker(1));
        switch (between)
        {
            case "a ticker without a price that can be used":
                Line(Ticker(2).Replace("65002.5", "", StringComparison.Ordinal));
                break;
            case "a trade without a price that can be used":
                Line("""{"topic":"publicTrade.BTCUSDT","ts":1786310800005,"type":"snapshot","data":[{"i":"1","T":1786310800005,"p":"0","v":"1","S":"Buy","seq":1005,"s":"BTCUSDT","BT":false,"RPI":false}]}""");
                break;
            case "a new subscribe":
                Line("""{"req_id":"1","op":"subscribe","args":["tickers.BTCUSDT"]}""", incoming: false);
                break;
            case "one from the far future":
                Line(Ticker(2).Replace("\"ts\":1786310800002", "\"ts\":9986310800002", StringComparison.Ordinal));
                break;
        }
        Line("""{"topic":"tickers.BTCUSDT","type":"delta","data":{"symbol":"BTCUSDT","volume24h":"5"},"cs":1009,"ts":1786310800009}""");
        Assert.Equal(confirmed is null ? [First] : [First, confirmed], Replayed(new ReplayPlan([Write()])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private const string First = "BTC|65001.5|2026-08-09T21:26:40.001Z";

    [Fact]
    public void Coins_that_are_not_named_are_left_out()
    {
        Line(Ticker(1));
        Line(Ticker(1, "ETHUSDT"));
        Line(Ticker(2, "SOLUSDC"));
        (string output, ReplayTotals totals) = Replayed(new ReplayPlan([Write()]) { Coins = new HashSet<string> { "ETH", "SOLUSDC" } });
        Assert.Equal(["ETH", "SOLUSDC"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|')[0]));
        Assert.Contains("\"other_coins\":1", totals.Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_symbol_that_no_coin_can_have_reaches_no_line()
    {
        Line(Ticker(1, "\\u001b[2JUSDT"));
        Line(Ticker(1, new string('A', 40)));
        (string output, ReplayTotals totals) = Replayed(new ReplayPlan([Write()]));
        Assert.Equal("", output);
        Assert.Contains("\"unknown_symbol\":2", totals.Json(), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_played_in_order_of_time_and_from_and_to_cut_out_a_part()
    {
        string whole = _folder.File("whole.jsonl");
        Of(To(_folder.File("a.jsonl")) with { Every = TimeSpan.FromMinutes(10) }, Tickers(100, 60));
        string[] files = [.. Directory.GetFiles(_folder.Path, "a.*.jsonl")];
        Assert.InRange(files.Length, 10, 11);
        File.WriteAllText(whole, string.Concat(files.Order(StringComparer.Ordinal).Select(File.ReadAllText)));
        string all = Replayed(new ReplayPlan([whole])).Output;
        Assert.Equal(100, all.Count(c => c == '\n'));

        string[] mixed = [.. ReplayRun.InOrder(files.Reverse()).Select(f => f.Path)];
        Assert.Equal(files.Order(StringComparer.Ordinal), mixed);
        Assert.Equal(all, Replayed(new ReplayPlan(mixed)).Output);
        long[] times = [.. Read(whole).Frames.Select(f => f.AtUs)];
        string part = Replayed(new ReplayPlan(mixed) { FromUs = times[33], ToUs = times[66] }).Output;
        Assert.Equal(string.Join('\n', all.Split('\n')[33..66]) + "\n", part);
    }

    [Fact]
    public void At_a_speed_it_takes_as_long_as_it_was_recorded_and_comes_to_the_same()
    {
        for (int i = 0; i < 30; i++)
            Line(Ticker(i), afterUs: 100_000);
        string path = Write();
        string output = Replayed(new ReplayPlan([path])).Output;
        (string paced, ReplayTotals totals) = Replayed(new ReplayPlan([path]) { Speed = 10 });
        Assert.Equal(output, paced);
        Assert.InRange(totals.Elapsed.TotalSeconds, 0.29, 30);
    }

    [Fact]
    public void A_real_recording_gives_the_same_bytes_each_time_and_ends_at_its_newest_prices()
    {
        Assert.SkipWhen(Repository.Recordings is null, "no recordings here: BYBITSPOT_RECORDINGS names no folder");
        foreach (string file in Directory.GetFiles(Repository.Recordings!, "*.frames.jsonl"))
        {
            (string first, ReplayTotals totals) = Replayed(new ReplayPlan([file]));
            Assert.Equal(first, Replayed(new ReplayPlan([file])).Output);
            Journeys.Recordings.Recording recording = Journeys.Recordings.Recording.Read(file);
            foreach (string symbol in recording.Symbols)
            {
                (string price, string timestamp) = recording.Newest(symbol)!.Value;
                Assert.Equal($"{symbol[..^4]}|{price}|{timestamp}", first.Split('\n').Last(l => l.StartsWith($"{symbol[..^4]}|", StringComparison.Ordinal)));
            }
            TestContext.Current.SendDiagnosticMessage(totals.Text());
        }
    }

    [Fact]
    public void A_real_recording_cut_at_many_bytes_gives_the_beginning_of_the_same_lines()
    {
        Assert.SkipWhen(Repository.Recordings is null, "no recordings here: BYBITSPOT_RECORDINGS names no folder");
        byte[] whole = File.ReadAllBytes(Directory.GetFiles(Repository.Recordings!, "*.frames.jsonl")[0]);
        string path = _folder.File("cut.jsonl");
        File.WriteAllBytes(path, whole);
        string all = Replayed(new ReplayPlan([path])).Output;
        Holds.ForSeeds(50, chance =>
        {
            File.WriteAllBytes(path, whole[..chance.Next(whole.Length)]);
            (string output, ReplayTotals totals) = Replayed(new ReplayPlan([path]));
            Assert.StartsWith(output, all, StringComparison.Ordinal);
            Assert.Equal(0, totals.Damaged);
        });
    }

    private void Line(string message, bool incoming = true, long afterUs = 1_000, int number = 1) =>
        _text.Append(FrameTextTests.Line(Encoding.UTF8.GetBytes(message), incoming, _atUs += afterUs, number));

    private string Write() => _folder.Write("made.jsonl", _text.ToString());
}

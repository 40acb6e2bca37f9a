using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;
using static BybitSpot.Tests.Simulator.SimulationRun;

namespace BybitSpot.Tests.Simulator;

// Recordings played: bytes, order, pace, what late comers get, REST in the recording's time.
public sealed class PlaybackTests : IDisposable
{
    private const double Start = 1786310819.25;

    private static readonly HttpClient _http = new() { Timeout = StreamClient.Limit };

    private readonly SimulationRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    public async Task Frames_are_played_byte_for_byte_and_in_order_to_their_topics_subscribers(double speed)
    {
        string[] frames = [Ticker("BTCUSDT", "65000.5", 5), Trade("BTCUSDT", "65001", 6), Ticker("BTCUSDT", "65001", 6), Trade("BTCUSDT", "65002", 7)];
        var text = new StringBuilder(Line(Start, """{"op":"subscribe","args":["tickers.BTCUSDT"]}""", "out"));
        text.Append(Line(Start, """{"success":true,"ret_msg":"subscribe","conn_id":"recorded","op":"subscribe"}"""));
        for (var i = 0; i < frames.Length; i++) text.Append(Line(Start + i, frames[i])).Append(Line(Start + i, Trade("ETHUSDT", "1", i)));
        _run.Start(new SimulationOptions { Port = 0, Speed = speed, RecordingPath = _run.Write("a.jsonl", text.ToString()) });

        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.BTCUSDT", "publicTrade.BTCUSDT", "orderbook.1.BTCUSDT");
        var ack = await client.ReceiveTextAsync();
        Assert.Contains("\"success\":true", ack);
        Assert.DoesNotContain("recorded", ack);
        var clock = Stopwatch.StartNew();
        foreach (var frame in frames) Assert.Equal(frame, await client.ReceiveTextAsync());
        // 300 ms after the ack, then three seconds at the speed.
        Assert.InRange(clock.ElapsedMilliseconds, speed == 0 ? 250 : 550, 30_000);
        _run.WaitForOutput("playback finished: 8 frames");
        await client.SendAsync("""{"op":"ping"}""");
        Assert.Contains("pong", await client.ReceiveTextAsync());
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public async Task A_late_comer_gets_the_newest_played_ticker_and_then_what_comes()
    {
        var text = Line(Start, Ticker("BTCUSDT", "1", 1)) + Line(Start + 0.01, Ticker("BTCUSDT", "2", 2)) + Line(Start + 1, Ticker("BTCUSDT", "3", 3));
        _run.Start(new SimulationOptions { Port = 0, RecordingPath = _run.Write("a.jsonl", text) });
        using var first = await StreamClient.ConnectAsync(_run.StreamUrl);
        await first.SubscribeAsync("tickers.BTCUSDT");
        for (var i = 0; i < 3; i++) await first.ReceiveTextAsync();
        using var late = await StreamClient.ConnectAsync(_run.StreamUrl);
        await late.SubscribeAsync("tickers.BTCUSDT");
        await late.ReceiveTextAsync();
        Assert.Equal(Ticker("BTCUSDT", "2", 2), await late.ReceiveTextAsync());
        Assert.Equal(Ticker("BTCUSDT", "3", 3), await late.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_recorded_order_book_is_played_as_it_is_and_a_late_comer_gets_the_newest()
    {
        string[] books = [Book(1), Book(2)];
        var text = Line(Start, books[0]) + Line(Start + 0.01, books[1]);
        _run.Start(new SimulationOptions { Port = 0, RecordingPath = _run.Write("a.jsonl", text) });
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("orderbook.1.BTCUSDT");
        await client.ReceiveTextAsync();
        foreach (var book in books) Assert.Equal(book, await client.ReceiveTextAsync());
        using var late = await StreamClient.ConnectAsync(_run.StreamUrl);
        await late.SubscribeAsync("orderbook.1.BTCUSDT");
        await late.ReceiveTextAsync();
        Assert.Equal(books[1], await late.ReceiveTextAsync());
        await late.SubscribeAsync("orderbook.2.BTCUSDT");
        Assert.Contains("Invalid symbol :[orderbook.2.BTCUSDT]", await late.ReceiveTextAsync());

        static string Book(int u) =>
            $$$"""{"topic":"orderbook.1.BTCUSDT","ts":1672304484978,"type":"snapshot","data":{"s":"BTCUSDT","b":[["16493.50","0.006"]],"a":[],"u":{{{u}}},"seq":7961638724},"cts":1672304484976}""";
    }

    [Fact]
    public async Task A_recording_of_linear_is_played_as_it_is_and_a_late_comer_gets_what_its_deltas_come_to()
    {
        const string Topic = "\"topic\":\"tickers.BTC-26DEC25\"";
        string[] frames =
        [
            $$$"""{{{{Topic}}},"type":"snapshot","data":{"symbol":"BTC-26DEC25","lastPrice":"65000.10","bid1Price":"1"},"cs":5,"ts":1786310819126}""",
            $$$"""{{{{Topic}}},"type":"delta","data":{"symbol":"BTC-26DEC25","bid1Price":"2","basisRateYear":""},"cs":6,"ts":1786310819226}""",
        ];
        var text = string.Concat(frames.Select((frame, i) => Line(Start + i / 100.0, frame)));
        _run.Start(new SimulationOptions { Port = 0, Market = "linear", RecordingPath = _run.Write("a.jsonl", text) });
        Assert.EndsWith("/v5/public/linear", _run.StreamUrl);
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.BTC-26DEC25");
        await client.ReceiveTextAsync();
        foreach (var frame in frames) Assert.Equal(frame, await client.ReceiveTextAsync());
        using var late = await StreamClient.ConnectAsync(_run.StreamUrl);
        await late.SubscribeAsync("tickers.BTC-26DEC25");
        await late.ReceiveTextAsync();
        Assert.Equal($$$"""{{{{Topic}}},"type":"snapshot","data":{"symbol":"BTC-26DEC25","lastPrice":"65000.10","bid1Price":"2","basisRateYear":""},"cs":6,"ts":1786310819226}""", await late.ReceiveTextAsync());
        var tickers = await _http.GetStringAsync(_run.RestUrl + "/v5/market/tickers?category=linear", TestContext.Current.CancellationToken);
        Assert.Contains("\"lastPrice\":\"65000.10\"", tickers);
        var list = await _http.GetStringAsync(_run.RestUrl + "/v5/market/instruments-info?category=linear", TestContext.Current.CancellationToken);
        Assert.Contains("\"quoteCoin\":\"USDC\"", list);
    }

    [Fact]
    public async Task Unknown_symbols_are_refused_and_known_ones_without_frames_are_silent()
    {
        var instruments = _run.Write("instruments.json", """
            {"retCode":0,"retMsg":"OK","result":{"category":"spot","list":[{"symbol":"SOLUSDT","baseCoin":"SOL","quoteCoin":"USDT","status":"Trading" , "odd": 1.50}]},"retExtInfo":{},"time":1}
            """);
        var recording = _run.Write("a.jsonl", Line(Start, Ticker("BTCUSDT", "1", 1)));
        _run.Start(new SimulationOptions { Port = 0, RecordingPath = recording, InstrumentsPath = instruments });
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.XUSDT");
        Assert.Contains("Invalid symbol :[tickers.XUSDT]", await client.ReceiveTextAsync());
        await client.SubscribeAsync("publicTrade.BTCUSDT");
        Assert.Contains("Invalid symbol :[publicTrade.BTCUSDT]", await client.ReceiveTextAsync());
        await client.SubscribeAsync("tickers.BTCUSDT", "tickers.SOLUSDT");
        Assert.Contains("\"success\":true", await client.ReceiveTextAsync());
        Assert.Equal(Ticker("BTCUSDT", "1", 1), await client.ReceiveTextAsync());
        var list = await _http.GetStringAsync(_run.RestUrl + "/v5/market/instruments-info?category=spot", TestContext.Current.CancellationToken);
        Assert.Contains("""[{"symbol":"SOLUSDT","baseCoin":"SOL","quoteCoin":"USDT","status":"Trading" , "odd": 1.50}]""", list);
    }

    [Fact]
    public async Task Rest_answers_in_the_recordings_time_with_the_newest_played_prices()
    {
        var text = Line(Start, Ticker("BTCUSDT", "1", 1)) + Line(Start + 0.2, Ticker("BTCUSDT", "2", 2)) + Line(Start + 0.2, Trade("1INCHUSDC", "2", 2));
        _run.Start(new SimulationOptions { Port = 0, RecordingPath = _run.Write("a.jsonl", text) });
        var before = await GetAsync("/v5/market/tickers?category=spot");
        Assert.Equal((long)(Start * 1000), before.GetProperty("time").GetInt64());
        Assert.Equal("1", before.GetProperty("result").GetProperty("list")[0].GetProperty("lastPrice").GetString());
        var instruments = (await GetAsync("/v5/market/instruments-info?category=spot")).GetProperty("result").GetProperty("list").EnumerateArray()
            .Select(entry => (entry.GetProperty("symbol").GetString(), entry.GetProperty("baseCoin").GetString(), entry.GetProperty("quoteCoin").GetString()));
        Assert.Equal([("1INCHUSDC", "1INCH", "USDC"), ("BTCUSDT", "BTC", "USDT")], instruments);
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.BTCUSDT");
        _run.WaitForOutput("playback finished: 3 frames");
        var after = await GetAsync("/v5/market/tickers?category=spot");
        Assert.Equal("2", after.GetProperty("result").GetProperty("list")[0].GetProperty("lastPrice").GetString());
        Assert.InRange(after.GetProperty("time").GetInt64(), (long)((Start + 0.2) * 1000), (long)((Start + 8) * 1000));
        Assert.Equal(((long)Start).ToString(CultureInfo.InvariantCulture), (await GetAsync("/v5/market/time")).GetProperty("result").GetProperty("timeSecond").GetString());
    }

    [Fact]
    public void A_last_line_cut_in_the_middle_is_left_out_with_a_warning()
    {
        var cut = Line(Start + 1, Ticker("BTCUSDT", "2", 2))[..^20];
        var path = _run.Write("a.jsonl", Line(Start, Ticker("BTCUSDT", "1", 1)) + cut);
        var recording = RecordingFile.Scan(path);
        Assert.Equal(1, recording.Frames);
        Assert.Equal($"{path}:2: the last line is cut off and left out", recording.Warning);
        Assert.Single(recording.Read());
    }

    [Theory]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,", "broken JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{\"dir\":\"up\",\"recv_ts\":1,\"raw\":\"x\"}", "\"dir\" must be \"in\" or \"out\"")]
    [InlineData("{\"dir\":\"in\",\"raw\":\"x\"}", "\"recv_ts\" is missing")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1}", "\"raw\" is missing")]
    [InlineData("{\"dir\":\"in\",\"recv_ts\":1,\"raw\":\"x\"} x", "broken JSON")]
    public void A_broken_line_is_an_error_with_file_and_line(string line, string reason)
    {
        var path = _run.Write("a.jsonl", Line(Start, Ticker("BTCUSDT", "1", 1)) + "\n" + line + "\n" + Line(Start, Ticker("BTCUSDT", "1", 1)));
        var e = Assert.Throws<SimulationException>(() => Simulation.Run(new SimulationOptions { Port = 0, RecordingPath = path }, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.StartsWith($"{path}:3: {reason}", e.Message);
    }

    [Fact]
    public void Bad_input_is_told_with_its_file()
    {
        Assert.Contains("no frame", Error(new SimulationOptions { Port = 0, RecordingPath = _run.Write("empty.jsonl", "") }));
        Assert.Contains("missing.jsonl", Error(new SimulationOptions { Port = 0, RecordingPath = Path.Combine(_run.Folder, "missing.jsonl") }));
        var recording = _run.Write("a.jsonl", Line(Start, Ticker("BTCUSDT", "1", 1)));
        Assert.Contains("b.json:1: broken JSON", Error(new SimulationOptions { Port = 0, RecordingPath = recording, InstrumentsPath = _run.Write("b.json", "{") }));
        Assert.Contains("c.json: no instruments-info body", Error(new SimulationOptions { Port = 0, RecordingPath = recording, InstrumentsPath = _run.Write("c.json", "{}") }));
        Assert.Contains("s.txt:1: unknown action", Error(new SimulationOptions { Port = 0, ScriptPath = _run.Write("s.txt", "1 dance") }));
        Assert.Contains("speed -1", Error(new SimulationOptions { Port = 0, Speed = -1 }));
        using var other = Exchange.Start();
        Assert.Contains($"127.0.0.1:{other.Port}: ", Error(new SimulationOptions { Port = other.Port }));
    }

    [Fact]
    public async Task A_client_that_stops_reading_does_not_keep_the_simulation_from_stopping()
    {
        var text = new StringBuilder();
        for (var i = 0; i < 40_000; i++) text.Append(Line(Start, Ticker("BTCUSDT", "1", i)));
        _run.Start(new SimulationOptions { Port = 0, Speed = 0, RecordingPath = _run.Write("a.jsonl", text.ToString()) });
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync("tickers.BTCUSDT");
        await client.ReceiveTextAsync();
        await client.ReceiveTextAsync();
        Assert.Equal(0, _run.Stop());
    }

    [Fact]
    public async Task A_real_recording_is_played_whole()
    {
        var folder = Environment.GetEnvironmentVariable("BYBITSPOT_RECORDINGS");
        if (string.IsNullOrEmpty(folder)) Assert.Skip("BYBITSPOT_RECORDINGS is not set: no real recording to play");
        var path = Directory.EnumerateFiles(folder, "*.jsonl").Order(StringComparer.Ordinal).First();
        string[] channels = ["tickers.", "publicTrade."];
        var topics = RecordingFile.Scan(path).Topics.Where(topic => channels.Any(channel => topic.StartsWith(channel, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal).Take(10).ToArray();
        var expected = new List<string>();
        // Read with other means than the simulator's own; a last line may be cut off.
        foreach (var line in File.ReadLines(path).Where(line => line.EndsWith('}')))
        {
            using var document = JsonDocument.Parse(line);
            if (document.RootElement.GetProperty("dir").GetString() != "in") continue;
            var raw = document.RootElement.GetProperty("raw").GetString()!;
            if (topics.Any(topic => raw.Contains($"\"topic\":\"{topic}\"", StringComparison.Ordinal))) expected.Add(raw);
        }
        _run.Start(new SimulationOptions { Port = 0, Speed = 0, RecordingPath = path });
        using var client = await StreamClient.ConnectAsync(_run.StreamUrl);
        await client.SubscribeAsync(topics);
        Assert.Contains("\"success\":true", await client.ReceiveTextAsync());
        foreach (var frame in expected) Assert.Equal(frame, await client.ReceiveTextAsync());
    }

    private static string Error(SimulationOptions options) =>
        Assert.Throws<SimulationException>(() => Simulation.Run(options, TextWriter.Null, TestContext.Current.CancellationToken)).Message;

    private async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await _http.GetStringAsync(_run.RestUrl + path));
}

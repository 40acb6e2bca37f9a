using System.Globalization;
using System.Text;
using System.Text.Json;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Simulator;

// A running Simulation.Run and the folder its inputs are in. Written recordings have the documented shapes.
internal sealed class SimulationRun : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly LineWriter _output = new();
    private Task<int>? _running;

    public string Folder { get; } = Directory.CreateTempSubdirectory("bybitspot-simulation-").FullName;

    public string StreamUrl { get; private set; } = "";

    public string RestUrl { get; private set; } = "";

    public string Output => _output.ToString();

    public string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    public SimulationRun Start(SimulationOptions options)
    {
        _running = Task.Run(() => Simulation.Run(options, _output, _stop.Token));
        var line = WaitForOutput("BYBIT_REST_URL=").Split('\n').First(text => text.Contains("BYBIT_WS_URL=", StringComparison.Ordinal));
        var words = line.Split(' ', '=');
        (StreamUrl, RestUrl) = (words[1].Trim(), words[3].Trim());
        return this;
    }

    public string WaitForOutput(string part) => _output.WaitFor(part, StreamClient.Limit, () => _running!.IsFaulted ? _running.Exception!.InnerException : null);

    public int Stop()
    {
        _stop.Cancel();
        return _running!.WaitAsync(StreamClient.Limit).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _running?.WaitAsync(StreamClient.Limit).GetAwaiter().GetResult();
        }
        catch (SimulationException)
        {
            // The test that wants it has seen it.
        }
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A line as the recorder writes it.</summary>
    public static string Line(double atSeconds, string raw, string dir = "in") =>
        string.Create(CultureInfo.InvariantCulture, $$"""{"dir": "{{dir}}", "recv_ts": {{atSeconds:0.######}}, "raw": {{JsonSerializer.Serialize(raw)}}}""") + "\n";

    public static string Ticker(string symbol, string price, long cs) =>
        $$$"""{"topic":"tickers.{{{symbol}}}","ts":1786310819126,"type":"snapshot","cs":{{{cs}}},"data":{"symbol":"{{{symbol}}}","lastPrice":"{{{price}}}","highPrice24h":"70000","lowPrice24h":"60000","prevPrice24h":"65000","volume24h":"1","turnover24h":"65000","price24hPcnt":"0.0015","usdIndexPrice":"ä{{{price}}}"}}""";

    public static string Trade(string symbol, string price, long seq) =>
        $$$"""{"topic":"publicTrade.{{{symbol}}}","ts":1786310821917,"type":"snapshot","data":[{"i":"2280000001739247417","T":1786310821917,"p":"{{{price}}}","v":"0.04537","S":"Sell","seq":{{{seq}}},"s":"{{{symbol}}}","BT":false,"RPI":false}]}""";

    private sealed class LineWriter : TextWriter
    {
        private readonly StringBuilder _text = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            lock (_text)
            {
                _text.Append(value);
                if (value == '\n') Monitor.PulseAll(_text);
            }
        }

        public override string ToString()
        {
            lock (_text) return _text.ToString();
        }

        public string WaitFor(string part, TimeSpan limit, Func<Exception?> failure)
        {
            var until = TimeProvider.System.GetTimestamp() + (long)(limit.TotalSeconds * TimeProvider.System.TimestampFrequency);
            lock (_text)
            {
                while (!_text.ToString().Contains(part, StringComparison.Ordinal) || _text[^1] != '\n')
                {
                    if (failure() is { } e) throw e;
                    if (TimeProvider.System.GetTimestamp() > until) throw new TimeoutException($"\"{part}\" was not printed; printed was: {_text}");
                    // A failed run prints nothing that would wake this.
                    Monitor.Wait(_text, 100);
                }
                return _text.ToString();
            }
        }
    }
}

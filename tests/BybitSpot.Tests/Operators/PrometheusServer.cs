using System.Text.Json;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;

namespace BybitSpot.Tests.Operators;

/// <summary>A real Prometheus of a test's own, on loopback, with the shipped configuration and rules in a hurry: it looks twice a second, and a minute of the rules takes a second.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();
    private readonly Script _process;
    private readonly HttpClient _client;

    public PrometheusServer(IEnumerable<string> targets)
    {
        int port = Repository.FreePort();
        File.WriteAllText(Path.Combine(_folder, "bybitspot.rules.yml"), OperatorFiles.Hurried(OperatorFiles.Rules));
        File.WriteAllText(Path.Combine(_folder, "prometheus.yml"), OperatorFiles.Config.Replace("_interval: 15s", "_interval: 500ms").Replace("[\"127.0.0.1:9464\"]", $"[{string.Join(", ", targets.Select(t => $"\"{t}\""))}]"));
        _process = Script.Start("prometheus", ["--config.file=prometheus.yml", $"--storage.tsdb.path={Path.Combine(_folder, "data")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=warn"], _folder);
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = TimeSpan.FromSeconds(20) };
        Until.True("Prometheus is ready", IsReady, TimeSpan.FromSeconds(90), () => _process.Errors);
    }

    /// <summary>Alerts that fire: name, and the instance if they are of one.</summary>
    public HashSet<(string Alert, string Instance)> Firing() =>
        [.. Get("alerts").GetProperty("alerts").EnumerateArray().Where(a => a.GetProperty("state").GetString() == "firing").Select(a => a.GetProperty("labels"))
            .Select(l => (l.GetProperty("alertname").GetString()!, l.TryGetProperty("instance", out JsonElement instance) ? instance.GetString()! : ""))];

    /// <summary>The numbers that a query gives now; NaN is none.</summary>
    public double[] Ask(string query) =>
        [.. Get("query?query=" + Uri.EscapeDataString(query)).GetProperty("result").EnumerateArray()
            .Select(r => double.TryParse(r.GetProperty("value")[1].GetString(), System.Globalization.CultureInfo.InvariantCulture, out double value) ? value : double.NaN).Where(v => !double.IsNaN(v))];

    /// <summary>The values of a label, as a variable of the board asks for them.</summary>
    public string[] Values(string label, string of) =>
        [.. Get($"label/{label}/values?match[]={Uri.EscapeDataString(of)}").EnumerateArray().Select(v => v.GetString()!)];

    public void Dispose()
    {
        _client.Dispose();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool IsReady()
    {
        try
        {
            return _client.GetAsync("-/ready").GetAwaiter().GetResult().IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <exception cref="InvalidOperationException">Prometheus calls it an error; the message is its own.</exception>
    private JsonElement Get(string path)
    {
        JsonElement answer = JsonDocument.Parse(_client.BodyOf("api/v1/" + path)).RootElement;
        return answer.GetProperty("status").GetString() == "success" ? answer.GetProperty("data") : throw new InvalidOperationException(answer.GetProperty("error").GetString());
    }
}

file static class Answers
{
    /// <summary>The body, whatever the status is.</summary>
    public static string BodyOf(this HttpClient client, string path) =>
        client.GetAsync(path).GetAwaiter().GetResult().Content.ReadAsStringAsync().GetAwaiter().GetResult();
}

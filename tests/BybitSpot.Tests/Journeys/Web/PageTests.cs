using System.Net;
using System.Net.Sockets;
using BybitSpot.App;
using BybitSpot.Tests.Tools;
using BybitSpot.Tests.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Web;

/// <summary>Health and metrics of the built program.</summary>
public sealed class PageTests
{
    private static readonly Dictionary<string, string> s_anyPort = new() { ["HTTP_URL"] = "http://127.0.0.1:0" };

    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    [Fact]
    public void A_running_program_is_healthy_and_its_metrics_are_a_page_that_Prometheus_reads()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        Reply health = page.Get("/healthz");
        Assert.Equal((200, "ok\n"), (health.Status, health.Body));
        Reply metrics = page.Get("/metrics");
        Assert.Equal((200, "text/plain; version=0.0.4; charset=utf-8"), (metrics.Status, metrics.Header("Content-Type")));
        IReadOnlyList<ExpositionFamily> families = Exposition.Read(metrics.Body);
        Assert.All(families, f => Assert.Matches("^(bybitspot|process)_", f.Name));
        Assert.Equal(ProgramVersion.Text, families.Single(f => f.Name == "bybitspot_build_info").Samples.Single().Labels["version"]);
        Assert.InRange(families.Single(f => f.Name == "process_resident_memory_bytes").Samples.Single().Value, 20e6, 300e6);
        Assert.Contains("/readyz", page.Get("/").Body);
        Assert.Equal(404, page.Get("/none").Status);
        Reply head = page.Ask("HEAD", "/healthz");
        Assert.Equal((200, "", "3"), (head.Status, head.Body, head.Header("Content-Length")));
        Assert.All((Reply[])[health, metrics, head, page.Get("/none"), page.Ask("POST", "/")], reply =>
        {
            Assert.Equal("nosniff", reply.Header("X-Content-Type-Options"));
            Assert.Equal("no-store", reply.Header("Cache-Control"));
            Assert.Equal("default-src 'none'", reply.Header("Content-Security-Policy"));
            Assert.Equal("", reply.Header("Server"));
        });
        Assert.All(journey.Bot.Prices, line => Assert.Matches(@"^BTC\|", line));
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
    }

    [Fact]
    public void Without_a_price_the_program_is_healthy_but_not_ready()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>(s_anyPort) { ["BYBIT_WS_URL"] = $"ws://127.0.0.1:{Repository.FreePort()}/v5/public/spot" });
        journey.Run();
        Page page = Page.Of(journey.Bot);
        Reply ready = page.Get("/readyz");
        Assert.Equal(503, ready.Status);
        Assert.StartsWith("not ready: no price has come yet", ready.Body);
        Assert.Equal(200, page.Get("/healthz").Status);
    }

    [Fact]
    public void Without_HTTP_URL_nothing_of_the_web_server_is_loaded_and_with_it_it_is()
    {
        Assert.SkipWhen(Repository.IsOneFile, "all is in one file");
        using Journey without = Journey.Begin("BTCUSDT");
        using Journey with = Begin();
        Page.Of(with.Bot);
        Assert.False(HasLoaded(without.Bot, "Kestrel"));
        Assert.True(HasLoaded(with.Bot, "Kestrel"));
        Assert.Equal(0, without.Bot.CountLogs("http_listening") + without.Bot.CountLogs("http_unavailable"));
    }

    [Fact, Trait("Fault", "72")]
    public void A_taken_port_that_was_asked_for_ends_the_program_in_one_line_before_anything_is_written()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        int port = ((IPEndPoint)other.LocalEndpoint).Port;
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["HTTP_URL"] = $"http://127.0.0.1:{port}" });
        Bot bot = journey.Run();
        Assert.Equal(1, bot.Exit());
        Assert.Equal($"HTTP_URL: http://127.0.0.1:{port} cannot be listened on: another program listens there [from environment]", bot.ErrorText);
        Assert.Empty(bot.Prices);
        Assert.Empty((string[])journey.Redis.Ask("KEYS", "*")!);
    }

    [Fact, Trait("Fault", "72")]
    public void A_taken_port_that_nobody_asked_for_is_a_warning_and_the_feed_goes_on()
    {
        using TcpListener? other = Take(9464);
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        // As without it: an empty one would mean none.
        journey.Forget("HTTP_URL");
        Bot bot = journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Contains("another program listens there", bot.Log("http_unavailable").Text("message"));
        journey.TradeArrives("BTCUSDT", "67250.50");
        Assert.Equal(0, bot.CountLogs("http_listening"));
        Assert.True(Repository.IsOneFile || !HasLoaded(bot, "Kestrel"));
    }

    [Fact]
    [Trait("Fault", "73")]
    [Trait("Fault", "74")]
    public void Strange_names_and_pages_of_other_sites_are_refused()
    {
        using Journey journey = Begin(("HTTP_ALLOWED_HOSTS", "prices.example"));
        Page page = Page.Of(journey.Bot);
        Assert.Equal(400, page.Get("/healthz", "Host: evil.example").Status);
        Assert.Equal(400, page.Get("/metrics", $"Host: evil.example:{page.Port}").Status);
        Assert.Equal(400, page.Send("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n").Status);
        Assert.Equal(400, page.Send($"GET http://evil.example/healthz HTTP/1.1\r\nHost: 127.0.0.1:{page.Port}\r\nConnection: close\r\n\r\n").Status);
        Assert.Equal(400, page.Send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n").Status);
        Assert.Equal(403, page.Get("/metrics", "Origin: http://evil.example").Status);
        Assert.Equal(403, page.Get("/metrics", "Origin: null").Status);
        Assert.Equal(200, page.Get("/healthz", $"Origin: http://127.0.0.1:{page.Port}").Status);
        Assert.All((string[])["localhost", "[::1]:80", "prices.example"], host => Assert.Equal(200, page.Get("/healthz", "Host: " + host).Status));
    }

    [Theory]
    [InlineData("GET /healthz HTTP/1.0\r\n\r\n", 200)]
    [InlineData("HEAD /healthz HTTP/1.0\r\n\r\n", 200)]
    [InlineData("GET /metrics HTTP/1.0\r\nUser-Agent: probe\r\n\r\n", 200)]
    [InlineData("GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n", 200)]
    [InlineData("GET /healthz HTTP/1.0\r\nHost:\r\n\r\n", 200)]
    [InlineData("GET /healthz HTTP/1.0\r\nHost: evil.example\r\n\r\n", 400)]
    [InlineData("GET http://evil.example/healthz HTTP/1.0\r\n\r\n", 400)]
    [InlineData("GET /healthz HTTP/1.0\r\nOrigin: http://evil.example\r\n\r\n", 403)]
    [InlineData("OPTIONS / HTTP/1.0\r\n\r\n", 405)]
    [InlineData("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n", 400)]
    [Trait("Fault", "73")]
    public void Who_names_nobody_is_answered_as_HTTP_1_0_allows_it(string question, int status)
    {
        using Journey journey = Begin();
        Assert.Equal(status, Page.Of(journey.Bot).Send(question).Status);
    }

    [Fact, Trait("Fault", "75")]
    public void Nothing_can_be_changed_over_HTTP()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        foreach (string method in (string[])["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
        {
            Reply reply = page.Ask(method, "/healthz", "Content-Length: 0");
            Assert.Equal((405, "GET, HEAD"), (reply.Status, reply.Header("Allow")));
        }
        // The answer does not wait for what was announced.
        Assert.Equal(405, page.Ask("POST", "/metrics", "Content-Length: 1000000").Status);
        Assert.Equal(413, page.Ask("GET", "/metrics", "Content-Length: 5").Status);
        Assert.Equal(413, page.Ask("GET", "/metrics", "Transfer-Encoding: chunked").Status);
    }

    [Fact]
    public void Whoever_asks_by_the_address_that_was_connected_to_is_answered_where_it_listens_everywhere()
    {
        using Journey journey = Begin(("HTTP_URL", "http://*:0"));
        Assert.StartsWith("http://*:", journey.Bot.Log("http_listening").Text("url"));
        Page page = Page.Of(journey.Bot);
        Assert.Equal(200, page.Get("/healthz").Status);
        Assert.Equal(400, page.Get("/healthz", "Host: 192.0.2.1").Status);
    }

    [Fact]
    public void The_health_command_asks_a_running_program()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        string url = $"http://127.0.0.1:{page.Port}";
        // It waits 3 s for the answer, which a busy machine may need and more.
        var well = new Outcome(0, "ok\n", "");
        Until.True("asked at its own address", () => Health(("HTTP_URL", url)) == well, s_long);
        Until.True("asked where it listens everywhere", () => Health(("HTTP_URL", $"http://*:{page.Port}")) == well, s_long);
        Until.True("asked at an address of its own", () => Health(("HTTP_URL", "nonsense"), "--url", url) == well, s_long);
        Until.True("asked for its prices", () => Health(("HTTP_URL", url), "--ready").Status == (page.Get("/readyz").Status == 200 ? 0 : 1), s_long);
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Outcome gone = Health(("HTTP_URL", url));
        Assert.Equal((1, ""), (gone.Status, gone.Output));
        Assert.StartsWith($"bybitspot: {url}/healthz does not answer: ", gone.Error);
        Assert.Equal(2, Health(("HTTP_URL", "")).Status);
        Assert.Equal(2, Health(("HTTP_URL", "http://127.0.0.1:0")).Status);
        Assert.Equal(2, Health(("HTTP_URL", url), "--url", "ftp://x").Status);
        Assert.Equal(78, Health(("HTTP_URL", "nonsense")).Status);

        Outcome Health((string Name, string Value) variable, params string[] flags) =>
            Tool.Run(journey.Folder, new Dictionary<string, string> { [variable.Name] = variable.Value }, ["health", .. flags]);
    }

    internal static Journey Begin(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(s_anyPort);
        foreach ((string name, string value) in settings)
            all[name] = value;
        Journey journey = Journey.Prepare(["BTCUSDT"], all);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        return journey;
    }

    private static bool HasLoaded(Bot bot, string part) =>
        File.ReadAllText($"/proc/{bot.Process.Id}/maps").Contains(part, StringComparison.OrdinalIgnoreCase);

    /// <summary>Null: somebody has it already, which serves as well.</summary>
    private static TcpListener? Take(int port)
    {
        try
        {
            var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}

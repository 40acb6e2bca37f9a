using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Xunit;

namespace BybitSpot.Tests.Journeys.Web;

/// <summary>/prices, /status and /events of a running program: the same as in Redis, for whoever has none.</summary>
public sealed class PricesOverHttpTests
{
    [Fact]
    public void Prices_are_those_of_Redis_to_the_letter_and_a_coin_that_is_not_watched_is_not_there()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        journey.TradeArrives("BTCUSDT", "67250.50");
        journey.PriceBecomes("BTCUSDT", "67250.50");
        JsonElement btc = Json(page.Get("/prices/BTC"));
        IReadOnlyDictionary<string, string> hash = journey.Redis.Hash("bybit_spot:BTC");
        Assert.Equal((hash["ltp"], hash["timestamp"], hash["original_symbol"]), (Text(btc, "price"), Text(btc, "timestamp"), Text(btc, "symbol")));
        Assert.Equal("67250.50", Text(btc, "price"));
        Until.True("its age is known", () => Json(page.Get("/prices/BTC")).GetProperty("age_ms") is { ValueKind: JsonValueKind.Number } age && age.GetInt64() >= 0);
        Assert.Equal(btc.GetProperty("price").GetString(), Text(Json(page.Get("/prices/btc")), "price"));
        JsonElement all = Json(page.Get("/prices"));
        Assert.Equal(["BTC", "ETH"], all.GetProperty("coins").EnumerateArray().Select(c => Text(c, "coin")));
        Assert.Equal("spot", Text(all, "market"));
        Reply none = page.Get("/prices/DOGE");
        Assert.Equal((404, "application/json; charset=utf-8", "DOGE is not watched"), (none.Status, none.Header("Content-Type"), Text(JsonDocument.Parse(none.Body).RootElement, "error")));
        Assert.Equal(404, page.Get("/prices/").Status);
    }

    [Fact]
    public void The_status_counts_what_the_metrics_count()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        page.Becomes("/readyz", 200);
        JsonElement status = default;
        Until.Equal("it is live", "live", () => Text(status = Json(page.Get("/status")), "state"));
        Assert.Equal(journey.Redis.Hash($"price_feed:spot:{Text(status, "instance")}")["since"], Text(status, "since"));
        Assert.True(status.GetProperty("ready").GetBoolean());
        Assert.Equal(JsonValueKind.Null, status.GetProperty("reason").ValueKind);
        Assert.Equal((2, 0, 1, 1), (Number(status, "coins"), Number(status, "stale"), Number(status, "lines"), Number(status, "lines_connected")));
        Assert.Equal(($"127.0.0.1:{journey.Redis.Port}", 1L, 1L), (Text(status.GetProperty("redis"), "endpoint"), Number(status.GetProperty("redis"), "servers"), Number(status.GetProperty("redis"), "servers_up")));
        Assert.True(Number(status.GetProperty("redis"), "writes") >= 2);
        journey.Redis.Freeze();
        try
        {
            Until.True("it says that Redis takes nothing", () => Json(page.Get("/status")).GetProperty("redis").GetProperty("trouble").ValueKind == JsonValueKind.String);
            Assert.Contains("Redis takes no writes", Text(Json(page.Get("/status")), "reason"));
        }
        finally
        {
            journey.Redis.Thaw();
        }
    }

    [Fact]
    public void Events_tell_all_at_first_then_what_changes_what_goes_stale_and_why_and_what_is_watched_no_longer()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        using var events = new EventReader(page);
        Until.True("all are told", () => events.OfCoin("ETH").Length > 0);
        Assert.StartsWith("HTTP/1.1 200 OK\n", events.Head);
        Assert.Contains("Content-Type: text/event-stream", events.Head);
        Assert.Equal("ETHUSDT", Text(events.OfCoin("ETH")[0], "symbol"));
        journey.TradeArrives("ETHUSDT", "2580.750");
        Until.True("the new price is told", () => Text(events.OfCoin("ETH")[^1], "price") == "2580.750");
        journey.Exchange.Faults.Refuse("SOLUSDT");
        journey.WriteCoins("BTCUSDT", "SOLUSDT");
        Until.True("SOL is stale, and why", () => events.OfCoin("SOL").LastOrDefault() is { ValueKind: JsonValueKind.Object } sol && sol.TryGetProperty("reason", out JsonElement why) && why.GetString()!.StartsWith("the exchange refuses it", StringComparison.Ordinal),
            state: () => string.Join('\n', events.OfCoin("SOL").TakeLast(3).Select(c => c.ToString())));
        Assert.Contains(events.Of("prices"), p => p.TryGetProperty("removed", out JsonElement removed) && removed.EnumerateArray().Any(c => c.GetString() == "ETH"));
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        Until.True("the end is seen", () => events.Ended);
        Assert.Equal("stopped", Text(events.Of("status")[^1], "state"));
    }

    [Fact]
    public void Clients_that_come_and_go_leave_nothing_behind_and_one_too_many_is_told_when_to_come_again()
    {
        using Journey journey = Begin();
        Page page = Page.Of(journey.Bot);
        var clients = new List<Socket>();
        try
        {
            for (int i = 0; i < BybitSpot.App.EventHub.ClientsMax; i++)
            {
                Socket client = page.Connect();
                clients.Add(client);
                client.Send(Encoding.ASCII.GetBytes($"GET /events?coins=BTC HTTP/1.1\r\nHost: 127.0.0.1:{page.Port}\r\n\r\n"));
                byte[] head = new byte[512];
                Assert.Contains(" 200 OK", Encoding.ASCII.GetString(head, 0, client.Receive(head)));
            }
            Reply refused = page.Get("/events");
            Assert.Equal((503, "5"), (refused.Status, refused.Header("Retry-After")));
            Assert.Contains("56 clients are here already", refused.Body);
            // Health is not for them to take away.
            Assert.Equal(200, page.Get("/healthz").Status);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
        Until.True("they are gone", () => page.Get("/metrics").Body.Contains("\nbybitspot_http_event_clients 0\n", StringComparison.Ordinal));
        Assert.Contains("\nbybitspot_http_event_clients_ended_total{reason=\"too_many\"} 1\n", page.Get("/metrics").Body);
    }

    [Fact]
    [Trait("Fault", "76")]
    public void Clients_that_never_read_hold_up_neither_Redis_nor_those_that_read_and_are_sent_away()
    {
        string[] symbols = [.. Enumerable.Range(0, 300).Select(i => $"C{i:000}USDT")];
        using Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" });
        journey.Run();
        journey.AwaitFirstPrices(symbols);
        Page page = Page.Of(journey.Bot);
        using var reading = new EventReader(page);
        var deaf = new List<Socket>();
        try
        {
            for (int i = 0; i < 20; i++)
            {
                Socket client = page.Connect();
                client.ReceiveBufferSize = 4096;
                client.Send(Encoding.ASCII.GetBytes($"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{page.Port}\r\n\r\n"));
                deaf.Add(client);
            }
            int round = 0;
            Until.True("they are sent away", () =>
            {
                string price = $"{100 + ++round}.50";
                reading.Clear();
                foreach (string symbol in symbols)
                    journey.Exchange.Trade(symbol, price);
                journey.PriceBecomes(symbols[^1], price);
                Until.True("whoever reads is told", () => reading.OfCoin("C299").Any(c => Text(c, "price") == price), state: () => journey.Bot.ErrorText);
                return page.Get("/metrics").Body.Contains("\nbybitspot_http_event_clients_ended_total{reason=\"too_slow\"} 20\n", StringComparison.Ordinal);
            }, TimeSpan.FromSeconds(120));
        }
        finally
        {
            deaf.ForEach(c => c.Dispose());
        }
        Assert.False(reading.Ended);
    }

    [Fact]
    [Trait("Fault", "74")]
    public void A_page_of_the_users_own_may_ask_if_it_is_named_and_no_other()
    {
        using Journey journey = Begin(("HTTP_ALLOWED_ORIGINS", "https://Prices.example,http://localhost:3000"));
        Page page = Page.Of(journey.Bot);
        Reply named = page.Get("/prices", "Origin: https://prices.example");
        Assert.Equal((200, "https://prices.example", "Origin"), (named.Status, named.Header("Access-Control-Allow-Origin"), named.Header("Vary")));
        Assert.Equal(200, page.Get("/status", "Origin: http://localhost:3000").Status);
        Assert.All((string[])["http://prices.example", "https://prices.example:8443", "https://prices.example.evil", "http://localhost:3001", "null"], origin =>
        {
            Reply refused = page.Get("/prices", "Origin: " + origin);
            Assert.Equal((403, ""), (refused.Status, refused.Header("Access-Control-Allow-Origin")));
        });
        Assert.Equal("", page.Get("/prices").Header("Access-Control-Allow-Origin"));
        Assert.Equal(400, page.Get("/prices", "Host: evil.example", "Origin: https://prices.example").Status);
    }

    [Theory]
    [InlineData("GET", "/events?coin=BTC", 400)]
    [InlineData("GET", "/events?coins=", 400)]
    [InlineData("HEAD", "/events", 200)]
    [InlineData("POST", "/events", 405)]
    [InlineData("POST", "/prices", 405)]
    [InlineData("HEAD", "/prices/BTC", 200)]
    public void Questions_that_mean_nothing_are_refused_in_words(string method, string path, int status)
    {
        using Journey journey = Begin();
        Reply reply = Page.Of(journey.Bot).Ask(method, path);
        Assert.Equal(status, reply.Status);
        Assert.Equal(method == "HEAD", reply.Body.Length == 0);
    }

    private static Journey Begin(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string> { ["HTTP_URL"] = "http://127.0.0.1:0" };
        foreach ((string name, string value) in settings)
            all[name] = value;
        Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT"], all);
        journey.Exchange.List("SOLUSDT", "142.30");
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT", "ETHUSDT");
        return journey;
    }

    private static JsonElement Json(Reply reply)
    {
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Body).RootElement;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}

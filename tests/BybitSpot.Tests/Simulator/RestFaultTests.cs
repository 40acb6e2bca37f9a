using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// REST's switches, its rate limit, and both faces behind TLS.
public sealed class RestFaultTests : IDisposable
{
    private readonly Exchange _exchange = Exchange.Start();
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false }) { Timeout = StreamClient.Limit };

    public RestFaultTests() => _exchange.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");

    private string Path => _exchange.RestUrl + "/v5/market/tickers?category=spot";

    public void Dispose()
    {
        _http.Dispose();
        _exchange.Dispose();
    }

    [Fact]
    public async Task Rest_can_answer_a_status_an_error_code_an_empty_list_or_a_redirect()
    {
        _exchange.Faults.RestStatus = 503;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _http.GetAsync(Path, TestContext.Current.CancellationToken)).StatusCode);
        _exchange.Faults.RestStatus = null;
        _exchange.Faults.RestRetCode = 10016;
        Assert.Equal(10016, (await GetAsync()).GetProperty("retCode").GetInt32());
        _exchange.Faults.RestRetCode = null;
        _exchange.Faults.RestEmptyList = true;
        Assert.Equal(0, (await GetAsync()).GetProperty("result").GetProperty("list").GetArrayLength());
        _exchange.Faults.RestEmptyList = false;
        _exchange.Faults.RestRedirect = "http://127.0.0.1:1/";
        var redirect = await _http.GetAsync(Path, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Found, redirect.StatusCode);
        Assert.Equal("http://127.0.0.1:1/", redirect.Headers.Location?.ToString());
        _exchange.Faults.RestRedirect = null;
        Assert.Equal(1, (await GetAsync()).GetProperty("result").GetProperty("list").GetArrayLength());
        Assert.Equal(5, _exchange.RestRequests);
        Assert.Equal("/v5/market/tickers?category=spot", _exchange.RestTargets[0]);
    }

    [Fact]
    public async Task Rest_can_hang()
    {
        _exchange.Faults.RestHang = true;
        var pending = _http.GetAsync(Path, TestContext.Current.CancellationToken);
        Assert.True(_exchange.WaitFor(exchange => exchange.RestRequests == 1, StreamClient.Limit));
        await Assert.ThrowsAsync<TimeoutException>(() => pending.WaitAsync(TimeSpan.FromMilliseconds(100), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Connection_close_is_obeyed_and_keep_alive_serves_several_requests()
    {
        using var client = await RawClient.ConnectAsync(_exchange);
        for (var i = 0; i < 2; i++)
        {
            await client.SendAsync(Encoding.ASCII.GetBytes("GET /v5/market/time HTTP/1.1\r\nHost: x\r\n\r\n"));
            var head = await client.ReadHeadAsync();
            Assert.Contains("Connection: keep-alive", head);
            await client.ReadAsync(int.Parse(head.Split("Content-Length: ")[1].Split('\r')[0]));
        }
        await client.SendAsync(Encoding.ASCII.GetBytes("GET /v5/market/time HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
        Assert.Contains("Connection: close", await client.ReadHeadAsync());
        Assert.True(await client.EndsOrderlyAsync());
        Assert.Empty(_exchange.Connections);
    }

    [Fact]
    public async Task The_601st_request_within_five_seconds_is_too_frequent()
    {
        // A clock that stands: all requests fall into one window.
        using var standing = Exchange.Start(new ExchangeOptions { TimeProvider = new StandingClock() });
        for (var i = 0; i < 600; i++) (await _http.GetAsync(standing.RestUrl + "/v5/market/time", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        var answer = await _http.GetAsync(standing.RestUrl + "/v5/market/time", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("access too frequent!", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task With_a_certificate_stream_and_rest_speak_tls()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var secure = Exchange.Start(new ExchangeOptions { Certificate = certificate });
        secure.List("BTCUSDT", "BTC", "USDT", "0.1", "65000");
        RemoteCertificateValidationCallback trusted = (_, presented, _, _) => presented?.Subject == "CN=127.0.0.1";
        Assert.StartsWith("wss://", secure.StreamUrl);
        using (var client = await StreamClient.ConnectAsync(secure, options => options.RemoteCertificateValidationCallback = trusted))
        {
            await client.SubscribeAsync("tickers.BTCUSDT");
            Assert.True((await client.ReceiveAsync()).GetProperty("success").GetBoolean());
            secure.FinAll();
            await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                while (await client.ReceiveTextAsync() is not null) { }
            });
        }
        await Assert.ThrowsAnyAsync<Exception>(() => StreamClient.ConnectAsync(secure));
        using var http = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = trusted } });
        Assert.Contains("timeSecond", await http.GetStringAsync(secure.RestUrl + "/v5/market/time", TestContext.Current.CancellationToken));
    }

    private async Task<JsonElement> GetAsync() => JsonSerializer.Deserialize<JsonElement>(await _http.GetStringAsync(Path));

    private sealed class StandingClock : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }
}

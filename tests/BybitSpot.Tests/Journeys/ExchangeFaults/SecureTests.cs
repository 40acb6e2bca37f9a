using System.Security.Cryptography.X509Certificates;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

public sealed class SecureTests
{
    [Fact]
    public void Prices_come_over_TLS_from_a_server_that_a_trusted_authority_vouches_for()
    {
        using var certificates = new Certificates();
        using Journey journey = Secure(certificates, certificates.For("127.0.0.1"));
        journey.AwaitFirstPrices("BTCUSDT");
        for (int i = 0; i < 20; i++)
            journey.TradeArrives("BTCUSDT", $"101.{i:00}");
        journey.Exchange.FinAll();
        journey.AwaitConnection(2, topics: 2);
        journey.TradeArrives("BTCUSDT", "102.00");
        Assert.StartsWith("wss://", journey.Bot.Log("feed_connected").Text("endpoint"));
    }

    [Theory]
    [Trait("Fault", "30")]
    [InlineData("untrusted", "127.0.0.1", false, false, "the certificate of 127.0.0.1 is refused: ", "unable to get local issuer certificate")]
    [InlineData("wrong host", "other.example", true, false, "the certificate is not for 127.0.0.1 but for CN=other.example", "")]
    [InlineData("self-signed", "127.0.0.1", true, false, "the certificate of 127.0.0.1 is refused: ", "self-signed certificate")]
    [InlineData("expired", "127.0.0.1", true, true, "the certificate of 127.0.0.1 is refused: ", "expired")]
    public void A_certificate_that_is_not_to_be_trusted_is_refused_at_every_try_and_its_fault_named(string fault, string host, bool trusted, bool expired, string reason, string cause)
    {
        using var certificates = new Certificates();
        using Journey journey = Secure(certificates, fault == "self-signed" ? Certificates.SelfSigned(host) : certificates.For(host, expired), trusted);
        FaultTimes times = FaultTimes.Begin("30", fault);
        journey.Bot.Log("feed_connect_failed");
        times.Seen();
        Until.True($"{fault}: refused twice", () => journey.Bot.CountLogs("feed_connect_failed") >= 2, state: () => journey.Bot.ErrorText);
        Assert.All(journey.Bot.Logs.Where(l => l.Event == "feed_connect_failed"), l =>
        {
            Assert.Contains(reason, l.Text("reason"));
            Assert.Contains(cause, l.Text("reason"));
        });
        // Nothing was said to the server: the upgrade is asked for inside.
        Assert.Empty(journey.Exchange.Connections);
        Assert.Null(journey.Redis.Price("BTC"));
        Until.Equal("stale coins", "BTC", () => string.Join(' ', journey.Redis.StaleCoins()), state: () => journey.Bot.ErrorText);
        Assert.Equal("connecting", journey.Redis.Status()["state"]);
        times.Stays();
    }

    [Theory]
    [InlineData("no TLS at all")]
    [InlineData("a record that does not decrypt")]
    [InlineData("an alert")]
    public void Bytes_in_the_TLS_stream_that_are_none_of_the_server_s_end_the_connection_and_no_more(string what)
    {
        using var certificates = new Certificates();
        using var relay = new TcpRelay();
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = $"wss://127.0.0.1:{relay.Port}/v5/public/spot",
            ["SSL_CERT_FILE"] = certificates.AuthorityFile,
        }, exchangeOptions: new ExchangeOptions { Certificate = certificates.For("127.0.0.1") });
        relay.TargetPort = journey.Exchange.Port;
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        relay.Inject(0, what switch
        {
            "no TLS at all" => RawFrames.Text("{}"),
            "a record that does not decrypt" => [23, 3, 3, 0, 32, .. new byte[32]],
            _ => [21, 3, 3, 0, 2, 2, 80],
        });
        journey.Bot.Log("feed_disconnected");
        journey.AwaitConnection(2, topics: 2);
        journey.TradeArrives("BTCUSDT", "102.00");
        Assert.Equal(0, journey.Bot.CountLogs("thread_died"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("someone:correct-horse@")]
    public void Wss_goes_through_an_HTTP_proxy_under_the_exchange_s_own_name(string login)
    {
        using var certificates = new Certificates();
        using var proxy = new TcpRelay { IsProxy = true };
        using Journey journey = ThroughProxy(certificates, proxy, login);
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        journey.Exchange.ResetAll();
        journey.AwaitConnection(2, topics: 2);
        journey.TradeArrives("BTCUSDT", "102.00");
        string[] heads = [.. proxy.Heads.Where(h => h.StartsWith("CONNECT exchange.test:443 HTTP/1.1\r\n"))];
        Assert.True(heads.Length >= 2, string.Join('\n', proxy.Heads));
        Assert.All(heads, h => Assert.Contains("Host: exchange.test:443\r\n", h));
        Assert.Equal(login.Length > 0, heads[0].Contains("Proxy-Authorization: Basic " + Convert.ToBase64String("someone:correct-horse"u8)));
        Assert.DoesNotContain("correct-horse", journey.Bot.ErrorText);
    }

    [Fact]
    public void A_proxy_that_refuses_is_named_with_its_answer()
    {
        using var certificates = new Certificates();
        using var proxy = new TcpRelay { IsProxy = true, Answer = "407 Proxy Authentication Required" };
        using Journey journey = ThroughProxy(certificates, proxy, "someone:correct-horse@");
        Assert.Equal($"the proxy 127.0.0.1:{proxy.Port} answered 407 Proxy Authentication Required", journey.Bot.Log("feed_connect_failed").Text("reason"));
        Assert.DoesNotContain("correct-horse", journey.Bot.ErrorText);
    }

    private static Journey Secure(Certificates certificates, X509Certificate2 shown, bool trusted = true)
    {
        var settings = new Dictionary<string, string>();
        if (trusted)
            settings["SSL_CERT_FILE"] = certificates.AuthorityFile;
        Journey journey = Journey.Prepare(["BTCUSDT"], settings, exchangeOptions: new ExchangeOptions { Certificate = shown });
        journey.Run();
        return journey;
    }

    // This machine is never reached through a proxy, so the exchange goes by a name that only the proxy knows.
    private static Journey ThroughProxy(Certificates certificates, TcpRelay proxy, string login)
    {
        Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>
        {
            ["BYBIT_WS_URL"] = "wss://exchange.test/v5/public/spot",
            ["BYBIT_REST_URL"] = "https://exchange.test",
            ["SSL_CERT_FILE"] = certificates.AuthorityFile,
            ["HTTPS_PROXY"] = $"http://{login}127.0.0.1:{proxy.Port}",
        }, exchangeOptions: new ExchangeOptions { Certificate = certificates.For("exchange.test") });
        proxy.TargetPort = journey.Exchange.Port;
        journey.Run();
        return journey;
    }
}

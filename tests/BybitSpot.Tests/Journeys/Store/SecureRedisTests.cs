using System.Security.Cryptography.X509Certificates;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>TLS to Redis, with certificates of a test's own authority and a real redis-server.</summary>
public sealed class SecureRedisTests : IDisposable
{
    private const string Secret = "canary-s3cret-of-the-server";

    private readonly Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [Trait("Fault", "33")]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public void Prices_go_over_TLS_to_a_server_that_a_trusted_authority_vouches_for_and_again_after_it_was_killed(string protocol)
    {
        using var secure = new SecureRedis(_certificates, protocol: protocol);
        using Journey journey = Prepare(secure, ("REDIS_CA_FILE", _certificates.AuthorityFile));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        for (int i = 0; i < 20; i++)
            journey.TradeArrives("BTCUSDT", $"101.{i:00}");
        string client = secure.Client("tls-1") ?? "";
        Assert.Contains($" laddr=127.0.0.1:{secure.Port} ", client);
        Assert.Matches(" flags=[A-Za-z]*e", client);
        // A first price may be there before the next look at the feed.
        Until.Equal("the state", "live", () => secure.Redis.Status().GetValueOrDefault("state"), state: () => journey.Bot.ErrorText);

        secure.Redis.Kill();
        secure.Redis.Launch();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "102.00");
        Assert.Contains($" laddr=127.0.0.1:{secure.Port} ", secure.Client("tls-1"));
        journey.Exchange.Trade("BTCUSDT", "103.00");
        Until.True("the feed has it", () => journey.Bot.Prices.Any(l => l.StartsWith("BTC|103.00|")), state: () => journey.Bot.ErrorText);
        journey.Bot.Signal(Signals.Terminate);
        Assert.Equal(0, journey.Bot.Exit());
        // What was on its way at the end is written first.
        Assert.Equal("103.00", secure.Redis.Price("BTC"));
        Assert.Equal("stopped", secure.Redis.Status()["state"]);
    }

    [Fact]
    public void The_systems_authorities_are_trusted_where_none_are_named_and_a_flag_turns_TLS_on()
    {
        using var secure = new SecureRedis(_certificates, protocol: "TLSv1.2");
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_PORT"] = $"{secure.Port}", ["SSL_CERT_FILE"] = _certificates.AuthorityFile, ["INSTANCE_ID"] = "tls-1" }, secure.Redis);
        journey.Run(flags: ["--redis-tls", "true"]);
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Contains($" laddr=127.0.0.1:{secure.Port} ", secure.Client("tls-1"));
    }

    [Theory]
    [Trait("Fault", "78")]
    [InlineData("untrusted", "self-signed certificate in certificate chain", "(issued by CN=Authority of a test); REDIS_CA_FILE names")]
    [InlineData("wrong name", "the certificate is not for 127.0.0.1 but for CN=other.example (its names: other.example)", "must say a name that it is for")]
    [InlineData("self-signed", "self-signed certificate", "(issued by CN=127.0.0.1); REDIS_CA_FILE names")]
    [InlineData("expired", "expired", "(CN=127.0.0.1 is valid from 20")]
    public void A_certificate_that_is_not_to_be_trusted_is_refused_at_every_try_its_fault_named_and_no_password_said(string fault, string cause, string detail)
    {
        using X509Certificate2 shown = fault switch
        {
            "wrong name" => _certificates.For("other.example"),
            "self-signed" => Certificates.SelfSigned(SecureRedis.Host),
            "expired" => _certificates.For(SecureRedis.Host, expired: true),
            _ => _certificates.For(SecureRedis.Host),
        };
        using var others = new Certificates("Another authority");
        using var secure = new SecureRedis(_certificates, shown);
        using Journey journey = Prepare(secure, ("REDIS_CA_FILE", fault == "untrusted" ? others.AuthorityFile : _certificates.AuthorityFile), ("REDIS_PASSWORD", Secret));
        long before = secure.Redis.ConnectionsEver();
        journey.Run();
        journey.Bot.Log("redis_unavailable");
        Until.True("tried again", () => secure.Redis.ConnectionsEver() >= before + 4, state: () => journey.Bot.ErrorText);
        Assert.All(journey.Bot.Logs.Where(l => l.Event == "redis_unavailable"), l =>
        {
            Assert.StartsWith("the certificate of 127.0.0.1 is refused: ", l.Text("reason"));
            Assert.Contains(cause, l.Text("reason"));
            Assert.Contains(detail, l.Text("reason"));
            Assert.Equal($"127.0.0.1:{secure.Port}", l.Text("endpoint"));
        });
        // The feed goes on.
        journey.Exchange.Trade("BTCUSDT", "64000.10");
        Until.True("the feed goes on", () => journey.Bot.Prices.Any(l => l.StartsWith("BTC|64000.10|")), state: () => journey.Bot.ErrorText);
        Assert.Equal(0, secure.Redis.Calls("auth"));
        Assert.Null(secure.Redis.Price("BTC"));
        Assert.DoesNotContain(Secret, journey.Bot.ErrorText);
        // And `get` says the same.
        (int status, string told) = Get(journey);
        Assert.Equal(1, status);
        Assert.Contains(cause, told);
        Assert.DoesNotContain(Secret, told);
    }

    [Theory]
    [InlineData("TLSv1.2")]
    [InlineData("TLSv1.3")]
    public void A_server_that_wants_a_certificate_of_ours_gets_it_and_without_one_or_with_a_strangers_it_is_told_so(string protocol)
    {
        using var strangers = new Certificates("Another authority");
        using var secure = new SecureRedis(_certificates, asksForOurs: true, protocol: protocol);
        (string certificate, string key) = _certificates.Files(_certificates.ForClient("box-1"));
        (string wrong, string wrongKey) = strangers.Files(strangers.ForClient("stranger-1"));
        using (Journey without = Prepare(secure, ("REDIS_CA_FILE", _certificates.AuthorityFile)))
        {
            Assert.Contains("the server wants a certificate of ours: REDIS_CERT_FILE and REDIS_KEY_FILE name it", without.Run().Log("redis_unavailable").Text("reason"));
            Assert.Contains("REDIS_CERT_FILE", Get(without).Told);
        }
        using (Journey stranger = Prepare(secure, ("REDIS_CA_FILE", _certificates.AuthorityFile), ("REDIS_CERT_FILE", wrong), ("REDIS_KEY_FILE", wrongKey)))
        {
            string reason = stranger.Run().Log("redis_unavailable").Text("reason");
            Assert.Contains("the server refuses our certificate (CN=stranger-1, issued by CN=Another authority, valid from 20", reason);
        }
        using Journey journey = Prepare(secure, ("REDIS_CA_FILE", _certificates.AuthorityFile), ("REDIS_CERT_FILE", certificate), ("REDIS_KEY_FILE", key));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        journey.TradeArrives("BTCUSDT", "101.00");
        (int status, string told) = Get(journey);
        Assert.Equal(0, status);
        Assert.Contains("101.00", told);
    }

    [Fact]
    public void TLS_where_there_is_none_and_none_where_there_is_are_told_with_what_to_set()
    {
        using var secure = new SecureRedis(_certificates);
        using (Journey plain = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_PORT"] = $"{secure.Port}" }, secure.Redis))
        {
            Assert.Contains("REDIS_TLS=true", plain.Run().Log("redis_unavailable").Text("reason"));
            Assert.Contains("REDIS_TLS=true", Get(plain).Told);
        }
        using Journey tls = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["REDIS_TLS"] = "true" }, secure.Redis);
        Assert.Contains("REDIS_TLS=false", tls.Run().Log("redis_unavailable").Text("reason"));
        Assert.Contains("REDIS_TLS=false", Get(tls).Told);
    }

    [Fact]
    [Trait("Fault", "32")]
    public void A_server_that_hangs_behind_TLS_is_waited_for_and_gets_the_newest_prices_then()
    {
        using var secure = new SecureRedis(_certificates);
        using Journey journey = Prepare(secure, ("REDIS_CA_FILE", _certificates.AuthorityFile));
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        secure.Redis.Freeze();
        for (int i = 0; i < 50; i++)
            journey.Exchange.Trade("BTCUSDT", $"200.{i:00}");
        journey.Bot.Log("redis_slow");
        secure.Redis.Thaw();
        journey.PriceBecomes("BTCUSDT", "200.49");
        journey.TradeArrives("BTCUSDT", "201.00");
        Assert.Equal(0, journey.Bot.CountLogs("thread_stalled"));
    }

    private static Journey Prepare(SecureRedis secure, params (string Name, string Value)[] settings)
    {
        var all = settings.ToDictionary(s => s.Name, s => s.Value);
        all["INSTANCE_ID"] = "tls-1";
        all["REDIS_URL"] = $"rediss://127.0.0.1:{secure.Port}";
        Journey journey = Journey.Prepare(["BTCUSDT"], all, secure.Redis);
        journey.Forget("REDIS_HOST");
        journey.Forget("REDIS_PORT");
        return journey;
    }

    private static (int Status, string Told) Get(Journey journey)
    {
        Tools.Outcome outcome = Tools.Tool.Run(journey.Folder, journey.Environment.Where(e => e.Value != Bot.Unset).ToDictionary(), "get", "BTC");
        return (outcome.Status, outcome.Output + outcome.Error);
    }
}

using System.Net;
using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Web;

public sealed class HttpSettingsTests
{
    [Fact]
    public void Without_anything_said_it_is_on_loopback_and_nobody_asked_for_it()
    {
        Settings settings = Read().Settings!;
        Assert.Equal(new ListenAddress("127.0.0.1", IPAddress.Loopback, 9464), settings.HttpUrl);
        Assert.Null(settings.HttpUrlSource);
        Assert.Empty(settings.HttpAllowedHosts);
        Assert.False(settings.HttpCoinMetrics);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("", false)]
    public void Metrics_of_each_coin_are_told_where_that_is_said(string text, bool told) =>
        Assert.Equal(told, Read(("HTTP_COIN_METRICS", text)).Settings!.HttpCoinMetrics);

    [Theory]
    [InlineData("http://localhost:8080", "localhost", "127.0.0.1", 8080, "http://localhost:8080/")]
    [InlineData("HTTP://127.0.0.2:1/", "127.0.0.2", "127.0.0.2", 1, "http://127.0.0.2:1/")]
    [InlineData("http://[::1]:9464", "[::1]", "::1", 9464, "http://[::1]:9464/")]
    [InlineData("http://0.0.0.0:9464", "0.0.0.0", "0.0.0.0", 9464, "http://127.0.0.1:9464/")]
    [InlineData("http://[::]:9464", "[::]", "::", 9464, "http://127.0.0.1:9464/")]
    [InlineData("http://*:9464", "*", "::", 9464, "http://127.0.0.1:9464/")]
    [InlineData("http://10.0.0.7", "10.0.0.7", "10.0.0.7", 80, "http://10.0.0.7/")]
    [InlineData("http://127.0.0.1:0", "127.0.0.1", "127.0.0.1", 0, "http://127.0.0.1:0/")]
    public void Addresses_of_this_machine_are_taken(string text, string host, string address, int port, string fromHere)
    {
        Settings settings = Read(("HTTP_URL", text)).Settings!;
        Assert.Equal(new ListenAddress(host, IPAddress.Parse(address), port), settings.HttpUrl);
        Assert.Equal(fromHere, settings.HttpUrl!.FromHere.ToString());
        Assert.Equal("environment", settings.HttpUrlSource);
    }

    [Fact]
    public void Empty_turns_it_off()
    {
        Settings settings = Read(("HTTP_URL", "")).Settings!;
        Assert.Null(settings.HttpUrl);
        Assert.Contains(new("http_url", "none"), settings.Shown);
    }

    [Theory]
    [Trait("Fault", "59")]
    [InlineData("HTTP_URL", "127.0.0.1:9464")]
    [InlineData("HTTP_URL", "https://127.0.0.1:9464")]
    [InlineData("HTTP_URL", "http://prices.example:9464")]
    [InlineData("HTTP_URL", "http://*.example:9464")]
    [InlineData("HTTP_URL", "http://*:99999")]
    [InlineData("HTTP_URL", "http://127.0.0.1:9464/metrics")]
    [InlineData("HTTP_URL", "http://127.0.0.1:9464?x")]
    [InlineData("HTTP_ALLOWED_HOSTS", "a,http://b")]
    [InlineData("HTTP_ALLOWED_HOSTS", "prices.example:9464")]
    public void What_is_none_is_refused(string name, string text) =>
        Assert.StartsWith($"{name}: \"{text}\" ", Assert.Single(Read((name, text)).Errors));

    [Fact]
    [Trait("Fault", "59")]
    public void A_password_in_it_is_not_shown()
    {
        string error = Assert.Single(Read(("HTTP_URL", "http://a:canary@127.0.0.1:9464")).Errors);
        Assert.Contains("neither a user name nor a password", error);
        Assert.DoesNotContain("canary", error);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9464", false)]
    [InlineData("http://localhost:9464", false)]
    [InlineData("http://[::1]:9464", false)]
    [InlineData("http://*:9464", true)]
    [InlineData("http://10.0.0.7:9464", true)]
    [InlineData("", true)]
    public void Every_name_is_allowed_only_where_the_page_is_meant_to_be_seen_from_outside(string url, bool taken)
    {
        SettingsResult result = Read(("HTTP_URL", url), ("HTTP_ALLOWED_HOSTS", "*"));
        if (taken)
            Assert.Equal(["*"], result.Settings!.HttpAllowedHosts);
        else
            Assert.Equal("HTTP_ALLOWED_HOSTS: \"*\" opens a page on loopback to every web site that a browser here visits: name the hosts, or let HTTP_URL listen elsewhere [from environment]", Assert.Single(result.Errors));
    }

    [Theory]
    [InlineData("https://prices.example", "https://prices.example")]
    [InlineData("HTTPS://Prices.Example:443, http://localhost:3000", "https://prices.example http://localhost:3000")]
    [InlineData("http://[::1]:80", "http://[::1]")]
    [InlineData("", "")]
    public void Sites_that_may_ask_are_taken_as_browsers_write_them(string text, string taken) =>
        Assert.Equal(taken, string.Join(' ', Read(("HTTP_ALLOWED_ORIGINS", text)).Settings!.HttpAllowedOrigins));

    [Theory]
    [InlineData("prices.example"), InlineData("*"), InlineData("null"), InlineData("https://prices.example/"), InlineData("https://prices.example/x"), InlineData("ftp://prices.example"), InlineData("https://a:b@prices.example")]
    public void What_is_no_site_is_refused(string text) =>
        Assert.StartsWith("HTTP_ALLOWED_ORIGINS: ", Assert.Single(Read(("HTTP_ALLOWED_ORIGINS", text)).Errors));

    [Fact]
    [Trait("Fault", "59")]
    public void Both_are_told_together_with_the_others() =>
        Assert.Equal(["REDIS_PORT", "HTTP_URL", "HTTP_ALLOWED_HOSTS"], Read(("HTTP_ALLOWED_HOSTS", "/"), ("HTTP_URL", "x"), ("REDIS_PORT", "x")).Errors.Select(e => e.Split(':')[0]));

    private static SettingsResult Read(params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return SettingsReader.Read(new Dictionary<string, string>(), variables.GetValueOrDefault, null);
    }
}

using System.Net;
using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.Web;

public sealed class HostRuleTests
{
    private static readonly IPAddress s_pod = IPAddress.Parse("::ffff:10.1.2.3");

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost:9464")]
    [InlineData("127.0.0.1:9464")]
    [InlineData("127.9.9.9")]
    [InlineData("[::1]:9464")]
    [InlineData("10.1.2.3:9464")]
    public void Loopback_and_the_very_address_that_was_connected_to_are_answered(string host) =>
        Assert.True(new HostRule([], []).Allows(host, s_pod));

    [Theory]
    [Trait("Fault", "73")]
    [InlineData("evil.example")]
    [InlineData("evil.example:9464")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example:9464")]
    [InlineData("10.1.2.4:9464")]
    [InlineData("localhost@evil.example")]
    [InlineData("localhost/evil.example")]
    [InlineData("loopback")]
    [InlineData("0x7f.1:9464")]
    [InlineData("127.1")]
    [InlineData("localhost:99999")]
    [InlineData("localhost, evil.example")]
    [InlineData("")]
    [InlineData(null)]
    public void Every_other_name_is_refused(string? host) =>
        Assert.False(new HostRule([], []).Allows(host, s_pod));

    [Theory]
    [InlineData("prices.example:80", true)]
    [InlineData("PRICES.example", true)]
    [InlineData("10.0.0.7", true)]
    [InlineData("[2001:db8::7]:9464", true)]
    [InlineData("more.prices.example", false)]
    public void Names_that_the_user_gave_are_answered_however_they_are_written(string host, bool answered)
    {
        Assert.Null(ListenAddress.TakeHosts("prices.EXAMPLE, 10.0.0.7,[2001:DB8:0::7]", null, out string[] hosts));
        Assert.Equal(answered, new HostRule(hosts, []).Allows(host, null));
    }

    [Fact]
    public void A_star_answers_every_name_but_no_nonsense()
    {
        var rule = new HostRule(["*"], []);
        Assert.True(rule.Allows("evil.example", null));
        Assert.False(rule.Allows("", null));
        Assert.False(rule.Allows("a b", null));
    }

    [Theory]
    [Trait("Fault", "74")]
    [InlineData(null, "localhost:9464", false)]
    [InlineData("http://localhost:9464", "localhost:9464", false)]
    [InlineData("https://prices.example", "prices.example", false)]
    [InlineData("http://evil.example", "localhost:9464", true)]
    [InlineData("http://localhost:8080", "localhost:9464", true)]
    [InlineData("http://127.0.0.1:9464", "localhost:9464", true)]
    [InlineData("http://localhost:9464.evil.example", "localhost:9464", true)]
    [InlineData("http://evil@localhost:9464", "localhost:9464", true)]
    [InlineData("file://localhost:9464", "localhost:9464", true)]
    [InlineData("null", "localhost:9464", true)]
    [InlineData("", "localhost:9464", true)]
    public void Only_the_page_s_own_origin_is_none_of_others(string? origin, string host, bool foreign) =>
        Assert.Equal(foreign, HostRule.IsForeign(origin, host));
}

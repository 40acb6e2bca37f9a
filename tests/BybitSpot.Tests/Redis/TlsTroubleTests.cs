using BybitSpot.Redis;
using Xunit;

namespace BybitSpot.Tests.Redis;

public sealed class TlsTroubleTests
{
    private const string Openssl = "Authentication failed, see inner exception. SSL Handshake failed with OpenSSL error - SSL_ERROR_SSL. error:0A000410:SSL routines::";

    [Theory]
    [InlineData(Openssl + "sslv3 alert handshake failure", null, "REDIS_CERT_FILE and REDIS_KEY_FILE")]
    [InlineData("Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'.", null, "REDIS_CERT_FILE and REDIS_KEY_FILE")]
    [InlineData("error:0A00045C:SSL routines::tlsv13 alert certificate required", null, "REDIS_CERT_FILE and REDIS_KEY_FILE")]
    [InlineData("error:0A000418:SSL routines::tlsv1 alert unknown ca", "CN=box-1, issued by CN=mine", "refuses our certificate (CN=box-1, issued by CN=mine; REDIS_CERT_FILE)")]
    [InlineData("the remote party sent a TLS alert: 'UnknownCA'.", "CN=box-1", "refuses our certificate (CN=box-1; REDIS_CERT_FILE)")]
    [InlineData("sslv3 alert certificate expired", "CN=box-1", "refuses our certificate (CN=box-1; REDIS_CERT_FILE)")]
    [InlineData("error:0A00042E:SSL routines::tlsv1 alert protocol version", null, "neither TLS 1.2 nor 1.3")]
    [InlineData("the remote party sent a TLS alert: 'ProtocolVersion'.", null, "neither TLS 1.2 nor 1.3")]
    [InlineData("unsupported protocol", null, "neither TLS 1.2 nor 1.3")]
    [InlineData("tlsv1 unrecognized name", null, "knows no redis.example")]
    [InlineData("something else", null, "TLS: something else")]
    public void What_the_framework_says_becomes_what_to_do(string text, string? own, string words) =>
        Assert.Contains(words, TlsTrouble.Reason("redis.example", null, own, text));

    [Fact]
    public void A_certificate_that_is_refused_is_told_before_all_else_with_the_setting_that_it_depends_on()
    {
        Assert.Equal("the certificate of h is refused: the certificate is not for h but for CN=x; REDIS_HOST or REDIS_URL must say a name that it is for", TlsTrouble.Reason("h", "the certificate is not for h but for CN=x", null, "handshake failure"));
        Assert.EndsWith("; REDIS_CA_FILE names a file with the certificate of an authority to trust", TlsTrouble.Reason("h", "unable to get local issuer certificate (issued by CN=x)", null, ""));
        Assert.Equal("the certificate of h is refused: certificate has expired (CN=h is valid from a to b)", TlsTrouble.Reason("h", "certificate has expired (CN=h is valid from a to b)", null, ""));
    }
}

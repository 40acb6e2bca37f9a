// Why TLS to Redis does not come about or ends, in words that name the setting to look at. The framework tells it in words of
// OpenSSL's or of its own, which differ by system; what is looked for are the names of TLS' alerts (RFC 8446, section 6.2), which
// both hold, written this way or that. Pure. What must stay true: no more than a certificate's names is told of what is ours.
//
//   SSL Handshake failed … error:0A000410:SSL routines::sslv3 alert handshake failure
//   Authentication failed because the remote party sent a TLS alert: 'HandshakeFailure'.
using System.Text;

namespace BybitSpot.Redis;

internal static class TlsTrouble
{
    /// <summary>Longest text of the framework's that is told, in characters.</summary>
    private const int TextMax = 200;

    /// <param name="certificate">Why the server's certificate is refused; null: it is not, or was not seen.</param>
    /// <param name="own">What our own certificate is; null: there is none.</param>
    /// <param name="text">All that the framework says of the failure.</param>
    public static string Reason(string host, string? certificate, string? own, string text)
    {
        if (certificate is not null)
            return $"the certificate of {host} is refused: {certificate}{HintOf(certificate)}";
        string plain = Letters(text);
        if (Has(plain, "certificaterequired") || (own is null && Has(plain, "handshakefailure", "badcertificate")))
            return "TLS: the server wants a certificate of ours: REDIS_CERT_FILE and REDIS_KEY_FILE name it";
        if (own is not null && Has(plain, "unknownca", "badcertificate", "certificateexpired", "certificaterevoked", "certificateunknown", "unsupportedcert", "decrypterror", "accessdenied"))
            return $"TLS: the server refuses our certificate ({own}; REDIS_CERT_FILE): {Cut(text)}";
        if (Has(plain, "protocolversion", "unsupportedprotocol", "versiontoolow"))
            return "TLS: the server has neither TLS 1.2 nor 1.3, which it takes";
        if (Has(plain, "unrecognizedname"))
            return $"TLS: the server knows no {host}; the name in REDIS_HOST or REDIS_URL is the one that it is asked for";
        return $"TLS: {Cut(text)}";
    }

    /// <summary>What answers speaks no TLS.</summary>
    public static string NoTls(string start) =>
        $"what answers there speaks no TLS (it said \"{start}\"): a port without it? Then redis:// in REDIS_URL, or REDIS_TLS=false";

    /// <summary>Nobody has answered the greeting of TLS.</summary>
    public static string Silence(TimeSpan limit) =>
        $"the greeting of TLS was not answered within {limit.TotalSeconds:0} s; a port without TLS does that, too (redis:// in REDIS_URL, or REDIS_TLS=false)";

    private static string HintOf(string certificate) =>
        certificate.Contains("is not for", StringComparison.Ordinal) ? "; REDIS_HOST or REDIS_URL must say a name that it is for"
        : certificate.Contains("issued by", StringComparison.Ordinal) ? "; REDIS_CA_FILE names a file with the certificate of an authority to trust"
        : "";

    private static bool Has(string letters, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            if (letters.Contains(name, StringComparison.Ordinal))
                return true;
        return false;
    }

    private static string Letters(string text)
    {
        var letters = new StringBuilder(text.Length);
        foreach (char c in text)
            if (char.IsAsciiLetter(c))
                letters.Append(char.ToLowerInvariant(c));
        return letters.ToString();
    }

    private static string Cut(string text) => text.Length > TextMax ? text[..TextMax] + "…" : text;
}

// How TLS to Redis is set up: whose certificates are trusted, and which one of ours is shown. Made from texts in PEM, of which
// somebody else knows where they stand. Immutable, any thread. What must stay true: the server's certificate is always checked,
// name, issuer and time, and nothing turns that off; TLS is 1.2 or 1.3; nothing is fetched from anywhere to check it.
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BybitSpot.Net;

namespace BybitSpot.Redis;

public sealed class RedisTls
{
    /// <summary>Elsewhere the system's own choice, which is these two and knows what the system can.</summary>
    private static readonly SslProtocols s_protocols = OperatingSystem.IsLinux() ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.None;

    private readonly X509Certificate2Collection? _authorities;
    private readonly SslStreamCertificateContext? _own;

    /// <param name="authorities">Alone are trusted; null: those that the system trusts.</param>
    /// <param name="own">Is shown to a server that asks for one.</param>
    public RedisTls(X509Certificate2Collection? authorities, SslStreamCertificateContext? own)
    {
        _authorities = authorities;
        _own = own;
    }

    /// <summary>What our own certificate is; null: there is none.</summary>
    internal string? Own => _own is null ? null : ServerCertificate.Describe(_own.TargetCertificate);

    /// <returns>What is wrong with a file of authorities, in words that follow its name; null: nothing.</returns>
    public static string? TakeAuthorities(string pem, out X509Certificate2Collection authorities)
    {
        authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException)
        {
            return "holds a certificate that cannot be read";
        }
        return authorities.Count == 0 ? "holds no certificate in PEM (-----BEGIN CERTIFICATE-----)" : null;
    }

    /// <returns>What is wrong with a certificate's file or with its key's, in words that follow the file's name; null: nothing.</returns>
    /// <param name="isOfKey">Whether it is the key's file.</param>
    public static string? TakeOwn(string pem, string key, out SslStreamCertificateContext? own, out bool isOfKey)
    {
        (own, isOfKey) = (null, false);
        if (TakeAuthorities(pem, out X509Certificate2Collection all) is { } wrong)
            return wrong;
        isOfKey = true;
        if (key.Contains("ENCRYPTED", StringComparison.Ordinal))
            return "holds a key that is encrypted; one without a passphrase is needed (openssl pkey -in KEY -out PLAIN)";
        if (!key.Contains("PRIVATE KEY-----", StringComparison.Ordinal))
            return "holds no private key in PEM (-----BEGIN PRIVATE KEY-----)";
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPem(pem, key);
            // There a key that came from a text is not found by whoever shakes hands.
            if (OperatingSystem.IsWindows())
                leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pkcs12), null);
            all.RemoveAt(0);
            own = SslStreamCertificateContext.Create(leaf, all, offline: true);
            return null;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return "holds a key that cannot be read, or is not that of the certificate";
        }
    }

    /// <param name="host">What the server's certificate must be for; also said to the server (SNI).</param>
    /// <param name="otherName">
    /// What it may be for as well; null: nothing. A cluster's nodes and what a sentinel names are called by addresses, and their certificates
    /// are often for the name by which one came to them.
    /// </param>
    /// <param name="tell">Told why its certificate is refused; null: it is not.</param>
    internal SslClientAuthenticationOptions For(string host, string? otherName, Action<string?> tell)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        if (_authorities is not null)
        {
            policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            policy.CustomTrustStore.AddRange(_authorities);
        }
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            EnabledSslProtocols = s_protocols,
            AllowRenegotiation = false,
            CertificateChainPolicy = policy,
            ClientCertificateContext = _own,
            RemoteCertificateValidationCallback = (_, shown, chain, errors) =>
            {
                if (otherName is not null && errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) && shown is X509Certificate2 certificate && certificate.MatchesHostname(otherName))
                    errors &= ~SslPolicyErrors.RemoteCertificateNameMismatch;
                tell(ServerCertificate.Trouble(errors, shown, chain, host));
                return errors == SslPolicyErrors.None;
            },
        };
    }
}

/// <summary>What is needed to get in cannot be had: a file of a secret, of an authority, of our own certificate.</summary>
public sealed class RedisAccessException(string message) : Exception(message);

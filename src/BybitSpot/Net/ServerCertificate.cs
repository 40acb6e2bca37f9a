// Why a server's certificate is not trusted, in words that a user can act on: for which names it is, who issued it, from when to
// when it is valid. No state; on the thread that greets. What must stay true: nothing here makes a certificate pass, and what a
// stranger put into one is cut to a length.
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace BybitSpot.Net;

internal static class ServerCertificate
{
    /// <summary>Most names of a certificate that are told.</summary>
    private const int NamesMax = 5;

    /// <summary>Longest name that is told, in characters.</summary>
    private const int NameLengthMax = 120;

    /// <param name="host">What it should be for.</param>
    /// <returns>Null if nothing is wrong.</returns>
    public static string? Trouble(SslPolicyErrors errors, X509Certificate? shown, X509Chain? chain, string host)
    {
        if (errors == SslPolicyErrors.None)
            return null;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "the server showed no certificate";
        var reasons = new List<string>();
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            reasons.Add($"the certificate is not for {host} but for {Cut(shown?.Subject ?? "")}{NamesOf(shown)}");
        foreach (X509ChainStatus status in chain?.ChainStatus ?? [])
            reasons.Add(status.StatusInformation.Trim() + DetailOf(status.Status, chain!));
        return reasons.Count == 0 ? "it is not trusted" : string.Join("; ", reasons);
    }

    /// <summary>What a certificate is, in a few words.</summary>
    public static string Describe(X509Certificate2 certificate) =>
        $"{Cut(certificate.Subject)}, issued by {Cut(certificate.Issuer)}, valid from {Text(certificate.NotBefore)} to {Text(certificate.NotAfter)}";

    /// <summary>Until when all of a chain is valid.</summary>
    public static DateTimeOffset? EndOf(X509Chain? chain) => chain is { ChainElements.Count: > 0 } ? chain.ChainElements.Min(e => new DateTimeOffset(e.Certificate.NotAfter)) : null;

    private static string DetailOf(X509ChainStatusFlags status, X509Chain chain)
    {
        X509Certificate2[] concerned = [.. chain.ChainElements.Where(e => e.ChainElementStatus.Any(s => s.Status == status)).Select(e => e.Certificate)];
        return status switch
        {
            X509ChainStatusFlags.NotTimeValid => string.Concat(concerned.Select(c => $" ({Cut(c.Subject)} is valid from {Text(c.NotBefore)} to {Text(c.NotAfter)})")),
            // The last one is where the chain of issuers goes no further.
            X509ChainStatusFlags.PartialChain or X509ChainStatusFlags.UntrustedRoot when chain.ChainElements.Count > 0 =>
                $" (issued by {Cut(chain.ChainElements[^1].Certificate.Issuer)})",
            _ => "",
        };
    }

    private static string NamesOf(X509Certificate? shown)
    {
        try
        {
            string[] names = shown is not X509Certificate2 certificate ? [] :
            [
                .. certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>()
                    .SelectMany(e => e.EnumerateDnsNames().Concat(e.EnumerateIPAddresses().Select(a => a.ToString()))).Take(NamesMax).Select(Cut),
            ];
            return names.Length == 0 ? "" : $" (its names: {string.Join(", ", names)})";
        }
        catch (CryptographicException)
        {
            // A list of names that is none.
            return "";
        }
    }

    private static string Text(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    private static string Cut(string name) => name.Length > NameLengthMax ? name[..NameLengthMax] + "…" : name;
}

using System.Security.Cryptography.X509Certificates;
using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Journeys.Store;

/// <summary>A real redis-server that speaks TLS on one port; the test itself asks it on another, without.</summary>
internal sealed class SecureRedis : IDisposable
{
    public const string Host = "127.0.0.1";

    /// <param name="shown">What it shows; null: a certificate of the authority for 127.0.0.1.</param>
    /// <param name="asksForOurs">Whether a client has to show one of the authority's.</param>
    public SecureRedis(Certificates certificates, X509Certificate2? shown = null, bool asksForOurs = false, string protocol = "TLSv1.3", params string[] settings)
    {
        (string certificate, string key) = certificates.Files(shown ?? certificates.For(Host));
        Port = Repository.FreePort();
        Redis = RedisServer.Start(
            ["--tls-port", $"{Port}", "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-ca-cert-file", certificates.AuthorityFile,
                "--tls-auth-clients", asksForOurs ? "yes" : "no", "--tls-protocols", protocol, .. settings]);
    }

    public RedisServer Redis { get; }

    /// <summary>Where it speaks TLS.</summary>
    public int Port { get; }

    /// <summary>What CLIENT LIST says of the connection of that name; null: there is none.</summary>
    public string? Client(string name) => ClientOf(Redis, name);

    public static string? ClientOf(RedisServer redis, string name) =>
        ((string)redis.Ask("CLIENT", "LIST")!).Split('\n').FirstOrDefault(l => l.Contains($" name={name} ", StringComparison.Ordinal));

    public void Dispose() => Redis.Dispose();
}

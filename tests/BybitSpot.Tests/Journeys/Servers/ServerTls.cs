using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>Servers of a stage that speak TLS, among each other as well. Each has a plain port beside it, which is the test's own.</summary>
internal sealed class ServerTls
{
    private readonly string[] _files;

    public ServerTls(Certificates certificates, string host)
    {
        (string certificate, string key) = certificates.Files(certificates.For(host));
        // What they show where they come as clients: the cluster's bus asks for it.
        (string clientCertificate, string clientKey) = certificates.Files(certificates.ForClient("server"));
        AuthorityFile = certificates.AuthorityFile;
        _files =
        [
            "tls-cert-file", certificate, "tls-key-file", key, "tls-client-cert-file", clientCertificate, "tls-client-key-file", clientKey,
            "tls-ca-cert-file", AuthorityFile, "tls-auth-clients", "no",
        ];
    }

    public string AuthorityFile { get; }

    /// <summary>What the program is told.</summary>
    public (string Name, string Value)[] ProgramSettings => [("REDIS_TLS", "true"), ("REDIS_CA_FILE", AuthorityFile)];

    /// <summary>As a command line has them.</summary>
    /// <param name="port">The port for TLS.</param>
    /// <param name="among">What else goes over TLS: <c>tls-replication</c>, <c>tls-cluster</c>.</param>
    public IEnumerable<string> Arguments(int port, params string[] among) => Pairs(port, among).SelectMany(p => (string[])["--" + p.Name, p.Value]);

    /// <summary>As a file of settings has them.</summary>
    public IEnumerable<string> Lines(int port, params string[] among) => Pairs(port, among).Select(p => $"{p.Name} {p.Value}");

    private IEnumerable<(string Name, string Value)> Pairs(int port, string[] among) =>
        [("tls-port", $"{port}"), .. _files.Chunk(2).Select(p => (p[0], p[1])), .. among.Select(name => (name, "yes"))];
}

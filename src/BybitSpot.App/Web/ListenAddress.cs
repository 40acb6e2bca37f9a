// HTTP_URL, HTTP_ALLOWED_HOSTS and HTTP_ALLOWED_ORIGINS as users write them. Pure. What must stay true: nothing is ever looked up; what isn't an
// address of this machine by its form is refused, and `*` opens the page to every name only where it is meant to be seen from
// outside.
using System.Net;

namespace BybitSpot.App;

/// <summary>Where the page listens.</summary>
/// <param name="Host">As it stands in an address: <c>127.0.0.1</c>, <c>[::1]</c>, <c>localhost</c>, <c>*</c>.</param>
/// <param name="Address">What to bind to; <see cref="IPAddress.IPv6Any"/> means both families.</param>
/// <param name="Port">0: whichever is free.</param>
internal sealed record ListenAddress(string Host, IPAddress Address, int Port)
{
    /// <summary>Stands for any name that somebody may call this machine by.</summary>
    public const string AnyHost = "*";

    private const string Scheme = "http://";

    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Whether it is every address of this machine.</summary>
    public bool IsEverywhere => Address.Equals(IPAddress.Any) || Address.Equals(IPAddress.IPv6Any);

    /// <summary>The address as the user wrote it, with the port that it came to be.</summary>
    public string UrlAt(int port) => $"{Scheme}{Host}:{port}";

    /// <summary>How somebody on this machine reaches it.</summary>
    public Uri FromHere => new(IsEverywhere ? $"{Scheme}127.0.0.1:{Port}" : UrlAt(Port));

    /// <returns>What is wrong with the text, or null. Empty means off: no address.</returns>
    public static string? Take(string text, out ListenAddress? address)
    {
        address = null;
        if (text.Length == 0)
            return null;
        const string Wrong = "is not an address to listen on (http://127.0.0.1:9464, http://localhost:9464; http://*:9464 for every address of this machine)";
        // What stands for every address is no host to the framework's own reader of addresses.
        bool everywhere = text.StartsWith(Scheme + AnyHost, StringComparison.OrdinalIgnoreCase);
        string whole = everywhere ? $"{Scheme}[::]{text[(Scheme.Length + AnyHost.Length)..]}" : text;
        if (!Uri.TryCreate(whole, UriKind.Absolute, out Uri? url) || url.Scheme != Uri.UriSchemeHttp)
            return Wrong;
        if (url.UserInfo.Length > 0 || url.PathAndQuery != "/" || url.Fragment.Length > 0)
            return "must end after its port, and hold neither a user name nor a password";
        if (url.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            address = new ListenAddress("localhost", IPAddress.Loopback, url.Port);
        else if (IPAddress.TryParse(url.DnsSafeHost, out IPAddress? ip))
            address = new ListenAddress(everywhere ? AnyHost : url.Host, ip, url.Port);
        return address is null ? Wrong : null;
    }

    /// <summary>Sites whose pages may ask.</summary>
    /// <param name="text">With commas; empty means none.</param>
    /// <param name="origins">As browsers write them: small letters, no default port.</param>
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? TakeOrigins(string text, out string[] origins)
    {
        origins = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < origins.Length; i++)
        {
            if (HostRule.Parse(origins[i]) is not { Scheme: "http" or "https" } url || origins[i].EndsWith('/'))
                return "is not a list of sites such as https://prices.example or http://localhost:3000 (nothing behind the port), with commas";
            origins[i] = url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
        }
        return null;
    }

    /// <summary>More names that the page may be called by.</summary>
    /// <param name="text">With commas; empty means none.</param>
    /// <param name="listening">Where the page listens; null where it doesn't, or where that is wrong itself.</param>
    /// <param name="hosts">As <see cref="HostRule.Canonical"/> writes them.</param>
    /// <returns>What is wrong with the text, or null.</returns>
    public static string? TakeHosts(string text, ListenAddress? listening, out string[] hosts)
    {
        hosts = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < hosts.Length; i++)
        {
            if (hosts[i] == AnyHost)
            {
                if (listening is { IsLoopback: true })
                    return "opens a page on loopback to every web site that a browser here visits: name the hosts, or let HTTP_URL listen elsewhere";
                continue;
            }
            if (Uri.CheckHostName(hosts[i]) == UriHostNameType.Unknown)
                return "is not a list of host names (without ports), with commas";
            hosts[i] = HostRule.Canonical(hosts[i]);
        }
        return null;
    }
}

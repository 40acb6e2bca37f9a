// Whom the page answers. Pure. A web site that a browser visits can let its own name point to this machine, and so read what
// listens here as if it were its own; the browser then sends that name as `Host`. So only names are answered that nobody else
// can own: loopback's, the very address that was connected to, and those that the user named. A request that a page of another
// site makes carries that site as `Origin`, and is refused, unless the user named that one, too.
using System.Net;

namespace BybitSpot.App;

/// <param name="named">HTTP_ALLOWED_HOSTS.</param>
/// <param name="origins">HTTP_ALLOWED_ORIGINS, as browsers write them.</param>
internal sealed class HostRule(IReadOnlyCollection<string> named, IReadOnlyCollection<string> origins)
{
    private readonly HashSet<string> _named = [.. named];
    private readonly HashSet<string> _origins = [.. origins];

    /// <param name="header">The request's <c>Host</c>.</param>
    /// <param name="local">The address that the client connected to.</param>
    public bool Allows(string? header, IPAddress? local)
    {
        // A host that the framework reads as another than what stands there (`loopback`, `0x7f.1`) is no plain one.
        if (header is null || Parse("http://" + header) is not { } url || !header.StartsWith(url.Host, StringComparison.OrdinalIgnoreCase))
            return false;
        string host = url.DnsSafeHost;
        if (_named.Contains(ListenAddress.AnyHost) || host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        // Over a socket for both families an IPv4 address comes dressed as one of IPv6.
        return (IPAddress.TryParse(host, out IPAddress? ip) && (IPAddress.IsLoopback(ip) || (local is not null && Plain(ip).Equals(Plain(local)))))
            || _named.Contains(Canonical(host));
    }

    /// <summary>Whether the user named this site as one whose pages may ask.</summary>
    public bool AllowsOrigin(string origin) => _origins.Contains(origin);

    /// <summary>Whether a request comes from a page of somebody else's.</summary>
    /// <param name="origin">The request's <c>Origin</c>; null: no page, or the user's own typing.</param>
    /// <param name="host">Its <c>Host</c>, which is known to be ours.</param>
    public static bool IsForeign(string? origin, string? host) =>
        origin is not null
        && !(Parse(origin) is { } from && from.Scheme is "http" or "https" && Parse($"{from.Scheme}://{host}") is { } ours
            && from.Authority.Equals(ours.Authority, StringComparison.OrdinalIgnoreCase));

    /// <summary>One way to write a name or an address, of the many there are.</summary>
    public static string Canonical(string host) =>
        IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? ip) ? Plain(ip).ToString() : host.ToLowerInvariant();

    private static IPAddress Plain(IPAddress ip) => ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip;

    /// <summary>An address without anything behind its port, and without a user; null: it is none.</summary>
    public static Uri? Parse(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.UserInfo.Length == 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0 && url.Host.Length > 0
            ? url
            : null;
}

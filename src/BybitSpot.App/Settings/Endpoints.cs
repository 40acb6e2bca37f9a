// Addresses as users write them: the stream's, the REST host that belongs to it, and the proxy to reach them through; and every
// host of the exchange's that is known, in this place alone. Pure. A wrong address is told in words that never repeat a password in it.
using System.Diagnostics.CodeAnalysis;
using BybitSpot.Market;

namespace BybitSpot.App;

internal static class Endpoints
{
    /// <summary>The exchange's stream of spot prices, where nobody names another.</summary>
    public const string DefaultStream = "wss://stream.bybit.com/v5/public/spot";

    /// <summary>
    /// The exchange's own domains. On each `stream.` and `api.` belong together, and so do `stream-testnet.` and `api-testnet.`.
    /// Source: its documentation (bybit-exchange.github.io/docs/v5/guide, "Integration Guidance", and the pages "Connect" and
    /// "Changelog"), read to 2026-07-24, where nothing else is said.
    /// </summary>
    private static readonly string[] Domains =
    [
        "bybit.com",
        // The same servers for whom the first name is blocked.
        "bytick.com",
        // European Economic Area, Netherlands, Turkey (until 2026-05-22 bybit-tr.com), Kazakhstan, Georgia.
        "bybit.eu", "bybit.nl", "bybit.tr", "bybit-tr.com", "bybit.kz", "bybitgeorgia.ge",
        // Indonesia, the Emirates.
        "bybit.id", "bybit.ae",
        // Hong Kong, in the order in which they came; Japan since July 2026.
        "bybit.com.hk", "byhkbit.com", "spark-fintech.com", "manepa.jp",
    ];

    private static readonly Uri s_anyProxy = new("http://proxy");

    private static readonly (string ForStream, string ForRest)[] s_pairs = [("stream.", "api."), ("stream-testnet.", "api-testnet.")];

    /// <returns>What is wrong with the text, or null.</returns>
    public static string? TakeStream(string text, out Uri? url, out Venue venue)
    {
        venue = Venue.Spot;
        if (Check(text, "ws", "wss", out url) is { } wrong)
            return wrong;
        string last = url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..];
        switch (last)
        {
            case "spot": venue = Venue.Spot; return null;
            case "linear": venue = Venue.Linear; return null;
            case "inverse": venue = Venue.Inverse; return null;
            default: return "does not end in a market (spot, linear or inverse)";
        }
    }

    /// <returns>What is wrong with the text, or null. Empty means off: no address.</returns>
    public static string? TakeRest(string text, out Uri? url)
    {
        url = null;
        return text.Length == 0 ? null : Check(text, "http", "https", out url);
    }

    /// <returns>What is wrong with the text, or null. Empty means none.</returns>
    public static string? TakeProxy(string text, out Uri? proxy)
    {
        proxy = null;
        if (text.Length == 0)
            return null;
        string whole = text.Contains("://", StringComparison.Ordinal) ? text : "http://" + text;
        return Uri.TryCreate(whole, UriKind.Absolute, out proxy) && proxy.Scheme == Uri.UriSchemeHttp && proxy.Host.Length > 0
            ? null
            : "is not an HTTP proxy (http://host:port)";
    }

    /// <summary>The REST address that belongs to a stream of the exchange's; null for any other host.</summary>
    public static Uri? RestOf(Uri stream)
    {
        foreach ((string from, string to) in s_pairs)
        {
            if (stream.Host.StartsWith(from, StringComparison.OrdinalIgnoreCase)
                && Array.IndexOf(Domains, stream.Host[from.Length..].ToLowerInvariant()) >= 0)
                return new Uri("https://" + to + stream.Host[from.Length..].ToLowerInvariant());
        }
        return null;
    }

    /// <summary>Whether a connection to the address would go through a proxy, if there is one.</summary>
    public static bool WouldUseProxy(Uri? target, string[] noProxy) => ProxyFor(target, s_anyProxy, noProxy) is not null;

    /// <summary>The proxy to use for an address: wss and https alone, not this machine, and nothing that NO_PROXY names.</summary>
    public static Uri? ProxyFor(Uri? target, Uri? proxy, string[] noProxy)
    {
        if (target is null || proxy is null || target.Scheme is not ("wss" or "https") || target.IsLoopback)
            return null;
        foreach (string entry in noProxy)
        {
            int colon = entry.LastIndexOf(':');
            bool withPort = colon > 0 && entry.IndexOf(':') == colon && int.TryParse(entry.AsSpan(colon + 1), out _);
            if (withPort && entry[(colon + 1)..] != target.Port.ToString())
                continue;
            string name = (withPort ? entry[..colon] : entry).TrimStart('*').TrimStart('.').Trim('[', ']');
            if (name.Length == 0
                    ? entry.StartsWith('*')
                    : target.DnsSafeHost.Equals(name, StringComparison.OrdinalIgnoreCase)
                        || target.DnsSafeHost.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))
                return null;
        }
        return proxy;
    }

    private static string? Check(string text, string scheme, string secureScheme, [NotNull] out Uri? url)
    {
        string wrong = $"is not a {scheme}:// or {secureScheme}:// address";
        bool whole = Uri.TryCreate(text, UriKind.Absolute, out Uri? made);
        url = whole ? made! : new Uri("about:blank");
        if (!whole || (url.Scheme != scheme && url.Scheme != secureScheme) || url.Host.Length == 0)
            return wrong;
        if (url.UserInfo.Length > 0)
            return "must not hold a user name or a password";
        return url.Query.Length + url.Fragment.Length > 0 ? "must end with its path, without ? or #" : null;
    }
}

// Asks the exchange's REST interface which instruments trade. Each question is a connection of its own, closed afterwards:
// they are minutes apart, names are resolved anew, and nothing is kept in memory. Blocks its caller's thread; call it on a
// thread that may wait. What must stay true: an answer comes within LimitAll, of bounded size, and trouble is a value.
using System.Net;
using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>What a question for the list of instruments came to: a list, or why there is none.</summary>
/// <param name="Banned">The exchange asks for a pause: no question for <see cref="Instruments.BanPause"/>.</param>
public sealed record InstrumentsAnswer(IReadOnlyList<Listing>? Listed, string Reason, bool Banned)
{
    public static InstrumentsAnswer Of(IReadOnlyList<Listing> listed) => new(listed, "", false);

    public static InstrumentsAnswer Failed(string reason, bool banned = false) => new(null, reason, banned);
}

public sealed class Instruments(Uri baseUrl, Venue venue, Uri? proxy, TimeProvider time)
{
    /// <summary>For a question in all, pages included.</summary>
    public static readonly TimeSpan LimitAll = TimeSpan.FromSeconds(10);

    /// <summary>After HTTP 403 or retCode 10006.</summary>
    public static readonly TimeSpan BanPause = TimeSpan.FromMinutes(10);

    /// <summary>Largest body; spot's has 300 kB, a page of linear's 1 MB.</summary>
    public const int BodyBytesMax = 16 * 1024 * 1024;

    /// <summary>Most pages of one list; linear has one or two.</summary>
    public const int PagesMax = 20;

    private readonly string _path =
        baseUrl.AbsoluteUri.TrimEnd('/') + "/v5/market/instruments-info?category=" + venue.ToString().ToLowerInvariant();

    /// <summary>For messages: host and port, without anything secret.</summary>
    public string Endpoint { get; } = baseUrl.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    public InstrumentsAnswer Ask(CancellationToken stop = default)
    {
        using var limit = new CancellationTokenSource(LimitAll, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            return AskAll(either.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            return InstrumentsAnswer.Failed(
                stop.IsCancellationRequested ? "stopped"
                : limit.IsCancellationRequested ? $"no answer within {LimitAll.TotalSeconds:0} s"
                : Innermost(failure));
        }
    }

    private InstrumentsAnswer AskAll(CancellationToken end)
    {
        using var client = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = proxy is not null,
                Proxy = proxy is null ? null : ProxyAt(proxy),
                PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
                // What is left of a body that is not wanted is not read; the connection is closed anyway.
                MaxResponseDrainSize = 0,
                MaxResponseHeadersLength = 64,
            })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // A read that blocks doesn't look at the token: closing the connection under it does end it.
        using CancellationTokenRegistration close = end.Register(client.Dispose);
        bool pages = venue != Venue.Spot;
        var listed = new List<Listing>(1024);
        string cursor = "";
        for (int page = 0; page < PagesMax; page++)
        {
            string url = _path + (pages ? "&limit=1000" : "") + (cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : "");
            (byte[]? body, int length, InstrumentsAnswer? trouble) = Get(client, url, end);
            if (body is null)
                return trouble!;
            if (InstrumentsBody.Parse(body.AsSpan(0, length), listed, out cursor) is { } refused)
                return refused;
            if (!pages || cursor.Length == 0)
                return InstrumentsAnswer.Of(listed);
        }
        return InstrumentsAnswer.Failed($"more than {PagesMax} pages");
    }

    private static (byte[]? Body, int Length, InstrumentsAnswer? Trouble) Get(HttpClient client, string url, CancellationToken end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.TryParseAdd("BybitSpot");
        using HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, end);
        if (response.StatusCode != HttpStatusCode.OK)
            return (null, 0, Refused((int)response.StatusCode));
        using CancellationTokenRegistration close = end.Register(response.Dispose);
        using Stream stream = response.Content.ReadAsStream(end);
        long announced = response.Content.Headers.ContentLength ?? 64 * 1024;
        if (announced > BodyBytesMax)
            return (null, 0, TooLarge());
        byte[] body = new byte[Math.Max((int)announced, 1024) + 1];
        int length = 0, count;
        while ((count = stream.Read(body, length, body.Length - length)) > 0)
        {
            end.ThrowIfCancellationRequested();
            length += count;
            if (length > BodyBytesMax)
                return (null, 0, TooLarge());
            if (length == body.Length)
                Array.Resize(ref body, body.Length * 2);
        }
        return (body, length, null);
    }

    private static InstrumentsAnswer TooLarge() => InstrumentsAnswer.Failed($"the body is larger than {BodyBytesMax} bytes");

    private static InstrumentsAnswer Refused(int status) => status switch
    {
        403 => InstrumentsAnswer.Failed(
            $"HTTP 403: too many requests from this address, or the exchange does not serve this region; not asked again for {BanPause.TotalMinutes:0} minutes",
            banned: true),
        >= 300 and < 400 => InstrumentsAnswer.Failed($"HTTP {status}: a redirect, which is not followed"),
        _ => InstrumentsAnswer.Failed($"HTTP {status}"),
    };

    private static WebProxy ProxyAt(Uri proxy)
    {
        var made = new WebProxy(new Uri(proxy.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)));
        string[] user = proxy.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
            made.Credentials = new NetworkCredential(Uri.UnescapeDataString(user[0]), user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "");
        return made;
    }

    private static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner)
            failure = inner;
        return failure.Message;
    }
}

// Questions to the exchange's REST interface: HTTP GETs with limits. A connection is kept for a minute at most, so names are
// resolved anew, and given up after any trouble. Blocks its caller's thread; any thread that may wait, several at a time. What
// must stay true: an answer comes within LimitAll, of bounded size; trouble is a value; and once the exchange has asked for a
// pause nobody asks anything during it, whatever for: ten minutes after HTTP 403, seconds after a limit of a second.
using System.Net;
using BybitSpot.Net;
using BybitSpot.Signals;

namespace BybitSpot.Rest;

/// <summary>Why there is no answer.</summary>
/// <param name="Banned">The exchange asks for a pause: no question for <see cref="RestClient.BanPause"/>.</param>
/// <param name="Limited">There were too many questions in a second: none for <see cref="RestClient.LimitPause"/>.</param>
public sealed record RestTrouble(string Reason, bool Banned = false, bool Limited = false);

/// <summary>The body of an answer; it lasts until the next question.</summary>
/// <param name="Bytes">May be longer than the body.</param>
/// <param name="AskedAt">When the question was sent, a time stamp of the time provider's.</param>
/// <param name="AnsweredAt">When the whole body was there.</param>
internal readonly record struct RestBody(byte[] Bytes, int Length, long AskedAt, long AnsweredAt)
{
    public ReadOnlySpan<byte> Span => Bytes.AsSpan(0, Length);
}

public sealed class RestClient(Uri baseUrl, Uri? proxy, TimeProvider time)
{
    /// <summary>For a question in all, pages included.</summary>
    public static readonly TimeSpan LimitAll = TimeSpan.FromSeconds(10);

    /// <summary>After HTTP 403.</summary>
    public static readonly TimeSpan BanPause = TimeSpan.FromMinutes(10);

    /// <summary>Largest body; spot's list of instruments has 300 kB, a page of linear's 1 MB.</summary>
    public const int BodyBytesMax = 16 * 1024 * 1024;

    /// <summary>A connection that serves question after question is replaced after this: addresses move.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    /// <summary>A larger buffer is not kept for the next question.</summary>
    private const int KeptBytesMax = 1024 * 1024;

    private static readonly TimeSpan s_limitPauseFirst = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_limitPauseMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly string _base = baseUrl.AbsoluteUri.TrimEnd('/');
    private byte[]? _spare;
    private HttpClient? _client;
    private RestTrouble? _pausedFor;
    private TimeSpan _pause;
    private long _pausedAt;
    private int _limitedInRow;

    /// <summary>Asked before each question, since the framework's client ends the process where it cannot have a thread.</summary>
    public Reserve Reserve { get; init; } = Reserve.Unlimited;

    /// <summary>For messages: host and port, without anything secret.</summary>
    public string Endpoint { get; } = baseUrl.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Whether a pause that the exchange asked for lasts, a long one or a short one.</summary>
    public bool IsPaused => Paused() is not null;

    /// <summary>How long nothing is asked after retCode 10006, by how often it came in a row: the limit is of a second.</summary>
    public static TimeSpan LimitPause(int inRow)
    {
        TimeSpan pause = s_limitPauseFirst * (1 << Math.Clamp(inRow - 1, 0, 8));
        return pause < s_limitPauseMax ? pause : s_limitPauseMax;
    }

    /// <summary>The exchange has asked for the long pause in a way of its own.</summary>
    public void Ban() => Pause(new RestTrouble("", Banned: true));

    /// <summary>Asks one or more questions in a row, within <see cref="LimitAll"/> together.</summary>
    /// <param name="ask">Given what gets a path's body, answers null when it has all, or what was wrong.</param>
    /// <returns>Null, or why there is no answer.</returns>
    internal RestTrouble? Ask(Func<Get, RestTrouble?> ask, CancellationToken stop)
    {
        if (Paused() is { } paused)
            return paused;
        if (Reserve.Lack(Reserve.ForRest) is { } lack)
            return new RestTrouble(lack);
        using var limit = new CancellationTokenSource(LimitAll, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        HttpClient? client = null;
        try
        {
            client = Interlocked.Exchange(ref _client, null) ?? NewClient();
            // A read that blocks doesn't look at the token: closing the connection under it does end it.
            using CancellationTokenRegistration close = either.Token.Register(client.Dispose);
            byte[]? used = null;
            RestTrouble? trouble = ask((string path, out RestBody body) =>
            {
                if (used is not null)
                    _spare = used;
                RestTrouble? failed = Read(client, _base + path, either.Token, out body);
                used = body.Bytes;
                return failed;
            });
            if (used is { Length: <= KeptBytesMax })
                _spare = used;
            if (trouble is null or { Banned: true } or { Limited: true })
                Pause(trouble);
            if (trouble is null && close.Unregister() && Interlocked.CompareExchange(ref _client, client, null) is null)
                client = null;
            return trouble;
        }
        catch (Exception failure) when (HttpTrouble.Is(failure) || failure is OperationCanceledException or ObjectDisposedException)
        {
            return new RestTrouble(
                stop.IsCancellationRequested ? "stopped"
                : limit.IsCancellationRequested ? $"no answer within {LimitAll.TotalSeconds:0} s"
                : Innermost(failure));
        }
        finally
        {
            client?.Dispose();
        }
    }

    /// <summary>Gets one path's body.</summary>
    internal delegate RestTrouble? Get(string path, out RestBody body);

    /// <summary>Null, or what to say to who asks during a pause.</summary>
    private RestTrouble? Paused()
    {
        lock (_gate)
            return _pausedFor is not null && time.GetElapsedTime(_pausedAt) < _pause ? _pausedFor : null;
    }

    /// <param name="reason">Null: there was an answer, and the next limit is the first in a row again.</param>
    private void Pause(RestTrouble? reason)
    {
        lock (_gate)
        {
            _limitedInRow = reason is { Limited: true } ? _limitedInRow + 1 : 0;
            if (reason is null)
                return;
            TimeSpan pause = reason.Banned ? BanPause : LimitPause(_limitedInRow);
            // A short pause does not end a long one.
            if (_pausedFor is not null && _pause - time.GetElapsedTime(_pausedAt) > pause)
                return;
            string length = reason.Banned ? $"{pause.TotalMinutes:0} minutes" : $"{pause.TotalSeconds:0} s";
            _pausedFor = new RestTrouble($"the exchange asked for a pause of {length}, which is not over", reason.Banned, reason.Limited);
            (_pause, _pausedAt) = (pause, time.GetTimestamp());
        }
    }

    private HttpClient NewClient() =>
        new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectCallback = Connect,
            UseProxy = proxy is not null,
            Proxy = proxy is null ? null : ProxyAt(proxy),
            PooledConnectionLifetime = KeptFor,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20),
            // What is left of a body that is not wanted is not read; the connection is closed anyway.
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = 64,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };

    // On a thread of its own, once for each connection: those of the pool serve the page, and a dead address holds one for seconds.
    private ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken end)
    {
        var opened = new TaskCompletionSource<Stream>(TaskCreationOptions.RunContinuationsAsynchronously);
        OwnThread.Start(
            "rest connect",
            () => opened.SetResult(Race.Open(context.DnsEndPoint.Host, context.DnsEndPoint.Port, LimitAll, time, end)),
            (_, failure) => opened.SetException(failure));
        return new ValueTask<Stream>(opened.Task);
    }

    private RestTrouble? Read(HttpClient client, string url, CancellationToken end, out RestBody body)
    {
        body = default;
        long askedAt = time.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.UserAgent.TryParseAdd("BybitSpot");
        using HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead, end);
        if (response.StatusCode != HttpStatusCode.OK)
            return Refused((int)response.StatusCode);
        using CancellationTokenRegistration close = end.Register(response.Dispose);
        using Stream stream = response.Content.ReadAsStream(end);
        long announced = response.Content.Headers.ContentLength ?? 64 * 1024;
        if (announced > BodyBytesMax)
            return TooLarge();
        // Bodies of some hundred kilobytes every few seconds would else be the program's largest garbage.
        byte[]? bytes = Interlocked.Exchange(ref _spare, null);
        if (bytes is null || bytes.Length <= announced)
            bytes = new byte[Math.Max((int)announced, 64 * 1024) + 1];
        int length = 0, count;
        while ((count = stream.Read(bytes, length, bytes.Length - length)) > 0)
        {
            end.ThrowIfCancellationRequested();
            length += count;
            if (length > BodyBytesMax)
                return TooLarge();
            if (length == bytes.Length)
                Array.Resize(ref bytes, bytes.Length * 2);
        }
        body = new RestBody(bytes, length, askedAt, time.GetTimestamp());
        return null;
    }

    private static RestTrouble TooLarge() => new($"the body is larger than {BodyBytesMax} bytes");

    private static RestTrouble Refused(int status) => status switch
    {
        403 => new RestTrouble(
            $"HTTP 403: too many requests from this address, or the exchange does not serve this region; not asked again for {BanPause.TotalMinutes:0} minutes",
            Banned: true),
        >= 300 and < 400 => new RestTrouble($"HTTP {status}: a redirect, which is not followed"),
        _ => new RestTrouble($"HTTP {status}"),
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

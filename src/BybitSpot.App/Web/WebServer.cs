// The framework's HTTP server, Kestrel, with nothing around it: no host, no container, no routes; it reads requests and writes
// answers, `Pages` says which. Runs on the thread pool. What must stay true: every limit stands here; what goes wrong in one
// request ends with it.
using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BybitSpot.App;

internal sealed class WebServer : IHttpApplication<IFeatureCollection>, IDisposable
{
    /// <summary>Clients at a time; for one more the one that has asked nothing for longest goes. Each holds a file descriptor that the feed may need.</summary>
    public const int ConnectionsMax = 64;

    /// <summary>More than that for as long as it takes those who had to go to be gone.</summary>
    private const int LeavingMax = ConnectionsMax / 2;

    public const int RequestLineMaxBytes = 2 * 1024;
    public const int HeadersMaxBytes = 8 * 1024;
    public const int HeadersMax = 32;

    private const int UnreadMaxBytes = 16 * 1024;
    private const int UnsentMaxBytes = 64 * 1024;

    /// <summary>Longest time that a client may take to ask.</summary>
    private static readonly TimeSpan HeadLimit = TimeSpan.FromSeconds(5);

    /// <summary>Longest time that a client may stay without asking.</summary>
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(15);

    private readonly KestrelServer _server;
    private readonly Places _places;
    private readonly Pages _pages;
    private readonly ILogger _log;

    private WebServer(KestrelServer server, Places places, Pages pages, ILogger log)
    {
        _server = server;
        _places = places;
        _pages = pages;
        _log = log;
    }

    public static WebServer Start(WebListener listener, Pages pages, ILogger log)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        KestrelServerLimits limits = options.Limits;
        limits.MaxConcurrentConnections = ConnectionsMax + LeavingMax;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestLineSize = RequestLineMaxBytes;
        limits.MaxRequestHeadersTotalSize = HeadersMaxBytes;
        limits.MaxRequestHeaderCount = HeadersMax;
        limits.MaxRequestBodySize = 0;
        limits.MaxRequestBufferSize = UnreadMaxBytes;
        limits.MaxResponseBufferSize = UnsentMaxBytes;
        limits.RequestHeadersTimeout = HeadLimit;
        limits.KeepAliveTimeout = SilenceLimit;
        options.Listen((IPEndPoint)listener.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        // What Kestrel logs is about its clients' faults; it says nothing that somebody could act on.
        var server = new KestrelServer(Options.Create(options), listener, NullLoggerFactory.Instance);
        var started = new WebServer(server, listener.Places, pages, log);
        server.StartAsync(started, CancellationToken.None).GetAwaiter().GetResult();
        return started;
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        _places.Asks(context.GetRequiredFeature<IHttpConnectionFeature>().ConnectionId);
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        Answer answer;
        try
        {
            answer = _pages.Ask(new Question(
                request.Method,
                request.Path,
                request.QueryString,
                HostOf(request),
                request.Headers.Origin,
                context.Get<IHttpConnectionFeature>()?.LocalIpAddress,
                context.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? false));
        }
        catch (Exception fault)
        {
            _log.HttpAnswerFailed(request.Path, fault.ToString());
            answer = Answer.Text(500, "a fault of the program; its log says more\n");
        }
        var response = context.GetRequiredFeature<IHttpResponseFeature>();
        response.StatusCode = answer.Status;
        IHeaderDictionary headers = response.Headers;
        headers.ContentType = answer.ContentType;
        if (answer.Events is null)
            headers.ContentLength = answer.Body.Length;
        headers.CacheControl = "no-store";
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = answer.Policy;
        headers["Referrer-Policy"] = "no-referrer";
        if (answer.ForOrigin is not null)
        {
            headers.AccessControlAllowOrigin = answer.ForOrigin;
            headers.Vary = "Origin";
        }
        if (answer.RetryAfter is { } later)
            headers.RetryAfter = ((int)later.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        if (answer.Allow is not null)
            headers.Allow = answer.Allow;
        // What a refused client still wants to send is not waited for.
        if (answer.Status is not ((int)HttpStatusCode.OK or (int)HttpStatusCode.ServiceUnavailable or (int)HttpStatusCode.NotFound))
            headers.Connection = "close";
        if (answer.Events is { } client)
            await TellAsync(context, client).ConfigureAwait(false);
        else if (request.Method != "HEAD")
            await context.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(answer.Body).ConfigureAwait(false);
    }

    // Until the client goes, or takes nothing any more. What it does not take fast enough is not kept for it.
    private async Task TellAsync(IFeatureCollection context, EventClient client)
    {
        using (client)
        {
            var lifetime = context.GetRequiredFeature<IHttpRequestLifetimeFeature>();
            var body = context.GetRequiredFeature<IHttpResponseBodyFeature>();
            string connection = context.GetRequiredFeature<IHttpConnectionFeature>().ConnectionId;
            try
            {
                await body.StartAsync(lifetime.RequestAborted).ConfigureAwait(false);
                while (true)
                {
                    if (client.Tell(body.Writer))
                    {
                        ValueTask<FlushResult> taking = body.Writer.FlushAsync(lifetime.RequestAborted);
                        FlushResult taken = taking.IsCompleted ? await taking.ConfigureAwait(false) : await taking.AsTask().WaitAsync(EventClient.SlowMax, lifetime.RequestAborted).ConfigureAwait(false);
                        if (taken.IsCompleted)
                            return;
                        // Who takes what he is told has asked for it.
                        _places.Asks(connection);
                    }
                    await client.More().WaitAsync(lifetime.RequestAborted).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                // It has gone, or the program ends.
            }
            catch (TimeoutException)
            {
                client.TooSlow = true;
                lifetime.Abort();
            }
        }
    }

    /// <summary>Whom a request means: HTTP/1.0 may name him in its first line alone, or not at all.</summary>
    private static string? HostOf(IHttpRequestFeature request) =>
        request.Headers.Host is [{ Length: > 0 } host] ? host
        : Uri.TryCreate(request.RawTarget, UriKind.Absolute, out Uri? target) && target.Host.Length > 0 ? target.Authority
        : null;

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    /// <summary>Ends it and every connection at once.</summary>
    public void Dispose()
    {
        _server.StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
        _server.Dispose();
    }
}

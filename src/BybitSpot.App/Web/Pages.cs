// What the page says, and to whom. Any thread of the pool; no socket, no framework of the web. What must stay true: nothing can
// be changed from here; whoever is not answered learns nothing of the feed; however often the metrics are asked for, they are
// made at most four times a second, since making them takes locks of the engine's.
using System.Text;
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <param name="rule">Whom to answer.</param>
/// <param name="stalled">The thread that hangs, or null.</param>
/// <param name="report">Whether prices can be believed.</param>
/// <param name="meters">Everything that is counted.</param>
/// <param name="board">What is shown of the feed; null: it was asked for something else.</param>
internal sealed class Pages(HostRule rule, Func<string?> stalled, Func<FeedReport> report, Func<IReadOnlyList<MetricFamily>> meters, Func<Question, Answer?> board, TimeProvider time)
{
    private const string Methods = "GET, HEAD";

    private static readonly TimeSpan MetricsKept = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private byte[]? _metrics;
    private long _metricsMadeAt;

    public Answer Ask(in Question question)
    {
        // Browsers always say whom they mean; who says nothing (probes of HTTP/1.0) means whom he connected to.
        if (question.Host is { Length: > 0 } && !rule.Allows(question.Host, question.Local))
            return Answer.Text(400, "this name is not answered here: use localhost or the address, or let HTTP_ALLOWED_HOSTS name it\n");
        string? origin = question.Origin is { } asking && rule.AllowsOrigin(asking) ? asking : null;
        if (origin is null && HostRule.IsForeign(question.Origin, question.Host))
            return Answer.Text(403, "pages of other sites are not answered here; HTTP_ALLOWED_ORIGINS names those that are\n");
        if (question.Method is not ("GET" or "HEAD"))
            return Answer.Text(405, "nothing can be changed here\n") with { Allow = Methods };
        if (question.HasBody)
            return Answer.Text(413, "nothing is taken here\n");
        return AnswerOf(question) with { ForOrigin = origin };
    }

    private Answer AnswerOf(in Question question)
    {
        if ((PageFiles.At(question.Path) ?? board(question)) is { } answer)
            return answer;
        return question.Path switch
        {
            "/healthz" => stalled() is { } thread ? Answer.Text(503, $"the thread \"{thread}\" does nothing\n") : Answer.Text(200, "ok\n"),
            "/readyz" => Readiness.Of(report()),
            "/metrics" => new Answer(200, PrometheusText.ContentType, Metrics()),
            _ => Answer.Text(404, "not found; there are /, /status, /prices, /prices/BTC, /events, /healthz, /readyz and /metrics\n"),
        };
    }

    private byte[] Metrics()
    {
        lock (_gate)
        {
            if (_metrics is null || time.GetElapsedTime(_metricsMadeAt) > MetricsKept)
            {
                _metrics = Encoding.UTF8.GetBytes(PrometheusText.Of(meters()));
                _metricsMadeAt = time.GetTimestamp();
            }
            return _metrics;
        }
    }
}

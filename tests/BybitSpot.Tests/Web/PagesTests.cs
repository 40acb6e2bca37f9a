using System.Net;
using System.Text;
using BybitSpot.App;
using BybitSpot.Signals;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Web;

public sealed class PagesTests
{
    private static readonly DateTimeOffset s_since = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    private readonly SteppedTime _time = new();
    private FeedReport _report = Live(10, 0);
    private string? _stalled;
    private int _madeMeters;

    [Fact]
    public void Health_is_ok_unless_a_thread_hangs_which_is_named()
    {
        Assert.Equal((200, "ok\n"), Get("/healthz"));
        _stalled = "redis";
        Assert.Equal((503, "the thread \"redis\" does nothing\n"), Get("/healthz"));
    }

    [Fact]
    public void A_live_and_a_degraded_feed_are_ready()
    {
        Assert.Equal((200, "ready\nstate live since 2026-01-02T03:04:05.678Z\ncoins 10: 10 fresh, 0 quiet, 0 stale\n"), Get("/readyz"));
        _report = Live(7, 1) with { State = FeedState.Degraded };
        Assert.Equal((200, "ready\nstate degraded since 2026-01-02T03:04:05.678Z\ncoins 10: 7 fresh, 2 quiet, 1 stale\nstale COIN0: reason 0\n"), Get("/readyz"));
    }

    [Theory]
    [InlineData(FeedState.Connecting, null, "not ready: no price has come yet")]
    [InlineData(FeedState.Stale, null, "not ready: every coin is stale")]
    [InlineData(FeedState.Stopped, null, "not ready: stopped as asked")]
    [InlineData(FeedState.Live, "connection refused", "not ready: Redis takes no writes: connection refused")]
    [InlineData(FeedState.Connecting, "connection refused", "not ready: no price has come yet; Redis takes no writes: connection refused")]
    public void What_is_missing_stands_in_the_first_line(FeedState state, string? redisTrouble, string line)
    {
        _report = Live(10, 0) with { State = state, RedisTrouble = redisTrouble };
        (int status, string text) = Get("/readyz");
        Assert.Equal((503, line), (status, text.Split('\n')[0]));
    }

    [Fact]
    [Trait("Fault", "77")]
    public void Twenty_stale_coins_are_named_the_rest_counted_and_nothing_steers_a_terminal()
    {
        _report = Live(0, 23) with { State = FeedState.Stale, RedisTrouble = "\u001b[2J", StaleCoins = [.. Enumerable.Range(0, 23).Select(i => new StaleCoin($"<b>{i}", "silent\r\nfor 10 s"))] };
        string text = Get("/readyz").Text;
        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"stale <b>{i}: silent\\u000d\\u000afor 10 s"), "and 3 more", ""], text.Split('\n')[3..]);
        Assert.DoesNotContain('\u001b', text);
    }

    [Fact]
    public void The_root_names_what_there_is_and_nothing_else_is_there()
    {
        (int status, string text) = Get("/");
        Assert.Equal(200, status);
        Assert.All((string[])["/healthz", "/readyz", "/metrics"], path => Assert.Contains(path, text));
        Assert.All((string[])["/healthz/", "/HEALTHZ", "/metrics.txt", "//", "", "/../etc/passwd"], path => Assert.Equal(404, Get(path).Status));
    }

    [Theory]
    [Trait("Fault", "75")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("get")]
    public void Nothing_but_reading_is_allowed(string method)
    {
        foreach (string path in (string[])["/", "/healthz", "/readyz", "/metrics", "/none"])
        {
            Answer answer = Ask(new Question(method, path, "", "localhost", null, null, HasBody: true));
            Assert.Equal((405, "GET, HEAD"), (answer.Status, answer.Allow));
        }
    }

    [Fact]
    public void A_body_is_refused() => Assert.Equal(413, Ask(new Question("GET", "/healthz", "", "localhost", null, null, HasBody: true)).Status);

    [Fact]
    [Trait("Fault", "73")]
    public void Who_calls_by_a_strange_name_learns_nothing_whatever_is_asked()
    {
        foreach (string path in (string[])["/", "/healthz", "/metrics", "/none"])
        {
            Assert.Equal(400, Ask(new Question("GET", path, "", "evil.example", null, IPAddress.Loopback, false)).Status);
            Assert.Equal(400, Ask(new Question("POST", path, "", "evil.example", null, IPAddress.Loopback, false)).Status);
        }
        Assert.Equal(0, _madeMeters);
    }

    [Fact]
    [Trait("Fault", "74")]
    public void A_page_of_another_site_is_refused() =>
        Assert.Equal(403, Ask(new Question("GET", "/metrics", "", "localhost:9464", "http://evil.example", null, false)).Status);

    [Fact]
    public void However_often_they_are_asked_for_metrics_are_made_four_times_a_second()
    {
        for (int i = 0; i < 100; i++)
            Assert.Equal("# HELP made Times.\n# TYPE made counter\nmade 1\n", Get("/metrics").Text);
        _time.Advance(TimeSpan.FromMilliseconds(251));
        Assert.EndsWith("made 2\n", Get("/metrics").Text);
    }

    private static FeedReport Live(int fresh, int stale) =>
        new(FeedState.Live, s_since, 10, fresh, 10 - fresh - stale, stale, null, [.. Enumerable.Range(0, stale).Select(i => new StaleCoin($"COIN{i}", $"reason {i}"))]);

    private (int Status, string Text) Get(string path)
    {
        Answer answer = Ask(new Question("GET", path, "", "localhost:9464", null, IPAddress.Loopback, false));
        return (answer.Status, Encoding.UTF8.GetString(answer.Body.Span));
    }

    private readonly Lazy<Pages> _pages;

    public PagesTests() => _pages = new(() => new Pages(
        new HostRule([], []), () => _stalled, () => _report, () => [MetricFamily.Counter("made", "Times.", ++_madeMeters)], static _ => null, _time));

    private Answer Ask(Question question) => _pages.Value.Ask(question);
}

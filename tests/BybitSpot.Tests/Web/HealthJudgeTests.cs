using BybitSpot.App;
using BybitSpot.Tests.App;
using Xunit;

namespace BybitSpot.Tests.Web;

public sealed class HealthJudgeTests
{
    private readonly SteppedTime _time = new();
    private readonly KeptLog _log = new();

    [Fact]
    public void A_thread_that_is_not_there_is_named_once_in_the_log_and_to_whoever_asks()
    {
        var judge = new HealthJudge(new ThreadTurns("/proc/self/task", "no-such-thread"), TimeSpan.Zero, _log, _time);
        Assert.Null(judge.Stalled);
        Assert.Equal("no-such-thread", judge.Look());
        Assert.Equal("no-such-thread", judge.Look());
        Assert.Equal("no-such-thread", judge.Stalled);
        Assert.Single(_log.MessagesOf("thread_stalled"));
    }

    [Fact]
    public void A_look_that_comes_too_soon_after_the_last_finds_what_that_one_found()
    {
        using var end = new ManualResetEvent(false);
        var idle = new Thread(() => end.WaitOne()) { Name = "test-idle", IsBackground = true };
        idle.Start();
        // Until it waits, as it will for good.
        Journeys.Until.True("the thread waits", () => idle.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        var judge = new HealthJudge(new ThreadTurns("/proc/self/task", "test-idle"), HealthJudge.LooksApart, _log, _time);
        judge.Look();
        Assert.Null(judge.Look());
        // From here on it has had no turn.
        Journeys.Until.True("it is found out", () =>
        {
            _time.Advance(HealthJudge.LooksApart);
            return judge.Look() == "test-idle";
        });
        end.Set();
        idle.Join();
    }

    [Fact]
    public void When_nobody_looks_any_more_it_is_the_main_thread_that_hangs_until_it_looks_again()
    {
        var judge = new HealthJudge(new ThreadTurns("/proc/self/task"), TimeSpan.Zero, _log, _time);
        _time.Advance(HealthJudge.LooksStopAfter);
        Assert.Null(judge.Stalled);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("main", judge.Stalled);
        judge.Look();
        Assert.Null(judge.Stalled);
    }
}

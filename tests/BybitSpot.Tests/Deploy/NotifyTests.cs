using System.Net.Sockets;
using System.Text;
using BybitSpot.App;
using BybitSpot.Signals;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

public sealed class NotifyTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();
    private readonly KeptLog _log = new();
    private readonly Turns _turns = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_supervisor_is_told_through_a_path_and_through_an_abstract_address(bool isAbstract)
    {
        string name = isAbstract ? $"@bybitspot-test-{Guid.NewGuid():N}" : Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, watchdogUs: null);
        notify.Ready();
        notify.Stopping();
        Assert.Equal(["READY=1", "STOPPING=1"], [Receive(supervisor), Receive(supervisor)]);
    }

    [Fact]
    public void Without_a_supervisor_nothing_happens()
    {
        using Notify notify = Notify.From(_ => null, _log);
        notify.Ready();
        notify.Health(well: true);
        notify.Health(well: false);
        Assert.Null(notify.Watchdog);
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void A_supervisor_that_is_gone_or_never_was_is_told_once_in_the_log_and_stops_nothing()
    {
        using Notify never = Of(Path.Combine(_folder, "nobody"), null);
        never.Ready();
        string name = Path.Combine(_folder, "gone");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, null);
        supervisor.Dispose();
        notify.Ready();
        notify.Stopping();
        Assert.Equal(2, _log.MessagesOf("notify_failed").Count);
    }

    [Fact]
    public void A_supervisor_that_reads_nothing_holds_nothing_up()
    {
        string name = Path.Combine(_folder, "deaf");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, null);
        for (int i = 0; i < 5_000; i++)
            notify.Ready();
        Assert.Single(_log.MessagesOf("notify_failed"));
    }

    [Fact]
    public void The_watchdog_is_fed_several_times_an_interval_from_the_start_to_the_stop()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, "400000");
        var judge = new HealthJudge(_turns, _log, TimeProvider.System);
        using var thread = new HealthThread(judge, notify, TimeProvider.System);
        thread.Start((_, fault) => Assert.Fail(fault.Message));
        Until.True("the judge looks", () => judge.Own.Taken > 1);
        Assert.Equal(0, supervisor.Available);
        notify.Ready();
        Assert.Equal(["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"], Enumerable.Range(0, 4).Select(_ => Receive(supervisor)));
        notify.Stopping();
        while (Receive(supervisor) is var said && said != "STOPPING=1")
            Assert.Equal("WATCHDOG=1", said);
    }

    [Fact]
    public void A_watchdog_meant_for_another_process_is_not_fed()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Notify.From(
            v => v switch { "NOTIFY_SOCKET" => name, "WATCHDOG_USEC" => "40000", "WATCHDOG_PID" => "1", _ => null }, _log);
        notify.Ready();
        Assert.Equal("READY=1", Receive(supervisor));
        notify.Health(well: true);
        Assert.Equal(0, supervisor.Available);
    }

    [Fact, Trait("Fault", "95")]
    public void A_thread_that_hangs_ends_the_feeding_and_is_told_at_once_and_fed_again_when_it_goes_on()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, "800000");
        var time = new SteppedTime();
        var judge = new HealthJudge(_turns, _log, time);
        Turn turn = _turns.Begin("test-restless");
        notify.Ready();
        Assert.Equal("READY=1", Receive(supervisor));
        var told = new List<string>();
        for (int look = 0; look < 2 * HealthJudge.StandingLooks; look++)
        {
            notify.Health(judge.Look() is null);
            time.Advance(HealthJudge.LookEvery);
            if (supervisor.Available > 0)
                told.Add(Receive(supervisor));
        }
        Assert.Equal([.. Enumerable.Repeat("WATCHDOG=1", HealthJudge.StandingLooks), "WATCHDOG=trigger"], told);
        Assert.Contains("test-restless", Assert.Single(_log.MessagesOf("thread_stalled")), StringComparison.Ordinal);
        turn.Take();
        notify.Health(judge.Look() is null);
        Assert.Equal("WATCHDOG=1", Receive(supervisor));
        Assert.Single(_log.MessagesOf("thread_moves"));
    }

    [Fact]
    public void The_program_tells_its_start_its_health_and_its_stop()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string> { ["NOTIFY_SOCKET"] = name, ["WATCHDOG_USEC"] = "2000000" });
        journey.Run();
        Assert.Equal(["READY=1", "WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"], Enumerable.Range(0, 4).Select(_ => Receive(supervisor)));
        journey.Bot.Signal(Posix.Terminate);
        string last;
        while ((last = Receive(supervisor)) == "WATCHDOG=1")
        {
        }
        Assert.Equal("STOPPING=1", last);
        Assert.Equal(0, journey.Bot.Exit());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Socket Listen(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        return socket;
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }

    private Notify Of(string socket, string? watchdogUs) =>
        Notify.From(v => v switch { "NOTIFY_SOCKET" => socket, "WATCHDOG_USEC" => watchdogUs, _ => null }, _log);
}

using System.Net.Sockets;
using System.Text;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

public sealed class NotifyTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();
    private readonly KeptLog _log = new();
    private readonly ThreadTurns _nobody = new("/proc/self/task");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_supervisor_is_told_through_a_path_and_through_an_abstract_address(bool isAbstract)
    {
        string name = isAbstract ? $"@bybitspot-test-{Guid.NewGuid():N}" : Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, watchdogUs: null, _nobody);
        notify.Ready();
        notify.Stopping();
        Assert.Equal(["READY=1", "STOPPING=1"], [Receive(supervisor), Receive(supervisor)]);
    }

    [Fact]
    public void Without_a_supervisor_nothing_happens_and_the_wait_is_a_plain_one()
    {
        using Notify notify = Notify.From(_ => null, null, Judge(_nobody), _log, TimeProvider.System);
        using var wake = new ManualResetEvent(false);
        notify.Ready();
        Assert.False(notify.Wait(wake, TimeSpan.FromMilliseconds(10)));
        wake.Set();
        Assert.True(notify.Wait(wake, TimeSpan.FromSeconds(10)));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public void A_supervisor_that_is_gone_or_never_was_is_told_once_in_the_log_and_stops_nothing()
    {
        using Notify never = Of(Path.Combine(_folder, "nobody"), null, _nobody);
        never.Ready();
        string name = Path.Combine(_folder, "gone");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, null, _nobody);
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
        using Notify notify = Of(name, null, _nobody);
        for (int i = 0; i < 5_000; i++)
            notify.Ready();
        Assert.Single(_log.MessagesOf("notify_failed"));
    }

    [Fact]
    public void The_watchdog_is_fed_twice_an_interval()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Of(name, "400000", _nobody);
        using var wake = new ManualResetEvent(false);
        Assert.False(notify.Wait(wake, TimeSpan.FromMilliseconds(1_050)));
        int fed = 0;
        while (supervisor.Available > 0 && Receive(supervisor) == "WATCHDOG=1")
            fed++;
        Assert.InRange(fed, 3, 6);
    }

    [Fact]
    public void A_watchdog_meant_for_another_process_is_not_fed()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using Notify notify = Notify.From(
            v => v switch { "NOTIFY_SOCKET" => name, "WATCHDOG_USEC" => "40000", "WATCHDOG_PID" => "1", _ => null }, null, Judge(_nobody), _log, TimeProvider.System);
        using var wake = new ManualResetEvent(false);
        Assert.False(notify.Wait(wake, TimeSpan.FromMilliseconds(100)));
        Assert.Equal(0, supervisor.Available);
    }

    [Fact]
    public void The_watchdog_is_not_fed_while_a_thread_hangs_and_fed_again_when_it_goes_on()
    {
        string name = Path.Combine(_folder, "notify");
        using Socket supervisor = Listen(name);
        using var thread = new RestlessThread("test-restless");
        using Notify notify = Of(name, "800000", new ThreadTurns("/proc/self/task", "test-restless"));
        using var wake = new ManualResetEvent(false);
        notify.Wait(wake, TimeSpan.FromMilliseconds(900));
        Assert.True(supervisor.Available > 0);
        thread.Hang();
        notify.Wait(wake, TimeSpan.FromMilliseconds(500));
        while (supervisor.Available > 0)
            Receive(supervisor);
        notify.Wait(wake, TimeSpan.FromMilliseconds(1_000));
        Assert.Equal(0, supervisor.Available);
        Assert.Contains("test-restless", Assert.Single(_log.MessagesOf("thread_stalled")), StringComparison.Ordinal);
        thread.GoOn();
        notify.Wait(wake, TimeSpan.FromMilliseconds(600));
        Assert.True(supervisor.Available > 0);
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

    [Fact]
    public void Alive_tells_a_working_program_from_a_frozen_one_and_from_none()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        Assert.Equal(0, Alive(journey.Bot.Process.Id).Status);
        journey.Bot.Signal(Posix.Stop);
        (int status, string errors) = Alive(journey.Bot.Process.Id);
        journey.Bot.Signal(Posix.Continue);
        Assert.Equal(1, status);
        Assert.Contains("is not there or does nothing", errors, StringComparison.Ordinal);
        // A process without such threads.
        Assert.Equal(1, Alive(Environment.ProcessId).Status);
        Assert.Equal(2, Script.Run(Repository.Program, ["alive", "x"]).Status);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static (int Status, string Errors) Alive(int pid)
    {
        (int status, _, string errors) = Script.Run(Repository.Program, ["alive", $"{pid}"]);
        return (status, errors);
    }

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

    private Notify Of(string socket, string? watchdogUs, ThreadTurns turns) => Notify.From(
        v => v switch { "NOTIFY_SOCKET" => socket, "WATCHDOG_USEC" => watchdogUs, _ => null }, null, Judge(turns), _log, TimeProvider.System);

    private HealthJudge Judge(ThreadTurns turns) => new(turns, TimeSpan.Zero, _log, TimeProvider.System);

    /// <summary>A thread that wakes every few milliseconds, until it is told to hang.</summary>
    private sealed class RestlessThread : IDisposable
    {
        private readonly ManualResetEvent _end = new(false);
        private readonly ManualResetEvent _open = new(true);
        private readonly Thread _thread;

        public RestlessThread(string name)
        {
            _thread = new Thread(() =>
            {
                while (!_end.WaitOne(5))
                    _open.WaitOne();
            }) { Name = name, IsBackground = true };
            _thread.Start();
        }

        public void Hang() => _open.Reset();

        public void GoOn() => _open.Set();

        public void Dispose()
        {
            _end.Set();
            _open.Set();
            _thread.Join(5_000);
        }
    }
}

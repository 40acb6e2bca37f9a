using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>Whether the built program is said to be well while it is, whatever is away, and not well while it is not.</summary>
public sealed class AliveTests
{
    private static readonly Dictionary<string, string> s_page = new() { ["HTTP_URL"] = "http://127.0.0.1:0" };

    /// <summary>How long it is looked at: two attempts to reach what is away, at least; and long enough for a judge who errs.</summary>
    private static TimeSpan LookFor => TimeSpan.FromSeconds(Repository.Long ? 60 : 6);

    [Theory, Trait("Fault", "95")]
    [InlineData("Redis frozen when it is connected to")]
    [InlineData("Redis frozen later")]
    [InlineData("exchange away")]
    [InlineData("the machine busy")]
    public void Nobody_is_blamed_for_what_is_away_or_slow(string trouble)
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"], s_page);
        Process[] busy = [];
        try
        {
            if (trouble == "Redis frozen when it is connected to")
                journey.Redis.Freeze();
            if (trouble == "exchange away")
                journey.Exchange.Faults.UpgradeNeverAnswered = true;
            if (trouble == "the machine busy")
                busy = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Process.Start(new ProcessStartInfo("sh") { ArgumentList = { "-c", "while :; do :; done" } })!)];
            journey.Run();
            Page page = Page.Of(journey.Bot);
            if (trouble == "Redis frozen later")
            {
                journey.AwaitFirstPrices("BTCUSDT");
                journey.Redis.Freeze();
            }
            var found = new ConcurrentQueue<string>();
            int looks = 0;
            var watch = Stopwatch.StartNew();
            Thread[] lookers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
            {
                while (watch.Elapsed < LookFor)
                {
                    if (new VerdictReader(journey.Bot.Process.Id).Trouble() is { } wrong)
                        found.Enqueue(wrong);
                    Reply health = page.Get("/healthz");
                    if (health.Status != 200)
                        found.Enqueue(health.Body);
                    Interlocked.Increment(ref looks);
                }
            }))];
            foreach (Thread looker in lookers)
                looker.Start();
            foreach (Thread looker in lookers)
                looker.Join();
            Assert.Empty(found);
            Assert.InRange(looks, 4, int.MaxValue);
            Assert.Equal(0, Alive(journey.Bot.Process.Id).Status);
            Assert.Equal(0, journey.Bot.CountLogs("thread_stalled"));
        }
        finally
        {
            foreach (Process process in busy)
            {
                process.Kill();
                process.Dispose();
            }
            journey.Redis.Thaw();
        }
    }

    [Theory, Trait("Fault", "95")]
    [InlineData("redis")]
    [InlineData("coins")]
    [InlineData("line-1")]
    public void A_thread_that_really_hangs_is_seen_by_all_who_look_and_forgiven_when_it_goes_on(string thread)
    {
        Assert.SkipUnless(Repository.Long, "takes half a minute: set BYBITSPOT_LONG=1");
        string folder = Repository.NewScratchFolder(), name = Path.Combine(folder, "notify");
        using var supervisor = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        supervisor.Bind(new UnixDomainSocketEndPoint(name));
        using Journey journey = Journey.Prepare(["BTCUSDT"], new Dictionary<string, string>(s_page) { ["NOTIFY_SOCKET"] = name, ["WATCHDOG_USEC"] = "60000000" });
        journey.Run();
        Page page = Page.Of(journey.Bot);
        journey.AwaitFirstPrices("BTCUSDT");
        int pid = journey.Bot.Process.Id;
        Assert.Equal(0, Alive(pid).Status);
        var watch = Stopwatch.StartNew();
        using (ThreadFreezer.Freeze(pid, thread))
        {
            journey.Bot.Log("thread_stalled", l => l.Text("thread") == thread, TimeSpan.FromSeconds(60));
            TestContext.Current.TestOutputHelper?.WriteLine($"{thread}: seen after {watch.Elapsed.TotalSeconds:0.0} s");
            (int status, string errors) = Alive(pid);
            Assert.Equal((1, true), (status, errors.Contains($"the thread \"{thread}\" does nothing", StringComparison.Ordinal)));
            Assert.Equal((503, $"the thread \"{thread}\" does nothing\n"), (page.Get("/healthz").Status, page.Get("/healthz").Body));
            Until.True("the supervisor is told", () => supervisor.Available > 0 && Receive(supervisor) == "WATCHDOG=trigger");
        }
        journey.Bot.Log("thread_moves", l => l.Text("thread") == thread);
        Until.True("all is well again", () => Alive(pid).Status == 0, TimeSpan.FromSeconds(30));
        page.Becomes("/healthz", 200);
        Directory.Delete(folder, recursive: true);
    }

    [Fact, Trait("Fault", "66")]
    public void Alive_tells_a_working_program_from_a_frozen_one_from_another_program_and_from_none()
    {
        using Journey journey = Journey.Prepare(["BTCUSDT"]);
        journey.Run();
        journey.AwaitFirstPrices("BTCUSDT");
        int pid = journey.Bot.Process.Id;
        Assert.Equal((0, ""), Alive(pid));
        journey.Bot.Signal(Signals.Stop);
        (int status, string errors) = Alive(pid);
        journey.Bot.Signal(Signals.Continue);
        Assert.Equal(1, status);
        Assert.Contains("stopped, or hangs altogether", errors, StringComparison.Ordinal);
        // No sooner has it gone on than it is well: what was not its fault is not held against it.
        Assert.Equal((0, ""), Alive(pid));
        // This process, which is another program.
        (status, errors) = Alive(Environment.ProcessId);
        Assert.Equal((1, true), (status, errors.Contains("no bybitspot", StringComparison.Ordinal)));
        (status, errors) = Alive(int.MaxValue);
        Assert.Equal((1, true), (status, errors.Contains("no such process", StringComparison.Ordinal)));
        Assert.Equal(2, Script.Run(Repository.Program, ["alive", "x"]).Status);
    }

    private static (int Status, string Errors) Alive(int pid)
    {
        (int status, _, string errors) = Script.Run(Repository.Program, ["alive", $"{pid}"]);
        return (status, errors);
    }

    private static string Receive(Socket socket)
    {
        var buffer = new byte[256];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}

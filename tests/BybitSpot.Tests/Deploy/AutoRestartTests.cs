using BybitSpot.Tests.Journeys;
using Xunit;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Deploy;

/// <summary>auto_restart.sh beside a published program, which a script of the test stands in for.</summary>
public sealed class AutoRestartTests : IDisposable
{
    private readonly string _folder = Repository.NewScratchFolder();

    [Fact]
    public void A_program_that_fails_is_started_again_with_its_arguments_after_pauses_that_double_up_to_the_longest()
    {
        using Script script = Supervise("echo \"$*\" >>starts; [ $(wc -l <starts) -lt 5 ] || exit 0; exit 1", new() { ["AUTO_RESTART_PAUSE_MAX_S"] = "2" }, "run", "--redis-host", "a b");
        Assert.Equal(0, script.Exit(TimeSpan.FromSeconds(30)));
        Assert.Equal(Enumerable.Repeat("run --redis-host a b", 5), File.ReadAllLines(Path.Combine(_folder, "starts")));
        Assert.Equal(["1 s", "2 s", "2 s", "2 s"], script.Errors.Split('\n').Where(l => l.Contains("failed with status 1", StringComparison.Ordinal)).Select(l => l[(l.LastIndexOf(" in ", StringComparison.Ordinal) + 4)..]));
        Assert.Contains("ended as asked", script.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_pause_falls_back_once_the_program_has_run_long_enough()
    {
        using Script script = Supervise("echo >>starts; case $(wc -l <starts) in 3) sleep 4.1; exit 1;; 4) exit 0;; *) exit 1;; esac", new() { ["AUTO_RESTART_GOOD_AFTER_S"] = "4" });
        Assert.Equal(0, script.Exit(TimeSpan.FromSeconds(30)));
        string[] pauses = [.. script.Errors.Split('\n').Where(l => l.Contains("starting again", StringComparison.Ordinal)).Select(l => l.Split(" in ")[^1])];
        Assert.Equal(["1 s", "2 s", "1 s"], pauses);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(78)]
    [InlineData(130)]
    public void A_clean_end_wrong_usage_and_wrong_configuration_are_not_started_again(int status)
    {
        using Script script = Supervise($"echo >>starts; exit {status}");
        Assert.Equal(status, script.Exit());
        Assert.Single(File.ReadAllLines(Path.Combine(_folder, "starts")));
        Assert.Contains("not started again", script.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Posix.Terminate, "TERM")]
    [InlineData(Posix.Interrupt, "INT")]
    public void A_signal_to_stop_is_passed_on_once_and_waited_for(int signal, string name)
    {
        using Script script = Supervise($"trap 'echo got >>signals; sleep 0.5; echo done >>signals; exit 0' {name}; : >ready; while :; do sleep 0.05; done");
        Until.True("the program runs", () => File.Exists(Path.Combine(_folder, "ready")));
        script.Signal(signal);
        Assert.Equal(0, script.Exit());
        Assert.Equal(["got", "done"], File.ReadAllLines(Path.Combine(_folder, "signals")));
        Assert.Contains($"stopped by SIG{name} (status 0)", script.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signal_to_stop_ends_a_pause_at_once()
    {
        using Script script = Supervise("exit 1", new() { ["AUTO_RESTART_PAUSE_FIRST_S"] = "50" });
        Until.True("the pause", () => script.Errors.Contains("starting again in 50 s", StringComparison.Ordinal));
        script.Signal(Posix.Terminate);
        Assert.Equal(0, script.Exit(TimeSpan.FromSeconds(25)));
    }

    [Fact]
    public void SIGHUP_and_SIGUSR1_are_passed_on_and_stop_nothing()
    {
        using Script script = Supervise("trap 'echo hup >>signals' HUP; trap 'echo usr >>signals' USR1; trap 'exit 0' TERM; : >ready; while :; do sleep 0.05; done");
        string signals = Path.Combine(_folder, "signals");
        Until.True("the program runs", () => File.Exists(Path.Combine(_folder, "ready")));
        script.Signal(Posix.Hangup);
        Until.True("SIGHUP arrives", () => File.Exists(signals) && File.ReadAllText(signals) == "hup\n");
        script.Signal(Posix.User1);
        Until.True("SIGUSR1 arrives", () => File.ReadAllText(signals) == "hup\nusr\n");
        script.Signal(Posix.Terminate);
        Assert.Equal(0, script.Exit());
    }

    [Fact]
    public void A_killed_program_is_started_again_and_the_signal_is_told()
    {
        using Script script = Supervise("[ -e once ] && exit 0; : >once; kill -9 $$");
        Assert.Equal(0, script.Exit());
        Assert.Contains("killed by signal 9", script.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Script Supervise(string program, Dictionary<string, string>? environment = null, params string[] arguments)
    {
        string script = Path.Combine(_folder, "auto_restart.sh"), stand = Path.Combine(_folder, "bybitspot");
        File.Copy(Path.Combine(Repository.Root, "auto_restart.sh"), script);
        File.WriteAllText(stand, $"#!/bin/bash\ncd \"$(dirname \"$0\")\"\n{program}\n");
        Assert.Equal(0, Script.Run("chmod", ["755", stand]).Status);
        return Script.Start("bash", [script, .. arguments], _folder, environment);
    }
}

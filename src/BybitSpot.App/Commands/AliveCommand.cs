using System.CommandLine;
using System.Globalization;

namespace BybitSpot.App;

/// <summary>
/// `bybitspot alive [PID]`: whether the program with that process id (1 in a container) still works, for health checks
/// where there is neither a shell nor curl. Status 0 if it does, 1 if not.
/// </summary>
internal static class AliveCommand
{
    /// <summary>Each of the threads looked at has four turns or more in this time.</summary>
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Redis's or a disk's slowness may take a thread's turns for a while; a health check is asked again.</summary>
    private const int Looks = 3;

    public static Command Create()
    {
        var pid = new Argument<string?>("PID") { Description = "The process to look at. [default: 1, as in a container]", Arity = ArgumentArity.ZeroOrOne };
        var command = new ToolCommand("alive", "Whether a running bybitspot works, for health checks.",
            "  0   its threads take turns\n  1   one does not, or there is no such process\n  2   wrong usage") { pid };
        command.SetAction(parsed => Execute(parsed.GetValue(pid) is { } text ? [text] : []));
        return command;
    }

    public static int Execute(string[] rest)
    {
        int pid = 1;
        if (rest.Length > 1 || (rest.Length == 1 && !int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out pid)))
        {
            DescriptorStream.Tell("bybitspot: alive takes a process id, or none for 1 (bybitspot --help shows the usage)");
            return ExitStatus.Usage;
        }
        var turns = new ThreadTurns($"/proc/{pid}/task", ThreadTurns.Restless);
        string? stalled = turns.Stalled();
        using var never = new ManualResetEvent(false);
        for (int look = 0; look == 0 || (look < Looks && stalled is not null); look++)
        {
            never.WaitOne(BetweenLooks);
            stalled = turns.Stalled();
        }
        if (stalled is null)
            return ExitStatus.Stopped;
        DescriptorStream.Tell($"bybitspot alive: process {pid}: the thread \"{stalled}\" is not there or does nothing");
        return ExitStatus.GaveUp;
    }
}

using System.CommandLine;
using System.Globalization;

namespace BybitSpot.App;

/// <summary>
/// `bybitspot alive [PID]`: whether the program with that process id (1 in a container) still works, for health checks
/// where there is neither a shell nor curl. Status 0 if it does, 1 if not. The process itself says so: see <see cref="Verdict"/>.
/// </summary>
internal static class AliveCommand
{
    public static Command Create()
    {
        var pid = new Argument<string?>("PID") { Description = "The process to look at. [default: 1, as in a container]", Arity = ArgumentArity.ZeroOrOne };
        var command = new ToolCommand("alive", "Whether a running bybitspot works, for health checks.",
            "  0   its threads take turns\n  1   one does not, or there is no such process, or it says nothing\n  2   wrong usage") { pid };
        command.SetAction(parsed => Execute(parsed.GetValue(pid) is { } text ? [text] : []));
        return command;
    }

    public static int Execute(string[] rest)
    {
        int pid = 1;
        if (rest.Length > 1 || (rest.Length == 1 && !int.TryParse(rest[0], NumberStyles.None, CultureInfo.InvariantCulture, out pid)))
        {
            StandardStreams.Tell("bybitspot: alive takes a process id, or none for 1 (bybitspot --help shows the usage)");
            return ExitStatus.Usage;
        }
        if (new VerdictReader(pid).Trouble() is not { } trouble)
            return ExitStatus.Stopped;
        StandardStreams.Tell($"bybitspot alive: process {pid}: {trouble}");
        return ExitStatus.GaveUp;
    }
}

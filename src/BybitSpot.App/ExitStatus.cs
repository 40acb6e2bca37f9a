namespace BybitSpot.App;

/// <summary>What the program ends with; shown by <c>--help</c>, relied on by supervisors.</summary>
internal static class ExitStatus
{
    public const int Stopped = 0;
    public const int GaveUp = 1;

    /// <summary>A tool could not do what it was asked for.</summary>
    public const int Failed = 1;

    public const int Usage = 2;
    public const int Configuration = 78;

    /// <summary>Ended at once by a second Ctrl-C: 128 + SIGINT, as shells write it.</summary>
    public const int Interrupted = 130;

    /// <summary>Of a command's help: its own where it is a tool, else those of the program.</summary>
    public static string HelpOf(System.CommandLine.Command command) => (command as ToolCommand)?.Statuses is { } own ? own : Help;

    public const string Help = """
        Exit status:
          0   stopped as asked
          1   gave up: the exchange could not be reached as often as RECONNECT_MAX_ATTEMPTS allows, the embedded store found no port, the port of HTTP_URL is taken, or a fault of the program
          2   wrong usage
          78  wrong configuration, too few open files are allowed, or OpenSSL is missing
        """;
}

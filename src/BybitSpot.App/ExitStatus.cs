namespace BybitSpot.App;

/// <summary>What the program ends with; shown by <c>--help</c>, relied on by supervisors.</summary>
internal static class ExitStatus
{
    public const int Stopped = 0;
    public const int GaveUp = 1;
    public const int Usage = 2;
    public const int Configuration = 78;

    /// <summary>Ended at once by a second Ctrl-C: 128 + SIGINT, as shells write it.</summary>
    public const int Interrupted = 130;

    public const string Help = """
        Exit status:
          0   stopped as asked
          1   gave up: the exchange could not be reached as often as RECONNECT_MAX_ATTEMPTS allows, the embedded store found no port, or a fault of the program
          2   wrong usage
          78  wrong configuration
        """;
}

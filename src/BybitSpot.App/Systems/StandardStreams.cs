// stdout and stderr, unbuffered. On Linux by the kernel's own calls (LinuxStream), elsewhere the framework's streams, which keep
// a closed pipe to themselves: prices then go nowhere, and nothing is told. What must stay true: a write waits for nobody but
// who reads that very stream.
namespace BybitSpot.App;

internal static class StandardStreams
{
    private const int BrokenPipe = 32;
    private const int BadDescriptor = 9;

    public static Stream Output => OperatingSystem.IsLinux() ? new LinuxStream(1) : System.Console.OpenStandardOutput();

    public static Stream Error => OperatingSystem.IsLinux() ? new LinuxStream(2) : System.Console.OpenStandardError();

    /// <summary>What a write fails with when nobody reads any more; for tests.</summary>
    public static IOException ClosedPipe => new("closed", BrokenPipe);

    /// <summary>Whether nobody will ever read what is written there.</summary>
    public static bool IsClosed(IOException failure) => failure.HResult is BrokenPipe or BadDescriptor;

    /// <summary>Says something on stderr before there is a log; if stderr takes nothing, the exit status has to do.</summary>
    public static void Tell(string text)
    {
        try
        {
            Error.Write(System.Text.Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (IOException)
        {
            // There is nobody left to tell.
        }
    }
}

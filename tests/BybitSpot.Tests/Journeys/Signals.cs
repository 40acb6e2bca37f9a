using System.Runtime.InteropServices;

namespace BybitSpot.Tests.Journeys;

/// <summary>Signals to processes that a test started, by Linux' numbers.</summary>
internal static partial class Signals
{
    public const int Hangup = 1, Interrupt = 2, Kill = 9, User1 = 10, Terminate = 15, Continue = 18, Stop = 19;

    public static void Send(int processId, int signal)
    {
        if (kill(processId, signal) != 0)
            throw new InvalidOperationException($"kill {processId} {signal}: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int kill(int processId, int signal);
}

using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>An output that nobody reads, and that is full.</summary>
internal static partial class UnreadPipe
{
    private const int WriteOnly = 1, NonBlocking = 0x800, TryAgain = 11;

    /// <summary>Fills what is left of a process' stdout, a pipe, to the last byte.</summary>
    public static void Fill(int processId)
    {
        using SafeFileHandle pipe = open($"/proc/{processId}/fd/1", WriteOnly | NonBlocking);
        Assert(!pipe.IsInvalid);
        // Pages first: of a page that is not full only what fits into it whole is taken.
        foreach (int length in (int[])[4096, 1])
            while (write(pipe, new byte[length], length) > 0)
            {
            }
        Assert(Marshal.GetLastPInvokeError() == TryAgain);
    }

    private static void Assert(bool right)
    {
        if (!right)
            throw new InvalidOperationException($"a pipe cannot be filled: error {Marshal.GetLastPInvokeError()}");
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(SafeHandle file, byte[] bytes, nint length);
}

// The three calls that the framework has no equal for. `write` instead of a FileStream: a FileStream on a redirected file
// keeps an offset of its own and would overwrite what stderr wrote to the same file; a console stream hides a closed pipe.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace BybitSpot.App;

internal static partial class Native
{
    public const int BrokenPipe = 32;
    public const int BadDescriptor = 9;

    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const short WritableEvent = 4;

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>Ends the process now: no handlers, no flushing, no waiting for threads.</summary>
    [DoesNotReturn]
    [LibraryImport("libc", EntryPoint = "_exit")]
    public static partial void ExitNow(int status);

    /// <summary>Writes all of it, waiting as long as the other side takes; the errno if that fails, else 0.</summary>
    public static unsafe int WriteAll(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            int written = 0;
            while (written < bytes.Length)
            {
                nint count = Write(descriptor, start + written, (nuint)(bytes.Length - written));
                if (count >= 0)
                {
                    written += (int)count;
                    continue;
                }
                int error = Marshal.GetLastSystemError();
                if (error == TryAgain)
                    WaitWritable(descriptor);
                else if (error != Interrupted)
                    return error;
            }
        }
        return 0;
    }

    private static unsafe void WaitWritable(int descriptor)
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = WritableEvent };
        _ = Poll(&entry, 1, 1_000);
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMs);
}

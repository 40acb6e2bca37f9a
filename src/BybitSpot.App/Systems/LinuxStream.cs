// stdout or stderr on Linux, by `write` and `poll`, for which the framework has no equal there: a FileStream on a redirected file
// keeps an offset of its own and would overwrite what stderr wrote to the same file; a console stream hides a closed pipe, and
// has one lock for both outputs, so that a stdout that nobody reads would hold up the log.
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

[assembly: DisableRuntimeMarshalling]

namespace BybitSpot.App;

/// <summary>
/// Unbuffered. A failed write throws an <see cref="IOException"/> whose HResult is the errno, so that a closed pipe can be told
/// from a full disk.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed partial class LinuxStream(int descriptor) : WriteOnlyStream
{
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

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        int error = WriteAll(buffer);
        if (error != 0)
            throw new IOException($"write to descriptor {descriptor} failed (errno {error})", error);
    }

    /// <summary>Writes all of it, waiting as long as the other side takes; the errno if that fails, else 0.</summary>
    private unsafe int WriteAll(ReadOnlySpan<byte> bytes)
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
                    WaitWritable();
                else if (error != Interrupted)
                    return error;
            }
        }
        return 0;
    }

    private unsafe void WaitWritable()
    {
        var entry = new PollEntry { Descriptor = descriptor, Events = WritableEvent };
        _ = Poll(&entry, 1, 1_000);
    }

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMs);
}

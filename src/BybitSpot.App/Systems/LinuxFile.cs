// How an ordinary file is read on Linux. Any thread. What must stay true: whatever stands at the path, nothing waits for somebody
// at its other end (a pipe), and nothing happens to it by being opened (a device). Only the disk can hold a read up; see
// PatientReader.
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace BybitSpot.App;

[SupportedOSPlatform("linux")]
internal static partial class LinuxFile
{
    // Linux' numbers, the same on x64 and arm64.
    private const int ReadOnly = 0, NoTerminal = 0x100, NonBlocking = 0x800, CloseOnExec = 0x80000;
    private const int CurrentFolder = -100, OfTheDescriptor = 0x1000;
    private const uint TypeLinksAndSize = 0x1 | 0x4 | 0x200; // STATX_TYPE, _NLINK, _SIZE
    private const int NoSuchFile = 2, Interrupted = 4, NotAFolder = 20;

    private enum Kind
    {
        Pipe = 0x1000,
        CharacterDevice = 0x2000,
        Directory = 0x4000,
        BlockDevice = 0x6000,
        Ordinary = 0x8000,
        Socket = 0xC000,
    }

    /// <summary>See <see cref="OrdinaryFile.Read"/>.</summary>
    public static FileContent Read(string path, int bytesMax, ref byte[] buffer)
    {
        // Looked at before it is opened: opening alone makes some devices do something.
        if (Look(CurrentFolder, path, 0, out FileContent bad) is not { } seen)
            return bad;
        if (Refused(seen, bytesMax) is { } refused)
            return refused;
        // And once more when it is open, for another may stand there by then. Such a one does not hold the call up.
        int descriptor;
        while ((descriptor = Open(path, ReadOnly | NonBlocking | NoTerminal | CloseOnExec)) < 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }
        if (descriptor < 0)
            return Unreadable(Marshal.GetLastPInvokeError());
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Look(descriptor, "", OfTheDescriptor, out bad) is not { } open)
            return bad;
        if (Refused(open, bytesMax) is { } other)
            return other;
        FileContent content = OrdinaryFile.Content(handle, bytesMax, ref buffer);
        // An ordinary save leaves a file without a name open, too, but the path then shows the new one.
        bool unlinked = content.Trouble is null && open.Links == 0 && Look(CurrentFolder, path, 0, out _) is { Links: 0 };
        return unlinked ? content with { IsUnlinked = true } : content;
    }

    private static FileContent? Refused((Kind Kind, uint Links, ulong Size) file, int bytesMax) => file.Kind switch
    {
        Kind.Ordinary => file.Size > (ulong)bytesMax ? OrdinaryFile.TooLarge(bytesMax) : null,
        Kind.Directory => FileContent.Not("is a directory"),
        Kind.Pipe => FileContent.Not("is a pipe (FIFO); only an ordinary file is read"),
        Kind.Socket => FileContent.Not("is a socket; only an ordinary file is read"),
        Kind.CharacterDevice or Kind.BlockDevice => FileContent.Not("is a device; only an ordinary file is read"),
        _ => FileContent.Not("is no ordinary file"),
    };

    private static FileContent Unreadable(int error) => error is NoSuchFile or NotAFolder ? FileContent.Missing : FileContent.Unreadable;

    private static unsafe (Kind Kind, uint Links, ulong Size)? Look(int folder, string path, int flags, out FileContent bad)
    {
        bad = default;
        // struct statx is the same on every machine: stx_nlink at 16, stx_mode at 28, stx_size at 40.
        byte* about = stackalloc byte[256];
        int result;
        while ((result = Statx(folder, path, flags, TypeLinksAndSize, about)) != 0 && Marshal.GetLastPInvokeError() == Interrupted)
        {
        }
        if (result != 0)
        {
            bad = Unreadable(Marshal.GetLastPInvokeError());
            return null;
        }
        return ((Kind)(*(ushort*)(about + 28) & 0xF000), *(uint*)(about + 16), *(ulong*)(about + 40));
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* into);
}

// The terminal on Linux: its settings, its size, and its keys as bytes. By the kernel's own calls, since the framework's console would
// write sequences of its own when it is first asked, and puts nothing right where a process ends at once. One thread reads; the rest may be
// called by any. What must stay true: what was set is put back as it was, however often that is asked for, and waits for nobody.
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace BybitSpot.App;

[SupportedOSPlatform("linux")]
internal sealed partial class LinuxTerminal
{
    private const int Input = 0, Output = 1;

    /// <summary>The kernel's struct termios as C libraries hand it out, 60 bytes on all that .NET runs on, and room for more.</summary>
    private const int SettingsSize = 128;

    private const int LocalModes = 12, ControlCharacters = 17, ReadTime = 5, ReadMin = 6;
    private const uint ByLine = 0x2, Echo = 0x8, Extended = 0x8000;
    private const int AtOnce = 0;
    private const int StopSignal = 19;
    private const nuint AskSize = 0x5413;
    private const short Readable = 1, Writable = 4;

    private readonly byte[] _before = new byte[SettingsSize];
    private readonly bool _hasKeys;

    public unsafe LinuxTerminal()
    {
        fixed (byte* settings = _before)
            _hasKeys = GetSettings(Input, settings) == 0;
    }

    /// <summary>Whether there is a keyboard: where stdin is something else, only signals end what is shown.</summary>
    public bool HasKeys => _hasKeys;

    /// <summary>Columns and lines; 0 where the terminal does not know.</summary>
    public static unsafe (int Width, int Height) Size
    {
        get
        {
            ushort* size = stackalloc ushort[4];
            return Control(Output, AskSize, size) == 0 ? (size[1], size[0]) : (0, 0);
        }
    }

    /// <summary>Each key at once and unseen; Ctrl-C and Ctrl-Z still make signals.</summary>
    public unsafe void TakeKeys()
    {
        if (!_hasKeys)
            return;
        byte* settings = stackalloc byte[SettingsSize];
        _before.AsSpan().CopyTo(new Span<byte>(settings, SettingsSize));
        *(uint*)(settings + LocalModes) &= ~(ByLine | Echo | Extended);
        settings[ControlCharacters + ReadMin] = 1;
        settings[ControlCharacters + ReadTime] = 0;
        _ = SetSettings(Input, AtOnce, settings);
    }

    public unsafe void PutBack()
    {
        if (!_hasKeys)
            return;
        fixed (byte* settings = _before)
            _ = SetSettings(Input, AtOnce, settings);
    }

    /// <summary>Bytes of keys.</summary>
    /// <returns>How many; 0: none within the limit; below 0: there will be no more.</returns>
    public unsafe int Read(Span<byte> into, int limitMs)
    {
        var entry = new PollEntry { Descriptor = Input, Events = Readable };
        if (Poll(&entry, 1, limitMs) <= 0)
            return 0;
        fixed (byte* bytes = into)
        {
            nint count = Read(Input, bytes, (nuint)into.Length);
            // A read that a signal interrupts is made again; one at the end of all input never gives anything.
            return count > 0 ? (int)count : count < 0 && Marshal.GetLastSystemError() is 4 or 11 ? 0 : -1;
        }
    }

    /// <summary>Stops this process, as Ctrl-Z does, until the shell lets it go on: the framework, once it is asked to tell of that signal, does not.</summary>
    public static void StopHere() => _ = Kill(Environment.ProcessId, StopSignal);

    /// <summary>Writes what the terminal takes of it at once.</summary>
    public static unsafe void TryWrite(ReadOnlySpan<byte> text)
    {
        var entry = new PollEntry { Descriptor = Output, Events = Writable };
        if (Poll(&entry, 1, 0) <= 0)
            return;
        fixed (byte* bytes = text)
            _ = Write(Output, bytes, (nuint)text.Length);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static unsafe partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static unsafe partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static unsafe partial int Control(int descriptor, nuint request, ushort* argument);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int processId, int signal);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static unsafe partial int Poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "read")]
    private static unsafe partial nint Read(int descriptor, byte* bytes, nuint count);

    [LibraryImport("libc", EntryPoint = "write")]
    private static unsafe partial nint Write(int descriptor, byte* bytes, nuint count);
}

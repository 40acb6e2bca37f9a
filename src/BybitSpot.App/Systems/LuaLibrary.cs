// Lua's native library, without which the embedded store cannot run scripts. On Linux it is part of the program, which so stays
// one file: it is handed to the loader out of memory, and nothing is written to a disk. Elsewhere it is where the
// framework finds it by itself. What must stay true: it is in place before the first script.
using System.ComponentModel;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using KeraLua;
using Microsoft.Win32.SafeHandles;

namespace BybitSpot.App;

internal static partial class LuaLibrary
{
    private const string Name = "lua54", File = "liblua54.so";

    /// <summary>Once for a process: a second resolver would be refused.</summary>
    private static readonly Lock s_once = new();

    private static nint s_loaded;

    /// <exception cref="StoreException">The loader does not take it; the message says why.</exception>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux())
            return;
        lock (s_once)
        {
            if (s_loaded != 0)
                return;
            s_loaded = Load();
            NativeLibrary.SetDllImportResolver(typeof(Lua).Assembly, static (name, _, _) => name == Name ? s_loaded : 0);
        }
    }

    [SupportedOSPlatform("linux")]
    private static nint Load()
    {
        try
        {
            using Stream library = Assembly.GetExecutingAssembly().GetManifestResourceStream(File)
                ?? throw new StoreException($"the embedded store cannot start: this build has no {File} inside");
            using SafeFileHandle memory = MemoryFile(File, CloseOnExec);
            if (memory.IsInvalid)
                throw new Win32Exception(Marshal.GetLastPInvokeError());
            using (var copy = new FileStream(memory, FileAccess.Write, bufferSize: 0))
            {
                library.CopyTo(copy);
                return NativeLibrary.Load($"/proc/self/fd/{memory.DangerousGetHandle()}");
            }
        }
        catch (Exception failure) when (failure is Win32Exception or DllNotFoundException or BadImageFormatException or IOException)
        {
            string reason = Directory.Exists("/proc/self/fd") ? failure.Message.ReplaceLineEndings(" ") : "/proc is not mounted";
            throw new StoreException($"the embedded store cannot start: {File} cannot be loaded out of memory: {reason}");
        }
    }

    /// <summary>MFD_CLOEXEC.</summary>
    private const uint CloseOnExec = 1;

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial SafeFileHandle MemoryFile(string name, uint flags);
}

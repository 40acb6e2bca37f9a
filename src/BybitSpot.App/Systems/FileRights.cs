// Who may read and write a file that takes another's place: the same as before. Mode and owner on Linux, the mode on a Mac, and on
// Windows what the system itself hands on when one file replaces another.
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace BybitSpot.App;

internal static partial class FileRights
{
    /// <summary>A file that is in use cannot be replaced on Windows; a running program has it open for a moment four times a second.</summary>
    private const int ReplacesMax = 100;

    /// <summary>A new file, for nobody but us until it has its rights.</summary>
    public static FileStreamOptions New()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return options;
    }

    /// <summary>Gives the new file the old one's mode and owner.</summary>
    /// <returns>False: that isn't allowed.</returns>
    public static bool Keep(string old, string made)
    {
        if (OperatingSystem.IsWindows())
            return true;
        File.SetUnixFileMode(made, File.GetUnixFileMode(old));
        return !OperatingSystem.IsLinux() || KeepOwner(old, made);
    }

    /// <summary>Puts the new file in the old one's place, at once.</summary>
    public static void Replace(string old, string made)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.Move(made, old, overwrite: true);
            return;
        }
        using var pause = new ManualResetEvent(false);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                File.Replace(made, old, destinationBackupFileName: null);
                return;
            }
            catch (Exception inUse) when (attempt < ReplacesMax && inUse is IOException or UnauthorizedAccessException)
            {
                pause.WaitOne(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    [SupportedOSPlatform("linux")]
    private static unsafe bool KeepOwner(string old, string made)
    {
        // struct statx is the same on every machine: stx_uid stands at 20, stx_gid at 24.
        byte* before = stackalloc byte[256];
        byte* now = stackalloc byte[256];
        const int CurrentFolder = -100;
        const uint UserAndGroup = 0x18;
        if (Statx(CurrentFolder, old, 0, UserAndGroup, before) != 0 || Statx(CurrentFolder, made, 0, UserAndGroup, now) != 0)
            return false;
        (uint user, uint group) = (*(uint*)(before + 20), *(uint*)(before + 24));
        return (user == *(uint*)(now + 20) && group == *(uint*)(now + 24)) || Chown(made, user, group) == 0;
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statx(int folder, string path, int flags, uint mask, byte* into);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Chown(string path, uint user, uint group);
}

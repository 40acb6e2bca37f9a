// Ends the process at once: no handlers, no flushing, no waiting for threads that hang. Any thread. Linux has a call for exactly
// that; elsewhere the framework's own end, which asks its handlers first, of which there are none here that wait.
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace BybitSpot.App;

internal static partial class ProcessEnd
{
    /// <summary>What has to be put right even then, and waits for nobody: the terminal, while a view is open. Null: nothing.</summary>
    public static Action? Before { get; set; }

    [DoesNotReturn]
    public static void Now(int status)
    {
        Before?.Invoke();
        if (OperatingSystem.IsLinux())
            Exit(status);
        Environment.Exit(status);
    }

    [SupportedOSPlatform("linux")]
    [DoesNotReturn]
    [LibraryImport("libc", EntryPoint = "_exit")]
    private static partial void Exit(int status);
}

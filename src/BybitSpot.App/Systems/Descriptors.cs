// File descriptors, as Linux tells of this process. Reads /proc alone and calls nothing native, so that it works where hardly a
// descriptor is left. Elsewhere nobody counts, and it counts as enough: Windows has no such limit, and on a Mac .NET itself
// raises it as far as it goes.
namespace BybitSpot.App;

internal static class Descriptors
{
    /// <summary>
    /// What the program wants to be allowed. Running it holds about 120: the framework's own files, the feed's connections, pipes,
    /// and the page's 64 clients; a long watchlist takes some more.
    /// </summary>
    public const int Wanted = 256;

    private const int NoneLeft = 24;
    private const int NoneLeftAnywhere = 23;

    /// <summary>What to say if so few are allowed that the program would fail somewhere in the middle; else null.</summary>
    public static string? TooFew() => Allowed() is { } allowed && allowed < Wanted
        ? $"bybitspot: only {allowed} open files are allowed (ulimit -n, LimitNOFILE); at least {Wanted} are needed"
        : null;

    /// <summary>How many this process may have; null where that cannot be read.</summary>
    public static long? Allowed() => ProcStatus.DescriptorsAllowed;

    /// <summary>How many this process has open; null where that cannot be read.</summary>
    public static int? Open()
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            // But for the one that this look itself takes.
            return Directory.EnumerateFileSystemEntries("/proc/self/fd").Count() - 1;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>How many more it may open; 0 where not even a look can be taken.</summary>
    public static long Left() =>
        !OperatingSystem.IsLinux() ? long.MaxValue : Open() is { } open ? (Allowed() ?? long.MaxValue) - open : 0;

    /// <summary>Whether a file or a folder could not be opened for want of a descriptor.</summary>
    public static bool NoneWasLeft(IOException failure) => failure.HResult is NoneLeft or NoneLeftAnywhere;
}

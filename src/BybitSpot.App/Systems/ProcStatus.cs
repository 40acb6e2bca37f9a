// What Linux' /proc tells of this process, beyond what the framework knows. Any thread. Null wherever it cannot be read.
using System.Globalization;

namespace BybitSpot.App;

internal static class ProcStatus
{
    /// <summary>Threads of the process; null elsewhere than on Linux.</summary>
    public static long? Threads => Number("/proc/self/status", "Threads:");

    /// <summary>How many descriptors the process may have; null elsewhere than on Linux.</summary>
    public static long? DescriptorsAllowed => Number("/proc/self/limits", "Max open files");

    private static long? Number(string file, string name)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        try
        {
            foreach (string line in File.ReadLines(file))
                if (line.StartsWith(name, StringComparison.Ordinal))
                    return long.TryParse(line[name.Length..].Trim().Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // Then it is not known.
        }
        return null;
    }
}

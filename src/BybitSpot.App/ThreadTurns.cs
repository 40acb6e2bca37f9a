// Whether threads still take turns, as the kernel tells: a thread that waits with a limit, as ours do, gives the processor up
// again and again, and the kernel counts that (`voluntary_ctxt_switches`). It works from outside, too, for another process, and
// costs the threads nothing. It finds a thread that hangs; not one that spins. Lines of the feed are no witnesses: they may
// rest for as long as a delay before connecting lasts.
using System.Globalization;

namespace BybitSpot.App;

/// <param name="taskFolder">A process's threads: <c>/proc/self/task</c>.</param>
/// <param name="names">Of the threads that never wait longer than the time between two looks.</param>
internal sealed class ThreadTurns(string taskFolder, params string[] names)
{
    /// <summary>The threads of the program that wake several times a second, whatever happens.</summary>
    public static readonly string[] Restless = ["coins", "redis", "watch"];

    private readonly long[] _turns = [.. names.Select(_ => -1L)];

    /// <summary>
    /// A thread that is gone or has had no turn since the look before; null if all have. The first look finds nobody who hangs,
    /// nor does one that cannot be taken because no file descriptor is left: who lacks these is not helped by being ended.
    /// </summary>
    public string? Stalled()
    {
        string? stalled = null;
        for (int i = 0; i < names.Length; i++)
        {
            if (TurnsOf(names[i]) is not { } turns)
                return null;
            if (turns < 0 || turns == _turns[i])
                stalled ??= names[i];
            _turns[i] = turns;
        }
        return stalled;
    }

    /// <summary>-1: there is no such thread; null: no file could be opened to look.</summary>
    private long? TurnsOf(string name)
    {
        try
        {
            foreach (string folder in Directory.EnumerateDirectories(taskFolder))
            {
                if (ReadIfThere(Path.Combine(folder, "comm")).TrimEnd() != name)
                    continue;
                foreach (string line in ReadIfThere(Path.Combine(folder, "status")).Split('\n'))
                    if (line.StartsWith("voluntary_ctxt_switches:", StringComparison.Ordinal))
                        return long.Parse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }
        }
        catch (IOException unseen) when (Descriptors.NoneWasLeft(unseen))
        {
            return null;
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // No such process, or not ours to look at.
        }
        return -1;
    }

    // A thread may end while it is looked at.
    private static string ReadIfThere(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException gone) when (!Descriptors.NoneWasLeft(gone))
        {
            return "";
        }
    }
}

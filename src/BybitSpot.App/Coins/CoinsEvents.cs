// The framework's file events for the coins file's folder. They make a reload quick; that none is missed is the polling's
// business. Events come on a thread of the pool, and may be many for one save.
namespace BybitSpot.App;

internal static class CoinsEvents
{
    /// <summary>
    /// Calls <paramref name="changed"/> when the file, or what its name leads to, may have changed, until disposed of. What is
    /// merely written into other files of the folder, such as a log, is passed over.
    /// </summary>
    /// <exception cref="IOException">No events are to be had (the user's inotify watches are used up, say).</exception>
    public static IDisposable Watch(string path, Action changed)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        string name = Path.GetFileName(path);
        // All names that come and go: a swapped link beside the file changes what the file's own name leads to.
        var watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        try
        {
            watcher.Changed += (_, change) =>
            {
                if (change.Name == name)
                    changed();
            };
            watcher.Created += (_, _) => changed();
            watcher.Deleted += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }
}

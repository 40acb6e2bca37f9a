// The framework's file events for the coins file's folder. They make a reload quick; that none is missed is the polling's
// business. Events come on a thread of the pool, and may be many for one save.
namespace BybitSpot.App;

internal static class CoinsEvents
{
    /// <summary>
    /// Calls <paramref name="changed"/> when a name appears, goes or moves in the file's folder (a rename, a swapped link), until
    /// disposed of. Writes into files are left to the polling: a log in the same folder would be an event for every line of it.
    /// </summary>
    /// <exception cref="IOException">No events are to be had (the user's inotify watches are used up, say).</exception>
    public static IDisposable Watch(string path, Action changed)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName };
        try
        {
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

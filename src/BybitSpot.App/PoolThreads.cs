// The framework's pool starts threads when it wants some and ends them when they are idle. Where no file descriptor is left it can
// start none, and then it ends the process. So a few are started early, and stay: the program's settings for the runtime say so
// (ThreadsToKeepAlive, MinThreads). What must stay true: Kept is what these settings say.
namespace BybitSpot.App;

internal static class PoolThreads
{
    /// <summary>Enough for the page, for the framework's HTTP client and for signals; they seldom have anything to do.</summary>
    public const int Kept = 4;

    /// <summary>Longest wait for all of them.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(2);

    /// <summary>Starts what is missing, by keeping each busy until all are.</summary>
    public static void Keep()
    {
        if (Descriptors.Left() < WebListener.DescriptorsLeftMin)
            return;
        // Not disposed of: one that comes too late still finds it.
        var missing = new CountdownEvent(Kept);
        for (int i = 0; i < Kept; i++)
            ThreadPool.UnsafeQueueUserWorkItem(
                static missing =>
                {
                    missing.Signal();
                    missing.Wait(StartLimit);
                },
                missing,
                preferLocal: false);
        missing.Wait(StartLimit);
    }
}

// The framework's pool starts threads when it wants some and ends them when they are idle. Where no file descriptor is left it can
// start none, and then it ends the process. So as many as it is ever to have are started at the start, and stay: the program's settings for
// the runtime say so (ThreadsToKeepAlive, MinThreads). What must stay true: Kept is what these settings say; nothing of ours holds a thread
// of the pool while it waits, for where the pool is held to these, there is no other.
namespace BybitSpot.App;

internal static class PoolThreads
{
    /// <summary>Enough for the page, for the framework's HTTP client and for signals; they seldom have anything to do.</summary>
    public const int Kept = 4;

    /// <summary>Longest wait for all of them.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Has the pool never want more threads than are kept. By itself it wants one more whenever work has stood for half a second, as on a
    /// busy machine it does.
    /// </summary>
    public static void HoldToKept()
    {
        ThreadPool.GetMaxThreads(out _, out int completionPorts);
        // Refused where the runtime's own variables (DOTNET_ThreadPool_…) ask for more: whoever set them has his reasons.
        _ = ThreadPool.SetMaxThreads(Kept, completionPorts);
    }

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

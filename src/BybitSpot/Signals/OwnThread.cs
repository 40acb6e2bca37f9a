// Every long-lived thread of the program starts here. What must stay true: a thread that dies of an exception takes the
// program down, loudly; there is never a silent half.
namespace BybitSpot.Signals;

public static class OwnThread
{
    /// <summary>Starts a background thread.</summary>
    /// <param name="name">Shown by debuggers and in the log if it dies; at most 15 characters are seen by the kernel.</param>
    /// <param name="body">Returns when the thread has been asked to stop.</param>
    /// <param name="died">Told of the exception that ended it otherwise.</param>
    /// <param name="stackBytes">Stack to reserve; our loops are shallow.</param>
    public static Thread Start(string name, Action body, Action<string, Exception> died, int stackBytes = 512 * 1024)
    {
        var thread = new Thread(
            () =>
            {
                try
                {
                    body();
                }
                catch (Exception exception)
                {
                    died(name, exception);
                }
            },
            stackBytes)
        {
            Name = name,
            IsBackground = true,
        };
        thread.Start();
        return thread;
    }
}

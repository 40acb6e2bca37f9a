using System.Runtime.InteropServices;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

/// <summary>
/// Stops one thread of a program that a test started, and no other, as a debugger does (Linux' ptrace): the only way to make a
/// thread of the built program hang that hangs nothing else. Calls of ptrace must come from one thread, so it has one.
/// </summary>
internal sealed partial class ThreadFreezer : IDisposable
{
    private const nint Seize = 0x4206, Interrupt = 0x4207, Detach = 17;
    private const int AllThreads = 0x40000000;

    private readonly ManualResetEvent _end = new(false), _done = new(false);
    private readonly Thread _thread;
    private string? _trouble;

    private ThreadFreezer(int threadId)
    {
        _thread = new Thread(() => Run(threadId)) { IsBackground = true };
        _thread.Start();
        Assert.True(_done.WaitOne(Until.Limit), "it is stopped, or cannot be");
        Assert.SkipWhen(_trouble is not null, $"a thread cannot be stopped here: {_trouble}");
    }

    public static ThreadFreezer Freeze(int processId, string threadName)
    {
        string thread = ProcessThreads.Of(processId).First(t => ProcessThreads.Read(t, "comm").TrimEnd() == threadName);
        return new ThreadFreezer(int.Parse(Path.GetFileName(thread)));
    }

    /// <summary>Lets it go on.</summary>
    public void Dispose()
    {
        _end.Set();
        _thread.Join(Until.Limit);
    }

    private void Run(int threadId)
    {
        int status = 0;
        if (ptrace(Seize, threadId, 0, 0) < 0 || ptrace(Interrupt, threadId, 0, 0) < 0 || waitpid(threadId, ref status, AllThreads) < 0)
            _trouble = $"error {Marshal.GetLastPInvokeError()}";
        _done.Set();
        _end.WaitOne();
        if (_trouble is null)
            _ = ptrace(Detach, threadId, 0, 0);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint ptrace(nint request, nint thread, nint address, nint data);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int waitpid(int thread, ref int status, int options);
}

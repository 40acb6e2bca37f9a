// The signals that the program answers. Handlers run on a thread of the pool. SIGINT (Ctrl-C) and SIGTERM stop, in order; a
// second SIGINT ends at once, whatever hangs. SIGHUP reloads and SIGUSR1 logs the summary, but not on Windows: there is no
// SIGUSR1, and what .NET calls SIGHUP means that the terminal's window was closed, so the program stops; the coins file is looked
// at all the time anyway.
using System.Runtime.InteropServices;

namespace BybitSpot.App;

internal sealed class StopSignals : IDisposable
{
    /// <summary>Windows ends a program whose window was closed as soon as its handler returns, and 5 s later in any case.</summary>
    private static readonly TimeSpan WindowClosedLimit = TimeSpan.FromMilliseconds(4_800);

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly ManualResetEvent _ended = new(false);
    private readonly Action<string> _stop;
    private int _interrupts;

    public StopSignals(Action<string> stop, Action reload, Action summarize)
    {
        _stop = stop;
        Answer(PosixSignal.SIGINT, Interrupt);
        Answer(PosixSignal.SIGTERM, () => stop("SIGTERM"));
        if (OperatingSystem.IsWindows())
        {
            Answer(PosixSignal.SIGHUP, CloseWindow);
            return;
        }
        Answer(PosixSignal.SIGHUP, reload);
        // The framework has no name for SIGUSR1 and takes the system's own number.
        Answer((PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30), summarize);
    }

    public void Dispose()
    {
        _ended.Set();
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Answer(PosixSignal signal, Action answer) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            answer();
        }));

    private void Interrupt()
    {
        if (Interlocked.Increment(ref _interrupts) > 1)
            ProcessEnd.Now(ExitStatus.Interrupted);
        _stop("SIGINT");
    }

    private void CloseWindow()
    {
        _stop("its window was closed");
        _ended.WaitOne(WindowClosedLimit);
    }
}

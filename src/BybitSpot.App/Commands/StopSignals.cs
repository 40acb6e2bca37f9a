// The signals that the program answers. Handlers run on a thread of the pool. SIGINT and SIGTERM stop, in order; a second
// SIGINT ends at once, whatever hangs; SIGHUP reloads; SIGUSR1 logs the summary.
using System.Runtime.InteropServices;

namespace BybitSpot.App;

internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Action<string> _stop;
    private int _interrupts;

    public StopSignals(Action<string> stop, Action reload, Action summarize)
    {
        _stop = stop;
        // The framework has no name for SIGUSR1 and takes the system's own number.
        var user1 = (PosixSignal)(OperatingSystem.IsLinux() ? 10 : 30);
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
            {
                context.Cancel = true;
                stop("SIGTERM");
            }),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
            {
                context.Cancel = true;
                reload();
            }),
            PosixSignalRegistration.Create(user1, context =>
            {
                context.Cancel = true;
                summarize();
            }),
        ];
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
    }

    private void Interrupt(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _interrupts) > 1)
            Native.ExitNow(ExitStatus.Interrupted);
        _stop("SIGINT");
    }
}

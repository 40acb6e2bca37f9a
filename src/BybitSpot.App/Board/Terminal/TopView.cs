// A view of a running feed, full screen: asks its source a few times a second, takes keys, draws. Three threads: `look` asks, since that may
// take as long as a network takes; `keys` waits for keys; the one that calls Run draws. What must stay true: it draws at most five times
// a second but for keys, and writes only what changed; the terminal is as it was when Run has returned, whatever ended it.
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <param name="sortedBy">At first.</param>
/// <param name="log">Whose lines stand below the table; null: none do.</param>
internal sealed class TopView(IBoardSource source, TopSort sortedBy, TimeProvider time, LogPane? log = null) : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>Between two drawings.</summary>
    private static readonly TimeSpan DrawEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>Between two that keys ask for: one that is held down comes more often than a terminal far away can draw.</summary>
    private static readonly TimeSpan DrawForKeysEvery = TimeSpan.FromMilliseconds(30);

    /// <summary>How long the end waits for a question that is on its way.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(500);

    private readonly TopState _state = new(source.Name, sortedBy);
    private readonly TerminalScreen _screen = new(StandardStreams.Output, PriceWatch.Colour(terminal: true));
    private readonly ManualResetEvent _stop = new(false);
    private readonly AutoResetEvent _told = new(false), _pressed = new(false);
    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly Queue<ConsoleKeyInfo> _keys = new();
    private BoardView? _view;
    private Exception? _fault;
    private string? _ended;
    private int _interrupts;

    /// <summary>Signals that end it, where nobody else answers them.</summary>
    public bool AnswersSignals { get; init; }

    private TopTime Now => new(time.GetElapsedTime(_start), time.GetUtcNow());

    /// <summary>Shows it until it is ended.</summary>
    /// <returns>By what.</returns>
    public string Run()
    {
        PosixSignalRegistration[] signals = [.. Signals()];
        Thread? looks = null;
        try
        {
            log?.Hold();
            _screen.Enter();
            if (log is not null)
                log.Changed = () => _told.Set();
            looks = OwnThread.Start("look", Look, Died);
            if (_screen.Keys.Any)
                OwnThread.Start("keys", ReadKeys, Died);
            Show();
        }
        finally
        {
            _stop.Set();
            _screen.Dispose();
            log?.Release();
            foreach (PosixSignalRegistration signal in signals)
                signal.Dispose();
            source.Dispose();
            looks?.Join(EndLimit);
        }
        if (_fault is { } fault)
            ExceptionDispatchInfo.Throw(fault);
        return _ended ?? "ended";
    }

    /// <summary>Any thread.</summary>
    public void End(string why)
    {
        Interlocked.CompareExchange(ref _ended, why, null);
        _stop.Set();
    }

    /// <summary>Before the process ends at once: waits for nobody.</summary>
    public void Abandon()
    {
        _screen.Abandon();
        log?.Release();
    }

    public void Dispose() => End("ended");

    private void Show()
    {
        WaitHandle[] wakers = [_stop, _pressed, _told];
        TimeSpan drawn = TimeSpan.MinValue;
        int woken = 1;
        while (woken != 0)
        {
            TimeSpan least = woken == 1 ? DrawForKeysEvery : DrawEvery;
            if (drawn != TimeSpan.MinValue && drawn + least - Now.Running is var early && early > TimeSpan.Zero)
            {
                // A key that comes meanwhile has not to wait for the rest of it.
                int sooner = WaitHandle.WaitAny(woken == 1 ? [_stop] : [_stop, _pressed], early);
                if (sooner == 0)
                    return;
                if (sooner == 1)
                {
                    woken = 1;
                    continue;
                }
            }
            if (!TakeWhatCame())
                return;
            (int Width, int Height) size = TerminalScreen.Size;
            drawn = Now.Running;
            _screen.Draw(_state.Draw(size.Width, size.Height, Now), size);
            woken = WaitHandle.WaitAny(wakers, LookEvery);
        }
    }

    /// <returns>False: a key has ended it.</returns>
    private bool TakeWhatCame()
    {
        BoardView? view;
        ConsoleKeyInfo[] keys;
        lock (_gate)
        {
            (view, _view) = (_view, null);
            keys = [.. _keys];
            _keys.Clear();
        }
        if (view is not null)
            _state.Take(view, Now);
        _state.Log = log?.Lines;
        foreach (ConsoleKeyInfo key in keys)
            if (!_state.Press(key))
            {
                End("q was pressed");
                return false;
            }
        return true;
    }

    private void Look()
    {
        do
        {
            BoardView view = source.Look();
            lock (_gate)
                _view = view;
            _told.Set();
        }
        while (!_stop.WaitOne(LookEvery));
    }

    private void ReadKeys()
    {
        bool there = _screen.Keys.Read(() => _stop.WaitOne(0), key =>
        {
            lock (_gate)
                _keys.Enqueue(key);
            _pressed.Set();
        });
        if (!there)
            End("its terminal is gone");
    }

    private void Died(string thread, Exception fault)
    {
        // What is asked after the end has nobody to tell.
        if (!_stop.WaitOne(0))
            _fault = fault;
        End($"the thread {thread} died");
    }

    private IEnumerable<PosixSignalRegistration> Signals()
    {
        if (AnswersSignals)
        {
            yield return PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Interrupt(context, "Ctrl-C"));
            yield return PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Interrupt(context, "SIGTERM"));
            yield return PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Interrupt(context, "SIGHUP"));
        }
        // It does what it always does, but leaves the terminal in order.
        yield return PosixSignalRegistration.Create(PosixSignal.SIGQUIT, _ => _screen.Abandon());
        if (OperatingSystem.IsWindows())
            yield break;
        if (OperatingSystem.IsLinux())
            yield return PosixSignalRegistration.Create(PosixSignal.SIGTSTP, Suspend);
        yield return PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ =>
        {
            _screen.Resume();
            _pressed.Set();
        });
        yield return PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _pressed.Set());
    }

    // The handler's own thread stops with all others, so the screen is the shell's before it is asked for.
    [SupportedOSPlatform("linux")]
    private void Suspend(PosixSignalContext context)
    {
        context.Cancel = true;
        _screen.Suspend();
        LinuxTerminal.StopHere();
    }

    private void Interrupt(PosixSignalContext context, string name)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _interrupts) > 1)
            ProcessEnd.Now(ExitStatus.Interrupted);
        End(name);
    }
}

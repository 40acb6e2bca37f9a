// The view that a demo shows of itself: a thread of its own, `view`, so that the main thread waits as ever. What must stay true: nothing
// of it is loaded unless one is shown; its end is the program's, in order; a terminal that takes nothing holds up no end.
using System.Runtime.CompilerServices;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal sealed class DemoView
{
    /// <summary>How long the end waits for the terminal to be as it was.</summary>
    private static readonly TimeSpan s_closeLimit = TimeSpan.FromSeconds(1);

    private readonly TopView _view;
    private readonly Thread _thread;

    private DemoView(TopView view, Action<string> ended, Action<string, Exception> died)
    {
        _view = view;
        _thread = OwnThread.Start("view", () => ended(view.Run()), died);
    }

    /// <param name="log">Whose lines stand below it; null: they go elsewhere.</param>
    /// <param name="ended">Told how it ended, by a key say.</param>
    /// <param name="died">Told of a fault.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static DemoView Open(IBoardSource source, LogPane? log, Action<string> ended, Action<string, Exception> died, TimeProvider time) =>
        new(new TopView(source, TopSort.Coin, time, log), ended, died);

    /// <summary>Ends it, if it has not ended.</summary>
    public void Close()
    {
        _view.End("ended");
        if (!_thread.Join(s_closeLimit))
            _view.Abandon();
    }

    /// <summary>Before the process ends at once.</summary>
    public void Abandon() => _view.Abandon();
}

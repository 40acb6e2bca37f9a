// The life of the page: port first, server when the feed has had its first price (or has waited long enough for it), end last of
// all. Started and stopped by the main thread; a thread of its own makes the server and then takes clients in. What must stay
// true: without HTTP_URL nothing of the framework's web server is loaded; the feed never waits for it.
using System.Runtime.CompilerServices;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class WebRoom(WebPort port, Pages pages, EventHub hub, Turns turns, ILogger log, TimeProvider time) : IDisposable
{
    /// <summary>Making the server takes a tenth of a second of processor time, which the first price needs more.</summary>
    private static readonly TimeSpan AfterFirstPriceLimit = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the end may take, of the 5 s that there are for all.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMilliseconds(300);

    private readonly ManualResetEvent _stop = new(false);
    private Thread? _thread;
    private IDisposable? _server;

    /// <param name="priced">Whether the first price is there.</param>
    public void Start(Func<bool> priced, Action<string, Exception> died) =>
        _thread = OwnThread.Start(
            "web",
            () =>
            {
                long start = time.GetTimestamp();
                while (!priced() && time.GetElapsedTime(start) < AfterFirstPriceLimit)
                    if (_stop.WaitOne(LookEvery))
                        return;
                Serve();
            },
            died);

    public void Dispose()
    {
        hub.Dispose();
        _stop.Set();
        if (_thread is null || _thread.Join(EndLimit))
            // The framework's own end takes no time, but it is not ours to promise that.
            Task.Run(() => Volatile.Read(ref _server)?.Dispose()).Wait(EndLimit);
        port.Dispose();
    }

    // By itself, so that the framework's assemblies are looked for here and no earlier.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Serve()
    {
        var listener = new WebListener(port, log, time);
        Volatile.Write(ref _server, WebServer.Start(listener, pages, log));
        log.HttpListening(port.Url);
        // Only now: making the server reads the framework's files, on a disk that may be slow.
        Turn turn = turns.Begin("web");
        listener.Run(_stop, turn);
        turns.End(turn);
    }
}

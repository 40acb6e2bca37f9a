// Tells a supervisor how the program is (systemd's sd_notify protocol: one datagram a message to the socket that NOTIFY_SOCKET
// names): READY=1, STOPPING=1, and WATCHDOG=1 as long as the program is well. Used by the main thread alone. What must stay
// true: without NOTIFY_SOCKET nothing happens; a supervisor that hangs or is gone never holds the program up; the watchdog is
// fed only by the main thread's own turn, and only while the judge finds nobody who hangs.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class Notify : IDisposable
{
    /// <summary>Looks a watchdog's interval: fed at two of them, so that a single look that misses costs nothing.</summary>
    private const int LooksEachInterval = 4;

    private readonly Socket? _socket;
    private readonly bool _watched;
    private readonly TimeSpan? _lookEvery;
    private readonly HealthJudge _health;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private bool _failureTold, _fedLast;

    private Notify(Socket? socket, TimeSpan? watchdog, TimeSpan? othersLook, HealthJudge health, ILogger log, TimeProvider time)
    {
        _socket = socket;
        _watched = watchdog is not null;
        _lookEvery = watchdog / LooksEachInterval is { } ours && (othersLook is null || ours < othersLook) ? ours : othersLook;
        _health = health;
        _log = log;
        _time = time;
    }

    /// <param name="variable">A variable of the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.</param>
    /// <param name="othersLook">How often others want the judge to look, who cannot do it themselves; null: there are none.</param>
    public static Notify From(Func<string, string?> variable, TimeSpan? othersLook, HealthJudge health, ILogger log, TimeProvider time)
    {
        // `@` stands for an address without a file, which begins with a zero byte.
        if (variable("NOTIFY_SOCKET") is not { Length: > 1 } name || name[0] is not ('/' or '@'))
            return new Notify(null, null, othersLook, health, log, time);
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            socket.Connect(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            log.NotifyFailed(failure.Message);
            socket?.Dispose();
            return new Notify(null, null, othersLook, health, log, time);
        }
        bool ours = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == $"{Environment.ProcessId}";
        TimeSpan? watchdog = ours && long.TryParse(variable("WATCHDOG_USEC"), out long us) && us is > 0 and < 1_000_000_000_000
            ? TimeSpan.FromMicroseconds(us)
            : null;
        return new Notify(socket, watchdog, othersLook, health, log, time);
    }

    public void Ready() => Send("READY=1"u8);

    public void Stopping() => Send("STOPPING=1"u8);

    /// <summary>Waits for the event as <see cref="WaitHandle.WaitOne(TimeSpan)"/> does; meanwhile looks whether all is well, and feeds the watchdog.</summary>
    public bool Wait(WaitHandle wake, TimeSpan limit)
    {
        if (_lookEvery is not { } lookEvery)
            return wake.WaitOne(limit);
        long start = _time.GetTimestamp();
        while (limit - _time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            Look();
            // In whole milliseconds, upwards: what is left would else be waited for in no time at all, again and again.
            TimeSpan next = left < lookEvery ? left : lookEvery;
            if (wake.WaitOne((int)Math.Ceiling(next.TotalMilliseconds)))
                return true;
        }
        return false;
    }

    public void Dispose() => _socket?.Dispose();

    // Fed at every other look; a look that finds a thread that had no turn feeds nothing, and the next one looks again.
    private void Look()
    {
        bool well = _health.Look() is null;
        _fedLast = well && !_fedLast;
        if (_fedLast && _watched)
            Send("WATCHDOG=1"u8);
    }

    private void Send(ReadOnlySpan<byte> message)
    {
        if (_socket is null)
            return;
        try
        {
            _socket.Send(message);
        }
        catch (SocketException failure)
        {
            if (!_failureTold)
                _log.NotifyFailed(failure.Message);
            _failureTold = true;
        }
    }
}

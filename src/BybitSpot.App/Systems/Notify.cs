// Tells a supervisor how the program is (systemd's sd_notify protocol: one datagram a message to the socket that NOTIFY_SOCKET
// names): READY=1 and STOPPING=1 by the main thread; by the judge's, WATCHDOG=1 as long as the program is well, and
// WATCHDOG=trigger as soon as it is not, so that nobody waits for the watchdog's time to run out. What must stay true: without
// NOTIFY_SOCKET nothing happens, nor elsewhere than on Linux; a supervisor that hangs or is gone never holds the program up.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal sealed class Notify : IDisposable
{
    private readonly Socket? _socket;
    private readonly ILogger _log;
    private int _failureTold;
    private volatile bool _running;
    private bool _triggered;

    private Notify(Socket? socket, TimeSpan? watchdog, ILogger log)
    {
        _socket = socket;
        Watchdog = watchdog;
        _log = log;
    }

    /// <summary>How long the supervisor's watchdog waits for a sign of life; null: there is none.</summary>
    public TimeSpan? Watchdog { get; }

    /// <param name="variable">A variable of the environment: NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID.</param>
    public static Notify From(Func<string, string?> variable, ILogger log)
    {
        // `@` stands for an address without a file, which begins with a zero byte.
        if (!OperatingSystem.IsLinux() || variable("NOTIFY_SOCKET") is not { Length: > 1 } name || name[0] is not ('/' or '@'))
            return new Notify(null, null, log);
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
            return new Notify(null, null, log);
        }
        bool ours = variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == $"{Environment.ProcessId}";
        TimeSpan? watchdog = ours && long.TryParse(variable("WATCHDOG_USEC"), out long us) && us is > 0 and < 1_000_000_000_000
            ? TimeSpan.FromMicroseconds(us)
            : null;
        return new Notify(socket, watchdog, log);
    }

    public void Ready()
    {
        Send("READY=1"u8);
        _running = true;
    }

    public void Stopping()
    {
        _running = false;
        Send("STOPPING=1"u8);
    }

    /// <summary>What the judge has found. Its thread alone, at each look.</summary>
    public void Health(bool well)
    {
        if (Watchdog is null || !_running)
            return;
        if (well)
            Send("WATCHDOG=1"u8);
        // Once, but that once for sure: a supervisor that was slow to read is told at the next look.
        _triggered = !well && (_triggered || Send("WATCHDOG=trigger"u8));
    }

    public void Dispose() => _socket?.Dispose();

    private bool Send(ReadOnlySpan<byte> message)
    {
        if (_socket is null)
            return false;
        try
        {
            _socket.Send(message);
            return true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            if (Interlocked.Exchange(ref _failureTold, 1) == 0)
                _log.NotifyFailed(failure.Message);
            return false;
        }
    }
}

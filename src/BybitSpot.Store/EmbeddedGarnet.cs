// Garnet as a library: loopback only, all in memory, Lua on, silent. Loaded by name through the App's StoreAssemblies, so
// that the program refers to nothing of Garnet; both sides of the call use types of the framework alone.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Garnet;

namespace BybitSpot.Store;

public static class EmbeddedGarnet
{
    // A thousand coins need less than 1 MB; what does not fit falls off the log's end, since there is no disk behind it.
    // Scripts run as a transaction, as they do in Redis.
    private static readonly string[] s_options =
    [
        "--bind", "127.0.0.1", "--memory", "64m", "--page", "1m", "--index", "1m", "--lua", "true", "--lua-transaction-mode", "true",
        "-q", "true", "--disable-console-logger", "true",
    ];

    /// <summary>Starts a server; disposing of what is answered ends it. Null: the port is taken.</summary>
    public static IDisposable? Start(int port)
    {
        GarnetServer? server = null;
        try
        {
            // It adds a listener that writes every trace of the whole process to stdout, which carries prices alone.
            TraceListener[] listeners = [.. Trace.Listeners.Cast<TraceListener>()];
            server = new GarnetServer([.. s_options, "--port", port.ToString(CultureInfo.InvariantCulture)]);
            Trace.Listeners.Clear();
            Trace.Listeners.AddRange(listeners);
            server.Start();
            return server;
        }
        catch (Exception failure) when (PortTaken(failure))
        {
            server?.Dispose();
            return null;
        }
    }

    private static bool PortTaken(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return true;
        return false;
    }
}

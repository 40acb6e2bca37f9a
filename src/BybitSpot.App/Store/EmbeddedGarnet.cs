// Garnet, Microsoft's Redis-compatible server, in this process: loopback only, all in memory, Lua on, silent. What must stay
// true: this file and GarnetTables alone name Garnet, and nothing of it is loaded before Start is called.
using System.Net;
using System.Net.Sockets;
using Garnet;
using Garnet.server;

namespace BybitSpot.App;

internal static class EmbeddedGarnet
{
    /// <summary>Starts a server on that port of 127.0.0.1; disposing of what is answered ends it. Null: the port is taken.</summary>
    /// <exception cref="StoreException">Scripts cannot run here.</exception>
    public static IDisposable? Start(int port)
    {
        GarnetTables.Prepare();
        LuaLibrary.Prepare();
        GarnetServer? server = null;
        try
        {
            server = new GarnetServer(Options(port));
            server.Start();
            return server;
        }
        catch (Exception failure) when (PortTaken(failure))
        {
            server?.Dispose();
            return null;
        }
    }

    // A thousand coins need less than 1 MB; what does not fit falls off the log's end, since there is no disk behind it.
    // Scripts run as a transaction, as they do in Redis.
    private static GarnetServerOptions Options(int port) => new()
    {
        EndPoints = [new IPEndPoint(IPAddress.Loopback, port)],
        LogMemorySize = "64m",
        PageSize = "1m",
        IndexMemorySize = "1m",
        EnableStorageTier = false,
        EnableLua = true,
        LuaTransactionMode = true,
        LuaOptions = new LuaOptions(LuaMemoryManagementMode.Native, "", Timeout.InfiniteTimeSpan, LuaLoggingMode.Silent, []),
        QuietMode = true,
    };

    private static bool PortTaken(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
            if (failure is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse })
                return true;
        return false;
    }
}

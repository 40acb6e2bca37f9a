// A store in this process, for whoever has no Redis: whether there is to be one, on which port, and its life. The main thread
// alone. What must stay true: it listens on 127.0.0.1 only and never on 6379; a store that somebody named is never replaced.
namespace BybitSpot.App;

/// <summary>When the embedded store is used.</summary>
internal enum EmbeddedUse
{
    /// <summary>When nobody named a Redis, and none answers where one usually is.</summary>
    Auto,
    Always,
    Never,
}

/// <summary>Why there is no embedded store; the message is for the user.</summary>
internal sealed class StoreException(string message) : Exception(message);

internal sealed class EmbeddedStore : IDisposable
{
    private readonly IDisposable _server;

    private EmbeddedStore(IDisposable server, int port)
    {
        _server = server;
        Port = port;
    }

    public int Port { get; }

    /// <summary>Whether there is to be one.</summary>
    /// <param name="redisNamed">Whether REDIS_HOST or REDIS_URL was set.</param>
    /// <param name="answers">Whether anybody takes connections at localhost:REDIS_PORT; asked only where it matters.</param>
    public static bool Wanted(EmbeddedUse use, bool redisNamed, Func<bool> answers) => use switch
    {
        EmbeddedUse.Always => true,
        EmbeddedUse.Never => false,
        _ => !redisNamed && !answers(),
    };

    /// <summary>Starts one on the first free port.</summary>
    /// <exception cref="StoreException">No port is free.</exception>
    public static EmbeddedStore Start() => Start(EmbeddedGarnet.Start, StorePorts.IsFree);

    /// <param name="start">Starts a server on a port, null if that is taken; called only once a port is free, and loads it then.</param>
    /// <param name="isFree">A look that costs nothing; the port may be taken all the same by the time the server wants it.</param>
    public static EmbeddedStore Start(Func<int, IDisposable?> start, Func<int, bool> isFree)
    {
        for (int port = StorePorts.First; port <= StorePorts.LastPort; port++)
            if (isFree(port) && start(port) is { } server)
                return new EmbeddedStore(server, port);
        throw new StoreException(
            $"the embedded store cannot start: ports {StorePorts.First} to {StorePorts.LastPort} of 127.0.0.1 are all taken");
    }

    public void Dispose() => _server.Dispose();
}

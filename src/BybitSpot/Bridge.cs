using BybitSpot.Latest;
using BybitSpot.Market;
using Microsoft.Extensions.Logging;

namespace BybitSpot;

/// <summary>Why the engine ended by itself.</summary>
public enum Ending
{
    /// <summary>As many failures in a row as RECONNECT_MAX_ATTEMPTS allows.</summary>
    GaveUp,

    /// <summary>A thread died of an exception.</summary>
    ThreadDied,
}

/// <summary>The way of a price: exchange, line, latest table, Redis.</summary>
public sealed class Bridge(BridgeOptions options, ILoggerFactory loggers, TimeProvider time) : IDisposable
{
    public LatestTable Latest { get; } = new();

    /// <summary>Ends when the engine has given up; never when it was stopped.</summary>
    public Task<Ending> Ended => throw new NotImplementedException(options.ToString() + loggers + time);

    /// <summary>Starts the threads. Returns at once, whether or not the exchange and Redis can be reached.</summary>
    public void Start() { }

    /// <summary>Makes this the watchlist: subscribes what is new, unsubscribes what is gone, does not touch the rest. Any thread.</summary>
    public void Apply(Watchlist wanted) => throw new NotImplementedException();

    /// <summary>A thread of the program's that died: takes the program down as one of ours would.</summary>
    public void ReportDeath(string thread, Exception exception) => throw new NotImplementedException();

    /// <summary>Logs the counters since start as one event, <c>summary</c>.</summary>
    public void LogSummary() { }

    /// <summary>Ends all lines, writes the last prices (2 s at most), closes all sockets. Returns within 4 s.</summary>
    public void Stop() { }

    public void Dispose() => Stop();
}

/// <param name="KeepRemovedCoins">Leave the hash of a coin that is taken off the list.</param>
public sealed record BridgeOptions(FeedOptions Feed, RedisOptions Redis, bool KeepRemovedCoins);

/// <param name="StreamUrl">ws or wss, with a path that ends in the market: spot, linear or inverse.</param>
/// <param name="Channels">Which topics to subscribe for each coin; at least one.</param>
/// <param name="Lines">Redundant connections for each topic, 1 to 4.</param>
/// <param name="ReconnectInterval">First delay; doubles up to 60 s.</param>
/// <param name="ReconnectAttemptsMax">Failures in a row before giving up; 0 = for ever.</param>
/// <param name="Proxy">An HTTP proxy to reach the exchange through (http://host:port), or null.</param>
public sealed record FeedOptions(Uri StreamUrl, Venue Venue, IReadOnlyList<Channel> Channels, int Lines, TimeSpan ReconnectInterval, int ReconnectAttemptsMax, Uri? Proxy);

public sealed record RedisOptions(string Host, int Port, string? Password, int Database);

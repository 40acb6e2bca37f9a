// The way from a table of prices into Redis alone, without a feed: for prices that come from elsewhere. Says nothing there of what they
// are worth, so no reader that asks takes them for live ones.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot;

/// <param name="table">Its prices are written, the newest of each coin.</param>
/// <param name="redis">Where to.</param>
/// <param name="died">Told of an exception that ended the thread that writes.</param>
public sealed class PriceWriter(LatestTable table, Venue venue, RedisOptions redis, TimeProvider time, ILogger log, Action<string, Exception> died)
{
    private readonly RedisSink _sink = new(table, venue, "replay", redis, time, log, new Turns(), Reserve.Unlimited, died);

    /// <summary>Why Redis takes no writes now; null if it does.</summary>
    public string? Trouble => _sink.Trouble;

    /// <summary>Writes that Redis has confirmed.</summary>
    public long Written => _sink.Written;

    /// <summary>Writes that Redis has refused.</summary>
    public long Refused => _sink.Refused;

    public void Start() => OwnThread.Start("redis", _sink.Run, died);

    /// <summary>Writes what changed if that can be done at once; else the writer's own thread does. Never waits. The table's writer calls it.</summary>
    public void Flush() => _sink.Flush();

    /// <summary>Writes the last prices, within the limit, and closes the connection.</summary>
    public void Stop(TimeSpan limit) => _sink.Stop(limit);
}

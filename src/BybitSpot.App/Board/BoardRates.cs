// What is counted, as rates: how much more there is than some seconds ago. One thread at a time.
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <param name="TicksPerSecond">Prices of watched coins taken.</param>
/// <param name="WritesPerSecond">Prices that Redis has confirmed.</param>
/// <param name="LatencyP50Ms">From receipt to Redis; null where nothing was written.</param>
internal readonly record struct BoardRate(double TicksPerSecond, double WritesPerSecond, double? LatencyP50Ms, double? LatencyP99Ms);

internal sealed class BoardRates
{
    /// <summary>Over so long; over all the time since the last look, where that is longer ago.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>Looks that are kept are so far from each other.</summary>
    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(1);

    private readonly record struct Look(TimeSpan At, long Ticks, long Writes, long[] ToRedis);

    private readonly Queue<Look> _looks = new();
    private Look _last;
    private BoardRate _rate;

    /// <param name="now">Since some start.</param>
    public BoardRate Take(FeedCounts counts, TimeSpan now)
    {
        var look = new Look(now, counts.Ticks, counts.RedisWrites, counts.ToRedis);
        if (_looks.Count == 0)
        {
            // Since the program started, when all of it was 0.
            Keep(new Look(TimeSpan.Zero, 0, 0, new long[counts.ToRedis.Length]));
        }
        while (_looks.Count > 1 && now - _looks.Peek().At > Window)
            _looks.Dequeue();
        Look then = _looks.Peek();
        if (now - then.At is { TotalSeconds: > 0.1 and var seconds })
        {
            _rate = new BoardRate(
                (look.Ticks - then.Ticks) / seconds,
                (look.Writes - then.Writes) / seconds,
                LatencyHistogram.QuantileUs(then.ToRedis, look.ToRedis, 0.5) / 1000,
                LatencyHistogram.QuantileUs(then.ToRedis, look.ToRedis, 0.99) / 1000);
        }
        if (now - _last.At >= s_apart)
            Keep(look);
        return _rate;
    }

    private void Keep(Look look)
    {
        _looks.Enqueue(look);
        _last = look;
    }
}

// Keeps the whole process within what the exchange lets one address open: it bans whoever makes 500 connections in 5 minutes. The backoff of
// a line allows it twenty in that time at the most, unless it is a redundant one (Backoff.cs). Those, many lines of several markets, and
// reloads that add and drop them could come to more. `now` only goes forward. Any thread.
namespace BybitSpot.Feed;

internal sealed class ConnectPace
{
    /// <summary>Most connections within <see cref="Window"/>. What is left is for other programs at the same address, and for those that ended just now.</summary>
    public const int ConnectionsMax = 400;

    /// <summary>The exchange's five minutes, and a little for the way there.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5) + TimeSpan.FromSeconds(10);

    /// <summary>Below this nobody has to be patient for the limit's sake.</summary>
    public const int FewMax = ConnectionsMax / 2;

    private readonly Lock _gate = new();
    private readonly Queue<TimeSpan> _made = new();

    /// <summary>Counts a connection that is made now, if it may be.</summary>
    /// <returns>Null: it may; else how long to wait before asking again.</returns>
    public TimeSpan? Take(TimeSpan now)
    {
        lock (_gate)
        {
            Forget(now);
            if (_made.Count >= ConnectionsMax)
                return Window - (now - _made.Peek());
            _made.Enqueue(now);
            return null;
        }
    }

    /// <summary>Whether so few connections were made within <see cref="Window"/> that a redundant line may come back soon.</summary>
    public bool AreFew(TimeSpan now)
    {
        lock (_gate)
        {
            Forget(now);
            return _made.Count < FewMax;
        }
    }

    private void Forget(TimeSpan now)
    {
        while (_made.TryPeek(out TimeSpan first) && now - first >= Window)
            _made.Dequeue();
    }
}

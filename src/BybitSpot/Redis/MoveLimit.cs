// When a connection is given up because its server says that another is to be written to. Pure. The first time at once, then
// after 1 s, then every 2 s: where a name has moved, the new server is found within 3 s. Between two moves the connection stays: of a
// cluster's coins some may well be this server's, and a replica whose name leads nowhere else is not stormed.
namespace BybitSpot.Redis;

internal struct MoveLimit
{
    public static readonly TimeSpan DelayFirst = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan DelayMax = TimeSpan.FromSeconds(2);

    /// <summary>After so long without a move the next is the first again.</summary>
    public static readonly TimeSpan ForgottenAfter = TimeSpan.FromSeconds(10);

    private TimeSpan _delay, _movedAt;

    /// <summary>Whether to move now; if so, it counts as done.</summary>
    /// <param name="now">Since some start, never falling.</param>
    public bool TryMove(TimeSpan now)
    {
        TimeSpan since = now - _movedAt;
        bool isFirst = _delay == TimeSpan.Zero || since >= ForgottenAfter;
        if (!isFirst && since < _delay)
            return false;
        _delay = isFirst ? DelayFirst : DelayMax;
        _movedAt = now;
        return true;
    }
}

namespace BybitSpot.Tests.Storm;

/// <summary>Time that does not count: the union of intervals, and how much of any stretch of time is left beside it. Pure.</summary>
internal sealed class Excuses
{
    private readonly List<(TimeSpan From, TimeSpan Until, TimeSpan Before)> _intervals = [];

    public Excuses(IEnumerable<(TimeSpan From, TimeSpan Until)> intervals)
    {
        TimeSpan sum = TimeSpan.Zero;
        foreach ((TimeSpan from, TimeSpan until) in intervals.Where(i => i.Until > i.From).OrderBy(i => i.From))
        {
            if (_intervals.Count > 0 && from <= _intervals[^1].Until)
            {
                (TimeSpan lastFrom, TimeSpan lastUntil, TimeSpan before) = _intervals[^1];
                if (until > lastUntil)
                {
                    sum += until - lastUntil;
                    _intervals[^1] = (lastFrom, until, before);
                }
                continue;
            }
            _intervals.Add((from, until, sum));
            sum += until - from;
        }
    }

    /// <summary>How much time from one moment to another counts.</summary>
    public TimeSpan Counted(TimeSpan from, TimeSpan to) => to <= from ? TimeSpan.Zero : to - from - (ExcusedUpTo(to) - ExcusedUpTo(from));

    private TimeSpan ExcusedUpTo(TimeSpan at)
    {
        int low = 0, high = _intervals.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_intervals[middle].From < at)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == 0)
            return TimeSpan.Zero;
        (TimeSpan from, TimeSpan until, TimeSpan before) = _intervals[low - 1];
        return before + (at < until ? at : until) - from;
    }
}

using BybitSpot.Rest;

namespace BybitSpot.App;

/// <summary>When to ask REST for the list of instruments. Pure: times are since some start and only go forward.</summary>
internal sealed class RestSchedule
{
    /// <summary>Least time between two questions, whoever asks.</summary>
    public static readonly TimeSpan GapMin = TimeSpan.FromSeconds(2);

    /// <summary>Between questions while <c>"*"</c> follows listings, or a coin is named that is not listed: it may be soon.</summary>
    public static readonly TimeSpan FollowEvery = TimeSpan.FromSeconds(60);

    /// <summary>Between questions otherwise.</summary>
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(10);

    /// <summary>First delay after a failure; doubles up to <see cref="FollowEvery"/>.</summary>
    private static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(10);

    private TimeSpan _next;
    private TimeSpan _started = TimeSpan.MinValue / 2;
    private TimeSpan _pausedUntil = TimeSpan.MinValue / 2;
    private int _failures, _limitedInRow;

    /// <summary>A limit that came so often in a row is no matter of a second, and nobody waits for its end.</summary>
    public const int LimitedInRowMax = 3;

    /// <summary>Whether the last question met the exchange's limit of a second: the answer will be there soon.</summary>
    public bool IsLimitedForNow => _limitedInRow is > 0 and < LimitedInRowMax;

    /// <summary>Whether a question is on its way.</summary>
    public bool Running { get; private set; }

    public bool IsPaused(TimeSpan now) => now < _pausedUntil;

    /// <summary>When the next question is due; null while one is on its way.</summary>
    public TimeSpan? Due => Running ? null : Later(_next, _pausedUntil);

    /// <summary>Asks as soon as allowed.</summary>
    public void Want(TimeSpan now)
    {
        TimeSpan soonest = Later(now, _started + GapMin);
        if (soonest < _next)
            _next = soonest;
    }

    public void Start(TimeSpan now)
    {
        Running = true;
        _started = now;
        _next = TimeSpan.MaxValue;
    }

    /// <param name="verdict">What came of it.</param>
    /// <param name="follow">Whether a listing is waited for.</param>
    /// <param name="now">The time.</param>
    public void End(ListVerdict verdict, bool follow, TimeSpan now)
    {
        Running = false;
        bool failed = verdict is ListVerdict.Failed or ListVerdict.Banned;
        _failures = failed ? _failures + 1 : 0;
        _limitedInRow = verdict == ListVerdict.Limited ? _limitedInRow + 1 : 0;
        if (verdict == ListVerdict.Banned)
            _pausedUntil = now + RestClient.BanPause;
        TimeSpan delay = verdict switch
        {
            ListVerdict.Doubted => ListBelief.SecondLook + TimeSpan.FromSeconds(1),
            // A hair later than the pause ends, which begins when the answer is there.
            ListVerdict.Limited => RestClient.LimitPause(_limitedInRow) + TimeSpan.FromMilliseconds(100),
            ListVerdict.Believed => follow ? FollowEvery : RefreshEvery,
            _ => Sooner(RetryFirst * Math.Pow(2, Math.Min(_failures - 1, 8)), FollowEvery),
        };
        // Somebody may have asked for a newer list meanwhile.
        _next = Sooner(_next, now + delay);
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static TimeSpan Sooner(TimeSpan a, TimeSpan b) => a < b ? a : b;
}

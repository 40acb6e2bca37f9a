using BybitSpot.Market;

namespace BybitSpot.Rest;

/// <summary>
/// Decides whether a fetched list is believed. One that came empty, or more than 5 % shorter than the last believed one, is
/// believed only when a second one, at least a minute later, agrees: half an answer must not take coins away. Pure; one
/// thread at a time.
/// </summary>
public sealed class ListBelief
{
    /// <summary>How much later the second list must come.</summary>
    public static readonly TimeSpan SecondLook = TimeSpan.FromMinutes(1);

    private int _doubtedCount;
    private TimeSpan? _doubtedAt;

    /// <summary>The last list that was believed.</summary>
    public InstrumentList? Believed { get; private set; }

    /// <param name="offered">The list as it came.</param>
    /// <param name="now">A clock that only goes forward.</param>
    /// <returns>True: it is <see cref="Believed"/> now. False: it is kept in mind, and another should be asked for after <see cref="SecondLook"/>.</returns>
    public bool Offer(InstrumentList offered, TimeSpan now)
    {
        if (offered.Count > 0 && !Shorter(offered.Count, Believed?.Count ?? 0))
            return Believe(offered);
        bool agrees = _doubtedAt is not null && !Shorter(offered.Count, _doubtedCount) && !Shorter(_doubtedCount, offered.Count);
        if (agrees && now - _doubtedAt >= SecondLook)
            return Believe(offered);
        if (!agrees)
            (_doubtedAt, _doubtedCount) = (now, offered.Count);
        return false;
    }

    private bool Believe(InstrumentList list)
    {
        _doubtedAt = null;
        Believed = list;
        return true;
    }

    /// <summary>More than 5 % shorter.</summary>
    private static bool Shorter(int count, int than) => count * 100L < than * 95L;
}

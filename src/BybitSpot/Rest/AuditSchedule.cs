// When to ask REST for all last prices. Pure; times are monotonic, since some start; one thread at a time.
namespace BybitSpot.Rest;

internal sealed class AuditSchedule
{
    /// <summary>While some coin may be stale without anybody knowing.</summary>
    public static readonly TimeSpan EveryInDoubt = TimeSpan.FromSeconds(5);

    /// <summary>Otherwise.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    /// <summary>The exchange's own time is asked for soon after the start, whether or not anything is in doubt.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(2);

    private TimeSpan? _askedAt, _secondLookAt;
    private bool _isAsking;

    /// <summary>Whether to ask now.</summary>
    /// <param name="inDoubt">Some coin has been silent for long, or waits for its first price.</param>
    public bool IsDue(TimeSpan now, bool inDoubt)
    {
        if (_isAsking)
            return false;
        if (_secondLookAt is { } second)
            return now >= second;
        if (_askedAt is not { } asked)
            return now >= First;
        return now - asked >= (inDoubt ? EveryInDoubt : Every);
    }

    public void Asked(TimeSpan now) => (_askedAt, _isAsking, _secondLookAt) = (now, true, null);

    /// <param name="wantsSecondLook">The answer leaves a suspicion that a second one can settle.</param>
    public void Answered(bool wantsSecondLook)
    {
        _isAsking = false;
        if (wantsSecondLook)
            _secondLookAt = _askedAt + Audit.SecondLookAfter;
    }
}

// Which lines are told of something that comes and goes, however often it does and whatever else it says each time. Pure:
// `now` is an argument. One thread at a time. The rule:
//   - trouble after calm is told, always;
//   - what follows, good or bad, is told while there is allowance: 3 lines, then one every 30 s; the same words again only then;
//   - that it is well is told at the latest when it has stayed so for 10 s;
//   - what was not told is counted.
namespace BybitSpot.Signals;

internal sealed class LogLimit
{
    public const int LinesAtOnce = 3;

    /// <summary>A new line is allowed this often; and calm is what has been well for so long.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    public static readonly TimeSpan RecoveredAfter = TimeSpan.FromSeconds(10);

    private int _allowance = LinesAtOnce;
    private TimeSpan _allowedAt, _wellSince;
    private string _words = "";
    private TimeSpan _wordsAt;
    private bool _isWell, _toldWell, _isKnown;
    private long _leftOut;

    /// <summary>How many lines were not told since this was asked last.</summary>
    public long TakeLeftOut()
    {
        long leftOut = _leftOut;
        _leftOut = 0;
        return leftOut;
    }

    /// <summary>Trouble was the last that there was.</summary>
    public bool IsInTrouble => _isKnown && !_isWell;

    /// <summary>There is trouble.</summary>
    /// <returns>Whether to tell it.</returns>
    public bool Trouble(string words, TimeSpan now)
    {
        bool afterCalm = !_isKnown || (_isWell && now - _wellSince >= Every);
        _isKnown = true;
        _isWell = false;
        bool again = words == _words && now - _wordsAt < Every;
        bool allowed = (afterCalm || !again) && TrySpend(now);
        if (!allowed && !afterCalm)
            return LeaveOut();
        (_words, _wordsAt, _toldWell) = (words, now, false);
        return true;
    }

    /// <summary>It is well now.</summary>
    /// <returns>Whether to tell it.</returns>
    public bool Well(TimeSpan now)
    {
        if (!_isWell)
            _wellSince = now;
        _isWell = true;
        return TrySpend(now) ? _toldWell = true : LeaveOut();
    }

    /// <summary>Nothing has happened; asked now and then.</summary>
    /// <returns>Whether to tell that it is well: it is so for long enough, and the last that was told was trouble or lines were left out.</returns>
    public bool Recovered(TimeSpan now)
    {
        if (!_isWell || now - _wellSince < RecoveredAfter || (_toldWell && _leftOut == 0))
            return false;
        return _toldWell = true;
    }

    private bool LeaveOut()
    {
        _leftOut++;
        return false;
    }

    private bool TrySpend(TimeSpan now)
    {
        long more = (now - _allowedAt).Ticks / Every.Ticks;
        if (more > 0)
        {
            _allowance = (int)Math.Min(LinesAtOnce, _allowance + more);
            _allowedAt += more * Every;
        }
        if (_allowance == 0)
            return false;
        _allowance--;
        return true;
    }
}

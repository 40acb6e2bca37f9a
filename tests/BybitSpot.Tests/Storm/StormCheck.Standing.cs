namespace BybitSpot.Tests.Storm;

// What stands in Redis between two happenings, and what readers are told of it. A price is wrong from the moment at which the
// exchange left it: one that follows a little behind is never wrong for long, one that is left and stays is.
internal sealed partial class StormCheck
{
    // Judges what stands from the last moment up to this one; a status key may expire on the way.
    private void Advance(TimeSpan to)
    {
        while (_now < to)
        {
            TimeSpan until = _status.NextExpiry(_now) is var expiry && expiry < to ? expiry : to;
            foreach (Coin coin in _coins.Values)
                Stand(coin, until);
            _now = until;
        }
    }

    private void Stand(Coin coin, TimeSpan until)
    {
        if (!coin.On && coin.Standing is not null && !coin.Charged && Counted(coin.SwitchedAt, until) > _limits.WatchlistWithin)
        {
            coin.Charged = true;
            Charge(Offence.LeftAfterRemoval, until, coin.Name, $"price number {coin.Standing} stands though the coin was removed");
        }
        if (!coin.On || coin.Standing is not { } standing || standing >= coin.Newest)
        {
            (coin.UnflaggedFrom, coin.Charged) = (null, coin.Charged && !coin.On);
            return;
        }
        TimeSpan leftAt = coin.MovedAt[standing + 1], since = leftAt > coin.SwitchedAt ? leftAt : coin.SwitchedAt;
        TimeSpan limit = _limits.Flagged + _limits.Grace;
        bool believed = _status.Believed(coin.Name, _now);
        if (!believed)
            (coin.UnflaggedFrom, coin.Charged) = (null, false);
        else
            coin.UnflaggedFrom ??= _now;
        // Counted time is never more than time, so nearly all needs no counting.
        if (until - since <= _longestWrong.Time && (!believed || (until - since <= _longestUnflagged.Time && until - since <= limit)))
            return;
        TimeSpan wrong = Counted(since, until);
        if (wrong > _longestWrong.Time)
            _longestWrong = (wrong, coin.Name);
        if (!believed || Counted(coin.UnflaggedFrom!.Value, until) < _limits.MomentMin)
            return;
        if (wrong > _longestUnflagged.Time)
            _longestUnflagged = (wrong, coin.Name);
        if (wrong <= limit + _limits.MomentMin || coin.Charged)
            return;
        coin.Charged = true;
        if (_limits.StatusDemanded)
            Charge(Offence.WrongAndNotFlagged, until, coin.Name,
                $"price number {standing} stands, {coin.Newest} is the newest; left {wrong.TotalSeconds:0.000} s ago, and {_status.Text(_now)}");
    }

    private void End(TimeSpan at)
    {
        if (_limits.StatusDemanded && _status.Writes == 0)
            Charge(Offence.NoStatus, at, "-", "no status key was ever written");
        foreach (Coin coin in _coins.Values)
        {
            if (!coin.On && coin.Standing is not null)
                Charge(Offence.LeftAtTheEnd, at, coin.Name, "was removed and still stands");
            else if (coin.On && coin.Standing is null)
                Charge(Offence.MissingAtTheEnd, at, coin.Name, "");
            else if (coin.On && coin.Standing != coin.Newest)
                Charge(Offence.WrongAtTheEnd, at, coin.Name, $"price number {coin.Standing} stands, {coin.Newest} is the newest");
        }
    }
}

// What a lane does by time rather than by tick: the 60 s rewrite of every coin, refused writes tried again, a silent server
// noticed, or left for one that answers. All on the lane's own thread.
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class RedisLane
{
    /// <summary>How often refused writes are tried again.</summary>
    private static readonly TimeSpan s_retryRefused = TimeSpan.FromMilliseconds(500);

    /// <summary>A server that is stopped still holds our connection and takes up in order when it goes on, so it is waited for.</summary>
    private static readonly TimeSpan s_replySilenceMax = TimeSpan.FromMinutes(5);

    /// <summary>With this many, the other machine is taken for dead.</summary>
    private const int RetransmissionsMax = 6;

    private static readonly TimeSpan s_slowAfter = TimeSpan.FromSeconds(5);

    /// <summary>Without any reply for so long, with one outstanding for half of it, a second connection is tried.</summary>
    private static readonly TimeSpan s_secondAfter = TimeSpan.FromSeconds(10);

    /// <summary>
    /// So long after the second was answered the first has still to be silent: a server that went on just now answers both, the
    /// first within milliseconds.
    /// </summary>
    private static readonly TimeSpan s_secondWaits = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_logEvery = TimeSpan.FromSeconds(30);

    private readonly HashSet<int> _refusedSlots = [];
    private readonly SecondConnection _second;
    private readonly LogLimit _writeLines = new();
    private long _retriedAt, _turnAt, _rewriteAllAt;
    private long _refusedLogged;
    private long _statusErrorLoggedAt;
    private bool _slow;
    private int _rewriteTurn;

    /// <summary>How often Redis has refused to say what the feed is worth.</summary>
    public long StatusRefused { get; private set; }

    private void DoWhatIsDueLocked()
    {
        long now = _time.GetTimestamp();
        if (_moveWanted is { } reason)
        {
            _isMoving = true;
            throw new RedisProtocolException(reason);
        }
        WatchSilenceLocked(_window.Count == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_waitingSince, now), now);
        if (_refusedSlots.Count > 0 && _time.GetElapsedTime(_retriedAt, now) >= s_retryRefused)
            RetryRefusedLocked(now);
        if (_rewriteAllAt != 0 && now >= _rewriteAllAt)
        {
            _rewriteAllAt = 0;
            MarkOwn();
        }
        if (_time.GetElapsedTime(_turnAt, now) >= TimeSpan.FromSeconds(1))
        {
            _turnAt = now;
            RewriteSomeLocked();
            TellRecoveries();
        }
    }

    // Of each minute's coins those of this second.
    private void RewriteSomeLocked()
    {
        int every = _book.RewriteEveryS;
        _rewriteTurn = (_rewriteTurn + 1) % every;
        for (int slot = _rewriteTurn; slot < _table.Count; slot += every)
        {
            if (!IsOwn(slot) || !_writer.HasWritten(slot))
                continue;
            if (Volatile.Read(ref _book.Stale[slot]))
                Volatile.Write(ref _book.PassedBy[slot], true);
            else
                _dirty.Mark(slot);
        }
        if (_writer.EndHolding())
            _table.MarkAll(_book.Changed);
    }

    private void WatchSilenceLocked(TimeSpan silence, long now)
    {
        if (silence >= s_replySilenceMax)
            throw new RedisProtocolException($"no reply for {(int)silence.TotalSeconds} s");
        if (silence < s_slowAfter)
        {
            _second.Drop();
            return;
        }
        if (_connection!.Retransmissions >= RetransmissionsMax)
            throw new RedisProtocolException($"the machine has not acknowledged anything for {(int)silence.TotalSeconds} s");
        if (_time.GetElapsedTime(_repliedAt, now) >= s_secondAfter)
            TrySecondLocked(silence);
        if (_slow)
            return;
        _slow = true;
        _book.InTrouble?.Invoke();
        _trouble = $"it has not answered for {(int)s_slowAfter.TotalSeconds} s";
        if (_writeLines.Trouble("slow", SinceCreated))
        {
            _log.RedisSlow(Endpoint, (long)silence.TotalMilliseconds, _window.Count);
            TellLeftOut(_writeLines);
        }
    }

    // A server that hangs answers nobody, and is waited for. Where another connection is answered while ours stays silent, ours
    // leads nowhere (a proxy keeps it open whose server has gone) or stands still on its way. What is certain of the order: ours
    // is ended before anything is written on the other, and what the kernel had not sent is thrown away, so whatever arrives
    // over it was sent before, and is either carried out before all that is new, or comes late out of a buffer on the way.
    // Against that nobody can be sure; so every coin is written at once, a second later again, and each minute as ever.
    private void TrySecondLocked(TimeSpan silence)
    {
        if (_second.AnsweredAgo is not { } ago)
        {
            if (Reserve.Lack(Reserve.ForFeed) is null)
                _second.TryIfDue();
            return;
        }
        if (ago < s_secondWaits)
            return;
        RedisConnection answered = _second.Take();
        BreakLocked(new RedisProtocolException($"no reply for {(int)silence.TotalSeconds} s, while a second connection was answered: that one is used now"));
        UseLocked(answered);
    }

    private void TellRecoveries()
    {
        if (_connectionLines.Recovered(SinceCreated))
            TellConnected();
        if (_writeLines.Recovered(SinceCreated))
            TellRecovered();
    }

    private void TellRecovered()
    {
        _log.RedisRecovered(_book.Routes is null ? _table.Count : Enumerable.Range(0, _table.Count).Count(IsOwn));
        TellLeftOut(_writeLines);
    }

    private void TellLeftOut(LogLimit lines)
    {
        if (lines.TakeLeftOut() is > 0 and var count)
            _log.RedisLinesLeftOut(count);
    }

    private void RetryRefusedLocked(long now)
    {
        _retriedAt = now;
        foreach (int slot in _refusedSlots)
        {
            _dirty.Mark(slot);
            if (_book.Routes is not null)
                _book.Redirects[slot] = 0;
        }
    }
}

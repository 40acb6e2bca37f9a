// What becomes of Redis' replies, oldest first, each matched to its command: confirmations, refusals, times that were asked for.
// Under the lane's lock, on whichever thread reaps.
using System.Text;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class RedisLane
{
    private void ReapLocked()
    {
        _connection!.ReceiveAtOnce();
        long now = 0;
        while (true)
        {
            ReplyKind kind = _connection.NextReply(out ReadOnlySpan<byte> text);
            if (kind == ReplyKind.None)
            {
                LookAtFenceLocked();
                return;
            }
            if (_window.Count == 0)
                throw new RedisProtocolException("more replies came than commands were sent");
            OutstandingCommand command = _window.Take();
            if (now == 0)
                _repliedAt = _waitingSince = now = _time.GetTimestamp();
            if (kind == ReplyKind.Error)
                TakeErrorLocked(command, Encoding.UTF8.GetString(text));
            else
                TakeReplyLocked(command, kind, text, now);
        }
    }

    private void TakeReplyLocked(in OutstandingCommand command, ReplyKind kind, ReadOnlySpan<byte> text, long now)
    {
        switch (command.Kind)
        {
            case CommandKind.Status or CommandKind.Asking:
                return;
            case CommandKind.LastOfStatus:
                EndStatusLocked();
                return;
            case var _ when !IsOwn(command.Slot):
                // Another lane's by now, which does not know of this.
                if (command.ReceivedAt != 0)
                    _samples.Record(command.ReceivedAt, now);
                return;
            case CommandKind.AskTime:
                TakeStoredTimeLocked(command.Slot, kind == ReplyKind.Bulk ? Encoding.UTF8.GetString(text) : null);
                return;
            case CommandKind.Seed when text is [(byte)'0']:
                // Something stands there that we did not write: it is not ours to touch, nor to vouch for.
                _book.Missing[command.Slot] = true;
                return;
            case CommandKind.Delete:
                // Redis took the coin back, or holds what somebody else wrote.
                break;
            case CommandKind.Rewrite or CommandKind.PriceByScript when text is [(byte)'0']:
                // Something newer stands there.
                if (command.ReceivedAt != 0)
                    _samples.Record(command.ReceivedAt, now);
                _samples.OnTaken(_window.Answered, now);
                break;
            case CommandKind.Rewrite or CommandKind.PriceByScript:
                _writer.ConfirmScript(command.Slot);
                goto default;
            default:
                ConfirmLocked(command, now);
                break;
        }
        AcceptLocked(command.Slot);
    }

    private void TakeErrorLocked(in OutstandingCommand command, string error)
    {
        bool isCluster = _book.Routes is not null;
        ReplyVerdict verdict = ReplyPolicy.Judge(error, isCluster);
        if (ReplyPolicy.Hint(error, isCluster) is { } hint)
            error = $"{error} ({hint})";
        if (verdict == ReplyVerdict.NoScript && command.Slot >= 0)
        {
            _scriptKnown = false;
            _dirty.Mark(command.Slot);
            return;
        }
        if (TryRedirectLocked(command, error, verdict) || (command.Slot >= 0 && !IsOwn(command.Slot)))
            return;
        if (verdict != ReplyVerdict.ThisKey)
            _book.InTrouble?.Invoke();
        _isWrongServer |= verdict == ReplyVerdict.WrongServer;
        switch (command.Kind)
        {
            case CommandKind.Asking:
                break;
            case CommandKind.Status:
            case CommandKind.LastOfStatus:
                StatusRefusedLocked(error);
                if (command.Kind == CommandKind.LastOfStatus)
                    EndStatusLocked();
                break;
            case CommandKind.Rewrite or CommandKind.PriceByScript when _writer.RefuseScript(command.Slot, verdict == ReplyVerdict.Forbidden):
                _dirty.Mark(command.Slot);
                break;
            case CommandKind.AskTime:
                // An error of its own (a key of another kind, say) is told when the price that follows meets it.
                TakeStoredTimeLocked(command.Slot, null);
                break;
            default:
                Refused++;
                if (command.ReceivedAt != 0 && verdict != ReplyVerdict.ThisKey)
                    _samples.Keep(command.ReceivedAt);
                RefuseLocked(command.Slot, error, verdict);
                break;
        }
        if (verdict == ReplyVerdict.NewConnection)
            throw new RedisProtocolException(error);
        if (verdict == ReplyVerdict.WrongServer && _moves.TryMove(_time.GetElapsedTime(_createdAt)))
        {
            _isMoving = true;
            throw new RedisProtocolException($"another server is to be written to: {error}");
        }
    }

    private void EndStatusLocked() => (_statusTrouble, _statusRefusal) = (_statusRefusal, null);

    private void TakeStoredTimeLocked(int slot, string? stored)
    {
        _writer.TakeStoredTime(slot, stored);
        _dirty.Mark(slot);
    }

    private void ConfirmLocked(in OutstandingCommand command, long now)
    {
        if (command.Kind == CommandKind.Seed)
            _writer.ConfirmSeed(command.Slot);
        if (command.ReceivedAt != 0)
            _samples.Record(command.ReceivedAt, now);
        _samples.OnTaken(_window.Answered, now);
        Written++;
        if (_book.TakeFirst())
            _log.FirstPrice(_table.InstrumentOf(command.Slot).Name, (long)_time.GetElapsedTime(_createdAt, now).TotalMilliseconds);
    }

    private void AcceptLocked(int slot)
    {
        bool recovered = _slow;
        _slow = _isWrongServer = false;
        _book.Missing[slot] = false;
        if (_trouble is not null)
            _trouble = null;
        if (_book.Routes is not null)
            _book.Redirects[slot] = 0;
        recovered |= _refusedSlots.Count > 0 && _refusedSlots.Remove(slot) && _refusedSlots.Count == 0;
        if (recovered && _writeLines.Well(SinceCreated))
            TellRecovered();
    }

    private void RefuseLocked(int slot, string error, ReplyVerdict verdict)
    {
        _slow = false;
        _refusedSlots.Add(slot);
        _book.Missing[slot] = true;
        if (verdict != ReplyVerdict.ThisKey)
            _trouble = $"it refuses writes: {ReplyPolicy.Inner(error)}";
        if (!_writeLines.Trouble(ReplyPolicy.Inner(error).ToString(), SinceCreated))
            return;
        _log.RedisWriteRefused(Refused - _refusedLogged, _writer.KeyOf(slot), ReplyPolicy.Inner(error).ToString(), (long)s_retryRefused.TotalMilliseconds);
        _refusedLogged = Refused;
        // Each of them was a refusal, and those are counted.
        _writeLines.TakeLeftOut();
    }

    private void StatusRefusedLocked(string error)
    {
        StatusRefused++;
        _statusRefusal ??= error;
        if (_statusErrorLoggedAt == 0 || _time.GetElapsedTime(_statusErrorLoggedAt) >= s_logEvery)
        {
            _statusErrorLoggedAt = _time.GetTimestamp();
            _log.RedisStatusRefused(error);
        }
    }
}

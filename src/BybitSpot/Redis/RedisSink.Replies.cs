// What becomes of Redis' replies, oldest first, each matched to its command: confirmations, refusals, times that were asked for.
// Under the sink's lock, on whichever thread reaps.
using System.Text;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class RedisSink
{
    private void ReapLocked()
    {
        _connection!.ReceiveAtOnce();
        while (true)
        {
            ReplyKind kind = _connection.NextReply(out ReadOnlySpan<byte> text);
            if (kind == ReplyKind.None)
                return;
            if (_outstanding == 0)
                throw new RedisProtocolException("more replies came than commands were sent");
            (int slot, CommandKind command, long receivedAt) = _window[_windowStart];
            _windowStart = (_windowStart + 1) & (WindowMax - 1);
            _outstanding--;
            _lastReplyAt = _time.GetTimestamp();
            if (command == CommandKind.AskTime)
            {
                _timesAwaited--;
                // An error of its own (a key of another kind, say) is told when the price that follows meets it.
                _writer.TakeStoredTime(slot, kind == ReplyKind.Bulk ? Encoding.UTF8.GetString(text) : null);
                _dirty.Mark(slot);
                continue;
            }
            if (command is CommandKind.Status or CommandKind.LastOfStatus)
            {
                if (kind == ReplyKind.Error)
                    StatusRefusedLocked(Encoding.UTF8.GetString(text));
                if (command == CommandKind.LastOfStatus)
                    (_statusTrouble, _statusRefusal) = (_statusRefusal, null);
                continue;
            }
            if (kind == ReplyKind.Error && command == CommandKind.Rewrite)
            {
                _writer.RefuseRewrite(slot, Encoding.UTF8.GetString(text));
                _dirty.Mark(slot);
                continue;
            }
            if (kind == ReplyKind.Error)
            {
                Refused++;
                RefuseLocked(slot, Encoding.UTF8.GetString(text));
                continue;
            }
            if (command == CommandKind.Seed && text is [(byte)'0'])
            {
                // Something stands there that we did not write: it is not ours to touch, nor to vouch for.
                _missing[slot] = true;
                continue;
            }
            if (command == CommandKind.Delete)
                _writer.ConfirmDelete(slot);
            else if (command != CommandKind.Rewrite || text is not [(byte)'0'])
                ConfirmLocked(slot, command, receivedAt);
            AcceptLocked(slot);
        }
    }

    private void ConfirmLocked(int slot, CommandKind command, long receivedAt)
    {
        if (command == CommandKind.Seed)
            _writer.ConfirmSeed(slot);
        if (receivedAt != 0)
            Latency.Record((long)_time.GetElapsedTime(receivedAt, _lastReplyAt).TotalMicroseconds);
        if (Written++ == 0)
            _log.FirstPrice(_table.InstrumentOf(slot).Coin, (long)_time.GetElapsedTime(_createdAt).TotalMilliseconds);
    }

    private void AcceptLocked(int slot)
    {
        if (_slow)
        {
            _slow = false;
            _log.RedisRecovered(_table.Count);
        }
        _missing[slot] = false;
        if (_trouble is not null)
            _trouble = null;
        if (_refusedSlots.Count > 0 && _refusedSlots.Remove(slot) && _refusedSlots.Count == 0)
            _log.RedisRecovered(_table.Count);
    }

    private void RefuseLocked(int slot, string error)
    {
        _slow = false;
        _refusedSlots.Add(slot);
        _missing[slot] = true;
        // A key of another kind is one coin's trouble, everything else Redis' own.
        if (!error.StartsWith("WRONGTYPE", StringComparison.Ordinal))
            _trouble = $"it refuses writes: {error}";
        if (_time.GetElapsedTime(_errorLoggedAt) >= s_logEvery || _errorLoggedAt == 0)
        {
            _errorLoggedAt = _time.GetTimestamp();
            _log.RedisWriteRefused(Refused - _refusedLogged, _writer.KeyOf(slot), error, (long)s_retryRefused.TotalMilliseconds);
            _refusedLogged = Refused;
        }
        // The server wants a password that it did not want when we came: only a new connection can give it.
        if (error.StartsWith("NOAUTH", StringComparison.Ordinal))
            throw new RedisProtocolException(error);
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
        if (error.StartsWith("NOAUTH", StringComparison.Ordinal))
            throw new RedisProtocolException(error);
    }
}

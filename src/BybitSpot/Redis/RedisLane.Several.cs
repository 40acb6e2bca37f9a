// What a lane does where it is one of several: which coins are its own, and how one goes over to another. What must stay true: a coin has
// one lane, and goes over under the lock of the lane that had it, so that nothing of it is written here afterwards; what of it is
// outstanding here is settled there.
using BybitSpot.Latest;

namespace BybitSpot.Redis;

internal sealed partial class RedisLane
{
    /// <summary>After so many nodes that each named another, the coin waits like one that was refused.</summary>
    private const int RedirectsMax = 8;

    private static readonly byte[] s_asking = Resp.Command("ASKING");

    // The ticket that this lane looks to pass, and the number of the last command that has to be answered for that.
    private long _fenceSeen, _fenceNumber;
    private long _passed, _statusTicket;

    /// <summary>The changed coins that are this lane's.</summary>
    public DirtySet Changed => _dirty;

    /// <summary>The newest ticket of the fence that this lane has passed.</summary>
    public long Passed => Volatile.Read(ref _passed);

    /// <summary>Something is to be said of the prices, and has not been yet.</summary>
    public bool HasToTell => _statusDue;

    /// <summary>Something is to be said here at all.</summary>
    public bool Tells => _status is not null;

    /// <summary>Whether all is written and confirmed.</summary>
    public bool IsIdle => !_dirty.Any && !_statusDue && _owedEnd == 0 && _window.Count == 0;

    private bool MayTell => _book.Fence is not { } fence || fence.IsPassed(Volatile.Read(ref _statusTicket));

    /// <summary>See <see cref="Tell(byte[][])"/>; goes out when every lane has passed the ticket.</summary>
    public void Tell(byte[][]? status, long ticket)
    {
        Volatile.Write(ref _statusTicket, ticket);
        Tell(status);
    }

    /// <summary>Hands coins over to another lane, which writes them anew. Any thread but a lane's.</summary>
    public void Give(IReadOnlyList<int> slots, RedisLane to, bool asking)
    {
        DirtySet?[] routes = _book.Routes!;
        lock (_gate)
        {
            foreach (int slot in slots)
            {
                if (Volatile.Read(ref routes[slot]) != _dirty)
                    continue;
                // An answer that comes here will not be looked at.
                _writer.AskTimeAgain(slot);
                _refusedSlots.Remove(slot);
                _book.Asking[slot] = asking;
                Volatile.Write(ref routes[slot], to._dirty);
            }
        }
        foreach (int slot in slots)
            _book.Changed.Mark(slot);
    }

    private bool IsOwn(int slot) => _book.Routes is not { } routes || Volatile.Read(ref routes[slot]) == _dirty;

    // Every coin of this lane is to be written anew.
    private void MarkOwn()
    {
        if (_book.Routes is null)
        {
            _table.MarkAll(_dirty);
            return;
        }
        for (int slot = 0; slot < _table.Count; slot++)
            if (IsOwn(slot))
                _dirty.Mark(slot);
    }

    // Before a coin is written: it may be another's by now, or need a word before it.
    private bool MayWrite(int slot)
    {
        if (!IsOwn(slot))
        {
            _book.Changed.Mark(slot);
            return false;
        }
        if (_book.Asking[slot])
        {
            s_asking.CopyTo(_buffer.AsSpan(_owedEnd));
            Owe(-1, CommandKind.Asking, s_asking.Length, 0);
        }
        return true;
    }

    // Another node has the coin's key, or is getting it.
    private bool TryRedirectLocked(in OutstandingCommand command, string error, ReplyVerdict verdict)
    {
        if (_book.Redirect is not { } redirect || verdict is not (ReplyVerdict.Moved or ReplyVerdict.Ask) || !ReplyPolicy.TryNode(error, out RedisNode node))
            return false;
        // Behind the word of a coin that has gone over meanwhile nothing is to be done.
        if (command.Slot < 0 || !IsOwn(command.Slot))
            return command.Slot >= 0;
        if (_book.Redirects[command.Slot] >= RedirectsMax)
            return false;
        _book.Redirects[command.Slot]++;
        if (command.ReceivedAt != 0)
            _samples.Keep(command.ReceivedAt);
        redirect(command.Slot, node.Host.Length == 0 ? node with { Host = _now.Host } : node, verdict == ReplyVerdict.Ask);
        return true;
    }

    // All that had changed stands in the buffer or has been sent.
    private void PassFenceLocked()
    {
        if (_book.Fence is not { } fence)
            return;
        if (_passed == _fenceSeen && fence.Drawn is var drawn && drawn != _fenceSeen)
            (_fenceSeen, _fenceNumber) = (drawn, _window.Newest);
        LookAtFenceLocked();
    }

    private void LookAtFenceLocked()
    {
        if (_passed == _fenceSeen || _window.Answered < _fenceNumber)
            return;
        Volatile.Write(ref _passed, _fenceSeen);
        _book.Fence!.WakeWaiting();
    }
}

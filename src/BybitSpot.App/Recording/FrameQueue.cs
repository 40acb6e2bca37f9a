// Copies of messages on their way from the lines to the thread that records them: one buffer is filled while the other, filled before, is
// written. Any line's thread adds, one thread takes. What must stay true: adding never waits for the disk, allocates nothing and calls
// nobody but, once a half is full, the taker; what does not fit is dropped and counted. Two buffers and not a ring: of either only the
// beginning is used again and again, which stays in the processor's cache; a ring would go through all of its memory.
using System.Runtime.InteropServices;

namespace BybitSpot.App;

/// <summary>What stands before a message's bytes.</summary>
internal struct FrameHead
{
    public int Length;

    public int Line;

    public bool Incoming;

    /// <summary>When it came or went, a time stamp of the time provider's.</summary>
    public long At;
}

internal sealed class FrameQueue
{
    /// <summary>Bytes that may wait while what came before is written: five seconds of 1,000 messages each, four of the longest messages.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    private static readonly int s_headBytes = System.Runtime.CompilerServices.Unsafe.SizeOf<FrameHead>();

    private readonly AutoResetEvent _wake = new(false);
    private byte[] _filling = GC.AllocateUninitializedArray<byte>(BytesMax), _written = GC.AllocateUninitializedArray<byte>(BytesMax);
    private int _used, _occupied;
    private long _dropped;
    private bool _called;
    private volatile bool _closed;

    /// <summary>Messages that did not fit, since the beginning. Any thread.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>As a <see cref="Feed.FrameTap"/>. Any thread.</summary>
    public void Add(int line, bool incoming, long at, ReadOnlySpan<byte> text)
    {
        if (_closed)
            return;
        var head = new FrameHead { Length = text.Length, Line = line, Incoming = incoming, At = at };
        bool call = false;
        Enter();
        Span<byte> room = _filling.AsSpan(_used);
        if (room.Length < s_headBytes + text.Length)
            Volatile.Write(ref _dropped, _dropped + 1);
        else
        {
            MemoryMarshal.Write(room, in head);
            text.CopyTo(room[s_headBytes..]);
            _used += s_headBytes + text.Length;
            call = !_called && _used > BytesMax / 2;
            _called |= call;
        }
        Leave();
        if (call)
            _wake.Set();
    }

    /// <summary>All that came since the last time, until the next. The taker alone.</summary>
    public ReadOnlySpan<byte> TakeAll()
    {
        Enter();
        (_filling, _written) = (_written, _filling);
        int used = _used;
        (_used, _called) = (0, false);
        Leave();
        return _written.AsSpan(0, used);
    }

    /// <summary>Cuts the first message off; false: there is none.</summary>
    public static bool TryCut(ref ReadOnlySpan<byte> messages, out FrameHead head, out ReadOnlySpan<byte> text)
    {
        head = default;
        text = default;
        if (messages.IsEmpty)
            return false;
        head = MemoryMarshal.Read<FrameHead>(messages);
        text = messages.Slice(s_headBytes, head.Length);
        messages = messages[(s_headBytes + head.Length)..];
        return true;
    }

    /// <summary>The taker waits: for a call, or so long.</summary>
    public void Wait(TimeSpan limit) => _wake.WaitOne(limit);

    /// <summary>The taker is to look at once. Any thread.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Nothing is taken in any more, nor counted. Any thread.</summary>
    public void Close() => _closed = true;

    // Held for a copy of some hundred bytes: a lock that can put a thread to sleep would cost more than what it guards.
    private void Enter()
    {
        var spin = new SpinWait();
        while (Interlocked.CompareExchange(ref _occupied, 1, 0) != 0)
            spin.SpinOnce();
    }

    private void Leave() => Volatile.Write(ref _occupied, 0);
}

// One reader's list of the coins that changed since it last looked: a bit for each slot. Any thread marks; one thread at a
// time takes. What must stay true: a mark made after a slot was written is either taken before that slot is read again, or
// still there afterwards, so the newest value is never missed; and a thousand changes of one coin are one mark.
using System.Numerics;

namespace BybitSpot.Latest;

public sealed class DirtySet
{
    private readonly ulong[] _words;
    private readonly Lock _sleepGate = new();
    private readonly AutoResetEvent _wake = new(false);
    private volatile bool _asleep;
    private int _wordsUsed;
    private ulong _taken;
    private int _takenWord;
    private readonly long[] _conflated;

    // Whose each slot is where others take part of them.
    private DirtySet?[]? _routes;

    internal DirtySet(int capacity)
    {
        _words = new ulong[(capacity + 63) / 64];
        _conflated = new long[_words.Length * 64];
    }

    /// <summary>Changes that were followed by another before this reader looked, so that it never saw them.</summary>
    public long Conflated
    {
        get
        {
            long total = 0;
            foreach (ref long count in _conflated.AsSpan(0, Volatile.Read(ref _wordsUsed) * 64))
                total += Volatile.Read(ref count);
            return total;
        }
    }

    /// <summary>Divides this reader: what is marked of a slot goes to the part that stands there, and where none does stays here.</summary>
    /// <param name="routes">A part or null for each slot, which whoever divides may change at any time.</param>
    public void Divide(DirtySet?[] routes) => Volatile.Write(ref _routes, routes);

    /// <summary>A part, to which nothing leads yet.</summary>
    public DirtySet CreatePart() => new(_conflated.Length);

    /// <summary>Whether anything is left to take.</summary>
    public bool Any => Volatile.Read(ref _taken) != 0 || _words.AsSpan(0, Volatile.Read(ref _wordsUsed)).ContainsAnyExcept(0UL);

    /// <summary>Marks a slot as changed.</summary>
    /// <returns>False if it was marked already: what it held has never been looked at.</returns>
    public bool Mark(int slot)
    {
        if (PartOf(slot) is { } part)
            return part.Mark(slot);
        int word = slot >> 6;
        if (word >= Volatile.Read(ref _wordsUsed))
            Grow(word + 1);
        // The read-modify-write is also the full fence that orders it after the write of the slot and before the look at _asleep.
        bool isNew = (Interlocked.Or(ref _words[word], 1UL << slot) & (1UL << slot)) == 0;
        if (_asleep)
            _wake.Set();
        return isNew;
    }

    /// <summary>
    /// Marks a slot that is being changed. By its writer alone, between the full fence with which it made the slot's version odd
    /// and the write that makes it even: whoever takes the mark then waits for the change.
    /// </summary>
    public void MarkChange(int slot)
    {
        if (PartOf(slot) is { } part)
        {
            part.MarkChange(slot);
            return;
        }
        // In a flood nearly every change finds the mark of the one before, not taken yet: a look is cheaper than a locked write.
        int word = slot >> 6;
        if ((Volatile.Read(ref _words[word]) & (1UL << slot)) != 0 || !Mark(slot))
            _conflated[slot]++;
    }

    /// <summary>Takes one marked slot, going round all slots in turn, so that none waits for ever; false when there is none.</summary>
    public bool TryTake(out int slot)
    {
        if (_taken == 0 && !TakeWord())
        {
            slot = -1;
            return false;
        }
        slot = (_takenWord << 6) + BitOperations.TrailingZeroCount(_taken);
        Volatile.Write(ref _taken, _taken & (_taken - 1));
        return true;
    }

    /// <summary>Waits until something is marked, or until <see cref="Wake"/>, or the limit.</summary>
    public void Wait(TimeSpan limit)
    {
        lock (_sleepGate)
        {
            _asleep = true;
            Interlocked.MemoryBarrier();
            if (!Any)
                _wake.WaitOne(limit);
            _asleep = false;
        }
    }

    /// <summary>Ends a <see cref="Wait"/>.</summary>
    public void Wake() => _wake.Set();

    private DirtySet? PartOf(int slot) => _routes is { } routes ? Volatile.Read(ref routes[slot]) : null;

    private bool TakeWord()
    {
        int used = Volatile.Read(ref _wordsUsed);
        for (int i = 1; i <= used; i++)
        {
            int word = (_takenWord + i) % used;
            if (Volatile.Read(ref _words[word]) == 0)
                continue;
            _takenWord = word;
            Volatile.Write(ref _taken, Interlocked.Exchange(ref _words[word], 0));
            return true;
        }
        return false;
    }

    private void Grow(int wordsUsed)
    {
        int seen = Volatile.Read(ref _wordsUsed);
        while (seen < wordsUsed)
            seen = Interlocked.CompareExchange(ref _wordsUsed, wordsUsed, seen);
    }
}

// Every long-lived thread that never waits long says here that it takes turns: it counts them itself. What must stay true: only
// the thread itself counts; whatever it waits for, it waits in slices and counts between them, so that a count that stands still
// is a thread that hangs; counting is a plain write, without a lock, since lines count before each receive. Not counted here are
// threads that may wait for long by right: for a terminal that nobody reads, a disk, REST, a name.
namespace BybitSpot.Signals;

/// <summary>One thread's count of its turns. The thread itself takes them; any thread reads.</summary>
public sealed class Turn(string thread)
{
    private long _taken;

    public string Thread => thread;

    public long Taken => Volatile.Read(ref _taken);

    public void Take() => Volatile.Write(ref _taken, _taken + 1);
}

/// <summary>The counts of all threads that are to be judged by them. Any thread.</summary>
public sealed class Turns
{
    /// <summary>Longest wait without a turn.</summary>
    public static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private volatile Turn[] _threads = [];

    public IReadOnlyList<Turn> Threads => _threads;

    /// <summary>From now on the thread is expected to take turns.</summary>
    public Turn Begin(string thread) => Begin(new Turn(thread));

    /// <summary>The same, with a count that was there before.</summary>
    public Turn Begin(Turn turn)
    {
        lock (_gate)
            _threads = [.. _threads, turn];
        return turn;
    }

    /// <summary>The thread ends as it should.</summary>
    public void End(Turn turn)
    {
        lock (_gate)
            _threads = [.. _threads.Where(t => t != turn)];
    }
}

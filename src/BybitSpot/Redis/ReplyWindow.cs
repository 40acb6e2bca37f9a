// The commands that Redis has not answered yet, oldest first, for it answers in the order of asking. Numbered since the start of
// the program, so that somebody can wait for the answer to one of them. Under the sink's lock; nothing is allocated.
namespace BybitSpot.Redis;

/// <summary>A command whose reply is outstanding.</summary>
/// <param name="Slot">The coin's; -1 if it is about no coin.</param>
/// <param name="ReceivedAt">When its price was received, if it is a sample; else 0.</param>
internal readonly record struct OutstandingCommand(int Slot, CommandKind Kind, long ReceivedAt);

internal sealed class ReplyWindow
{
    /// <summary>Most replies outstanding: a stopped server would else take 20,000 stale writes into the kernel's buffers.</summary>
    /// <remarks>One less than there is room for: a command may need a word before it.</remarks>
    public const int Max = 2_047;

    private const int Room = 2_048;

    private readonly OutstandingCommand[] _ring = new OutstandingCommand[Room];
    private int _start;

    public int Count { get; private set; }

    public bool IsFull => Count >= Max;

    /// <summary>How many of them ask for a time.</summary>
    public int TimesAwaited { get; private set; }

    /// <summary>The number of the newest command, the first being 1.</summary>
    public long Newest { get; private set; }

    /// <summary>The number of the newest command that needs no reply any more.</summary>
    public long Answered => Newest - Count;

    /// <summary>From 0, the oldest.</summary>
    public OutstandingCommand this[int index] => _ring[(_start + index) & (Room - 1)];

    public void Add(int slot, CommandKind kind, long receivedAt)
    {
        _ring[(_start + Count) & (Room - 1)] = new OutstandingCommand(slot, kind, receivedAt);
        Count++;
        Newest++;
        TimesAwaited += kind == CommandKind.AskTime ? 1 : 0;
    }

    /// <summary>The oldest has been answered.</summary>
    public OutstandingCommand Take()
    {
        OutstandingCommand oldest = _ring[_start];
        _start = (_start + 1) & (Room - 1);
        Count--;
        TimesAwaited -= oldest.Kind == CommandKind.AskTime ? 1 : 0;
        return oldest;
    }

    /// <summary>No reply will come: the connection is gone.</summary>
    public void Clear() => Count = TimesAwaited = 0;
}

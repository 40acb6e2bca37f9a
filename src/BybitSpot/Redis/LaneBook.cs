// What the lanes of one sink share: of each coin what is known of it, and whose it is; and what a lane calls when another has to act.
// The arrays hold one value a slot, each read and written whole.
using BybitSpot.Latest;

namespace BybitSpot.Redis;

/// <param name="changed">The changed coins of all lanes.</param>
/// <param name="rewriteEveryS">Every coin is written at least this often, unchanged: that heals a FLUSHDB, an eviction, a stranger's DEL.</param>
internal sealed class LaneBook(SlotWriter writer, DirtySet changed, int rewriteEveryS)
{
    private int _firstPrice;

    public SlotWriter Writer => writer;

    public DirtySet Changed => changed;

    public int RewriteEveryS => rewriteEveryS;

    /// <summary>Redis is known to hold something else than the coin's price: it refused it, or kept an older one before a seed.</summary>
    public bool[] Missing { get; } = new bool[LatestTable.SlotsMax];

    /// <summary>The coin's price is not to be believed now.</summary>
    public bool[] Stale { get; } = new bool[LatestTable.SlotsMax];

    /// <summary>The minute's rewrite, or what is new beside the price, passed the coin by while it was stale.</summary>
    public bool[] PassedBy { get; } = new bool[LatestTable.SlotsMax];

    /// <summary>The part of <see cref="Changed"/> whose lane the coin is, with several; null: there is one lane.</summary>
    public DirtySet?[]? Routes { get; init; }

    /// <summary>The coin's key is on its way to the node of its lane, which takes it only if asked to.</summary>
    public bool[] Asking { get; init; } = [];

    /// <summary>How often the coin was sent elsewhere since it was taken last.</summary>
    public byte[] Redirects { get; init; } = [];

    /// <summary>Another node has, or is getting, the coin's key. On the thread that reaps; must not wait.</summary>
    public Action<int, RedisNode, bool>? Redirect { get; init; }

    /// <summary>A lane is in trouble, or not any more. Must not wait.</summary>
    public Action? InTrouble { get; init; }

    /// <summary>Keeps what is said of the prices behind them; null: one connection does.</summary>
    public Fence? Fence { get; init; }

    /// <summary>What changed of a stale coin was not written; with details it is, once the coin is stale no more.</summary>
    public void PassBy(int slot)
    {
        if (!writer.HasDetails)
            return;
        Volatile.Write(ref PassedBy[slot], true);
        Interlocked.MemoryBarrier();
        // It may have become so just now.
        if (!Volatile.Read(ref Stale[slot]))
            changed.Mark(slot);
    }

    /// <summary>True once, for whoever has the first price of all confirmed.</summary>
    public bool TakeFirst() => Volatile.Read(ref _firstPrice) == 0 && Interlocked.Exchange(ref _firstPrice, 1) == 0;
}

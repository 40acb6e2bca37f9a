// What one line has heard of each coin on its present connection, as time stamps. Written by the line's thread with each
// message, read by whoever judges how fresh a coin is. What must stay true: it is empty again with each new connection; and a
// coin counts as heard only after its price stands in the latest table.
using BybitSpot.Latest;

namespace BybitSpot.Feed;

internal sealed class LastHeard
{
    private readonly long[] _heardAt = new long[LatestTable.SlotsMax];
    private readonly long[] _delayedAt = new long[LatestTable.SlotsMax];
    private readonly long[] _ackedAt = new long[LatestTable.SlotsMax];
    private readonly long[] _unusableAt = new long[LatestTable.SlotsMax];
    private readonly long[] _newestMs = new long[LatestTable.SlotsMax];
    private readonly bool[] _showsPrice = new bool[LatestTable.SlotsMax];

    // Made with the first message of an order book, which few runs subscribe.
    private volatile Books? _books;

    private sealed class Books
    {
        public readonly long[] HeardAt = new long[LatestTable.SlotsMax], Update = new long[LatestTable.SlotsMax];
        public volatile bool Repeat;
    }

    /// <summary>When the coin's newest message came, or was confirmed by an equal one; 0 if there was none.</summary>
    public long HeardAt(int slot) => Volatile.Read(ref _heardAt[slot]);

    /// <summary>When a message of the coin came that was older than may be; 0 if there was none.</summary>
    public long DelayedAt(int slot) => Volatile.Read(ref _delayedAt[slot]);

    /// <summary>When a message of the coin came that could not be used; 0 if none has.</summary>
    public long UnusableAt(int slot) => Volatile.Read(ref _unusableAt[slot]);

    /// <summary>Whether the last that came of the coin's price could not be used.</summary>
    public bool IsUnusable(int slot) => _unusableAt[slot] > _heardAt[slot];

    /// <summary>
    /// Whether the coin's tickers have shown a price, and none since that could not be used: then one without a price says that it is
    /// what it was. For the line's thread alone.
    /// </summary>
    public bool ShowsPrice(int slot) => _showsPrice[slot];

    /// <summary>When the coin's order book came last, or came again unchanged; 0 if none has, or if no book was ever seen to repeat on this connection.</summary>
    public long BookAt(int slot) => _books is { Repeat: true } books ? Volatile.Read(ref books.HeardAt[slot]) : 0;

    /// <param name="update">The book's <c>u</c>: the same as before where it is repeated, though nothing has changed; below 0 where it has none.</param>
    public void BookHeard(int slot, long update, long at)
    {
        Books books = _books ??= new Books();
        if (!books.Repeat && update >= 0 && update == books.Update[slot] && books.HeardAt[slot] != 0)
            books.Repeat = true;
        books.Update[slot] = update;
        Volatile.Write(ref books.HeardAt[slot], at);
    }

    /// <summary>When the first of the coin's topics was granted; 0 if none was.</summary>
    public long AckedAt(int slot) => Volatile.Read(ref _ackedAt[slot]);

    /// <summary>Takes a message's time.</summary>
    /// <returns>Whether the message is one after the coin's first on this connection, and brings something newer.</returns>
    public bool Advances(int slot, long timeMs)
    {
        long before = _newestMs[slot];
        if (timeMs > before)
            _newestMs[slot] = timeMs;
        return before != 0 && timeMs > before;
    }

    public void Heard(int slot, long at) => Volatile.Write(ref _heardAt[slot], at);

    public void Delayed(int slot, long at) => Volatile.Write(ref _delayedAt[slot], at);

    public void Unusable(int slot, long at) => Volatile.Write(ref _unusableAt[slot], at);

    public void Shows(int slot, bool price) => _showsPrice[slot] = price;

    public void Acked(int slot, long at) => Volatile.Write(ref _ackedAt[slot], at);

    /// <summary>A coin is carried anew or no longer.</summary>
    public void Forget(int slot)
    {
        _newestMs[slot] = 0;
        _showsPrice[slot] = false;
        Heard(slot, 0);
        Delayed(slot, 0);
        Unusable(slot, 0);
        Acked(slot, 0);
        if (_books is { } books)
            Volatile.Write(ref books.HeardAt[slot], 0);
    }

    public void Clear()
    {
        Array.Clear(_heardAt);
        Array.Clear(_delayedAt);
        Array.Clear(_unusableAt);
        Array.Clear(_ackedAt);
        Array.Clear(_newestMs);
        Array.Clear(_showsPrice);
        _books = null;
    }
}

using System.Globalization;

namespace BybitSpot.Simulator;

/// <summary>One side's best price and its size; a null price: nobody is on that side.</summary>
internal readonly record struct BookSide(string? Price, string? Size);

// The best bid and ask of one symbol, and where its topic orderbook.1 stands. They follow the newest trade: the ask is one step above it,
// the bid at it or one step below, so they never cross; or they are what a test has set, until the next trade. A move changes numbers
// alone, texts are made when somebody listens. Used under the exchange's gate.
internal sealed class TopOfBook(string symbol, TickSize step, long firstUpdate)
{
    private (BookSide Bid, BookSide Ask)? _given;
    private long _ticks;

    public string Topic { get; } = Simulator.Topic.BestBook + symbol;

    /// <summary>u: one more with each change.</summary>
    public long Update { get; private set; } = firstUpdate;

    /// <summary>The symbol's sequence when it changed: comparable with trades'.</summary>
    public long Seq { get; private set; }

    /// <summary>cts.</summary>
    public long ChangedAtMs { get; private set; }

    public TimeSpan? LastSentAt { get; set; }

    /// <summary>A change waits on the agenda for its pace.</summary>
    public bool Waits { get; set; }

    /// <summary>The agenda looks whether it is time to repeat: as long as somebody is subscribed.</summary>
    public bool Repeats { get; set; }

    /// <summary>When the same is sent again if nothing changes.</summary>
    public TimeSpan RepeatAt { get; set; }

    public BookSide Bid => _given?.Bid ?? Derived(_ticks - Update % 2, Update * 37);

    public BookSide Ask => _given?.Ask ?? Derived(_ticks + 1, Update * 61);

    /// <summary>A trade at this price. False when the price is no number of steps: the book stays.</summary>
    public bool Follow(string price, long seq, long atMs)
    {
        if (!step.TryTicks(price, out var ticks) || ticks is < 1 or > long.MaxValue / 4) return false;
        (_given, _ticks) = (null, ticks);
        Changed(seq, atMs);
        return true;
    }

    public void Set(BookSide bid, BookSide ask, long seq, long atMs)
    {
        _given = (bid, ask);
        Changed(seq, atMs);
    }

    /// <summary>As after a restart of the exchange: the next change is the first.</summary>
    public void Restart() => Update = 0;

    private void Changed(long seq, long atMs) => (Update, Seq, ChangedAtMs) = (Update + 1, seq, atMs);

    private BookSide Derived(long ticks, long variety) => _ticks == 0 ? default
        : new BookSide(step.Format(Math.Max(1, ticks)), string.Create(CultureInfo.InvariantCulture, $"0.{100 + variety % 900}"));
}

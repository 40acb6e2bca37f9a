// Where the messages of all lines meet: a coin's order is judged and its price published under one lock of that coin's own,
// so that redundant lines never publish past each other. With one line a coin nobody ever waits here.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed class Arbitration(LatestTable table)
{
    private sealed class Seat
    {
        private int _occupied;
        public ArbiterState State;

        /// <summary>The coin has no price now, though its order may be known from before: an equal message is welcome.</summary>
        public bool IsEmpty = true;

        // Held for some 50 ns: a lock that can put a thread to sleep would cost more than what it guards.
        public void Enter()
        {
            var spin = new SpinWait();
            while (Interlocked.CompareExchange(ref _occupied, 1, 0) != 0)
                spin.SpinOnce();
        }

        public void Leave() => Volatile.Write(ref _occupied, 0);
    }

    private readonly Seat?[] _seats = new Seat?[LatestTable.SlotsMax];

    /// <summary>
    /// A coin is watched from now on. Before its first message. Of one that was watched before the order is kept: what is older
    /// than its last price is late, whatever was removed meanwhile.
    /// </summary>
    public void Begin(int slot)
    {
        if (_seats[slot] is not { } seat)
        {
            Volatile.Write(ref _seats[slot], new Seat());
            return;
        }
        seat.Enter();
        seat.IsEmpty = true;
        seat.Leave();
    }

    /// <summary>Judges a message and publishes it if it is the newest.</summary>
    /// <param name="receivedAt">A time stamp of the time provider's.</param>
    public Order Publish(int slot, in Stamp stamp, ReadOnlySpan<byte> price, long receivedAt)
    {
        Seat seat = Volatile.Read(ref _seats[slot])!;
        seat.Enter();
        try
        {
            Order order = Arbiter.Judge(ref seat.State, stamp);
            if (order == Order.Duplicate && seat.IsEmpty)
                order = Order.Newest;
            if (order != Order.Newest)
                return order;
            seat.IsEmpty = false;
            table.Set(slot, new Tick { Price = Price.FromValid(price), TimeMs = stamp.TimeMs, Sequence = stamp.Sequence, ReceivedAt = receivedAt });
            return order;
        }
        finally
        {
            seat.Leave();
        }
    }
}

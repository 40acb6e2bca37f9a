// Where the messages of all lines meet: a coin's order is judged and its price published under one lock of that coin's own,
// so that redundant lines never publish past each other. With one line a coin nobody ever waits here, but for the moment in
// which REST's answer is taken.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What REST's price does to a coin.</summary>
internal enum RestWord : byte
{
    Nothing,

    /// <summary>It is the price of something withheld; when REST says so again, it is believed.</summary>
    Noted,

    /// <summary>The coin's sequence has started anew: what was withheld stands now.</summary>
    Believed,
}

/// <summary>A coin's price as REST shows it.</summary>
/// <param name="AskedAt">When REST was asked, monotonic.</param>
/// <param name="ExchangeMs">The exchange's time of the answer; 0 if unknown.</param>
/// <param name="Stood">Whether the price stood here not long ago, so that REST may merely be late.</param>
internal readonly record struct RestPrice(Price Price, TimeSpan AskedAt, long ExchangeMs, Stood Stood);

internal sealed class Arbitration(LatestTable table)
{
    private sealed class Seat
    {
        private int _occupied;
        public ArbiterState State;

        /// <summary>What stands, as far as it was confirmed.</summary>
        public Stamp Stands => Arbiter.Confirmed(State, State.Newest);

        /// <summary>The coin has no price now, though its order may be known from before: an equal message is welcome.</summary>
        public bool IsEmpty = true;

        /// <summary>What its sequence alone keeps back; made when it is first needed.</summary>
        public Withheld? Withheld;

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

    /// <summary>Judges a message and publishes it if it is the newest, or what it shows to be newer still.</summary>
    /// <param name="receivedAt">A time stamp of the time provider's.</param>
    /// <param name="frame">The message as it came.</param>
    public Order Publish(int slot, in Stamp stamp, ReadOnlySpan<byte> price, long receivedAt, ReadOnlySpan<byte> frame = default)
    {
        Seat seat = Volatile.Read(ref _seats[slot])!;
        seat.Enter();
        try
        {
            Order order = Arbiter.Judge(ref seat.State, stamp, price);
            // Two lines' messages may be split in different places.
            if (order == Order.Held && TickDecoder.HoldsTrade(frame, seat.State.Newest.IdMark))
                order = Moment.GoesOn(ref seat.State, stamp);
            if (order == Order.Newest && seat.State.Moment is { } moment && seat.State.Newest != stamp)
            {
                Set(slot, seat, moment.Price, seat.State.Newest, receivedAt);
                return order;
            }
            if (seat.IsEmpty && order is Order.Duplicate or Order.Held)
                order = Order.Newest;
            if (order == Order.Newest)
                Set(slot, seat, Price.FromValid(price), stamp, receivedAt);
            else if (order is Order.Late or Order.ResetSuspected)
                Withhold(seat, stamp, price);
            return order;
        }
        finally
        {
            seat.Leave();
        }
    }

    /// <summary>A ticker without a price confirms what stands, which is published with its time then. The rule stands at the head of Arbiter.cs.</summary>
    /// <param name="sequence">The ticker's <c>cs</c>.</param>
    /// <param name="traded">Whether something was traded: else only whether it is about what stands is answered.</param>
    public Order Confirm(int slot, long sequence, long timeMs, bool traded, long receivedAt)
    {
        Seat seat = Volatile.Read(ref _seats[slot])!;
        seat.Enter();
        try
        {
            if (seat.IsEmpty)
                return Order.Late;
            Order order = Arbiter.Confirm(ref seat.State, sequence, timeMs, traded);
            if (order == Order.Newest)
            {
                table.Read(slot, out Tick stands);
                Set(slot, seat, stands.Price, seat.State.Newest, receivedAt);
            }
            return order;
        }
        finally
        {
            seat.Leave();
        }
    }

    /// <summary>Whether messages have gone on, for long, that nothing but their sequence keeps from being the coin's newest. Any thread.</summary>
    public bool IsInDoubt(int slot)
    {
        // Of most coins nothing was ever withheld.
        if (Volatile.Read(ref _seats[slot]) is not { Withheld: not null } seat)
            return false;
        seat.Enter();
        try
        {
            return !seat.IsEmpty && seat.Withheld.IsDoubt(seat.Stands);
        }
        finally
        {
            seat.Leave();
        }
    }

    /// <summary>REST shows this price of a coin, by which what was withheld may be believed. The rule stands at the head of Arbiter.cs.</summary>
    public RestWord ConfirmByRest(int slot, in RestPrice shown)
    {
        if (Volatile.Read(ref _seats[slot]) is not { } seat)
            return RestWord.Nothing;
        seat.Enter();
        try
        {
            return seat.IsEmpty ? RestWord.Nothing : Confirm(slot, seat, shown);
        }
        finally
        {
            seat.Leave();
        }
    }

    private RestWord Confirm(int slot, Seat seat, in RestPrice shown)
    {
        if (Withheld.IsAhead(seat.Stands, shown.ExchangeMs))
            (seat.Withheld ??= new Withheld()).TakeFrom(shown.ExchangeMs);
        if (seat.Withheld is not { IsEmpty: false } withheld)
            return RestWord.Nothing;
        table.Read(slot, out Tick stands);
        if (Price.SameNumber(stands.Price, shown.Price) || !withheld.Holds(shown.Price))
        {
            withheld.Disagreed();
            return RestWord.Nothing;
        }
        bool isSuspected = seat.State.Ticker.Suspects || seat.State.Trade.Suspects;
        bool isEnough = withheld.Agreed(shown.AskedAt) && (shown.Stood != Stood.Yes || withheld.Last.TimeMs >= withheld.AfterMs(seat.Stands) + Arbiter.ResetAfterMs);
        if (!isSuspected && !isEnough)
            return RestWord.Noted;
        (Stamp last, Price price) = (withheld.Last, withheld.LastPrice);
        Arbiter.StartAnew(ref seat.State, last, withheld.FirstMs);
        // Received long ago: its way into Redis is no measure of ours.
        Set(slot, seat, price, last, receivedAt: 0);
        return RestWord.Believed;
    }

    private void Set(int slot, Seat seat, in Price price, in Stamp stamp, long receivedAt)
    {
        seat.IsEmpty = false;
        seat.Withheld?.Clear();
        (long timeMs, long sequence) = (stamp.TimeMs, stamp.Sequence);
        if (seat.State.ConfirmedMs != 0)
        {
            Stamp confirmed = Arbiter.Confirmed(seat.State, stamp);
            (timeMs, sequence) = (confirmed.TimeMs, confirmed.Sequence);
        }
        table.Set(slot, new Tick { Price = price, TimeMs = timeMs, Sequence = sequence, ReceivedAt = receivedAt, Source = stamp.Channel });
    }

    private static void Withhold(Seat seat, in Stamp stamp, ReadOnlySpan<byte> price)
    {
        if (stamp.Sequence != Tick.NoSequence && stamp.TimeMs > (seat.Withheld?.AfterMs(seat.Stands) ?? seat.Stands.TimeMs))
            (seat.Withheld ??= new Withheld()).Add(stamp, price);
    }
}

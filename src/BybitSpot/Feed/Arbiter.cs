// Which message is newer. Pure: state in, verdict out; no clock, no lock. One state for each coin, shared by all lines that
// carry it.
//
// The exchange's rule: a trade's seq and a ticker's cs count the same trades, so the larger is newer. With equal sequence the
// larger time is newer (a ticker repeats its cs while time goes on). What is equal in both is of one moment, in which trade ids
// and what each line has shown decide: see Moment.cs. A message without a sequence (-1) is older than every one with.
//
// On linear and inverse a ticker's cs counts events of the book as well, so it is mostly ahead of the last trade's seq; its price is
// still that of the newest trade whose seq is not above cs. A delta that leaves the price out, though something was traded, says
// this and no more: at this cs and time the last price is that of the newest message with no larger sequence. So it brings no
// price of its own (what its line showed before may be older than a trade that has come since); it confirms what stands, unless
// that has a larger sequence. What was confirmed keeps its own sequence in the order: a trade that comes late, with one between,
// is newer, and since it is the newest up to that cs, it has the confirmed time. A line confirms only after it has shown a price
// by a usable ticker on its present connection: what went on before, nobody there can know.
//
// A restart of the exchange may set the sequence back. A lower sequence is believed only within one kind of topic (ticker
// after ticker, trade after trade: a ticker whose cs is below a trade's merely lags, however late its ts), only 5 s or more
// later by exchange time, and only when a second, newer message of that kind confirms it. What is left over from before such
// a reset is late for good: by its time, or, in the other kind of topic, by going on with the old sequence.
//
// REST heals what no second message would, a quiet coin's reset or an absurd sequence that was believed. A message that is later
// by exchange time than what stands, and that its sequence alone keeps back, is withheld (Withheld.cs). If REST shows a price
// that is withheld, and not the one that stands, the sequence has started anew with what is withheld: at REST's first word where
// a reset is suspected already, by the rule above; else, since a lagging ticker may agree with an old answer by chance, at its
// second, 2 s later or more, if no newer message has come between and REST has not agreed with what stands; and where its price
// stood here not long ago, so that REST may merely be late, only if what is withheld has gone on for 5 s of exchange time. Where
// what stands is of a time that the exchange's own clock has yet to reach, what is later than that clock is withheld as well.
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What to do with a message.</summary>
internal enum Order : byte
{
    /// <summary>The newest: publish it, or what it shows to be newer still (<see cref="ArbiterState.Newest"/>).</summary>
    Newest,

    /// <summary>Older than what stands: never write it.</summary>
    Late,

    /// <summary>What stands, again, from another line; or what stood before, in the same moment.</summary>
    Duplicate,

    /// <summary>Of the very moment of what stands, from a line that has not shown what stands: nothing says that it is newer.</summary>
    Held,

    /// <summary>Its sequence went back in a way that may be a reset; nothing is published until a second message or REST confirms it.</summary>
    ResetSuspected,
}

internal struct ArbiterState
{
    /// <summary>What set the present value.</summary>
    public Stamp Newest;

    public bool HasNewest;

    /// <summary>A bit for each line that has shown <see cref="Newest"/>: what else it brings of that moment is newer.</summary>
    public ulong ShownBy;

    /// <summary>The number of the trade that stands, or that the ticker that stands followed; 0 if unknown.</summary>
    public ulong TradeId;

    /// <summary>Up to which sequence, and until when, tickers without a price have confirmed what stands; 0 and 0 if none has.</summary>
    public long ConfirmedSequence, ConfirmedMs;

    /// <summary>Messages of before this exchange time are left over from before a reset.</summary>
    public long EpochMs;

    public ChannelState Ticker;
    public ChannelState Trade;

    /// <summary>Made when it is first needed, which few coins ever do.</summary>
    public Moment? Moment;
}

/// <summary>The newest of one kind of topic, and a reset that one message of that kind suggests.</summary>
internal struct ChannelState
{
    public bool Has, Suspects;

    /// <summary>The other kind was reset, this one not yet: <see cref="Sequence"/> and above belong to the past.</summary>
    public bool BeforeReset;

    public long Sequence, TimeMs;
    public long SuspectSequence, SuspectTimeMs;
}

internal static class Arbiter
{
    /// <summary>How much later, by exchange time, a lower sequence must be to be taken for a reset.</summary>
    public const long ResetAfterMs = 5_000;

    /// <summary>Judges a message and, if it is the newest, makes it what stands.</summary>
    /// <param name="price">Kept with a message that is held.</param>
    public static Order Judge(ref ArbiterState state, in Stamp message, ReadOnlySpan<byte> price = default)
    {
        if (message.TimeMs < state.EpochMs)
            return Order.Late;
        bool isTicker = message.Channel == Channel.Ticker;
        ref ChannelState channel = ref isTicker ? ref state.Ticker : ref state.Trade;
        ref ChannelState other = ref isTicker ? ref state.Trade : ref state.Ticker;
        if (message.Sequence == Tick.NoSequence)
            return Settle(ref state, message, price);
        if (channel.BeforeReset)
        {
            if (message.Sequence >= channel.Sequence)
                return Order.Late;
            channel = default;
        }
        other.BeforeReset &= message.Sequence < other.Sequence;
        if (channel.Has && message.Sequence < channel.Sequence)
            return JudgeReset(ref state, ref channel, message);
        channel.Suspects = false;
        if (!channel.Has || message.Sequence > channel.Sequence || message.TimeMs > channel.TimeMs)
            (channel.Has, channel.Sequence, channel.TimeMs) = (true, message.Sequence, message.TimeMs);
        return Settle(ref state, message, price);
    }

    /// <summary>A ticker without a price tells that at its sequence and time the newest message up to there was still the last.</summary>
    /// <param name="traded">Whether something was traded: else it is about what stands, but does not move its time.</param>
    /// <returns>Newest: what stands is confirmed, to be published again. Duplicate: as it was. Late: it is not about what stands.</returns>
    public static Order Confirm(ref ArbiterState state, long sequence, long timeMs, bool traded)
    {
        if (!state.HasNewest || timeMs < state.EpochMs)
            return Order.Late;
        if (sequence == Tick.NoSequence)
            return traded ? Order.Late : Order.Duplicate;
        if (sequence < state.Newest.Sequence || (state.Ticker.BeforeReset && sequence >= state.Ticker.Sequence))
            return Order.Late;
        if (!traded)
            return Order.Duplicate;
        Stamp stands = Confirmed(state, state.Newest);
        if (sequence < stands.Sequence || timeMs <= stands.TimeMs)
            return Order.Duplicate;
        (state.ConfirmedSequence, state.ConfirmedMs) = (sequence, timeMs);
        return Order.Newest;
    }

    /// <summary>The message with the sequence and the time up to which it was confirmed.</summary>
    public static Stamp Confirmed(in ArbiterState state, in Stamp message) =>
        state.ConfirmedMs == 0 || message.Sequence > state.ConfirmedSequence
            ? message
            : message with { Sequence = state.ConfirmedSequence, TimeMs = Math.Max(message.TimeMs, state.ConfirmedMs) };

    /// <summary>The sequence has started anew with this message, which stands from now on.</summary>
    /// <param name="epochMs">When it started, as far as is known: what is older is left over from before.</param>
    public static void StartAnew(ref ArbiterState state, in Stamp message, long epochMs)
    {
        bool isTicker = message.Channel == Channel.Ticker;
        ref ChannelState channel = ref isTicker ? ref state.Ticker : ref state.Trade;
        ref ChannelState other = ref isTicker ? ref state.Trade : ref state.Ticker;
        other.BeforeReset = other.Has && other.Sequence > message.Sequence;
        other.Suspects = false;
        state.EpochMs = epochMs;
        (state.ConfirmedSequence, state.ConfirmedMs) = (0, 0);
        channel = new ChannelState { Has = true, Sequence = message.Sequence, TimeMs = message.TimeMs };
        Stand(ref state, message, message.TradeId);
    }

    private static Order JudgeReset(ref ArbiterState state, ref ChannelState channel, in Stamp message)
    {
        if (message.TimeMs < channel.TimeMs + ResetAfterMs)
            return Order.Late;
        bool confirms = channel.Suspects
            && (message.Sequence, message.TimeMs).CompareTo((channel.SuspectSequence, channel.SuspectTimeMs)) > 0
            && message.TimeMs >= channel.SuspectTimeMs;
        if (!confirms)
        {
            // The oldest suspicion is kept while what follows does not contradict it.
            if (!channel.Suspects || message.Sequence < channel.SuspectSequence)
                (channel.Suspects, channel.SuspectSequence, channel.SuspectTimeMs) = (true, message.Sequence, message.TimeMs);
            return Order.ResetSuspected;
        }
        StartAnew(ref state, message, channel.SuspectTimeMs);
        return Order.Newest;
    }

    private static Order Settle(ref ArbiterState state, in Stamp message, ReadOnlySpan<byte> price)
    {
        if (state.HasNewest)
        {
            int order = message.Sequence.CompareTo(state.Newest.Sequence);
            if (order == 0)
                order = message.TimeMs.CompareTo(state.Newest.TimeMs);
            if (order < 0)
                return Order.Late;
            if (order == 0)
                return Moment.Judge(ref state, message, price);
        }
        Stand(ref state, message, message.TradeId);
        return Order.Newest;
    }

    /// <summary>Makes a message what stands.</summary>
    internal static void Stand(ref ArbiterState state, in Stamp message, ulong tradeId)
    {
        state.Newest = message;
        state.HasNewest = true;
        state.ShownBy = Moment.BitOf(message.Line);
        state.TradeId = tradeId;
    }
}

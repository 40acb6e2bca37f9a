// Which message is newer. Pure: state in, verdict out; no clock, no lock. One state for each coin, shared by all lines that
// carry it.
//
// The exchange's rule: a trade's seq and a ticker's cs count the same trades, so the larger is newer. With equal sequence the
// larger time is newer (a ticker repeats its cs while time goes on), then the larger trade id (trades that share one seq).
// What is equal in all is taken only from the line that set the present value; from another it is the same message again.
// A message without a sequence (-1) is older than every one with.
//
// A restart of the exchange may set the sequence back. A lower sequence is believed only within one kind of topic (ticker
// after ticker, trade after trade: a ticker whose cs is below a trade's merely lags, however late its ts), only 5 s or more
// later by exchange time, and only when a second, newer message of that kind confirms it. What is left over from before such
// a reset is late for good: by its time, or, in the other kind of topic, by going on with the old sequence.
using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What to do with a message.</summary>
internal enum Order : byte
{
    /// <summary>The newest: publish it.</summary>
    Newest,

    /// <summary>Older than what stands: never write it.</summary>
    Late,

    /// <summary>What stands, again, from another line.</summary>
    Duplicate,

    /// <summary>Its sequence went back in a way that may be a reset; nothing is published until a second message confirms it.</summary>
    ResetSuspected,
}

/// <summary>What the order of two messages depends on.</summary>
internal readonly record struct Stamp(Channel Channel, int Line, long Sequence, long TimeMs, ulong TradeId = 0);

internal struct ArbiterState
{
    /// <summary>What set the present value.</summary>
    public Stamp Newest;

    public bool HasNewest;

    /// <summary>Messages of before this exchange time are left over from before a reset.</summary>
    public long EpochMs;

    public ChannelState Ticker;
    public ChannelState Trade;
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
    public static Order Judge(ref ArbiterState state, in Stamp message)
    {
        if (message.TimeMs < state.EpochMs)
            return Order.Late;
        bool isTicker = message.Channel == Channel.Ticker;
        ref ChannelState channel = ref isTicker ? ref state.Ticker : ref state.Trade;
        ref ChannelState other = ref isTicker ? ref state.Trade : ref state.Ticker;
        if (message.Sequence == Tick.NoSequence)
            return Settle(ref state, message);
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
        return Settle(ref state, message);
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
        ref ChannelState other = ref message.Channel == Channel.Ticker ? ref state.Trade : ref state.Ticker;
        other.BeforeReset = other.Has && other.Sequence > message.Sequence;
        other.Suspects = false;
        state.EpochMs = channel.SuspectTimeMs;
        state.HasNewest = false;
        channel = new ChannelState { Has = true, Sequence = message.Sequence, TimeMs = message.TimeMs };
        return Settle(ref state, message);
    }

    private static Order Settle(ref ArbiterState state, in Stamp message)
    {
        if (state.HasNewest)
        {
            int order = Compare(message, state.Newest);
            if (order < 0)
                return Order.Late;
            if (order == 0 && message.Line != state.Newest.Line)
                return Order.Duplicate;
        }
        state.Newest = message;
        state.HasNewest = true;
        return Order.Newest;
    }

    private static int Compare(in Stamp a, in Stamp b)
    {
        int order = a.Sequence.CompareTo(b.Sequence);
        if (order == 0)
            order = a.TimeMs.CompareTo(b.TimeMs);
        if (order == 0 && a.TradeId != 0 && b.TradeId != 0)
            order = a.TradeId.CompareTo(b.TradeId);
        return order;
    }
}

using BybitSpot.Market;

namespace BybitSpot.Feed;

/// <summary>What a text message of the stream turned out to be.</summary>
internal enum Verdict : byte
{
    /// <summary>A price: all fields of the message are set.</summary>
    Tick,

    /// <summary>
    /// Well-formed, of a wanted kind, but it moves no price: a delta without lastPrice (which has time and sequence, and perhaps
    /// <see cref="Message.HasTraded"/>), only trades that do not count, no trades.
    /// </summary>
    Unpriced,

    /// <summary>No topic: an answer to a request of ours, to be read by <see cref="ControlMessage"/>.</summary>
    Control,

    /// <summary>Not to be used; see <see cref="Message.Fault"/>.</summary>
    Malformed,
}

/// <summary>Why a message was dropped. The names, in snake case, are what logs and counters show.</summary>
internal enum DropReason : byte
{
    None,

    /// <summary>Not JSON: truncated, too deep, invalid UTF-8, empty.</summary>
    NotJson,

    /// <summary>JSON, but not an object of the documented shape.</summary>
    Shape,

    /// <summary>A price that is not one: zero, signed, with exponent, too long, not a string.</summary>
    Price,

    /// <summary>A time that is not a whole number of milliseconds since 1970, or lies before 2018: one in seconds, say.</summary>
    Time,

    /// <summary>A sequence that is not a whole number.</summary>
    Sequence,

    /// <summary>The symbol inside differs from the topic's.</summary>
    SymbolMismatch,

    /// <summary>A topic of a kind that was never asked for.</summary>
    UnknownTopic,

    /// <summary>A symbol that is not subscribed.</summary>
    UnknownSymbol,

    /// <summary>An answer to no request of ours.</summary>
    UnknownControl,

    /// <summary>More than a day beyond both the newest accepted time and the local clock.</summary>
    Future,

    /// <summary>A size or a figure of the day that is no number.</summary>
    Figure,
}

/// <summary>One decoded message. The spans point into the frame or into the decoder's scratch: used before the next decode.</summary>
internal ref struct Message
{
    public Channel Channel;
    public DropReason Fault;

    /// <summary>The topic's, in a message that is not to be used, too, if it is known; else empty.</summary>
    public ReadOnlySpan<byte> Symbol;

    public ReadOnlySpan<byte> Price;

    /// <summary>A trade's <c>T</c>, a ticker's <c>ts</c>, in milliseconds since 1970.</summary>
    public long TimeMs;

    /// <summary><c>seq</c> or <c>cs</c>; <see cref="Tick.NoSequence"/> if the message has none.</summary>
    public long Sequence;

    /// <summary>A delta without a price: the day's volume has changed, so something was traded, and the price is what it was.</summary>
    public bool HasTraded;

    /// <summary>A ticker's delta: what it leaves out is as it was.</summary>
    public bool IsDelta;

    /// <summary>A trade's id where it is a number (spot), which tells the order of trades that share sequence and time; else 0.</summary>
    public ulong TradeId;

    /// <summary>A mark of a trade's id that is no number (linear), by which the same trade is known again; else 0.</summary>
    public ulong IdMark;
}

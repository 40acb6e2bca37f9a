// Messages of one coin that share sequence and time: trades of one sequence that were split over several messages, a ticker of
// the same millisecond. Pure; part of a coin's ArbiterState.
//
// Trade ids that are numbers (spot) rise, and decide. A ticker adds nothing where its price is that of a trade that stands or
// stood, or of a ticker before it; one with another price (of a trade that does not count, say) has the rank of the trade that it follows. Ids that are
// no numbers (linear has UUIDs) tell only which message is which. Then the lines decide, each of which brings its messages in
// order, though it may have begun in mid-moment or miss some: what a line brings after what stands is newer; what it brings
// before that is held, since it may be older. When what stands moves to something that a line had shown and held, that line's last is newer
// still. So the end is that of one line that saw all, wherever the lines' messages overlap enough to tell; and nothing goes back.
// Where they do not (each line saw something last that the other never did), nobody can tell, and what came first stands.
// How many messages there are is no measure: a line that missed some counts too few.
using System.Runtime.CompilerServices;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed class Moment
{
    /// <summary>As many lines as may carry a coin.</summary>
    public const int LinesMax = 4;

    /// <summary>Most messages remembered of a line, and of what stood; the oldest is forgotten, and a repeat of it held or taken as new.</summary>
    public const int MessagesMax = 32;

    [InlineArray(MessagesMax)]
    private struct Identities
    {
        private ulong _first;
    }

    /// <summary>What a line brought before it showed what stood at the time; unused where it is nothing.</summary>
    private struct HeldOfLine
    {
        public int Line, Count;
        public Identities Shown;
        public Stamp Last;
        public Price LastPrice;
    }

    private readonly HeldOfLine[] _held = new HeldOfLine[LinesMax];
    private Identities _stood, _stoodPrices;
    private int _stoodCount;
    private long _sequence, _timeMs;
    private Price _price;

    public static ulong BitOf(int line) => 1UL << (line & 63);

    /// <summary>The price of what stands, if that is not the message that was judged.</summary>
    public ref readonly Price Price => ref _price;

    /// <summary>Judges a message of the sequence and time of what stands.</summary>
    public static Order Judge(ref ArbiterState state, in Stamp message, ReadOnlySpan<byte> price)
    {
        ulong line = BitOf(message.Line);
        // A ticker cannot be told from one before with the same price, so it says nothing of the line's place.
        if (message.Channel == Channel.Ticker && message.Identity != state.Newest.Identity && HasStood(state, message.PriceMark))
            return Order.Duplicate;
        if (message.Identity == state.Newest.Identity)
        {
            state.ShownBy |= line;
            return message.Line == state.Newest.Line ? Order.Newest : Order.Duplicate;
        }
        if (message.TradeId != 0 && state.TradeId != 0 && message.TradeId != state.TradeId)
        {
            if (message.TradeId < state.TradeId)
                return Order.Late;
        }
        else
        {
            Moment moment = Of(ref state);
            // A trade without an id cannot be known again.
            bool canBeKnown = message.IdMark != 0 || message.TradeId != 0 || message.Channel == Channel.Ticker;
            if (canBeKnown && Contains(moment._stood, moment._stoodCount, message.Identity))
                return Order.Duplicate;
            if ((state.ShownBy & line) == 0)
            {
                moment.Hold(message, price);
                return Order.Held;
            }
            if (canBeKnown && moment.WasHeld(message))
                return Order.Duplicate;
        }
        Advance(ref state, message);
        return Order.Newest;
    }

    /// <summary>A message that was held turns out to have what stands in its middle: it is newer.</summary>
    public static Order GoesOn(ref ArbiterState state, in Stamp message)
    {
        Advance(ref state, message);
        return Order.Newest;
    }

    // To the message, and from there to what a line brought after it, if that line had brought it before.
    private static void Advance(ref ArbiterState state, in Stamp message)
    {
        Moment moment = Of(ref state);
        moment.Move(ref state, message);
        // Another line may go on from where one ends, so each has a turn after each.
        for (int i = 0; i < LinesMax * LinesMax; i++)
        {
            ref HeldOfLine held = ref moment._held[i % LinesMax];
            // Of a ticker it cannot be known whether it was this one that the line held.
            if (state.Newest.Channel == Channel.Ticker)
                return;
            if (!Contains(held.Shown, held.Count, state.Newest.Identity))
                continue;
            if (held.Last.Identity != state.Newest.Identity)
            {
                moment._price = held.LastPrice;
                moment.Move(ref state, held.Last);
            }
            state.ShownBy |= BitOf(held.Line);
        }
    }

    private void Move(ref ArbiterState state, in Stamp message)
    {
        _stoodPrices[_stoodCount % MessagesMax] = state.Newest.PriceMark;
        Add(ref _stood, ref _stoodCount, state.Newest.Identity);
        Arbiter.Stand(ref state, message, message.TradeId != 0 ? message.TradeId : state.TradeId);
    }

    private static bool HasStood(in ArbiterState state, ulong priceMark) =>
        priceMark == state.Newest.PriceMark
        || (state.Moment is { } moment && moment.IsOf(state.Newest) && Contains(moment._stoodPrices, moment._stoodCount, priceMark));

    private static Moment Of(ref ArbiterState state)
    {
        Moment moment = state.Moment ??= new Moment();
        if (!moment.IsOf(state.Newest))
        {
            (moment._sequence, moment._timeMs, moment._stoodCount) = (state.Newest.Sequence, state.Newest.TimeMs, 0);
            for (int i = 0; i < LinesMax; i++)
                moment._held[i].Count = 0;
        }
        return moment;
    }

    private bool IsOf(in Stamp message) => message.Sequence == _sequence && message.TimeMs == _timeMs;

    private void Hold(in Stamp message, ReadOnlySpan<byte> price)
    {
        int place = 0;
        for (int i = LinesMax - 1; i >= 0; i--)
            if (_held[i].Count == 0)
                place = i;
        for (int i = 0; i < LinesMax; i++)
            if (_held[i].Count > 0 && _held[i].Line == message.Line)
                place = i;
        ref HeldOfLine held = ref _held[place];
        if (held.Line != message.Line)
            (held.Line, held.Count) = (message.Line, 0);
        if (Contains(held.Shown, held.Count, message.Identity))
            return;
        bool addsNothing = message.Channel == Channel.Ticker && held.Count > 0 && message.PriceMark == held.Last.PriceMark;
        Add(ref held.Shown, ref held.Count, message.Identity);
        if (addsNothing)
            return;
        held.Last = message;
        held.LastPrice = Price.FromValid(price);
    }

    /// <summary>Whether the message's own line brought it before: a repeat.</summary>
    private bool WasHeld(in Stamp message)
    {
        foreach (ref HeldOfLine held in _held.AsSpan())
            if (held.Count > 0 && held.Line == message.Line && Contains(held.Shown, held.Count, message.Identity))
                return true;
        return false;
    }

    private static void Add(ref Identities into, ref int count, ulong identity) => into[count++ % MessagesMax] = identity;

    private static bool Contains(in Identities all, int count, ulong identity) =>
        ((ReadOnlySpan<ulong>)all)[..Math.Min(count, MessagesMax)].Contains(identity);
}

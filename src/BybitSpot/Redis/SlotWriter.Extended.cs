// What a slot comes to where the hash has more than the three fields: all that is known, in one command, so that a hash is never half of
// before. Two things decide the way, as for the price alone: whether anything is new since the last write, and whether that write left a
// field that there is no longer. What is new beside the price alone is no reason to write a price again that is not to be believed.
using BybitSpot.Market;
using BybitSpot.Signals;

namespace BybitSpot.Redis;

internal sealed partial class SlotWriter
{
    private readonly AnchoredClock _clock = new(time);

    /// <summary>Whether what is known beside the price is written.</summary>
    public bool HasDetails => writing.Extended;

    private int WriteExtended(Entry entry, int slot, in Tick tick, bool isStale, Span<byte> into, ref bool scriptKnown, ref CommandKind kind, out long receivedAt)
    {
        receivedAt = 0;
        table.ReadDetails(slot, out Details details);
        bool isNewPrice = tick.ReceivedAt != entry.ReceivedAt;
        bool isNew = isNewPrice || details.Book.TimeMs != entry.BookMs || details.Day.TimeMs != entry.DayMs;
        if (isStale && isNew && !isNewPrice)
            return 0;
        (entry.BookMs, entry.DayMs) = (details.Book.TimeMs, details.Day.TimeMs);
        if (isNewPrice)
            receivedAt = entry.ReceivedAt = tick.ReceivedAt;
        Span<byte> scratch = stackalloc byte[ExtendedFields.ScratchBytes];
        var fields = new ExtendedFields(tick, in details, MsOf(tick), scratch);
        if (_isPlain && (_scriptsRefused || entry.PlainNext))
        {
            // What cannot be taken away is emptied.
            entry.PlainNext = false;
            entry.Fields |= fields.Present;
            return isStale && !isNew ? 0 : entry.Command.WriteMore(tick, fields, entry.Fields, into);
        }
        if ((entry.Fields & ~fields.Present) != 0)
            entry.IsClean = false;
        entry.Fields = fields.Present;
        if (isNew && entry.IsClean && _isPlain)
            return entry.Command.WriteMore(tick, fields, fields.Present, into);
        kind = isNew ? CommandKind.PriceByScript : CommandKind.Rewrite;
        int at = BeginScript(entry, tick, isAgain: !isNew, into, ref scriptKnown);
        // A guarded write has the sequence in a place of its own.
        return at + fields.WriteValues(writing.Guarded ? 1 : 0, into[at..]);
    }

    private int WriteFieldsOfSeed(int slot, in Tick tick, Span<byte> into)
    {
        table.ReadDetails(slot, out Details details);
        Span<byte> scratch = stackalloc byte[ExtendedFields.ScratchBytes];
        return new ExtendedFields(tick, in details, MsOf(tick), scratch).WriteValues(0, into);
    }

    private long MsOf(in Tick tick) => tick.ReceivedAt == 0 ? 0 : _clock.MsAt(tick.ReceivedAt);
}

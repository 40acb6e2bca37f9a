// What a replay does with order books and with what tickers show beside the price: as a line does it, see Line.Details.cs.
using BybitSpot.Latest;

namespace BybitSpot.Feed;

public sealed partial class FrameReplay
{
    private readonly DetailsIntake? _details = details ? new(table) : null;

    // Of each slot the lines, as bits, whose tickers have shown all of the day's figures and left nothing out since.
    private readonly ulong[] _dayIsWholeOn = details ? new ulong[LatestTable.SlotsMax] : [];

    /// <returns>False if it is of another topic.</returns>
    private bool TakeBook(ReadOnlySpan<byte> frame)
    {
        bool isUsable = DetailsDecoder.TryBook(frame, out BookMessage message);
        if (message.Fault == DropReason.UnknownTopic)
            return false;
        int slot = message.Symbol.IsEmpty ? -1 : _symbols.Find(message.Symbol);
        if (isUsable && slot == -1)
            slot = Meet(message.Symbol);
        if (!isUsable)
            Counts.Drop(message.Fault);
        else if (slot == OtherSlot)
            Counts.Others++;
        else if (slot < 0)
            Counts.Drop(DropReason.UnknownSymbol);
        else if (!_ceiling.Accepts(message.Top.TimeMs))
            Counts.Drop(DropReason.Future);
        else
        {
            Counts.Books++;
            _details?.Take(slot, message.Top);
        }
        return true;
    }

    private void TakeDay(int line, int slot, in Message message, ReadOnlySpan<byte> frame)
    {
        if (_details is null || (message.IsDelta && (_dayIsWholeOn[slot] >> line & 1) == 0))
            return;
        if (!DetailsDecoder.TryDay(frame, out DayChange change))
        {
            MissDay(line, slot);
            Counts.Drop(DropReason.Figure);
            return;
        }
        _dayIsWholeOn[slot] |= 1UL << line;
        _details.Take(slot, change, message.Sequence, message.TimeMs, message.IsDelta);
    }

    private void MissDay(int line, int slot)
    {
        if (_details is not null)
            _dayIsWholeOn[slot] &= ~(1UL << line);
    }

    private void ForgetDays(int line)
    {
        foreach (ref ulong wholeOn in _dayIsWholeOn.AsSpan())
            wholeOn &= ~(1UL << line);
    }
}

// What a line does with messages of order books, and with what tickers show beside the price. Both only where they were asked for. What
// must stay true: nothing here moves a price, refreshes it or makes it unusable.
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed partial class Line
{
    private readonly bool _hasBook = options.Channels.Contains(Channel.Book);

    // Of which coins the tickers of this connection have shown all of the day's figures, and left nothing out since.
    private readonly bool[]? _dayIsWhole = parts.Details is null ? null : new bool[LatestTable.SlotsMax];

    /// <returns>False if it is of another topic.</returns>
    private bool OnBook(ReadOnlySpan<byte> frame)
    {
        bool isUsable = DetailsDecoder.TryBook(frame, out BookMessage message);
        if (message.Fault == DropReason.UnknownTopic)
            return false;
        int slot = message.Symbol.IsEmpty ? -1 : _symbols.Find(message.Symbol);
        if (isUsable && slot < 0)
            message.Fault = DropReason.UnknownSymbol;
        else if (isUsable && !_ceiling.Accepts(message.Top.TimeMs))
            message.Fault = DropReason.Future;
        if (message.Fault != DropReason.None)
        {
            if (message.Fault != DropReason.UnknownSymbol)
                Counts.Bad++;
            // One that was left a moment ago may still send.
            _drops.Add(message.Fault, frame);
            return true;
        }
        Counts.Books++;
        OnData(Channel.Book, slot);
        Watch.LastHeard.BookHeard(slot, message.Top.Update, _receivedAt);
        parts.Details?.Take(slot, message.Top);
        return true;
    }

    // A ticker that was accepted. A delta is laid over what stands only while nothing was missed on this connection.
    private void OnDay(in Message message, int slot, ReadOnlySpan<byte> frame)
    {
        if (message.IsDelta && !_dayIsWhole![slot])
            return;
        if (!DetailsDecoder.TryDay(frame, out DayChange change))
        {
            MissDay(slot);
            _drops.Add(DropReason.Figure, frame);
            return;
        }
        _dayIsWhole![slot] = true;
        parts.Details!.Take(slot, change, message.Sequence, message.TimeMs, message.IsDelta);
    }

    private void MissDay(int slot)
    {
        if (_dayIsWhole is not null)
            _dayIsWhole[slot] = false;
    }
}

// What a line does with each message as it comes. What must stay true: nothing is allocated for a tick; a message that cannot be used
// leaves its own coin alone without a price.
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed partial class Line
{
    private readonly long _staleAfterMs = (long)options.StaleAfter.TotalMilliseconds;
    private readonly bool _retailCounts = !options.Channels.Contains(Channel.Ticker);
    private long _receivedMsOf, _receivedMs;
    private long? _offsetMs;
    private LagMeter _lag;

    private void OnText(ReadOnlySpan<byte> frame)
    {
        _tap?.Invoke(number, true, _receivedAt, frame);
        if (_hasBook && DetailsDecoder.IsBook(frame) && OnBook(frame))
            return;
        var message = default(Message);
        switch (TickDecoder.Decode(frame, _retailCounts, ref message))
        {
            case Verdict.Tick:
                Counts.Came(message.Channel);
                OnTick(message, frame);
                break;
            case Verdict.Unpriced:
                Counts.Came(message.Channel);
                OnUnpriced(message, frame);
                break;
            case Verdict.Control:
                Counts.Controls++;
                OnControl(frame);
                break;
            // Its keys may stand in another order.
            case Verdict.Malformed when message.Fault == DropReason.UnknownTopic && _hasBook && OnBook(frame):
                break;
            default:
                Counts.Bad++;
                OnUnusable(message, message.Fault, frame);
                break;
        }
    }

    private void OnTick(in Message message, ReadOnlySpan<byte> frame)
    {
        int slot = _symbols.Find(message.Symbol);
        if (slot < 0)
        {
            if (slot == Subscriptions.CanarySlot)
                OnCanary();
            else
                _drops.Add(DropReason.UnknownSymbol, frame);
            return;
        }
        if (!_ceiling.Accepts(message.TimeMs))
        {
            OnUnusable(message, DropReason.Future, frame);
            return;
        }
        OnData(message.Channel, slot);
        if (message.Channel == Channel.Ticker)
        {
            Watch.LastHeard.Shows(slot, price: true);
            if (_dayIsWhole is not null)
                OnDay(message, slot, frame);
        }
        var stamp = new Stamp(message.Channel, number, message.Sequence, message.TimeMs, message.TradeId, message.IdMark, Stamp.MarkOf(message.Price));
        if (Counted(parts.Arbitration.Publish(slot, stamp, message.Price, _receivedAt, frame)))
            NoteHeard(slot, message.TimeMs);
    }

    /// <returns>Whether the message is about what stands.</returns>
    private bool Counted(Order order)
    {
        switch (order)
        {
            case Order.Newest:
                Counts.Ticks++;
                return true;
            case Order.Duplicate or Order.Held:
                Counts.Duplicates++;
                return true;
            default:
                Counts.Late++;
                return false;
        }
    }

    // It says nothing against the price that stands, unless the last that came of one could not be used. A ticker's delta says that
    // the price is what the tickers of this connection showed before; where they showed none, it may have moved unseen, and the
    // delta shows only that its topic speaks, and so does one that is behind what stands, or counts anew. Of a delta with a trade in
    // it the time counts as well: see Arbiter.
    private void OnUnpriced(in Message message, ReadOnlySpan<byte> frame)
    {
        int slot = _symbols.Find(message.Symbol);
        if (slot == Subscriptions.CanarySlot)
            OnCanary();
        if (slot < 0)
            return;
        bool isTicker = message.Channel == Channel.Ticker;
        if (isTicker && !_ceiling.Accepts(message.TimeMs))
        {
            OnUnusable(message, DropReason.Future, frame);
            return;
        }
        OnData(message.Channel, slot);
        if (isTicker && _dayIsWhole is not null)
            OnDay(message, slot, frame);
        LastHeard heard = Watch.LastHeard;
        if (heard.IsUnusable(slot))
            return;
        if (!isTicker)
            heard.Heard(slot, _receivedAt);
        else if (heard.ShowsPrice(slot))
        {
            Order order = parts.Arbitration.Confirm(slot, message.Sequence, message.TimeMs, message.HasTraded, _receivedAt);
            if (message.HasTraded ? Counted(order) : order != Order.Late)
                NoteHeard(slot, message.TimeMs);
        }
    }

    // A message that cannot be believed is dropped and counted. It moves no price and refreshes nothing, but it shows that its
    // topic speaks: where it is known whose it is, that coin alone is without a price, and its line is left in peace. Of one
    // coin's such messages in a row the first is told; the freshness of the coin tells the rest.
    private void OnUnusable(in Message message, DropReason fault, ReadOnlySpan<byte> frame)
    {
        int slot = message.Symbol.IsEmpty ? -1 : _symbols.Find(message.Symbol);
        if (slot >= 0 && Watch.LastHeard.IsUnusable(slot))
            _drops.Count(fault);
        else
            _drops.Add(fault, frame);
        if (slot == Subscriptions.CanarySlot)
            OnCanary();
        if (slot < 0)
            return;
        _dataSinceDuty = _spoke = true;
        Watch.LastHeard.Unusable(slot, _receivedAt);
        if (message.Channel == Channel.Ticker)
        {
            Watch.LastHeard.Shows(slot, price: false);
            MissDay(slot);
        }
        if (_subscriptions.AwaitsTicker && message.Channel == Channel.Ticker)
            _subscriptions.TickerCame(slot);
    }

    // A message that is no older than may be shows that its coin's price is the present one. A snapshot may be older: it tells
    // the coin's last change.
    private void NoteHeard(int slot, long timeMs)
    {
        LastHeard heard = Watch.LastHeard;
        // Messages of one receive share its time; reckoning it again for each of a flood would cost as much as their decoding.
        if (_receivedMsOf != _receivedAt)
            (_receivedMsOf, _receivedMs, _offsetMs) = (_receivedAt, parts.Clock.MsAt(_receivedAt), parts.Clock.ExchangeOffsetMs);
        long differenceMs = _receivedMs - timeMs;
        long? offsetMs = _offsetMs;
        Counts.Lag.Record((differenceMs + (offsetMs ?? 0)) * 1_000);
        bool advances = heard.Advances(slot, timeMs);
        if (_lag.LagOf(differenceMs, offsetMs) > _staleAfterMs && advances)
            heard.Delayed(slot, _receivedAt);
        else
            heard.Heard(slot, _receivedAt);
    }

    private void OnCanary()
    {
        _dataSinceDuty = true;
        _subscriptions.CanaryCame();
    }

    // Data for a wanted topic: the connection delivers.
    private void OnData(Channel channel, int slot)
    {
        if (slot < 0)
            return;
        if (_firstDataAt == 0)
        {
            _firstDataAt = time.GetTimestamp();
            _lastDataAt = _firstDataAt;
            parts.Budget.LineDelivers();
        }
        _dataSinceDuty = true;
        if (_subscriptions.AwaitsTicker && channel == Channel.Ticker)
            _subscriptions.TickerCame(slot);
    }

    private void OnControl(ReadOnlySpan<byte> frame)
    {
        TimeSpan now = SinceConnected();
        ControlMessage? answer = ControlMessage.Parse(frame);
        if (answer is { IsPong: true })
        {
            _liveness.PongCame();
            return;
        }
        IReadOnlyList<RefusedTopic> refused = [];
        if (answer is null || !_subscriptions.Answer(answer, now, out refused))
        {
            _drops.Add(DropReason.UnknownControl, frame);
            return;
        }
        foreach (RefusedTopic topic in refused)
            _refusals.Tell(topic);
        Watch.Refused = _subscriptions.RefusedCoins;
        foreach (int slot in _subscriptions.TakeGranted())
            Watch.LastHeard.Acked(slot, _receivedAt);
        // The next request may go out now.
        _dutyAt = 0;
    }
}

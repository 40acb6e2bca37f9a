// What a line does besides waiting: messages as they come, and what is due by time before each wait for more.
using BybitSpot.Market;
using BybitSpot.Signals;

namespace BybitSpot.Feed;

internal sealed partial class Line
{
    /// <summary>How often a connection may be given up because a coin on it stays silent.</summary>
    public static readonly TimeSpan ReplaceForSilenceEvery = TimeSpan.FromMinutes(10);

    /// <summary>How long a coin that stays silent, whatever was tried, is let be.</summary>
    public static readonly TimeSpan SilencePause = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long ticks may be held while the socket has more, so that in a flood the table conflates and Redis is asked less.
    /// The first after a pause are never held.
    /// </summary>
    public static readonly TimeSpan HoldMax = TimeSpan.FromMilliseconds(2);

    private readonly long _holdTicks = (long)(HoldMax.TotalSeconds * time.TimestampFrequency);
    private readonly long _staleAfterMs = (long)options.StaleAfter.TotalMilliseconds;
    private readonly bool _retailCounts = !options.Channels.Contains(Channel.Ticker);
    private bool _dataSinceDuty;
    private long _receivedMsOf, _receivedMs;
    private long? _offsetMs;
    private long _flushedAt, _replacedForSilenceAt, _pings;
    private Canary _canary;
    private LagMeter _lag;
    private string? _replaceFor;

    private void OnText(ReadOnlySpan<byte> frame)
    {
        var message = default(Message);
        switch (TickDecoder.Decode(frame, _retailCounts, ref message))
        {
            case Verdict.Tick:
                Counts.Came(message.Channel);
                OnTick(message, frame);
                break;
            case Verdict.Unpriced:
                Counts.Came(message.Channel);
                OnUnpriced(message);
                break;
            case Verdict.Control:
                Counts.Controls++;
                OnControl(frame);
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
        OnData(message, slot);
        var stamp = new Stamp(message.Channel, number, message.Sequence, message.TimeMs, message.TradeId, message.IdMark, Stamp.MarkOf(message.Price));
        switch (parts.Arbitration.Publish(slot, stamp, message.Price, _receivedAt, frame))
        {
            case Order.Newest:
                Counts.Ticks++;
                NoteHeard(slot, message.TimeMs);
                break;
            case Order.Duplicate or Order.Held:
                Counts.Duplicates++;
                NoteHeard(slot, message.TimeMs);
                break;
            default:
                Counts.Late++;
                break;
        }
    }

    // It says nothing against the price that stands, unless the last that came of one could not be used.
    private void OnUnpriced(in Message message)
    {
        int slot = _symbols.Find(message.Symbol);
        OnData(message, slot);
        if (slot >= 0 && !Watch.LastHeard.IsUnusable(slot))
            Watch.LastHeard.Heard(slot, _receivedAt);
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
    private void OnData(in Message message, int slot)
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
        if (_subscriptions.AwaitsTicker && message.Channel == Channel.Ticker)
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

    // Called by the lowest stream before each receive. False ends the connection.
    private bool BeforeReceive(bool moreIsThere)
    {
        long now = time.GetTimestamp();
        if (!moreIsThere || now - _flushedAt >= _holdTicks)
        {
            flush();
            _flushedAt = now;
        }
        return now < Volatile.Read(ref _dutyAt) || DoWhatIsDue(now);
    }

    private bool DoWhatIsDue(long timestamp)
    {
        Volatile.Write(ref _dutyAt, timestamp + _clockTicks);
        Turn.Take();
        if (_stopping)
            return false;
        EmptyInbox();
        if (_dataSinceDuty)
        {
            _dataSinceDuty = Watch.IsMute = false;
            _lastDataAt = timestamp;
        }
        parts.Newest.Raise(_ceiling.NewestMs);
        _ceiling.SetClock(time.GetUtcNow().ToUnixTimeMilliseconds(), parts.Newest.Ms);
        _drops.TellWhatIsDue();
        _refusals.TellWhatIsDue();
        TimeSpan now = SinceConnected();
        switch (_liveness.Check(now, time.GetElapsedTime(_connectedAt, _receivedAt), _subscriptions.OldestRequest, _subscriptions.OldestAckWithoutTicker))
        {
            case LivenessVerdict.PingDue:
                Send($"{{\"req_id\":\"ping-{_pings++}\",\"op\":\"ping\"}}");
                break;
            case LivenessVerdict.NoPong:
                return EndBecause(ReconnectCause.NoPong, "no pong: a ping was not answered in time");
            case LivenessVerdict.NoAck:
                return EndBecause(ReconnectCause.NoAck, $"a request was not answered within {Liveness.AckWithin.TotalSeconds:0} s");
            case LivenessVerdict.NoFirstTicker when !MendSilence(now):
                return EndBecause(ReconnectCause.NoFirstTicker, $"a subscribed coin had no first ticker within {Liveness.FirstTickerWithin.TotalSeconds:0} s");
        }
        if (!ListenToCanary(now) || !ReplaceIfAsked() || !ReplaceIfAllRefused())
            return false;
        while (_subscriptions.NextRequest(now) is { } request)
            Send(request);
        if (!_subscriptionsTold && _subscriptions.AllAnswered && _subscriptions.CoinCount > 0)
        {
            _subscriptionsTold = true;
            log.FeedSubscribed(number, _subscriptions.AckedTopics);
        }
        return true;
    }

    // Some coin was acknowledged and stays silent. It is asked for anew, on its own; if that does not help, a new connection
    // may, but not again and again: the others would pay for it. A connection on which nothing at all came is not worth mending.
    private bool MendSilence(TimeSpan now)
    {
        if (_firstDataAt == 0 && !_spoke)
            return false;
        if (_subscriptions.AskAgainForSilent(now))
            return true;
        if (MayReplaceForSilence())
            return false;
        _subscriptions.WaitForSilent(now, SilencePause);
        return true;
    }

    private bool MayReplaceForSilence()
    {
        if (_replacedForSilenceAt != 0 && time.GetElapsedTime(_replacedForSilenceAt) < ReplaceForSilenceEvery)
            return false;
        _replacedForSilenceAt = time.GetTimestamp();
        return true;
    }

    // No data at all for a while: a quiet market, or a stream that only answers pings.
    private bool ListenToCanary(TimeSpan now)
    {
        if (_subscriptions.CoinCount == 0)
            return true;
        switch (_canary.Check(now, time.GetElapsedTime(_connectedAt, _lastDataAt)))
        {
            case CanaryVerdict.Subscribe when HasTickers:
                _subscriptions.AskForCanary(Topics.CanaryOf(options.Venue));
                _symbols = new SymbolMap(_subscriptions.Coins);
                break;
            case CanaryVerdict.Probe when !_subscriptions.Probe():
                _canary.Acquit(now);
                break;
            case CanaryVerdict.Mute when parts.Acquittal.Holds:
                _canary.Acquit(now);
                break;
            case CanaryVerdict.Mute:
                Watch.IsMute = true;
                return EndBecause(ReconnectCause.Mute, "pings are answered, but no data comes, not even a snapshot upon a new subscribe");
        }
        return true;
    }

    private bool HasTickers => options.Channels.Contains(Channel.Ticker);

    private bool ReplaceIfAsked() =>
        _replaceFor is not { } coin || EndBecause(ReconnectCause.DeadTopic, $"the price of {coin} moves at the exchange, and no message brings it");

    // The exchange refuses everything, for now: here it may go on doing so, elsewhere perhaps not.
    private bool ReplaceIfAllRefused() =>
        _subscriptions.AllRefused < Backoff.RefusalsBeforeReconnect(_refusedInVain)
        || EndBecause(ReconnectCause.AllRefused, $"the exchange refused every coin {_subscriptions.AllRefused} times");

    private bool EndBecause(ReconnectCause cause, string reason)
    {
        (_cause, _endReason) = (cause, reason);
        return false;
    }

    private void Send(string text) => _connection!.Stream.Write(FrameWriter.Text(text));

    private TimeSpan SinceConnected() => time.GetElapsedTime(_connectedAt);
}

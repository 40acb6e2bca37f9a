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
    public static readonly TimeSpan HoldMax = TimeSpan.FromMilliseconds(1);

    private readonly long _holdTicks = (long)(HoldMax.TotalSeconds * time.TimestampFrequency);
    private bool _dataSinceDuty;
    private long _flushedAt, _replacedForSilenceAt, _pings;

    private void OnText(ReadOnlySpan<byte> frame)
    {
        _messages++;
        var message = default(Message);
        switch (TickDecoder.Decode(frame, ref message))
        {
            case Verdict.Tick:
                OnTick(message, frame);
                break;
            case Verdict.Unpriced:
                OnData(message, _symbols.Find(message.Symbol));
                break;
            case Verdict.Control:
                OnControl(frame);
                break;
            default:
                _drops.Add(message.Fault, frame);
                break;
        }
    }

    private void OnTick(in Message message, ReadOnlySpan<byte> frame)
    {
        int slot = _symbols.Find(message.Symbol);
        if (slot < 0)
        {
            _drops.Add(DropReason.UnknownSymbol, frame);
            return;
        }
        if (!_ceiling.Accepts(message.TimeMs))
        {
            _drops.Add(DropReason.Future, frame);
            return;
        }
        OnData(message, slot);
        var stamp = new Stamp(message.Channel, number, message.Sequence, message.TimeMs, message.TradeId);
        switch (arbitration.Publish(slot, stamp, message.Price))
        {
            case Order.Newest:
                _ticks++;
                break;
            case Order.Duplicate:
                _duplicates++;
                break;
            default:
                _late++;
                break;
        }
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
            budget.LineDelivers();
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
        RefusedTopic? refused = null;
        if (answer is null || !_subscriptions.Answer(answer, now, out refused))
        {
            _drops.Add(DropReason.UnknownControl, frame);
            return;
        }
        if (refused is not null)
            log.TopicRefused(refused.Topic, refused.Reason, (int)Subscriptions.RetryRefusedAfter.TotalSeconds);
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
        if (_stopping)
            return false;
        EmptyInbox();
        if (_dataSinceDuty)
        {
            _dataSinceDuty = false;
            _lastDataAt = timestamp;
        }
        _ceiling.SetClock(time.GetUtcNow().ToUnixTimeMilliseconds());
        _drops.TellWhatIsDue();
        TimeSpan now = SinceConnected();
        switch (_liveness.Check(now, _subscriptions.OldestRequest, _subscriptions.OldestAckWithoutTicker))
        {
            case LivenessVerdict.PingDue:
                Send($"{{\"req_id\":\"ping-{_pings++}\",\"op\":\"ping\"}}");
                break;
            case LivenessVerdict.NoPong:
                return EndBecause($"no pong within {Liveness.PongWithin.TotalSeconds:0} s");
            case LivenessVerdict.NoAck:
                return EndBecause($"a request was not answered within {Liveness.AckWithin.TotalSeconds:0} s");
            case LivenessVerdict.NoFirstTicker when !MendSilence(now):
                return EndBecause($"a subscribed coin had no first ticker within {Liveness.FirstTickerWithin.TotalSeconds:0} s");
        }
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
        if (_firstDataAt == 0)
            return false;
        if (_subscriptions.AskAgainForSilent(now))
            return true;
        if (_replacedForSilenceAt == 0 || time.GetElapsedTime(_replacedForSilenceAt) >= ReplaceForSilenceEvery)
        {
            _replacedForSilenceAt = time.GetTimestamp();
            return false;
        }
        _subscriptions.WaitForSilent(now, SilencePause);
        return true;
    }

    private bool EndBecause(string reason)
    {
        _endReason = reason;
        return false;
    }

    private void Send(string text) => _connection!.Stream.Write(FrameWriter.Text(text));

    private TimeSpan SinceConnected() => time.GetElapsedTime(_connectedAt);
}

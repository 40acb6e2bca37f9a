// What is due by time before each wait for more: requests, pings, what silence calls for.
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
    private readonly FrameTap? _tap = options.Tap;
    private bool _dataSinceDuty;
    private long _flushedAt, _replacedForSilenceAt, _pings;
    private Canary _canary;
    private string? _replaceFor;

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

    private void Send(string text)
    {
        _tap?.Invoke(number, false, time.GetTimestamp(), System.Text.Encoding.UTF8.GetBytes(text));
        _connection!.Stream.Write(FrameWriter.Text(text));
    }

    private TimeSpan SinceConnected() => time.GetElapsedTime(_connectedAt);
}

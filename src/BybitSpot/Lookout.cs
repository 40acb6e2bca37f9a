// Looks four times a second whether each coin can be believed, and says so: to Redis, to whoever asks, in the log. One thread of
// its own, `watch`; what it knows is guarded by the bridge's gate, under which the watchlist changes, too. What must stay true:
// every watched coin is judged in every round; what is told is at most a round old; nothing here ever holds up a line.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot;

internal sealed partial class Lookout(BridgeOptions options, LatestTable table, LineSet lines, RedisSink redis, Tickers? tickers, AnchoredClock clock, Lock gate, TimeProvider time, ILogger log)
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A coin that has just been named is given so long for its first price before it is told to be stale.</summary>
    private static readonly TimeSpan s_firstPriceWithin = TimeSpan.FromSeconds(10);

    /// <summary>Most coins told one by one in one round; of more the number is told.</summary>
    private const int ToldEachMax = 5;

    /// <summary>A coin as it was last judged.</summary>
    private sealed class Seen(Instrument instrument, TimeSpan since)
    {
        public readonly Instrument Instrument = instrument;
        public readonly TimeSpan Since = since;
        public CoinState State = CoinState.Stale;
        public StaleCause Cause = StaleCause.NoPrice;
        public string Reason = "";
        public bool EverBelieved, ToldStale;

        /// <summary>Since its last message; null if there was none.</summary>
        public TimeSpan? Age;

        public TimeSpan StaleSince = since;
        public TimeSpan? ReviveAt;
        public int Revivals;
    }

    private readonly long _start = time.GetTimestamp();
    private readonly object _rest = new();
    private readonly Dictionary<int, Seen> _coins = [];
    private readonly List<int> _staleNow = [], _believedNow = [];
    private volatile FeedReport _report = FeedReport.AtStart(time.GetUtcNow());
    private volatile bool _stopping;
    private bool _everBelieved;
    private long _newestMs;
    private TimeSpan _statusAt = TimeSpan.MinValue / 2;

    /// <summary>As last looked at.</summary>
    public FeedReport Report => _report;

    /// <summary>The exchange's time of the newest price; 0 if there is none.</summary>
    public long NewestMs => _newestMs;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>A coin is watched from now on. Under the gate.</summary>
    public void Add(Instrument instrument, int slot)
    {
        _coins[slot] = new Seen(instrument, Now);
        _audit.Forget(slot);
    }

    /// <summary>A coin is watched no longer. Under the gate.</summary>
    public void Remove(int slot)
    {
        _coins.Remove(slot);
        _audit.Forget(slot);
    }

    /// <summary>Seconds since the last message of each coin, as last looked at. Under the gate.</summary>
    public ILookup<CoinState, double> Ages() =>
        _coins.Values.Where(c => c.Age is not null).ToLookup(c => c.State, c => c.Age!.Value.TotalSeconds);

    /// <summary>The thread.</summary>
    public void Run()
    {
        while (!_stopping)
        {
            lock (gate)
                if (!_stopping)
                    Look();
            lock (_rest)
                if (!_stopping)
                    Monitor.Wait(_rest, LookEvery);
        }
    }

    /// <summary>Says that the feed has stopped. Under the gate; the sink sends it with its last prices.</summary>
    public void Stop()
    {
        _stopping = true;
        _end.Cancel();
        lock (_rest)
            Monitor.PulseAll(_rest);
        Publish(FeedState.Stopped, Now, changed: true);
    }

    private void Look()
    {
        TimeSpan now = Now;
        TakeAnswer(now);
        bool changed = false, inDoubt = false;
        _staleNow.Clear();
        _believedNow.Clear();
        foreach ((int slot, Seen seen) in _coins)
        {
            LineEvidence heard = lines.EvidenceOf(slot);
            CoinEvidence known = EvidenceOf(slot, heard, now);
            (CoinState state, StaleCause cause) = Freshness.Judge(known, options.Feed.StaleAfter);
            seen.Age = known.HeardAgo;
            inDoubt |= IsInDoubt(known, now - seen.Since);
            if (state != seen.State || cause != seen.Cause || seen.Reason.Length == 0)
            {
                changed = true;
                Change(slot, seen, state, cause, heard.Refusal, now);
            }
            if (state == CoinState.Stale && !seen.ToldStale && (seen.EverBelieved || now - seen.Since >= s_firstPriceWithin))
                _staleNow.Add(slot);
            if (cause == StaleCause.Contradicted)
                Revive(slot, seen, now);
        }
        TellChanges(now);
        AskIfDue(now, inDoubt);
        Publish(null, now, changed);
    }

    private CoinEvidence EvidenceOf(int slot, in LineEvidence heard, TimeSpan now)
    {
        bool priced = table.Read(slot, out Tick tick) == SlotState.Priced;
        if (priced && !tick.IsSeed && tick.TimeMs > _newestMs)
            _newestMs = tick.TimeMs;
        return new CoinEvidence(
            priced,
            redis.Holds(slot),
            heard.Carried,
            heard.Refusal is not null,
            _audit.IsListed(slot),
            heard.Mute,
            Ago(heard.HeardAt),
            Ago(heard.DelayedAt),
            now - _audit.ConfirmedAt(slot),
            now - _audit.ContradictedAt(slot));

        TimeSpan? Ago(long at) => at == 0 ? null : time.GetElapsedTime(at);
    }

    // Whether REST should be asked soon: the coin is silent, though nothing says why.
    private bool IsInDoubt(in CoinEvidence known, TimeSpan watchedFor) =>
        known is { Carried: true, Refused: false, Listed: true }
        && (known.HeardAgo is { } ago ? ago > options.Feed.StaleAfter / 2 : watchedFor >= SeedAfter);

    private void Change(int slot, Seen seen, CoinState state, StaleCause cause, string? refusal, TimeSpan now)
    {
        bool wasStale = seen.State == CoinState.Stale;
        (seen.State, seen.Cause, seen.Reason) = (state, cause, ReasonOf(cause, refusal));
        if (state == CoinState.Stale)
        {
            if (!wasStale)
                seen.StaleSince = now;
            return;
        }
        seen.EverBelieved = _everBelieved = true;
        (seen.Revivals, seen.ReviveAt) = (0, null);
        if (seen.ToldStale)
            _believedNow.Add(slot);
    }

    private void TellChanges(TimeSpan now)
    {
        foreach (int slot in _staleNow)
            _coins[slot].ToldStale = true;
        if (_staleNow.Count > ToldEachMax)
            log.CoinsStale(_staleNow.Count, _coins[_staleNow[0]].Instrument.Coin, _coins[_staleNow[0]].Reason);
        else
            foreach (int slot in _staleNow)
                log.CoinStale(_coins[slot].Instrument.Coin, _coins[slot].Reason);
        foreach (int slot in _believedNow)
            _coins[slot].ToldStale = false;
        if (_believedNow.Count > ToldEachMax)
            log.CoinsBelieved(_believedNow.Count);
        else
            foreach (int slot in _believedNow)
                log.CoinBelieved(_coins[slot].Instrument.Coin, (long)(now - _coins[slot].StaleSince).TotalMilliseconds);
    }

    private void Publish(FeedState? asked, TimeSpan now, bool changed)
    {
        FeedReport last = _report;
        bool due = now - _statusAt >= StatusKeys.RewriteEvery;
        if (!changed && !due && last.RedisTrouble == redis.Trouble && last.Coins == _coins.Count)
            return;
        int fresh = 0, quiet = 0;
        var stale = new List<StaleCoin>();
        foreach (Seen seen in _coins.Values)
        {
            if (seen.State == CoinState.Stale)
                stale.Add(new StaleCoin(seen.Instrument.Coin, seen.Reason));
            else if (seen.State == CoinState.Fresh)
                fresh++;
            else
                quiet++;
        }
        stale.Sort((a, b) => string.CompareOrdinal(a.Coin, b.Coin));
        FeedState state = asked ?? StateOf(stale.Count);
        DateTimeOffset since = state == last.State ? last.Since : time.GetUtcNow();
        bool tell = due || state != last.State || last.Coins != _coins.Count || !last.StaleCoins.Select(s => s.Coin).SequenceEqual(stale.Select(s => s.Coin));
        _report = new FeedReport(state, since, _coins.Count, fresh, quiet, stale.Count, redis.Trouble, stale);
        if (state != last.State)
            log.FeedStateChanged(state.ToString().ToLowerInvariant(), _coins.Count, fresh, quiet, stale.Count);
        if (!tell)
            return;
        _statusAt = now;
        redis.Tell(StatusKeys.Command(options.Feed.Venue, options.InstanceId, FieldsOf(_report), [.. stale.Select(s => s.Coin)]));
    }

    private FeedState StateOf(int stale) =>
        stale == 0 ? FeedState.Live
        : !_everBelieved ? FeedState.Connecting
        : stale == _coins.Count ? FeedState.Stale
        : FeedState.Degraded;

    private (string, string)[] FieldsOf(FeedReport report) =>
    [
        ("state", report.State.ToString().ToLowerInvariant()),
        ("since", IsoTime.Text(report.Since.ToUnixTimeMilliseconds())),
        ("coins", report.Coins.ToString()),
        ("stale", report.Stale.ToString()),
        ("last_tick", _newestMs == 0 ? "" : IsoTime.Text(_newestMs)),
        ("heartbeat", IsoTime.Text(time.GetUtcNow().ToUnixTimeMilliseconds())),
        ("endpoint", options.Feed.StreamUrl.ToString()),
        ("version", options.Version),
    ];

    private string ReasonOf(StaleCause cause, string? refusal) => cause switch
    {
        StaleCause.None => "none",
        StaleCause.NoPrice => "no price has come yet",
        StaleCause.NoLine => "no connection to the exchange carries it",
        StaleCause.Refused => $"the exchange refuses it: {refusal}",
        StaleCause.NotListed => "the exchange no longer lists it",
        StaleCause.Mute => "its connection answers pings but carries no data",
        StaleCause.Contradicted => "the exchange shows another price, and no message brings it",
        StaleCause.Delayed => $"its messages come more than {options.Feed.StaleAfter.TotalSeconds:0.#} s late",
        StaleCause.Unheard => "nothing has come of it since the connection was made",
        _ => "Redis has not taken its price",
    };
}

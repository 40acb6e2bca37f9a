// Judges four times a second what the price of each watched coin is worth, and has told what came of it. One thread of its own,
// `watch`; what it knows is guarded by the bridge's gate, under which the watchlist changes, too. What must stay true: every
// watched coin is judged in every round; what is told is at most a round old; nothing here ever holds up a line.
//
// The rule is Latest/Freshness. PriceAudit brings what REST says, TopicRevival mends dead topics, FeedStatus tells.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Monitoring;

internal sealed class FreshnessMonitor
{
    public static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    /// <summary>A coin that has just been named is given so long for its first price before it is told to be stale.</summary>
    private static readonly TimeSpan s_firstPriceWithin = TimeSpan.FromSeconds(10);

    /// <summary>A coin that left the exchange's list is looked for often during this, then each minute.</summary>
    private static readonly TimeSpan s_backSoon = TimeSpan.FromMinutes(2);

    private readonly FeedOptions _options;
    private readonly LatestTable _table;
    private readonly LineSet _lines;
    private readonly RedisSink _redis;
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly object _rest = new();
    private readonly Dictionary<int, WatchedCoin> _coins = [];
    private readonly List<WatchedCoin> _staleNow = [], _believedNow = [];
    private readonly List<(int Slot, WatchedCoin Coin)> _dead = [];
    private readonly TopicRevival _revival = new();
    private readonly Turns _turns;
    private volatile bool _stopping;

    /// <param name="thread">Its own; and what stands behind `watch` in it stands behind `audit` in that of the audit.</param>
    public FreshnessMonitor(string thread, BridgeOptions options, LatestTable table, LineSet lines, RedisSink redis, Tickers? tickers, AnchoredClock clock, Lock gate, TimeProvider time, ILogger log, Action<string, Exception> died)
    {
        (_options, _table, _lines, _redis, _gate, _time) = (options.Feed, table, lines, redis, gate, time);
        Thread = thread;
        _turns = options.Turns;
        _start = time.GetTimestamp();
        Audit = new PriceAudit(thread.Replace("watch", "audit", StringComparison.Ordinal), table, lines, tickers, clock, _start, time, log, died);
        Status = new FeedStatus(options, redis, time, log);
    }

    public string Thread { get; }

    public PriceAudit Audit { get; }

    public FeedStatus Status { get; }

    /// <summary>The exchange's time of the newest price; 0 if there is none.</summary>
    public long NewestMs { get; private set; }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>A coin is watched from now on. Under the gate.</summary>
    public void Add(Instrument instrument, int slot)
    {
        _coins[slot] = new WatchedCoin(instrument, Now);
        Status.CoinsChanged = true;
        Audit.Forget(slot);
    }

    /// <summary>A coin is watched no longer. Under the gate.</summary>
    public void Remove(int slot)
    {
        _coins.Remove(slot);
        _redis.SetStale(slot, false);
        Status.CoinsChanged = true;
        Audit.Forget(slot);
    }

    /// <summary>Seconds since the last message of each coin, as last looked at. Under the gate.</summary>
    public IEnumerable<(CoinState State, double Seconds)> Ages() =>
        _coins.Values.Where(c => c.Age is not null).Select(c => (c.State, c.Age!.Value.TotalSeconds));

    /// <summary>Every watched coin as last looked at. Under the gate.</summary>
    public CoinStanding[] Standings() => [.. _coins.Select(c => new CoinStanding(c.Value.Instrument, c.Key, c.Value.State, c.Value.State == CoinState.Stale ? c.Value.Reason : null, c.Value.Age, c.Value.DayAgo))];

    /// <summary>The thread.</summary>
    public void Run()
    {
        Turn turn = _turns.Begin(Thread);
        Audit.Start();
        while (!_stopping)
        {
            turn.Take();
            lock (_gate)
                if (!_stopping)
                    Look();
            lock (_rest)
                if (!_stopping)
                    Monitor.Wait(_rest, LookEvery);
        }
        // A market that is left is no thread that hangs.
        _turns.End(turn);
    }

    /// <summary>Says that the feed has stopped. Under the gate; the sink sends it with its last prices.</summary>
    /// <param name="leaves">The market is left, while others go on.</param>
    public void Stop(bool leaves = false)
    {
        _stopping = true;
        Audit.Stop();
        lock (_rest)
            Monitor.PulseAll(_rest);
        Status.Publish(_coins.Values, NewestMs, Now, changed: true, FeedState.Stopped, leaves);
    }

    private void Look()
    {
        TimeSpan now = Now;
        Audit.TakeAnswer(_coins, now);
        bool changed = false, inDoubt = false;
        _staleNow.Clear();
        _believedNow.Clear();
        _dead.Clear();
        foreach ((int slot, WatchedCoin coin) in _coins)
        {
            LineEvidence line = _lines.EvidenceOf(slot);
            CoinEvidence known = EvidenceOf(slot, line, now) with { Doubted = coin.Doubt is { } doubt && !doubt.IsSettled(line.HeardAt, Audit.ConfirmedAt(slot)) };
            (CoinState state, StaleCause cause) = Freshness.Judge(known, _options.StaleAfter);
            coin.Doubt = Doubt.After(coin.Doubt, cause, now, line.HeardAt);
            _redis.SetStale(slot, state == CoinState.Stale);
            coin.Age = known.HeardAgo;
            inDoubt |= IsInDoubt(known, coin, slot, now);
            if (state != coin.State || cause != coin.Cause || coin.Reason.Length == 0)
            {
                changed = true;
                Change(coin, state, cause, line.Refusal, now);
            }
            if (state == CoinState.Stale && !coin.ToldStale && (coin.EverBelieved || now - coin.Since >= s_firstPriceWithin))
                _staleNow.Add(coin);
            if (cause is StaleCause.Contradicted or StaleCause.BookSilent)
                _dead.Add((slot, coin));
        }
        Revive(now);
        Status.TellCoins(_staleNow, _believedNow, now);
        Audit.AskIfDue(_coins.Values, now, inDoubt);
        Status.Publish(_coins.Values, NewestMs, now, changed);
    }

    private CoinEvidence EvidenceOf(int slot, in LineEvidence line, TimeSpan now)
    {
        bool priced = _table.Read(slot, out Tick tick) == SlotState.Priced;
        if (priced && !tick.IsSeed && tick.TimeMs > NewestMs)
            NewestMs = tick.TimeMs;
        return new CoinEvidence(
            priced,
            _redis.Holds(slot),
            line.Carried,
            line.Refusal is not null,
            Audit.IsListed(slot),
            line.Mute,
            Ago(line.HeardAt),
            Ago(line.DelayedAt),
            now - Audit.ConfirmedAt(slot),
            now - Audit.ContradictedAt(slot),
            Ago(line.UnusableAt)) { BookAgo = Ago(line.BookAt) };

        TimeSpan? Ago(long at) => at == 0 ? null : _time.GetElapsedTime(at);
    }

    // Whether REST should be asked soon: the coin is silent, though nothing says why; or what comes of it is later than its price, and
    // its sequence says that it is not; or it left the list and may be back.
    private bool IsInDoubt(in CoinEvidence known, WatchedCoin coin, int slot, TimeSpan now) => known switch
    {
        { Carried: false } or { Refused: true } => false,
        { Listed: false } => now - coin.StaleSince < s_backSoon,
        { HeardAgo: { } ago } => ago > _options.StaleAfter / 2 || _lines.IsInDoubt(slot),
        _ => now - coin.Since >= PriceAudit.SeedAfter,
    };

    private void Revive(TimeSpan now)
    {
        foreach ((int slot, WatchedCoin coin) in _dead)
        {
            int place = _lines.PlaceOf(slot);
            switch (_revival.Decide(ref coin.Revival, place, _dead.Count(d => _lines.PlaceOf(d.Slot) == place), now))
            {
                case Revival.SubscribeAnew:
                    _lines.AskAgain(slot);
                    break;
                case Revival.ReplaceLine:
                    _lines.ReplaceFor(slot, coin.Instrument.Name);
                    break;
            }
        }
    }

    private void Change(WatchedCoin coin, CoinState state, StaleCause cause, string? refusal, TimeSpan now)
    {
        bool wasStale = coin.State == CoinState.Stale;
        (coin.State, coin.Cause, coin.Reason) = (state, cause, FeedStatus.ReasonOf(cause, refusal, _options.StaleAfter));
        if (state == CoinState.Stale)
        {
            if (!wasStale)
                coin.StaleSince = now;
            return;
        }
        coin.EverBelieved = true;
        Status.EverBelieved = true;
        if (coin.ToldStale)
            _believedNow.Add(coin);
    }
}

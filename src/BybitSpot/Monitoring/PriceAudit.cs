// What REST's last prices are used for: has the thread `audit` ask for all of them when that is due, and takes the answer in the
// monitor's next round: confirmations, dead topics, seeds, the exchange's clock. The stream goes on whatever comes of it.
// Everything but the asking is under the bridge's gate.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Monitoring;

/// <param name="start">The time stamp from which all times here count.</param>
internal sealed class PriceAudit(string thread, LatestTable table, LineSet lines, Tickers? tickers, AnchoredClock clock, long start, TimeProvider time, ILogger log, Action<string, Exception> died)
{
    /// <summary>A coin without its first ticker so long after its ack gets REST's price for the time being.</summary>
    public static readonly TimeSpan SeedAfter = TimeSpan.FromSeconds(3);

    /// <summary>A change of the exchange's clock that is worth a line in the log.</summary>
    private const long OffsetToldMs = 1_000;

    /// <summary>So long after a message of the stream without a price that can be used a coin is given none by REST either.</summary>
    private static readonly TimeSpan s_unusableHolds = TimeSpan.FromSeconds(10);

    private sealed record Answer(RestTrouble? Trouble, TickersAnswer? Prices);

    private readonly Audit _audit = new();
    private readonly AuditSchedule _schedule = new();
    private bool _started;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _question = new(0, 1);
    private HashSet<string> _wanted = [];
    private volatile Answer? _answer;
    private string? _trouble;
    private bool _wantsSecondWord;
    private long? _offsetToldMs;

    /// <summary>Symbols that are waited for.</summary>
    public ListingWatch Listings { get; } = new();

    public long Differences => _audit.Differences;

    public long DeadTopics => _audit.Contradictions;

    public long Asked { get; private set; }

    public long AskedInVain { get; private set; }

    public bool IsListed(int slot) => _audit.IsListed(slot);

    /// <summary>When REST last showed the coin's price; null if it never has.</summary>
    public TimeSpan? ConfirmedAt(int slot) => _audit.ConfirmedAt(slot);

    /// <summary>When the coin's topic was found dead; null if it was not, or has been right since.</summary>
    public TimeSpan? ContradictedAt(int slot) => _audit.ContradictedAt(slot);

    /// <summary>The coin is watched anew, or no longer.</summary>
    public void Forget(int slot) => _audit.Forget(slot);

    /// <summary>Starts the thread that asks: early, since it takes descriptors, which may be scarce later.</summary>
    public void Start()
    {
        if (_started || tickers is null)
            return;
        _started = true;
        OwnThread.Start(thread, Run, died);
    }

    public void Stop() => _end.Cancel();

    /// <summary>Has all last prices asked for if it is time to.</summary>
    /// <param name="inDoubt">Some coin has been silent for long, or waits for its first price.</param>
    public void AskIfDue(IReadOnlyCollection<WatchedCoin> coins, TimeSpan now, bool inDoubt)
    {
        if (tickers is null || coins.Count == 0 || tickers.IsBanned || !_schedule.IsDue(now, inDoubt))
            return;
        _schedule.Asked(now);
        Asked++;
        _wanted = new HashSet<string>(coins.Select(c => c.Instrument.Symbol).Concat(Listings.Awaited), StringComparer.Ordinal);
        Start();
        _question.Release();
    }

    /// <summary>Takes what came since the last round, if anything did.</summary>
    public void TakeAnswer(IReadOnlyDictionary<int, WatchedCoin> coins, TimeSpan now)
    {
        if (_answer is not { } answer)
            return;
        _answer = null;
        if (answer.Prices is { } prices)
            TakePrices(prices, coins);
        else
            AskedInVain++;
        _schedule.Answered(answer.Prices is not null && (_audit.WantsSecondLook || _wantsSecondWord));
        string? trouble = answer.Trouble?.Reason;
        if (trouble == _trouble || _end.IsCancellationRequested)
            return;
        if (trouble is null)
            log.AuditRecovered(tickers!.Endpoint);
        else
            log.AuditUnavailable(tickers!.Endpoint, trouble);
        _trouble = trouble;
    }

    // One thread for all questions, though they are seconds apart: each new one would take memory of its own from the system.
    private void Run()
    {
        try
        {
            while (true)
            {
                _question.Wait(_end.Token);
                RestTrouble? trouble = tickers!.Ask(_wanted, _end.Token, out TickersAnswer? prices);
                _answer = new Answer(trouble, prices);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void TakePrices(TickersAnswer prices, IReadOnlyDictionary<int, WatchedCoin> coins)
    {
        SetClock(prices);
        Listings.Look(prices.Prices);
        _wantsSecondWord = false;
        bool isWhole = _audit.Begin(prices.Listed);
        TimeSpan askedAt = time.GetElapsedTime(start, prices.AskedAt);
        bool agreed = false, differed = false;
        foreach ((int slot, WatchedCoin watched) in coins)
        {
            watched.DayAgo = prices.DayAgo.TryGetValue(watched.Instrument.Symbol, out Price before) ? before : null;
            LineEvidence line = lines.EvidenceOf(slot);
            SlotState state = table.Read(slot, out Tick tick);
            Price? shown = prices.Prices.TryGetValue(watched.Instrument.Symbol, out Price price) ? price : null;
            Stood stood = StoodHere(slot, line, shown, prices.AskedAt);
            if (state == SlotState.Priced && shown is { } now && StartsAnew(slot, watched, new RestPrice(now, askedAt, prices.TimeMs, stood)))
                state = table.Read(slot, out tick);
            if (state == SlotState.Waiting && shown is { } seed && !seed.Text.IsEmpty)
                Seed(slot, watched, seed, line, prices.TimeMs);
            var coin = new AuditedCoin(
                slot, watched.Instrument.Symbol, state == SlotState.Priced ? tick.Price : null, line.HeardAt == 0 ? null : time.GetElapsedTime(start, line.HeardAt), stood);
            bool wasListed = _audit.IsListed(slot);
            TimeSpan? deadBefore = _audit.ContradictedAt(slot);
            switch (_audit.Judge(coin, shown, isWhole, askedAt))
            {
                case AuditVerdict.Agrees:
                    agreed = true;
                    break;
                case AuditVerdict.Suspect or AuditVerdict.Late:
                    differed = true;
                    break;
                case AuditVerdict.Contradicts:
                    differed = true;
                    if (deadBefore is null)
                        log.TopicDead(watched.Instrument.Name, shown!.Value.ToString(), tick.Price.ToString());
                    break;
                case AuditVerdict.NotListed when wasListed:
                    log.CoinNotListed(watched.Instrument.Symbol);
                    break;
            }
        }
        if (agreed && !differed)
            lines.Acquittal.Give();
    }

    // Whether REST shows what was right here a while ago. What came while no line carried the coin never stood here.
    private Stood StoodHere(int slot, in LineEvidence line, Price? shown, long askedAt)
    {
        if (shown is not { } price)
            return Stood.No;
        long since = askedAt - (long)(Audit.LateMax.TotalSeconds * time.TimestampFrequency);
        Stood stood = table.StoodSince(slot, price, since);
        return stood == Stood.No && (line.CarriedSince == 0 || line.CarriedSince > since) ? Stood.Unknown : stood;
    }

    // REST may show that what was held for late is the price.
    private bool StartsAnew(int slot, WatchedCoin watched, in RestPrice shown)
    {
        RestWord word = lines.ConfirmReset(slot, shown);
        _wantsSecondWord |= word == RestWord.Noted;
        if (word == RestWord.Believed)
            log.SequenceStartedAnew(watched.Instrument.Name, shown.Price.ToString());
        return word == RestWord.Believed;
    }

    private void Seed(int slot, WatchedCoin coin, Price price, in LineEvidence line, long timeMs)
    {
        // A stream that speaks, and of no price, is not overruled by REST.
        if (line.UnusableAt != 0 && time.GetElapsedTime(line.UnusableAt) <= s_unusableHolds)
            return;
        if (line.AckedAt == 0 || time.GetElapsedTime(line.AckedAt) < SeedAfter || timeMs is < IsoTime.TimeMsMin or > IsoTime.TimeMsMax)
            return;
        if (table.TrySeed(slot, new Tick { Price = price, TimeMs = timeMs, Sequence = Tick.NoSequence, IsSeed = true }))
            log.CoinSeeded(coin.Instrument.Name, price.ToString());
    }

    private void SetClock(TickersAnswer prices)
    {
        if (prices.TimeMs <= 0)
            return;
        // The answer was made some time between question and receipt.
        long offsetMs = prices.TimeMs - clock.MsAt(prices.AskedAt + (prices.AnsweredAt - prices.AskedAt) / 2);
        clock.ExchangeOffsetMs = offsetMs;
        if (_offsetToldMs is { } told && Math.Abs(offsetMs - told) < OffsetToldMs)
            return;
        _offsetToldMs = offsetMs;
        log.ClockOffset(offsetMs);
    }
}

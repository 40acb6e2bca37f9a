// What the lookout does with REST: has the thread `audit` ask for all last prices when that is due, and takes the answer in the
// next round: seeds, confirmations, dead topics, the exchange's clock. The stream goes on whatever comes of it.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;

namespace BybitSpot;

internal sealed partial class Lookout
{
    /// <summary>A coin without its first ticker so long after its ack gets REST's price for the time being.</summary>
    public static readonly TimeSpan SeedAfter = TimeSpan.FromSeconds(3);

    /// <summary>How long a topic that was subscribed anew is given before its line is replaced; doubled with each further try.</summary>
    private static readonly TimeSpan s_reviveWithin = TimeSpan.FromSeconds(10);

    /// <summary>A topic that stays dead, whatever was tried, is tried again this often.</summary>
    private static readonly TimeSpan s_reviveEvery = TimeSpan.FromSeconds(60);

    /// <summary>A change of the exchange's clock that is worth a line in the log.</summary>
    private const long OffsetToldMs = 1_000;

    private sealed record AuditAnswer(RestTrouble? Trouble, TickersAnswer? Prices);

    private readonly Audit _audit = new();
    private readonly AuditSchedule _schedule = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _question = new(0, 1);
    private HashSet<string> _wanted = [];
    private volatile AuditAnswer? _answer;
    private string? _auditTrouble;
    private long? _offsetToldMs;

    public Action<string, Exception> Died { get; init; } = static (_, _) => { };

    public long AuditDifferences => _audit.Differences;

    public long DeadTopics => _audit.Contradictions;

    public long Asked { get; private set; }

    public long AskedInVain { get; private set; }

    private void AskIfDue(TimeSpan now, bool inDoubt)
    {
        if (tickers is null || _coins.Count == 0 || tickers.IsBanned || !_schedule.IsDue(now, inDoubt))
            return;
        _schedule.Asked(now);
        Asked++;
        _wanted = new HashSet<string>(_coins.Values.Select(c => c.Instrument.Symbol), StringComparer.Ordinal);
        if (Asked == 1)
            OwnThread.Start("audit", RunAudit, Died);
        _question.Release();
    }

    // One thread for all questions, though they are seconds apart: each new one would take memory of its own from the system.
    private void RunAudit()
    {
        try
        {
            while (true)
            {
                _question.Wait(_end.Token);
                RestTrouble? trouble = tickers!.Ask(_wanted, _end.Token, out TickersAnswer? prices);
                _answer = new AuditAnswer(trouble, prices);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void TakeAnswer(TimeSpan now)
    {
        if (_answer is not { } answer)
            return;
        _answer = null;
        if (answer.Prices is { } prices)
            TakePrices(prices, now);
        else
            AskedInVain++;
        _schedule.Answered(answer.Prices is not null && _audit.WantsSecondLook);
        string? trouble = answer.Trouble?.Reason;
        if (trouble == _auditTrouble || _stopping)
            return;
        if (trouble is null)
            log.AuditRecovered(tickers!.Endpoint);
        else
            log.AuditUnavailable(tickers!.Endpoint, trouble);
        _auditTrouble = trouble;
    }

    private void TakePrices(TickersAnswer prices, TimeSpan now)
    {
        SetClock(prices);
        bool isWhole = _audit.Begin(prices.Listed);
        TimeSpan askedAt = time.GetElapsedTime(_start, prices.AskedAt);
        bool agreed = false, differed = false;
        foreach ((int slot, Seen seen) in _coins)
        {
            LineEvidence heard = lines.EvidenceOf(slot);
            SlotState state = table.Read(slot, out Tick tick);
            Price? shown = prices.Prices.TryGetValue(seen.Instrument.Symbol, out Price price) ? price : null;
            if (state == SlotState.Waiting && shown is { } seed && !seed.Text.IsEmpty)
                Seed(slot, seen, seed, heard, prices.TimeMs);
            var coin = new AuditedCoin(
                slot, seen.Instrument.Symbol, state == SlotState.Priced ? tick.Price : null, heard.HeardAt == 0 ? null : time.GetElapsedTime(_start, heard.HeardAt));
            bool wasListed = _audit.IsListed(slot);
            TimeSpan? deadBefore = _audit.ContradictedAt(slot);
            switch (_audit.Judge(coin, shown, isWhole, askedAt))
            {
                case AuditVerdict.Agrees:
                    agreed = true;
                    break;
                case AuditVerdict.Suspect:
                    differed = true;
                    break;
                case AuditVerdict.Contradicts:
                    differed = true;
                    if (deadBefore is null)
                        log.TopicDead(seen.Instrument.Coin, shown!.Value.ToString(), tick.Price.ToString());
                    break;
                case AuditVerdict.NotListed when wasListed:
                    log.CoinNotListed(seen.Instrument.Symbol);
                    break;
            }
        }
        if (agreed && !differed)
            lines.Acquittal.Give();
    }

    private void Seed(int slot, Seen seen, Price price, in LineEvidence heard, long timeMs)
    {
        if (heard.AckedAt == 0 || time.GetElapsedTime(heard.AckedAt) < SeedAfter || timeMs is <= 0 or > IsoTime.TimeMsMax)
            return;
        if (table.TrySeed(slot, new Tick { Price = price, TimeMs = timeMs, Sequence = Tick.NoSequence, IsSeed = true }))
            log.CoinSeeded(seen.Instrument.Coin, price.ToString());
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

    // The topic is subscribed anew; if that does not help, its line is replaced, or, where that was done not long ago, it is
    // subscribed anew again, ever more seldom: the exchange may have been deaf the first time.
    private void Revive(int slot, Seen seen, TimeSpan now)
    {
        if (now < seen.ReviveAt)
            return;
        if (seen.Revivals == 0)
            lines.AskAgain(slot);
        else
            lines.ReplaceFor(slot, seen.Instrument.Coin);
        TimeSpan pause = s_reviveWithin * (1 << Math.Min(seen.Revivals++, 3));
        seen.ReviveAt = now + (pause < s_reviveEvery ? pause : s_reviveEvery);
    }
}

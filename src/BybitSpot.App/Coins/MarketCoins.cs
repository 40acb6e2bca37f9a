// What is watched of one market: the symbols that the coins file names there, what the exchange's list of that market says of them, and what
// comes of both. The coins thread alone, but for the question to REST, which a thread of its own asks. What must stay true: prices never
// wait for REST; what one market's list says changes no other market.
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <param name="file">The coins file's name, for messages.</param>
/// <param name="answered">Takes what REST said. On another thread.</param>
/// <param name="start">The time stamp from which the loop's clock counts.</param>
internal sealed class MarketCoins(MarketRules rules, string file, CoinsLoopParts parts, Action<CoinsAnswer> answered, ILogger log, TimeProvider time, long start)
{
    private readonly CoinSelection _selection = new(rules);
    private readonly CoinNotes _notes = new(log, rules);
    private readonly RestSchedule _schedule = new();
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _question = new(0, 1);
    private readonly Func<CancellationToken, (ListVerdict Verdict, InstrumentList? List)>? _ask = parts.AskRest?.Invoke(rules.Venue);
    private IReadOnlyList<string> _symbols = [];
    private List<string> _asked = [], _awaited = [];
    private TimeSpan _askedAt;
    private bool _appliedOnce;

    public Venue Venue => rules.Venue;

    /// <summary>Whether it is the market of BYBIT_WS_URL.</summary>
    public bool IsFirst => rules.IsFirst;

    /// <summary>What is in effect.</summary>
    public Watchlist Current => _selection.Current;

    /// <summary>Whether REST owes no answer. Any thread.</summary>
    public bool IsAnswered => !_schedule.Running;

    /// <summary>When REST is to be asked next; null: not by the clock.</summary>
    public TimeSpan? RestAt => _ask is null ? null : _schedule.Due;

    /// <summary>A list is ready and not applied, for want of descriptors.</summary>
    public bool Waits { get; private set; }

    private TimeSpan Now => time.GetElapsedTime(start);

    private bool Follows => _symbols.Any(s => s.Trim() == Watchlist.Everything);

    /// <summary>Takes its symbols as they are at the start of the program.</summary>
    /// <returns>Null, or why the program cannot start with them.</returns>
    public CoinsError? Begin(IReadOnlyList<string> symbols)
    {
        _symbols = symbols;
        if (Follows)
            return _ask is null ? new CoinsError(1, $"\"{Watchlist.Everything}\" needs the exchange's list, and REST is off (BYBIT_REST_URL)") : null;
        Resolution byForm = _selection.Select(_symbols);
        return byForm.Watchlist.Instruments.Count == 0 && _symbols.Count > 0
            ? new CoinsError(1, $"none of its coins can be taken: {byForm.Notes[0].Symbol} {byForm.Notes[0].Reason}")
            : null;
    }

    /// <summary>Hands the first watchlist over at once.</summary>
    /// <param name="others">The markets that are there.</param>
    public void Start(IReadOnlyList<MarketCoins> others)
    {
        log.CoinsLoaded(file, NamedCoins.Of(_symbols, rules));
        Select(others);
        // Early, and one for all questions: a thread takes descriptors, which may be scarce later.
        if (_ask is not null)
            OwnThread.Start(IsFirst ? "rest" : $"rest-{Venue.Name()}", RunRest, parts.Died);
    }

    /// <summary>The file names these now.</summary>
    public void Take(IReadOnlyList<string> symbols, IReadOnlyList<MarketCoins> others)
    {
        bool followed = Follows;
        _symbols = symbols;
        log.CoinsLoaded(file, NamedCoins.Of(_symbols, rules));
        // A list that nobody followed may be minutes old.
        if (Follows && !followed)
            Want();
        AskForUnknown();
        AwaitListings();
        Select(others);
    }

    /// <summary>Asks REST as soon as that may be.</summary>
    public void Want()
    {
        if (_ask is not null)
            _schedule.Want(Now);
    }

    public void AskIfDue()
    {
        if (RestAt is not { } due || Now < due)
            return;
        _schedule.Start(Now);
        _question.Release();
    }

    /// <summary>REST has answered.</summary>
    public void Answered(CoinsAnswer answer, IReadOnlyList<MarketCoins> others)
    {
        if (answer.Verdict == ListVerdict.Believed)
        {
            bool changed = _selection.Differs(answer.List!);
            foreach (string symbol in _selection.Believe(answer.List!))
                log.CoinDelisted(symbol);
            AwaitListings();
            _schedule.End(answer.Verdict, Follows || _awaited.Count > 0, Now);
            if (changed)
                parts.ListChanged(Venue);
            if (answer.StartedAt >= _askedAt)
                _asked = [];
            else if (_asked.Count > 0)
                _schedule.Want(Now);
        }
        else
        {
            _schedule.End(answer.Verdict, Follows || _awaited.Count > 0, Now);
            if (!_schedule.IsLimitedForNow)
            {
                _selection.TakeByForm(_asked);
                _asked = [];
            }
        }
        Select(others);
    }

    /// <summary>Hands over what the symbols come to now, if that is something new.</summary>
    public void Select(IReadOnlyList<MarketCoins> others)
    {
        Resolution resolution = WithoutTaken(_selection.Select(_symbols), others);
        bool waiting = _asked.Count > 0 || (!_selection.HasList && Follows);
        _notes.Tell(resolution.Notes, waitingFor: _asked, listAwaited: waiting);
        Watchlist all = resolution.Watchlist, wanted = parts.Shard.IsWhole ? all : all.Without(all.Instruments.Where(i => !parts.Shard.Holds(i.Coin)).ToHashSet());
        if (_appliedOnce && all.Instruments.Count == 0 && _symbols.Count > 0)
        {
            if (!waiting && Current.Instruments.Count > 0)
                _notes.TellAllRefused(file, _symbols);
            return;
        }
        (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(Current, wanted);
        if (_appliedOnce && added.Count == 0 && removed.Count == 0 && wanted.Awaits == Current.Awaits)
            return;
        string? lack = added.Count == 0 ? null : parts.Reserve.Lack(Reserve.ForFeed);
        if (lack is not null && !Waits)
            log.CoinsWait(file, lack);
        Waits = lack is not null;
        if (Waits)
            return;
        try
        {
            parts.Apply(Venue, wanted);
            _appliedOnce = true;
            _selection.Applied(wanted);
        }
        catch (InvalidOperationException failure)
        {
            // More coins than there are slots for.
            log.CoinsNotApplied(failure.Message);
        }
    }

    public void Stop() => _end.Cancel();

    /// <summary>Linear and inverse write keys of one kind: whoever has a coin's key keeps it.</summary>
    private Resolution WithoutTaken(Resolution resolution, IReadOnlyList<MarketCoins> others)
    {
        Watchlist watchlist = resolution.Watchlist;
        var notes = new List<SymbolNote>(resolution.Notes);
        foreach (MarketCoins other in others)
        {
            if (other == this || !MarketRules.ShareKeys(Venue, other.Venue))
                continue;
            IReadOnlyList<(Instrument Theirs, Instrument Ours)> taken = Watchlist.Collisions(other.Current, watchlist);
            notes.AddRange(taken.Select(t => new SymbolNote(t.Ours.Symbol, $"would share the key of {t.Theirs.Symbol} of {other.Venue.Name()} (coin {t.Ours.Coin})", Refused: true)));
            watchlist = watchlist.Without(taken.Select(t => t.Ours).ToHashSet());
        }
        return new Resolution(watchlist, notes);
    }

    /// <summary>Symbols that the list doesn't know are perhaps newer than the list.</summary>
    private void AskForUnknown()
    {
        _asked = _selection.Unknown(_symbols);
        if (_asked.Count == 0)
            return;
        if (_ask is null || _schedule.IsPaused(Now))
        {
            _selection.TakeByForm(_asked);
            _asked = [];
            return;
        }
        _askedAt = Now;
        _schedule.Want(_askedAt);
    }

    /// <summary>What is named and not listed may be listed soon: the list is asked for more often, and an audit looks out for it.</summary>
    private void AwaitListings()
    {
        List<string> awaited = _selection.Unlisted(_symbols);
        if (awaited.SequenceEqual(_awaited))
            return;
        _awaited = awaited;
        parts.Await(Venue, awaited);
    }

    private void RunRest()
    {
        try
        {
            while (true)
            {
                _question.Wait(_end.Token);
                TimeSpan startedAt = Now;
                (ListVerdict verdict, InstrumentList? list) = _ask!(_end.Token);
                answered(new CoinsAnswer(this, verdict, list, startedAt));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}

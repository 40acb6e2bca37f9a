// The thread that keeps the watchlist as the coins file and the exchange's list say: looks at the file at every event and
// four times a second, has REST asked on a second thread, hands what comes of it to the engine. What must stay true: a reload is
// taken whole or not at all; prices never wait for REST; the thread itself never waits for anything but its own condition.
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <param name="Apply">Takes a new watchlist over.</param>
/// <param name="AskRest">Asks for the exchange's list, blocking; null = REST is off.</param>
/// <param name="WatchEvents">Starts file events; throws an <see cref="IOException"/> when none are to be had.</param>
internal sealed record CoinsLoopParts(
    Action<Watchlist> Apply,
    Func<CancellationToken, (ListVerdict Verdict, InstrumentList? List)>? AskRest,
    Func<string, Action, IDisposable> WatchEvents,
    Action<string, Exception> Died)
{
    /// <summary>Told that the exchange lists other symbols than before.</summary>
    public Action ListChanged { get; init; } = static () => { };

    /// <summary>Told of the symbols that the file names and the exchange's list doesn't, whenever they are others than before.</summary>
    public Action<IReadOnlyList<string>> Await { get; init; } = static _ => { };

    /// <summary>Asked before a list is applied, which may take new connections.</summary>
    public Reserve Reserve { get; init; } = Reserve.Unlimited;
}

internal sealed class CoinsLoop(CoinsReading reading, CoinsLoopParts parts, ILogger log, TimeProvider time)
{
    /// <summary>How often the file's content is compared, events or not: a few dozen microseconds for a save to be seen soon.</summary>
    public static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    private readonly CoinSelection _selection = new();
    private readonly CoinNotes _notes = new(log);
    private readonly RestSchedule _schedule = new();
    private readonly CancellationTokenSource _end = new();
    private readonly long _start = time.GetTimestamp();
    private readonly CoinsMailbox _mailbox = new();
    private IReadOnlyList<string> _symbols = [];
    private IReadOnlyList<(string Key, int Line)> _unknownKeys = [];
    private List<string> _asked = [], _awaited = [];
    private TimeSpan _askedAt;
    private TimeSpan _lookedAt;
    private long _rejected;
    private bool _appliedOnce, _cutOffTold, _waits;
    private Thread? _thread;
    private Turn _turn = new("coins");
    private readonly SemaphoreSlim _question = new(0, 1);

    /// <summary>Whether REST owes no answer. Any thread.</summary>
    internal bool IsAnswered => !_schedule.Running;

    private TimeSpan Now => time.GetElapsedTime(_start);

    private bool Follows
    {
        get
        {
            foreach (string symbol in _symbols)
                if (symbol.Trim() == Watchlist.Everything)
                    return true;
            return false;
        }
    }

    /// <summary>Takes the file as it is at the start of the program.</summary>
    /// <returns>Null, or why the program cannot start with it.</returns>
    public CoinsError? ReadFirst()
    {
        CoinsLook look = reading.Look(again: true, out CoinsFile? file);
        if (look != CoinsLook.Loaded)
            return file!.Error;
        (_symbols, _unknownKeys) = (file!.Symbols, file.UnknownKeys);
        if (Follows)
            return parts.AskRest is null
                ? new CoinsError(1, $"\"{Watchlist.Everything}\" needs the exchange's list, and REST is off (BYBIT_REST_URL)")
                : null;
        Resolution byForm = _selection.Select(_symbols);
        return byForm.Watchlist.Instruments.Count == 0 && _symbols.Count > 0
            ? new CoinsError(1, $"none of its coins can be taken: {byForm.Notes[0].Symbol} {byForm.Notes[0].Reason}")
            : null;
    }

    /// <summary>Hands the first watchlist over at once, then keeps it on a thread of its own.</summary>
    /// <param name="turn">What it counts its turns by.</param>
    public void Start(Turn? turn = null)
    {
        log.CoinsLoaded(reading.Path, NamedCoins.Of(_symbols));
        _notes.TellUnknownKeys(reading.Path, _unknownKeys);
        Select();
        _turn = turn ?? _turn;
        // Early, and one for all questions: a thread takes descriptors, which may be scarce later.
        if (parts.AskRest is not null)
            OwnThread.Start("rest", RunRest, parts.Died);
        _thread = OwnThread.Start("coins", Run, parts.Died);
    }

    /// <summary>Looks at the file now, takes it even if it is the same, and asks REST anew. Any thread.</summary>
    public void Reload() => _mailbox.PostReload();

    /// <summary>An audit's answer has named a symbol that is waited for: asks for the list. Any thread.</summary>
    public void ListingSeen() => _mailbox.PostListing();

    public void Stop()
    {
        _mailbox.PostStop();
        _end.Cancel();
        _thread?.Join(TimeSpan.FromMilliseconds(100));
    }

    private void Run()
    {
        using IDisposable? events = StartEvents();
        // What changed before the events began is seen by this look.
        bool look = true;
        while (true)
        {
            _turn.Take();
            if (_waits)
                Select();
            if (look)
                Look(again: false);
            AskIfDue();
            TimeSpan lookEvery = reading.Settling is { } settling && settling < PollEvery ? settling : PollEvery;
            TimeSpan? restAt = parts.AskRest is null ? null : _schedule.Due;
            if (!_mailbox.Wait(() => Now, _lookedAt, lookEvery, restAt, out CoinsWork work))
                return;
            if (work.Answer is { } answer)
                Answered(answer);
            if (work.Listing && parts.AskRest is not null)
                _schedule.Want(Now);
            look = work.Look && !work.Reload;
            if (work.Reload)
            {
                if (parts.AskRest is not null)
                    _schedule.Want(Now);
                Look(again: true);
            }
        }
    }

    private void Look(bool again)
    {
        _lookedAt = Now;
        switch (reading.Look(again, out CoinsFile? file))
        {
            case CoinsLook.Rejected:
                log.CoinsRejected(reading.Path, file!.Error!.Line, file.Error.Reason, ++_rejected);
                break;
            case CoinsLook.Loaded:
                _symbols = file!.Symbols;
                log.CoinsLoaded(reading.Path, NamedCoins.Of(_symbols));
                _notes.TellUnknownKeys(reading.Path, file.UnknownKeys);
                AskForUnknown();
                AwaitListings();
                Select();
                break;
        }
        if (reading.IsCutOff && !_cutOffTold)
            log.CoinsCutOff(reading.Path);
        _cutOffTold = reading.IsCutOff;
    }

    /// <summary>Symbols that the list doesn't know are perhaps newer than the list.</summary>
    private void AskForUnknown()
    {
        _asked = _selection.Unknown(_symbols);
        if (_asked.Count == 0)
            return;
        if (parts.AskRest is null || _schedule.IsPaused(Now))
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
        parts.Await(awaited);
    }

    private void AskIfDue()
    {
        if (parts.AskRest is null || _schedule.Due is not { } due || Now < due)
            return;
        _schedule.Start(Now);
        _question.Release();
    }

    private void RunRest()
    {
        try
        {
            while (true)
            {
                _question.Wait(_end.Token);
                TimeSpan startedAt = Now;
                (ListVerdict verdict, InstrumentList? list) = parts.AskRest!(_end.Token);
                _mailbox.PostAnswer(new CoinsAnswer(verdict, list, startedAt));
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private void Answered(CoinsAnswer answer)
    {
        if (answer.Verdict == ListVerdict.Believed)
        {
            bool changed = _selection.Differs(answer.List!);
            foreach (string symbol in _selection.Believe(answer.List!))
                log.CoinDelisted(symbol);
            AwaitListings();
            _schedule.End(answer.Verdict, Follows || _awaited.Count > 0, Now);
            if (changed)
                parts.ListChanged();
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
        Select();
    }

    private void Select()
    {
        Resolution resolution = _selection.Select(_symbols);
        bool waiting = _asked.Count > 0 || (!_selection.HasList && Follows);
        _notes.Tell(resolution.Notes, waitingFor: _asked, listAwaited: waiting);
        Watchlist wanted = resolution.Watchlist;
        if (_appliedOnce && wanted.Instruments.Count == 0 && _symbols.Count > 0)
        {
            if (!waiting && _selection.Current.Instruments.Count > 0)
                _notes.TellAllRefused(reading.Path, _symbols);
            return;
        }
        (IReadOnlyList<Instrument> added, IReadOnlyList<Instrument> removed) = Watchlist.Diff(_selection.Current, wanted);
        if (_appliedOnce && added.Count == 0 && removed.Count == 0 && wanted.Awaits == _selection.Current.Awaits)
            return;
        string? lack = added.Count == 0 ? null : parts.Reserve.Lack(Reserve.ForFeed);
        if (lack is not null && !_waits)
            log.CoinsWait(reading.Path, lack);
        _waits = lack is not null;
        if (_waits)
            return;
        try
        {
            parts.Apply(wanted);
            _appliedOnce = true;
            _selection.Applied(wanted);
        }
        catch (InvalidOperationException failure)
        {
            // More coins than there are slots for.
            log.CoinsNotApplied(failure.Message);
        }
    }

    private IDisposable? StartEvents()
    {
        if (!reading.IsFile)
            return null;
        try
        {
            return parts.WatchEvents(reading.Path, _mailbox.PostChanged);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            log.CoinsPolling(reading.Path, failure.Message);
            return null;
        }
    }
}

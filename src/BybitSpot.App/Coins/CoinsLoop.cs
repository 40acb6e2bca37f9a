// The thread that keeps the watchlists as the coins file and the exchange's lists say: looks at the file at every event and
// four times a second, has REST asked on threads of their own, hands what comes of it to the engine. What must stay true: a reload is
// taken whole or not at all; prices never wait for REST; the thread itself never waits for anything but its own condition.
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <param name="Apply">Takes a market's new watchlist over.</param>
/// <param name="AskRest">Gives for a market what asks for the exchange's list of it, blocking; null = REST is off.</param>
/// <param name="WatchEvents">Starts file events; throws an <see cref="IOException"/> when none are to be had.</param>
internal sealed record CoinsLoopParts(
    Action<Venue, Watchlist> Apply,
    Func<Venue, Func<CancellationToken, (ListVerdict Verdict, InstrumentList? List)>>? AskRest,
    Func<string, Action, IDisposable> WatchEvents,
    Action<string, Exception> Died)
{
    /// <summary>How symbols become coins on the market of BYBIT_WS_URL.</summary>
    public required MarketRules Market { get; init; }

    /// <summary>The same of another one; null: the others are left out.</summary>
    public Func<Venue, MarketRules>? Others { get; init; }

    /// <summary>Which part of the coins is watched here.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>Told of a market of which the file names nothing any more.</summary>
    public Action<Venue> Leave { get; init; } = static _ => { };

    /// <summary>Told that the exchange lists other symbols of a market than before.</summary>
    public Action<Venue> ListChanged { get; init; } = static _ => { };

    /// <summary>Told of the symbols that the file names and the exchange's list doesn't, whenever they are others than before.</summary>
    public Action<Venue, IReadOnlyList<string>> Await { get; init; } = static (_, _) => { };

    /// <summary>Asked before a list is applied, which may take new connections.</summary>
    public Reserve Reserve { get; init; } = Reserve.Unlimited;

    /// <summary>The log of a market that is not the first.</summary>
    public Func<Venue, ILogger>? LogOf { get; init; }
}

internal sealed class CoinsLoop
{
    /// <summary>How often the file's content is compared, events or not: a few dozen microseconds for a save to be seen soon.</summary>
    public static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);

    private readonly CoinsReading _reading;
    private readonly CoinsLoopParts _parts;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly CoinNotes _notes;
    private readonly long _start;
    private readonly CoinsMailbox _mailbox = new();

    // The first is there whatever the file says. Changed by the loop's thread alone.
    private volatile MarketCoins[] _markets;
    private CoinsFile? _file;
    private TimeSpan _lookedAt;
    private long _rejected;
    private bool _cutOffTold;
    private Thread? _thread;
    private Turn _turn = new("coins");

    public CoinsLoop(CoinsReading reading, CoinsLoopParts parts, ILogger log, TimeProvider time)
    {
        (_reading, _parts, _log, _time, _start) = (reading, parts, log, time, time.GetTimestamp());
        _notes = new CoinNotes(log, parts.Market);
        _markets = [MarketOf(parts.Market.Venue)];
    }

    /// <summary>Whether REST owes no answer. Any thread.</summary>
    internal bool IsAnswered => Array.TrueForAll(_markets, m => m.IsAnswered);

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Takes the file as it is at the start of the program.</summary>
    /// <returns>Null, or why the program cannot start with it.</returns>
    public CoinsError? ReadFirst()
    {
        CoinsLook look = _reading.Look(again: true, out CoinsFile? file);
        if (look != CoinsLook.Loaded)
            return file!.Error;
        _file = file!;
        _markets = [_markets[0], .. Named(_file).Select(MarketOf)];
        foreach (MarketCoins market in _markets)
            if (market.Begin(_file.SymbolsOf(market.Venue, _parts.Market.Venue)) is { } wrong)
                return market.IsFirst ? wrong : wrong with { Reason = $"\"{market.Venue.Name()}\": {wrong.Reason}" };
        return null;
    }

    /// <summary>Hands the first watchlists over at once, then keeps them on a thread of its own.</summary>
    /// <param name="turn">What it counts its turns by.</param>
    public void Start(Turn? turn = null)
    {
        _notes.TellUnknownKeys(_reading.Path, _file!.UnknownKeys);
        foreach (MarketCoins market in _markets)
            market.Start(_markets);
        _turn = turn ?? _turn;
        _thread = OwnThread.Start("coins", Run, _parts.Died);
    }

    /// <summary>Looks at the file now, takes it even if it is the same, and asks REST anew. Any thread.</summary>
    public void Reload() => _mailbox.PostReload();

    /// <summary>An audit's answer has named a symbol that is waited for: asks for the list. Any thread.</summary>
    public void ListingSeen() => _mailbox.PostListing();

    public void Stop()
    {
        _mailbox.PostStop();
        foreach (MarketCoins market in _markets)
            market.Stop();
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
            foreach (MarketCoins market in _markets)
                if (market.Waits)
                    market.Select(_markets);
            if (look)
                Look(again: false);
            foreach (MarketCoins market in _markets)
                market.AskIfDue();
            TimeSpan lookEvery = _reading.Settling is { } settling && settling < PollEvery ? settling : PollEvery;
            if (!_mailbox.Wait(() => Now, _lookedAt, lookEvery, _markets.Min(m => m.RestAt), out CoinsWork work))
                return;
            foreach (CoinsAnswer answer in work.Answers)
                if (_markets.Contains(answer.Market))
                    answer.Market.Answered(answer, _markets);
            if (work.Listing || work.Reload)
                foreach (MarketCoins market in _markets)
                    market.Want();
            look = work.Look && !work.Reload;
            if (work.Reload)
                Look(again: true);
        }
    }

    private void Look(bool again)
    {
        _lookedAt = Now;
        switch (_reading.Look(again, out CoinsFile? file))
        {
            case CoinsLook.Rejected:
                _log.CoinsRejected(_reading.Path, file!.Error!.Line, file.Error.Reason, ++_rejected);
                break;
            case CoinsLook.Loaded:
                Take(file!);
                break;
        }
        if (_reading.IsCutOff && !_cutOffTold)
            _log.CoinsCutOff(_reading.Path);
        _cutOffTold = _reading.IsCutOff;
    }

    private void Take(CoinsFile file)
    {
        _notes.TellUnknownKeys(_reading.Path, file.UnknownKeys);
        // Whatever is left is left before anything is taken: a coin may go from one market to another that shares its key.
        Venue[] named = [.. Named(file)];
        foreach (MarketCoins gone in _markets.Where(m => !m.IsFirst && !named.Contains(m.Venue)))
        {
            _markets = [.. _markets.Where(m => m != gone)];
            gone.Stop();
            _parts.Leave(gone.Venue);
        }
        foreach (MarketCoins market in _markets)
            market.Take(file.SymbolsOf(market.Venue, _parts.Market.Venue), _markets);
        foreach (Venue venue in named.Where(v => !Array.Exists(_markets, m => m.Venue == v)))
            Join(venue, file);
    }

    /// <summary>A market that was not named before; if it cannot be taken the others go on.</summary>
    private void Join(Venue venue, CoinsFile file)
    {
        MarketCoins market = MarketOf(venue);
        if (market.Begin(file.SymbolsOf(venue, _parts.Market.Venue)) is { } wrong)
        {
            _log.CoinsRejected(_reading.Path, wrong.Line, $"\"{venue.Name()}\": {wrong.Reason}", ++_rejected);
            return;
        }
        _markets = [.. _markets, market];
        market.Start(_markets);
    }

    /// <summary>Markets beside the first of which something is named.</summary>
    private IEnumerable<Venue> Named(CoinsFile file) => _parts.Others is null ? [] : file.Markets.Where(m => m.Value.Count > 0 && m.Key != _parts.Market.Venue).Select(m => m.Key).Order();

    private MarketCoins MarketOf(Venue venue)
    {
        bool isFirst = venue == _parts.Market.Venue;
        return new MarketCoins(isFirst ? _parts.Market : _parts.Others!(venue), _reading.Path, _parts, _mailbox.PostAnswer, isFirst ? _log : _parts.LogOf?.Invoke(venue) ?? _log, _time, _start);
    }

    private IDisposable? StartEvents()
    {
        if (!_reading.IsFile)
            return null;
        try
        {
            return _parts.WatchEvents(_reading.Path, _mailbox.PostChanged);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            _log.CoinsPolling(_reading.Path, failure.Message);
            return null;
        }
    }
}

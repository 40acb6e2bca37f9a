// What /events tells its clients. Its thread, `events`, runs while there are clients, and for some minutes more, in which it keeps the
// prices' trail for whoever comes back; it alone drains the table, ten times a second, and writes each coin that changed once,
// whatever the number of clients. What must stay true: without a client the table has no reader for it; a client gets the newest
// value of what changed since it was last served, so one that is slow gets fewer and fresher ones and never a queue.
using System.Buffers;
using System.Text.Json;
using BybitSpot.Latest;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal sealed partial class EventHub(BoardOfBridge board, LatestTable latest, Turns turns, TimeProvider time, Action<string, Exception> died) : IDisposable
{
    /// <summary>Clients at a time. Each holds a connection, so there must be fewer than <see cref="WebServer.ConnectionsMax"/>.</summary>
    public const int ClientsMax = 56;

    /// <summary>How long changes gather: ten events a second for a client at most.</summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    /// <summary>The whole is told again after so long without a change, which shows that somebody is there.</summary>
    public static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(1);

    /// <summary>How long the trail is kept after the last client has gone.</summary>
    private static readonly TimeSpan s_linger = TimeSpan.FromMinutes(10);

    /// <summary>How long the end may take.</summary>
    private static readonly TimeSpan s_endLimit = TimeSpan.FromMilliseconds(200);

    /// <summary>An age that is off by more is told anew: messages came that brought nothing else.</summary>
    private static readonly TimeSpan s_ageOff = TimeSpan.FromMilliseconds(500);

    /// <summary>A coin as its clients are told of it.</summary>
    private sealed class Entry(int slot)
    {
        public readonly int Slot = slot;
        public readonly ArrayBufferWriter<byte> Json = new(128);
        public CoinStanding Standing = null!;
        public long ChangedAt, WholeAt;
        public bool Removed;

        /// <summary>When its last message came, as it was told.</summary>
        public TimeSpan? HeardAt;
    }

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Dictionary<int, Entry> _coins = [];
    private readonly List<Entry> _ordered = [];
    private readonly ArrayBufferWriter<byte> _status = new(1024);
    private readonly Utf8JsonWriter _json = new(Stream.Null, BoardJson.Options);
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DirtySet? _dirty;
    private volatile Thread? _thread;
    private FeedReport? _report;
    private long _round, _statusRound, _removedRound;
    private TimeSpan _lookedAt, _leftAt;
    private int _clients;
    private long _refused, _dropped;
    private bool _stopping;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Takes a client in.</summary>
    /// <param name="coins">The coins that it wants; null: all.</param>
    /// <param name="trail">Whether it wants their trails, too.</param>
    /// <returns>Null: there are too many.</returns>
    public EventClient? Join(IReadOnlySet<string>? coins, bool trail)
    {
        lock (_gate)
        {
            if (_stopping || _clients == ClientsMax)
            {
                _refused++;
                return null;
            }
            if (_clients++ == 0)
            {
                _dirty = latest.CreateReader();
                Take();
                _thread ??= OwnThread.Start("events", Run, died);
                _wake.Set();
            }
            return new EventClient(this, coins, trail);
        }
    }

    /// <summary>A client has gone.</summary>
    /// <param name="tooSlow">It took nothing for too long.</param>
    public void Leave(bool tooSlow)
    {
        lock (_gate)
        {
            if (tooSlow)
                _dropped++;
            if (--_clients > 0)
                return;
            latest.RemoveReader(_dirty!);
            _dirty = null;
            _leftAt = Now;
        }
    }

    /// <summary>Ends when there is something that a client who has seen this round has not been told; is cancelled when there will be no more.</summary>
    public Task After(long round)
    {
        lock (_gate)
            return _round > round ? Task.CompletedTask : _stopping ? Task.FromCanceled(new CancellationToken(canceled: true)) : _next.Task;
    }

    public IEnumerable<MetricFamily> Meters()
    {
        yield return MetricFamily.Gauge("bybitspot_http_event_clients", "Clients of /events.", Volatile.Read(ref _clients));
        yield return new MetricFamily("bybitspot_http_event_clients_ended_total", "Clients of /events that were refused, since there were too many, or sent away, since they took nothing.", MetricKind.Counter,
            [new MetricSample(Volatile.Read(ref _refused), "", ("reason", "too_many")), new MetricSample(Volatile.Read(ref _dropped), "", ("reason", "too_slow"))]);
    }

    /// <summary>Tells all clients how it stands at the end, and waits a moment until they have been told.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopping = true;
            if (_clients > 0)
            {
                Take();
                // Whoever has been told already waits for more.
                _next.TrySetCanceled();
            }
        }
        _wake.Set();
        SpinWait.SpinUntil(() => Volatile.Read(ref _clients) == 0 && _thread is null, s_endLimit);
    }

    private void Run()
    {
        Turn turn = turns.Begin("events");
        while (true)
        {
            turn.Take();
            bool busy;
            lock (_gate)
            {
                busy = _clients > 0;
                if (_stopping || (!busy && Now - _leftAt > s_linger))
                {
                    _thread = null;
                    turns.End(turn);
                    return;
                }
                if (busy)
                    Take();
            }
            board.KeepTrail();
            _wake.WaitOne(busy ? Gather : Turns.Slice);
        }
    }

    // One round: what changed since the last.
    private void Take()
    {
        long round = _round + 1;
        TimeSpan now = Now;
        bool any = false;
        if (board.Report is var report && (!ReferenceEquals(report, _report) || now - _lookedAt >= StatusEvery))
        {
            _report = report;
            LookAtAll(round, now);
            any = true;
        }
        for (int left = latest.Count; left > 0 && _dirty!.TryTake(out int slot); left--)
            if (_coins.TryGetValue(slot, out Entry? coin) && !coin.Removed)
            {
                Change(coin, round, now);
                any = true;
            }
        if (!any)
            return;
        _round = round;
        TaskCompletionSource waiting = _next;
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }

    private void LookAtAll(long round, TimeSpan now)
    {
        CoinStanding[] standings = board.Standings(out TimeSpan ago);
        _lookedAt = now - ago;
        _status.ResetWrittenCount();
        _json.Reset(_status);
        BoardJson.Write(_json, board.Status());
        _json.Flush();
        _statusRound = round;
        var gone = new HashSet<int>(_coins.Where(c => !c.Value.Removed).Select(c => c.Key));
        bool isNew = false;
        foreach (CoinStanding standing in standings)
        {
            gone.Remove(standing.Slot);
            if (!_coins.TryGetValue(standing.Slot, out Entry? coin))
            {
                _coins.Add(standing.Slot, coin = new Entry(standing.Slot) { Removed = true });
                _ordered.Add(coin);
                isNew = true;
            }
            CoinStanding before = coin.Standing;
            coin.Standing = standing;
            if (coin.Removed || !Nullable.Equals(before.DayAgo, standing.DayAgo))
                coin.WholeAt = round;
            else if (before.State == standing.State && before.Reason == standing.Reason && !IsHeard(coin, standing.Age))
                continue;
            coin.Removed = false;
            Change(coin, round, now);
        }
        foreach (int slot in gone)
        {
            (_coins[slot].Removed, _coins[slot].ChangedAt) = (true, round);
            _removedRound = round;
        }
        if (isNew)
            _ordered.Sort(static (a, b) => string.CompareOrdinal(a.Standing.Instrument.Name, b.Standing.Instrument.Name));
    }

    private bool IsHeard(Entry coin, TimeSpan? age) => age is null != coin.HeardAt is null || _lookedAt - age - coin.HeardAt > s_ageOff;

    private void Change(Entry coin, long round, TimeSpan now)
    {
        coin.ChangedAt = round;
        coin.Json.ResetWrittenCount();
        _json.Reset(coin.Json);
        coin.HeardAt = now - board.WriteNews(_json, coin.Standing, now - _lookedAt);
        _json.Flush();
    }
}

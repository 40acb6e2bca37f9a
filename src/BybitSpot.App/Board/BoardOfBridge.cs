// What is shown of the feed in this process. Any thread. What must stay true: however many look, the engine's lock is taken a few
// times a second; nothing here runs unless somebody looks.
using System.Text.Json;
using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot.App;

/// <summary>What stays the same while the program runs.</summary>
/// <param name="Endpoint">The stream's address.</param>
/// <param name="Redis">Where prices are written.</param>
/// <param name="Shard">Which part of the coins it has; null: all.</param>
internal sealed record BoardIdentity(string Market, string Instance, string Version, DateTimeOffset Started, string Endpoint, string Redis, string? Shard = null);

internal sealed class BoardOfBridge(Bridge bridge, BoardIdentity who, TimeProvider time) : IBoardSource
{
    /// <summary>How long a look at the whole is good for, unless the feed's report has changed.</summary>
    private static readonly TimeSpan s_kept = TimeSpan.FromMilliseconds(250);

    /// <summary>Points further apart belong to two trails.</summary>
    private static readonly TimeSpan s_trailBreaks = PriceTrail.Every * 3;

    private readonly long _start = time.GetTimestamp();
    private readonly Lock _gate = new();
    private readonly BoardRates _rates = new();
    private PriceTrail _trail = new(bridge.Latest);
    private TimeSpan? _pointAt;
    private FeedReport? _report;
    private TimeSpan _lookedAt;
    private BoardStatus? _status;
    private CoinStanding[] _standings = [];

    public string Name => "this program";

    public string Market => who.Market;

    private TimeSpan Now => time.GetElapsedTime(_start);

    /// <summary>Another one than before: something said of the whole or of a coin has changed.</summary>
    public FeedReport Report => bridge.Report;

    public BoardStatus Status()
    {
        lock (_gate)
        {
            Refresh();
            return _status!;
        }
    }

    /// <summary>Every watched coin, by name, and how long ago that was looked at.</summary>
    public CoinStanding[] Standings(out TimeSpan ago)
    {
        lock (_gate)
        {
            Refresh();
            ago = Now - _lookedAt;
            return _standings;
        }
    }

    /// <summary>A coin as it stands now.</summary>
    /// <param name="ago">How old the standing is.</param>
    public BoardCoin Show(CoinStanding standing, TimeSpan ago, bool trail)
    {
        bool priced = Read(standing, ago, out Tick tick, out TimeSpan? age);
        return new BoardCoin(standing.Instrument.Name)
        {
            Symbol = standing.Instrument.Symbol,
            Price = priced ? tick.Price.ToString() : null,
            Timestamp = priced ? IsoTime.Text(tick.TimeMs) : null,
            State = standing.State,
            Reason = standing.Reason,
            Age = age,
            DayAgo = standing.DayAgo?.ToString(),
            Trail = trail ? TrailOf(standing.Slot) : [],
        };
    }

    /// <summary>What of a coin can change with each message, as it stands now; nothing is allocated, since it is told often.</summary>
    /// <returns>The coin's age.</returns>
    public TimeSpan? WriteNews(Utf8JsonWriter json, CoinStanding standing, TimeSpan ago)
    {
        bool priced = Read(standing, ago, out Tick tick, out TimeSpan? age);
        BoardJson.WriteNews(json, standing, priced, tick, age);
        return age;
    }

    /// <summary>Takes a point of each coin's trail, if it is time to. Whoever shows trails calls this more often than that.</summary>
    public void KeepTrail()
    {
        lock (_gate)
        {
            TimeSpan now = Now;
            if (now - _pointAt < PriceTrail.Every)
                return;
            if (now - _pointAt > s_trailBreaks)
                _trail = new PriceTrail(bridge.Latest);
            if (_trail.Take())
                _pointAt = now;
        }
    }

    public BoardView Look()
    {
        KeepTrail();
        BoardStatus status = Status();
        return new BoardView(status, [.. Standings(out TimeSpan ago).Select(s => Show(s, ago, trail: true))], null);
    }

    public void Dispose()
    {
    }

    private bool Read(CoinStanding standing, TimeSpan ago, out Tick tick, out TimeSpan? age)
    {
        bool priced = bridge.Latest.Read(standing.Slot, out tick) == SlotState.Priced;
        age = standing.Age + ago;
        // A message that came since the standing was looked at is on the present connection.
        if (priced && tick.ReceivedAt != 0 && time.GetElapsedTime(tick.ReceivedAt) is var since && since < (age ?? ago + Bridge.CoinsLookedAtEvery))
            age = since;
        return priced;
    }

    private float[] TrailOf(int slot)
    {
        lock (_gate)
            return _trail.Of(slot);
    }

    private void Refresh()
    {
        FeedReport report = bridge.Report;
        TimeSpan now = Now;
        if (_status is not null && ReferenceEquals(report, _report) && now - _lookedAt < s_kept)
            return;
        CoinStanding[] standings = bridge.Coins();
        Array.Sort(standings, static (a, b) => string.CompareOrdinal(a.Instrument.Name, b.Instrument.Name));
        (_standings, _lookedAt, _report) = (standings, now, report);
        _status = StatusOf(report, bridge.Counts(), now);
    }

    private BoardStatus StatusOf(FeedReport report, FeedCounts counts, TimeSpan now)
    {
        BoardRate rate = _rates.Take(counts, now);
        return new BoardStatus
        {
            Time = time.GetUtcNow(),
            Market = who.Market,
            Shard = who.Shard,
            Instance = who.Instance,
            Version = who.Version,
            Started = who.Started,
            State = report.State,
            Since = report.Since,
            Ready = report.IsReady,
            Reason = report.IsReady ? null : Readiness.Missing(report),
            Coins = report.Coins,
            Fresh = report.Fresh,
            Quiet = report.Quiet,
            Stale = report.Stale,
            Endpoint = who.Endpoint,
            Lines = counts.Lines,
            LinesConnected = counts.LinesConnected,
            Ticks = counts.Ticks,
            TicksPerSecond = rate.TicksPerSecond,
            Reconnects = counts.Reconnects,
            Dropped = counts.Dropped,
            Redis = new BoardRedis
            {
                Endpoint = who.Redis,
                Trouble = report.RedisTrouble ?? report.StatusTrouble,
                Servers = counts.RedisServers,
                ServersUp = counts.RedisServersUp,
                Writes = counts.RedisWrites,
                WritesPerSecond = rate.WritesPerSecond,
                LatencyP50Ms = rate.LatencyP50Ms,
                LatencyP99Ms = rate.LatencyP99Ms,
                OtherWriters = counts.OtherWriters,
            },
            ClockOffsetMs = counts.ClockOffsetMs,
        };
    }
}

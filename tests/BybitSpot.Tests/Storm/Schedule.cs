// What a storm will do, made from a seed alone: the same seed, the same storm. Pure. Faults are drawn lane by lane; the market's
// dealings after them, for each coin's last price is sent while a fault is on, and nothing ever repeats it. What is kept apart,
// and why:
//   - a line that ended waits twice as long each time, up to a minute, until it has been useful for half a minute; so a storm ends
//     lines only so often that the last wait is short (EndingsMax);
//   - a topic that is silent shows only by REST, so REST answers while one is, and for a while after (AuditWithin);
//   - a flushed Redis is whole again only after a minute, so it is flushed early or not at all.
namespace BybitSpot.Tests.Storm;

internal sealed partial class Schedule
{
    /// <summary>After so many ends of a line it waits 100 ms × 2⁶ before the next try.</summary>
    public const int EndingsMax = 6;

    public static readonly TimeSpan AuditWithin = TimeSpan.FromSeconds(25);

    /// <summary>A flushed Redis is written whole within this.</summary>
    public static readonly TimeSpan RewrittenWithin = TimeSpan.FromSeconds(62);

    /// <summary>A coin whose sequence is set back must have been quiet for 5 s of the exchange's time.</summary>
    private static readonly TimeSpan s_resetAt = TimeSpan.FromSeconds(6.5);

    /// <summary>Between what strikes REST and a silence that only REST shows.</summary>
    private static readonly TimeSpan s_apart = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_first = TimeSpan.FromSeconds(2);

    private static readonly FaultKind[] s_connections =
    [
        FaultKind.CloseAll, FaultKind.FinAll, FaultKind.ResetAll, FaultKind.EndOne, FaultKind.EndOne, FaultKind.Upgrade503, FaultKind.Upgrade429,
        FaultKind.UpgradeNeverAnswered, FaultKind.AcceptThenClose, FaultKind.AcceptThenReset, FaultKind.NoAck, FaultKind.Refused,
        FaultKind.AlreadySubscribed, FaultKind.BinaryFrame,
    ];

    private static readonly FaultKind[] s_data =
    [
        FaultKind.TickersSilent, FaultKind.TradesSilent, FaultKind.TickersLate, FaultKind.TradesLate, FaultKind.SlowLine, FaultKind.OldFramesAgain,
        FaultKind.OldFramesAgain, FaultKind.BadFrames, FaultKind.Fragments, FaultKind.NoPong, FaultKind.Rest503, FaultKind.RestHangs, FaultKind.RestEmpty,
    ];

    /// <summary>After these a coin's last price is lost without any end of a connection: only an audit finds it.</summary>
    private static readonly FaultKind[] s_audited = [FaultKind.AllSilent, FaultKind.DataSilent, FaultKind.CoinSilent, FaultKind.CoinSilent];

    private static readonly FaultKind[] s_redis =
        [FaultKind.RedisPaused, FaultKind.RedisFrozen, FaultKind.RedisKilled, FaultKind.RedisFlushed, FaultKind.RedisConnectionKilled];

    private readonly Random _random;
    private readonly List<Fault> _faults = [];
    private readonly List<Dealing> _dealings = [];

    private Schedule(int seed, int coins, TimeSpan length)
    {
        (Seed, CoinCount, Length) = (seed, coins, length);
        _random = new Random(seed);
        Lines = 1 + _random.Next(2);
        DrawReset();
        DrawData();
        DrawConnections();
        DrawRedis();
        DrawWatchlist();
        DrawProgram();
        _faults.Sort((a, b) => a.At.CompareTo(b.At));
        DrawDealings();
        _dealings.Sort((a, b) => a.At.CompareTo(b.At));
    }

    public int Seed { get; }

    public int CoinCount { get; }

    public TimeSpan Length { get; }

    /// <summary>BYBIT_LINES.</summary>
    public int Lines { get; }

    public IReadOnlyList<Fault> Faults => _faults;

    public IReadOnlyList<Dealing> Dealings => _dealings;

    public static Schedule From(int seed, int coins, TimeSpan length) => new(seed, coins, length);

    public override string ToString() =>
        $"seed {Seed}: {CoinCount} coins, {Length.TotalSeconds:0} s, {Lines} line(s), {_dealings.Count} dealings\n" + string.Join('\n', _faults);

    private void DrawReset()
    {
        if (Length > TimeSpan.FromSeconds(30) && _random.Next(3) == 0)
            Add(Lane.Connections, s_resetAt, 0, FaultKind.SequenceReset, AnyCoin());
    }

    private void DrawData()
    {
        TimeSpan? silentUntil = null;
        for (TimeSpan at = Begin(); ; at += Between(0.3, 2))
        {
            bool silent = _random.Next(3) == 0;
            FaultKind kind = silent ? OneOf(s_audited) : OneOf(s_data);
            if (IsRest(kind) && silentUntil is { } then && at < then + AuditWithin)
                kind = FaultKind.OldFramesAgain;
            double seconds = silent ? 1.5 + 8 * _random.NextDouble() : 0.5 + 3 * _random.NextDouble();
            // One channel may be silent for one coin or for all.
            bool ofOne = kind == FaultKind.CoinSilent || (kind is FaultKind.TickersSilent or FaultKind.TradesSilent && _random.Next(3) == 0);
            if (!Add(Lane.Data, at, seconds, kind, ofOne ? AnyCoin() : -1))
                return;
            at = _faults[^1].Until;
            if (silent)
                silentUntil = at;
        }
    }

    private void DrawConnections()
    {
        Fault[] silent = [.. _faults.Where(f => s_audited.Contains(f.Kind))];
        double gapMax = Length.TotalSeconds / 5;
        int endings = 0;
        for (TimeSpan at = Begin(); endings < EndingsMax; at += Between(1.5, gapMax))
        {
            FaultKind kind = OneOf(s_connections);
            TimeSpan lasts = IsInstant(kind) ? TimeSpan.Zero : Between(0.5, 2.5);
            // What strikes every accepted connection strikes REST's, too. (After a silence it heals: every line begins anew.)
            if (kind is (FaultKind.AcceptThenClose or FaultKind.AcceptThenReset) && silent.Any(s => at < s.Until && s.At < at + lasts + s_apart))
                (kind, lasts) = (FaultKind.FinAll, TimeSpan.Zero);
            if (!Add(Lane.Connections, at, lasts.TotalSeconds, kind, kind == FaultKind.Refused ? AnyCoin() : -1))
                return;
            at = _faults[^1].Until;
            endings += Endings(endings, kind, lasts);
        }
    }

    private void DrawRedis()
    {
        for (TimeSpan at = Begin(); ; at += Between(2, 7))
        {
            FaultKind kind = OneOf(s_redis);
            if (kind == FaultKind.RedisFlushed && at > Length - TimeSpan.FromSeconds(40))
                kind = FaultKind.RedisConnectionKilled;
            double seconds = IsInstant(kind) ? 0 : 0.3 + 2.2 * _random.NextDouble();
            if (!Add(Lane.Redis, at, seconds, kind))
                return;
            at = _faults[^1].Until;
        }
    }

    private void DrawWatchlist()
    {
        for (TimeSpan at = Begin() + Between(0, 3); ; at += Between(1, 6))
        {
            bool hangup = _random.Next(3) == 0;
            if (!Add(Lane.Watchlist, at, hangup ? 0 : 1.5 + 4 * _random.NextDouble(), hangup ? FaultKind.Hangup : FaultKind.CoinRemoved, hangup ? -1 : AnyCoin()))
                return;
            at = _faults[^1].Until;
        }
    }

    private void DrawProgram()
    {
        for (TimeSpan at = Between(3, 25); ; at += Between(15, 30))
            if (!Add(Lane.Program, at, 0.5 + 3 * _random.NextDouble(), FaultKind.ProgramFrozen))
                return;
    }

    private bool Add(Lane lane, TimeSpan at, double seconds, FaultKind kind, int coin = -1)
    {
        var fault = new Fault(lane, at, TimeSpan.FromSeconds(seconds), kind, coin);
        if (fault.Until > Length)
            return false;
        _faults.Add(fault);
        return true;
    }

    /// <summary>The coin whose sequence is set back needs its connection and its topics then.</summary>
    private TimeSpan Begin() => _faults.Any(f => f.Kind == FaultKind.SequenceReset) ? s_resetAt + TimeSpan.FromSeconds(1) + Between(0, 1) : s_first + Between(0, 1);

    private int AnyCoin() => _random.Next(CoinCount);

    private T OneOf<T>(T[] all) => all[_random.Next(all.Length)];

    private TimeSpan Between(double fromSeconds, double toSeconds) => TimeSpan.FromSeconds(fromSeconds + (toSeconds - fromSeconds) * _random.NextDouble());

    public static bool IsRest(FaultKind kind) => kind is FaultKind.Rest503 or FaultKind.RestHangs or FaultKind.RestEmpty;

    public static bool NeedsAudit(FaultKind kind) => s_audited.Contains(kind);

    private static bool IsInstant(FaultKind kind) => kind is FaultKind.CloseAll or FaultKind.FinAll or FaultKind.ResetAll or FaultKind.EndOne or FaultKind.BinaryFrame
        or FaultKind.RedisFlushed or FaultKind.RedisConnectionKilled;

    // How many tries a line makes while this goes on, each of them doubling its wait.
    private static int Endings(int before, FaultKind kind, TimeSpan lasts)
    {
        int endings = kind == FaultKind.Refused ? 2 : 1;
        TimeSpan waited = TimeSpan.Zero;
        if (kind is FaultKind.Upgrade503 or FaultKind.Upgrade429 or FaultKind.AcceptThenClose or FaultKind.AcceptThenReset)
            while ((waited += TimeSpan.FromMilliseconds(100 * Math.Pow(2, before + endings - 1))) < lasts)
                endings++;
        return endings;
    }
}

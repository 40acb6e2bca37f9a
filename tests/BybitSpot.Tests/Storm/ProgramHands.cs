// Carries out the faults of Redis, of the watchlist and of the program itself. What stands still meanwhile is excused, with
// the little that coming back takes.
using System.Globalization;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Storm;

internal sealed class ProgramHands(Journey journey, TcpRelay way, RedisRecorder recorder, Account account, IReadOnlyList<string> coins)
{
    /// <summary>Nobody listens there.</summary>
    private const int NowherePort = 1;

    /// <summary>The program tries a Redis that was gone again within a second, and writes all once more after another.</summary>
    private static readonly TimeSpan s_redisBack = TimeSpan.FromSeconds(2.5);

    private static readonly TimeSpan s_awake = TimeSpan.FromMilliseconds(500);

    private readonly HashSet<int> _removed = [];
    private TimeSpan _began;

    /// <summary>When a Redis was last emptied without the program knowing.</summary>
    public TimeSpan? FlushedAt { get; private set; }

    private RedisServer Redis => journey.Redis;

    public void Begin(Fault fault)
    {
        TimeSpan began = account.Now;
        switch (fault.Kind)
        {
            case FaultKind.RedisPaused:
                Redis.Ask("CLIENT", "PAUSE", ((int)fault.For.TotalMilliseconds).ToString(CultureInfo.InvariantCulture));
                account.Add(new Excused(began, began + fault.For + s_awake, "Redis was paused"));
                break;
            case FaultKind.RedisFrozen:
                _began = began;
                Redis.Freeze();
                break;
            case FaultKind.RedisKilled:
                _began = began;
                way.TargetPort = NowherePort;
                Redis.Kill();
                recorder.End();
                break;
            case FaultKind.RedisFlushed:
                FlushedAt = began;
                Redis.Ask("FLUSHDB");
                break;
            case FaultKind.RedisConnectionKilled:
                KillConnections();
                account.Add(new Excused(began, began + s_redisBack, "Redis was left"));
                break;
            case FaultKind.CoinRemoved:
                _removed.Add(fault.Coin);
                WriteCoins(fault.Coin, on: false);
                break;
            case FaultKind.Hangup:
                journey.Bot.Signal(Journeys.Signals.Hangup);
                break;
        }
    }

    public void End(Fault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.RedisFrozen:
                Redis.Thaw();
                account.Add(new Excused(_began, account.Now + s_awake, "Redis was frozen"));
                break;
            case FaultKind.RedisKilled:
                Redis.Launch();
                recorder.Begin(Redis);
                way.TargetPort = Redis.Port;
                account.Add(new Excused(_began, account.Now + s_redisBack, "Redis was gone"));
                break;
            case FaultKind.CoinRemoved:
                _removed.Remove(fault.Coin);
                WriteCoins(fault.Coin, on: true);
                break;
        }
    }

    /// <summary>Freezes the program for so long; a lane of its own, which shares nothing with the others.</summary>
    public void Freeze(TimeSpan time)
    {
        TimeSpan began = account.Now;
        journey.Bot.Signal(Journeys.Signals.Stop);
        try
        {
            Thread.Sleep(time);
        }
        finally
        {
            journey.Bot.Signal(Journeys.Signals.Continue);
            account.Add(new Excused(began, account.Now + s_awake, "the program was frozen"));
        }
    }

    private void WriteCoins(int coin, bool on)
    {
        account.Add(new Watched(account.Now, coins[coin], on));
        journey.WriteCoins([.. coins.Where((_, i) => !_removed.Contains(i)).Select(c => c + Ledger.Quote)]);
    }

    // All but ours and MONITOR's.
    private void KillConnections()
    {
        string own = (string)Redis.Ask("CLIENT", "ID")!;
        foreach (string line in ((string)Redis.Ask("CLIENT", "LIST")!).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            Dictionary<string, string> client = line.Split(' ').Select(f => f.Split('=', 2)).ToDictionary(f => f[0], f => f[^1]);
            if (client["id"] != own && client["flags"] == "N")
                Redis.Ask("CLIENT", "KILL", "ID", client["id"]);
        }
    }
}

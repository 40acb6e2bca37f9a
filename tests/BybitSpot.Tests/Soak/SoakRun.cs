// One soak: the simulator in this process, the built program once or twice, Redis in one of its ways; faults drawn from a seed, one or
// two at a time, each followed by a wait until all is right again and a calm in which nothing may be late. Every write of a price is
// judged as Redis tells it. One thread strikes and mends; the market, the reader and a MONITOR of each server have their own. Ends
// everything that it started, by its process id.
using System.Globalization;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Servers;
using BybitSpot.Tests.Storm;

namespace BybitSpot.Tests.Soak;

internal sealed class SoakRun : IDisposable
{
    /// <summary>Longer than any recovery takes, on any machine.</summary>
    public static readonly TimeSpan RightWithin = TimeSpan.FromSeconds(120);

    /// <summary>More than the program ever needs.</summary>
    public const long ResidentBytesMax = 400_000_000;

    public const int HandlesMax = 400;

    /// <summary>A coin that is behind for so long while all is healthy has been forgotten; how late a busy machine makes one is told only.</summary>
    public static readonly TimeSpan BehindMax = TimeSpan.FromSeconds(30);

    private const int TradesPerSecond = 500, SecondLineJitterMs = 200;

    private readonly SoakOptions _options;
    private readonly Action<string> _tell;
    private readonly CancellationToken _stop;
    private readonly Random _random;
    private readonly IServers _servers;
    private readonly Journey _journey;
    private readonly SoakMarket _market;
    private readonly SoakCheck _check;
    private readonly Dictionary<RedisServer, WriteWatch> _watches = [];
    private readonly TcpRelay _late;
    private readonly Bot?[] _bots;
    private readonly List<string> _wrong = [];
    private readonly Dictionary<SoakFaultKind, (int Count, TimeSpan Longest)> _recoveries = [];

    public SoakRun(SoakOptions options, Action<string> tell, CancellationToken stop)
    {
        (_options, _tell, _stop, _random) = (options, tell, stop, new Random(options.Seed));
        // The simulator and the reader share this process' pool, and neither is to wait for the other.
        ThreadPool.SetMinThreads(32, 32);
        _servers = Topology.Start(options.Topology, RedisRecorder.ServerSettings);
        string[] symbols = [.. Enumerable.Range(0, options.Coins).Select(i => SoakMarket.NameOf(i) + "USDT")];
        _journey = _servers.Prepare(symbols, ("REDIS_WRITE_MODE", options.Mode));
        _market = new SoakMarket(_journey.Exchange, options.Coins, TradesPerSecond, options.Seed);
        _check = new SoakCheck(_market, _servers.Servers.Select(s => s.Port).ToHashSet());
        _late = new TcpRelay { TargetPort = _journey.Exchange.Port, JitterMs = SecondLineJitterMs };
        _bots = new Bot?[options.Instances];
    }

    /// <summary>Where the instances' logs go when they end; null: nowhere.</summary>
    public string? LogFile { get; init; }

    /// <returns>What was wrong; empty: nothing.</returns>
    public IReadOnlyList<string> Run()
    {
        _tell($"soak: {_options.Topology}, {_options.Instances} instance(s), {_options.Mode}, {_options.Coins} coins, seed {_options.Seed}, {_options.Minutes.ToString(CultureInfo.InvariantCulture)} min of faults");
        foreach (RedisServer server in _servers.Servers)
            Watch(server);
        for (int i = 0; i < _bots.Length; i++)
            _bots[i] = Start(i);
        var account = new Account();
        using var stalls = new StallMeter(account);
        using var reader = new SoakReader(_market, _servers, Living, _tell);
        _market.Start();
        if (AwaitRight(reader, "the start") is { Read: var startTook })
        {
            _tell($"{Clock}  all coins have their prices, {Seconds(startTook)} after the start");
            for (TimeSpan end = _market.Now + TimeSpan.FromMinutes(_options.Minutes); _market.Now < end && _wrong.Count == 0 && !_stop.IsCancellationRequested;)
                OneRound(reader);
        }
        Judge(reader);
        Report(reader, stalls);
        return _wrong;
    }

    public void Dispose()
    {
        foreach (Bot bot in _bots.OfType<Bot>())
            End(bot);
        _market.Dispose();
        foreach (WriteWatch watch in _watches.Values)
            watch.Dispose();
        _late.Dispose();
        _journey.Dispose();
        _servers.Dispose();
    }

    private string Clock => $"{_market.Now:hh\\:mm\\:ss}";

    private void OneRound(SoakReader reader)
    {
        reader.BecomesHealthy();
        Wait(TimeSpan.FromMilliseconds(_random.Next(2_000, 6_000)));
        reader.BecomesIll();
        IReadOnlyList<SoakFault> faults = SoakFault.Draw(_random, _servers.Servers.Count, (_servers as SentinelServers)?.Sentinels.Count ?? 0, _bots.Length);
        string names = string.Join(" and ", faults.Select(f => $"{f.Kind} ({f.Which}, {Seconds(f.For)})"));
        TimeSpan began = _market.Now;
        foreach (SoakFault fault in faults)
            Begin(fault);
        foreach (SoakFault fault in faults.OrderBy(f => f.For))
        {
            Wait(began + fault.For - _market.Now);
            Mend(fault);
        }
        if (AwaitRight(reader, names) is not var (written, took))
            return;
        _tell($"{Clock}  {names}: all right {Seconds(took)} after the last was mended, written {Seconds(written)} after");
        foreach (SoakFaultKind kind in faults.Select(f => f.Kind))
        {
            (int count, TimeSpan longest) = _recoveries.GetValueOrDefault(kind);
            _recoveries[kind] = (count + 1, took > longest ? took : longest);
        }
    }

    private void Begin(SoakFault fault)
    {
        ExchangeFaults exchange = _journey.Exchange.Faults;
        switch (fault.Kind)
        {
            case SoakFaultKind.ExchangeReset:
                _journey.Exchange.ResetAll();
                break;
            case SoakFaultKind.ExchangeAway:
                exchange.OnAccept = HangUp.Reset;
                _journey.Exchange.ResetAll();
                break;
            case SoakFaultKind.ExchangeSilent:
                exchange.Silent = true;
                break;
            case SoakFaultKind.RedisKilled:
                // What it has in its next life begins anew.
                if (_watches.Remove(_servers.Servers[fault.Which], out WriteWatch? watch))
                    watch.Dispose();
                _servers.Servers[fault.Which].Kill();
                break;
            case SoakFaultKind.RedisFrozen:
                _servers.Servers[fault.Which].Freeze();
                break;
            case SoakFaultKind.SentinelKilled:
                ((SentinelServers)_servers).Sentinels[fault.Which].Kill();
                break;
            case SoakFaultKind.ProgramKilled:
                _bots[fault.Which]!.Signal(Journeys.Signals.Kill);
                break;
            case SoakFaultKind.ProgramFrozen:
                _bots[fault.Which]!.Signal(Journeys.Signals.Stop);
                break;
        }
    }

    private void Mend(SoakFault fault)
    {
        ExchangeFaults exchange = _journey.Exchange.Faults;
        switch (fault.Kind)
        {
            case SoakFaultKind.ExchangeAway:
                exchange.OnAccept = HangUp.None;
                break;
            case SoakFaultKind.ExchangeSilent:
                exchange.Silent = false;
                // A ping that it has swallowed would end the connection later, when all seems healthy.
                _journey.Exchange.ResetAll();
                break;
            case SoakFaultKind.RedisKilled:
                _servers.Servers[fault.Which].Launch();
                Watch(_servers.Servers[fault.Which]);
                break;
            case SoakFaultKind.RedisFrozen:
                _servers.Servers[fault.Which].Thaw();
                break;
            case SoakFaultKind.SentinelKilled:
                ((SentinelServers)_servers).Sentinels[fault.Which].Launch();
                break;
            case SoakFaultKind.ProgramKilled:
                Bot killed = _bots[fault.Which]!;
                lock (_bots)
                    _bots[fault.Which] = Start(fault.Which);
                End(killed);
                break;
            case SoakFaultKind.ProgramFrozen:
                _bots[fault.Which]!.Signal(Journeys.Signals.Continue);
                break;
        }
    }

    // Until every coin stands where the market is now, and the servers have come together again. Told is when the program had written
    // all, and when an ordinary client could read it, which has to follow a failover itself.
    private (TimeSpan Written, TimeSpan Read)? AwaitRight(SoakReader reader, string after)
    {
        TimeSpan from = _market.Now;
        int[] steps = _market.Newest();
        TimeSpan? writtenAt = null, rightAt = null;
        while (true)
        {
            rightAt ??= reader.HasReached(steps) ? _market.Now : null;
            writtenAt ??= rightAt is not null || _check.HasReached(steps) ? _market.Now : null;
            if (rightAt is { } right && _servers.IsWhole)
                return (writtenAt!.Value - from, right - from);
            if (Array.Find(_bots, b => b!.Process.HasExited) is { } ended)
                return Fails($"an instance ended by itself with status {ended.Process.ExitCode} after {after}:\n{ended.ErrorText}");
            if (_market.Now - from > RightWithin)
                return Fails($"not right within {Seconds(RightWithin)} after {after}: {(rightAt is null ? reader.Missing(steps) : "the servers of the stage have not come together")}\n{string.Join('\n', _bots.Select(b => b!.ErrorText))}");
            if (_stop.IsCancellationRequested)
                return null;
            Wait(TimeSpan.FromMilliseconds(50));
        }
    }

    private (TimeSpan Written, TimeSpan Read)? Fails(string story)
    {
        _wrong.Add(story);
        return null;
    }

    private void Judge(SoakReader reader)
    {
        if (_check.Wrong > 0 || _check.Back > 0)
            _wrong.Add($"{_check.Wrong} wrong prices, {_check.Back} backward writes:\n{string.Join('\n', _check.Stories)}");
        if (_check.Writes < _options.Coins)
            _wrong.Add($"only {_check.Writes} writes were seen");
        if (reader.LongestBehind.Time > BehindMax)
            _wrong.Add($"a coin was behind for {Seconds(reader.LongestBehind.Time)} while all was healthy");
        if (reader.LargestResidentBytes > ResidentBytesMax || reader.MostHandles > HandlesMax)
            _wrong.Add($"memory or handles: {reader.LargestResidentBytes / 1e6:0} MB, {reader.MostHandles} handles");
    }

    private void Report(SoakReader reader, StallMeter stalls)
    {
        foreach ((SoakFaultKind kind, (int count, TimeSpan longest)) in _recoveries.OrderBy(r => r.Key))
            _tell($"{kind}: {count} times, all right at most {Seconds(longest)} after it was mended");
        _tell($"memory: at most {(reader.LargestResidentBytes / 1e6).ToString("0", CultureInfo.InvariantCulture)} MB resident; handles: at most {reader.MostHandles}");
        _tell($"prices: {_check.Writes} writes, {_check.Wrong} wrong, {_check.Back} backward; {reader.Reads} reads");
        _tell($"behind while all was healthy: at most {reader.LongestBehind.Time.TotalMilliseconds:0} ms ({reader.LongestBehind.Coin}; looked at each {SoakReader.LookEvery.TotalMilliseconds:0} ms; this machine stood still for {Seconds(stalls.Stalled)} in all)");
        foreach (string wrong in _wrong)
            _tell("WRONG: " + wrong);
        _tell(_wrong.Count == 0 ? "ok" : "not ok");
    }

    private Bot Start(int i) => _journey.StartAnother($"box-{i}", ["run", "--quiet"],
        i == 0 ? [] : [("BYBIT_WS_URL", $"ws://127.0.0.1:{_late.Port}/v5/public/spot")]);

    private void End(Bot bot)
    {
        if (LogFile is { Length: > 0 })
            File.AppendAllText(LogFile, bot.ErrorText + "\n");
        bot.Dispose();
    }

    private void Watch(RedisServer server)
    {
        var life = new SoakCheck.Life($"127.0.0.1:{server.Port}");
        _watches.Add(server, new WriteWatch(server, write => _check.Take(life, write)));
    }

    private IReadOnlyList<(string Name, int ProcessId)> Living()
    {
        lock (_bots)
            return [.. _bots.Index().Where(b => b.Item is { Process.HasExited: false }).Select(b => ($"box-{b.Index}", b.Item!.Process.Id))];
    }

    private void Wait(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
            _stop.WaitHandle.WaitOne(time);
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");
}

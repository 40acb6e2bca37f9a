// One storm: the simulator in this process, the built program, a real Redis behind a relay; the schedule's lanes and the market
// each on a thread of its own; then a calm in which every coin must come right by itself. Everything has a limit. What is
// checked afterwards is the account of all that happened.
using System.Globalization;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Storm;

/// <param name="NotRight">Null, or what was not right after the calm.</param>
internal sealed record StormOutcome(StormVerdict Verdict, IReadOnlyList<Happening> Happenings, string? NotRight, string BotLog, string Summary);

internal sealed partial class StormRun : IDisposable
{
    /// <summary>A step of a fault that goes on.</summary>
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(25);

    private readonly Schedule _schedule;
    private readonly Account _account = new();
    private readonly DateTimeOffset _accountBegan = DateTimeOffset.UtcNow;
    private readonly string[] _coins;
    private readonly Ledger _ledger;
    private readonly RedisRecorder _recorder;
    private readonly TcpRelay _way = new();
    private readonly Journey _journey;
    private readonly ProgramHands _program;
    private readonly CancellationTokenSource _over = new();
    private readonly List<Exception> _failures = [];
    private TimeSpan _began;

    private StormRun(Schedule schedule)
    {
        _schedule = schedule;
        _coins = [.. Enumerable.Range(0, schedule.CoinCount).Select(i => $"C{i:00}")];
        _ledger = new Ledger(_coins, _account);
        _recorder = new RedisRecorder(_account);
        RedisServer redis = RedisServer.Start(RedisRecorder.ServerSettings);
        _recorder.Begin(redis);
        _way.TargetPort = redis.Port;
        string[] symbols = [.. _coins.Select(c => c + Ledger.Quote)];
        var settings = new Dictionary<string, string> { ["REDIS_PORT"] = $"{_way.Port}", ["BYBIT_LINES"] = $"{schedule.Lines}" };
        _journey = Journey.Prepare(symbols, settings, redis).OwnRedis();
        _journey.Exchange.Sent = _ledger.FrameSent;
        _journey.Exchange.Answered = _ledger.RestAnswered;
        foreach (string coin in _coins)
        {
            _account.Add(new Watched(_account.Now, coin, true));
            _journey.Exchange.List(coin + Ledger.Quote, coin, Ledger.Quote, "0.01", _ledger.First(coin));
        }
        _program = new ProgramHands(_journey, _way, _recorder, _account, _coins);
    }

    /// <summary>Runs a storm to its end, however it ends.</summary>
    public static StormOutcome Of(Schedule schedule)
    {
        using var run = new StormRun(schedule);
        using var stalls = new StallMeter(run._account);
        return run.Run(stalls);
    }

    public void Dispose()
    {
        _over.Cancel();
        _recorder.Dispose();
        _journey.Dispose();
        _way.Dispose();
        _over.Dispose();
    }

    private StormOutcome Run(StallMeter stalls)
    {
        _journey.Run(readPrices: false, "--quiet");
        _journey.AwaitFirstPrices([.. _coins.Select(c => c + Ledger.Quote)]);
        _began = _account.Now;
        _account.Tell("the storm begins");
        Thread[] threads =
        [
            On("market", Trade),
            .. Enum.GetValues<Lane>().Select(lane => On(lane.ToString(), () => Strike(lane, new Random(_schedule.Seed * 31 + (int)lane)))),
        ];
        foreach (Thread thread in threads)
            if (!thread.Join(_schedule.Length + TimeSpan.FromSeconds(60)))
                _failures.Add(new TimeoutException($"{thread.Name} does not come to its end"));
        TimeSpan lastFault = _account.Now;
        _account.Tell("the last fault has ended");
        string? notRight = _failures.Count > 0 ? $"the storm itself failed: {_failures[0]}" : AwaitCalm(lastFault, stalls);
        if (notRight is null)
        {
            // A late write would come now.
            Thread.Sleep(300);
            _recorder.Verify(_journey.Redis);
        }
        TimeSpan ended = _account.Now;
        IReadOnlyList<Happening> happenings = _account.InOrder();
        StormVerdict verdict = StormCheck.Of(happenings, new StormLimits { StatusDemanded = true }, ended);
        return new StormOutcome(verdict, happenings, notRight, _journey.Bot.ErrorText, Summary(verdict, ended - lastFault, stalls));
    }

    private string Summary(StormVerdict verdict, TimeSpan calm, StallMeter stalls) => string.Create(CultureInfo.InvariantCulture,
        $"seed {_schedule.Seed}: {_schedule.CoinCount} coins, {_schedule.Lines} line(s), {_schedule.Length.TotalSeconds:0} s; "
        + $"{_schedule.Faults.Count} faults, {_schedule.Dealings.Count} dealings, {_journey.Bot.CountLogs("feed_connected")} connections, "
        + $"{_journey.Bot.CountLogs("redis_connected")} to Redis; {verdict.WritesChecked} writes checked, {verdict.Charges.Count} charges; "
        + $"wrong for at most {verdict.LongestWrong.TotalSeconds:0.00} s ({verdict.LongestWrongCoin}), not flagged for at most "
        + $"{(verdict.StatusWrites == 0 ? "- (no status is written)" : $"{verdict.LongestUnflagged.TotalSeconds:0.00} s ({verdict.LongestUnflaggedCoin})")}; "
        + $"all right {calm.TotalSeconds:0.00} s after the last fault; this machine stood still for {stalls.Stalled.TotalSeconds:0.00} s");

    private void Trade()
    {
        foreach (Dealing dealing in _schedule.Dealings)
        {
            if (!WaitUntil(dealing.At))
                return;
            string coin = _coins[dealing.Coin], symbol = coin + Ledger.Quote;
            switch (dealing.Deal)
            {
                case Deal.Trade:
                    _journey.Exchange.Trade(symbol, _ledger.Next(coin));
                    break;
                case Deal.ThreeTrades:
                    _journey.Exchange.TradeMany(symbol, [_ledger.Next(coin), _ledger.Next(coin), _ledger.Next(coin)]);
                    break;
                case Deal.Block:
                    _journey.Exchange.Trade(symbol, Ledger.NeverPrice(dealing.Coin, 7_000), blockTrade: true);
                    break;
            }
        }
    }

    private void Strike(Lane lane, Random random)
    {
        var exchange = new ExchangeHands(_journey.Exchange, _ledger, _coins, random);
        foreach (Fault fault in _schedule.Faults.Where(f => f.Lane == lane))
        {
            if (!WaitUntil(fault.At))
                return;
            _account.Tell($"begins: {fault}");
            switch (lane)
            {
                case Lane.Program:
                    _program.Freeze(fault.For);
                    break;
                case Lane.Redis or Lane.Watchlist:
                    _program.Begin(fault);
                    WaitUntil(fault.Until);
                    _program.End(fault);
                    break;
                default:
                    exchange.Begin(fault);
                    for (TimeSpan at = fault.At + s_step; at < fault.Until && WaitUntil(at); at += s_step)
                        exchange.GoOn(fault);
                    WaitUntil(fault.Until);
                    exchange.End(fault);
                    break;
            }
            _account.Tell($"ended:  {fault.Kind}");
        }
    }

    // False when the storm is over before its time.
    private bool WaitUntil(TimeSpan sinceBegin)
    {
        while (_began + sinceBegin - _account.Now is var left && left > TimeSpan.Zero)
            if (_over.Token.WaitHandle.WaitOne(left))
                return false;
        return !_over.IsCancellationRequested;
    }

    private Thread On(string name, Action work)
    {
        var thread = new Thread(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                lock (_failures)
                    _failures.Add(e);
                _over.Cancel();
            }
        })
        { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}

// `bybitspot run`: checks everything, starts the rooms, waits, stops them. Owns the order of starting and stopping; the main
// thread waits here. What must stay true: a wrong configuration is told whole, before anything else happens; stopping ends
// within 5 s, whatever hangs; a fault anywhere ends the program with a line in the log, never in silence.
using BybitSpot.App.Terminal;
using BybitSpot.Rest;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal static class RunCommand
{
    /// <summary>Longest time that stopping may take before the process is ended regardless.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(4_700);

    /// <summary>How much is allocated between two collections of short-lived objects.</summary>
    private const long TidyEveryBytes = 1024 * 1024;

    /// <summary>What is left of file descriptors, for whoever is about to take some.</summary>
    private static readonly Reserve s_reserve = new(Descriptors.Left);

    private static readonly TimeSpan SummaryEvery = TimeSpan.FromSeconds(60);

    /// <summary>When a feed without any price is told of, from the start: within 10 s, even where starting is slow.</summary>
    internal static readonly TimeSpan NoPriceAfter = TimeSpan.FromSeconds(8);

    /// <summary>What the feed has for a first price in any case.</summary>
    internal static readonly TimeSpan NoPriceAfterMin = TimeSpan.FromSeconds(2);

    /// <summary>How long the first price on the screen waits, at most, for the line that says where to look: on a busy machine the log's thread is late.</summary>
    private static readonly TimeSpan s_lookLimit = TimeSpan.FromSeconds(2);

    public static int Execute(RunArguments arguments)
    {
        if (OpenSsl.Missing() is { } missing)
            return Misconfigured([missing]);
        TimeProvider time = TimeProvider.System;
        using Demo? demo = arguments.Demo ? new Demo() : null;
        SettingsResult read = SettingsReader.Read(arguments.Flags, Environment.GetEnvironmentVariable, arguments.EnvFile, demo is null ? null : demo.TryPin, SettingsReader.EnvironmentNames);
        var errors = new List<string>(read.Errors);
        if (read.Settings is not { } settings)
            return Misconfigured(errors);
        LogStyle style = LogStyle.Of(settings.LogFormat, () => !System.Console.IsErrorRedirected, Environment.GetEnvironmentVariable, Environment.ProcessId);
        // A demo on a terminal is looked at: full screen, the log below it; unless a machine is known to read what stands there.
        bool viewed = arguments is { Demo: true, Plain: false, Quiet: false } && PriceWatch.OnTerminal && !System.Console.IsInputRedirected
            && (style.AsText || System.Console.IsErrorRedirected);
        LogPane? pane = viewed && !System.Console.IsErrorRedirected ? new LogPane(StandardStreams.Error) : null;
        using var logs = new Logs(pane ?? StandardStreams.Error, settings.LogLevel, style.AsText, settings.Secrets, time, style.Coloured);
        settings.RedisAccess.SecretRead = logs.Hide;
        ILogger log = logs.CreateLogger("app");
        try
        {
            return new Run(settings, arguments, demo, logs, log, time) { Viewed = viewed, Pane = pane }.Execute(read.Warnings);
        }
        catch (Exception fault)
        {
            log.ProgramFault(fault.Message, fault);
            return ExitStatus.GaveUp;
        }
    }

    private static int Misconfigured(List<string> errors)
    {
        StandardStreams.Tell(string.Join('\n', errors));
        return ExitStatus.Configuration;
    }

    private sealed class Run(Settings settings, RunArguments arguments, Demo? demo, Logs logs, ILogger log, TimeProvider time)
    {
        private readonly long _start = time.GetTimestamp();
        private readonly RestClient? _rest = settings.RestUrl is null ? null : new RestClient(settings.RestUrl, settings.RestProxy, time) { Reserve = s_reserve };
        private readonly DateTimeOffset _started = time.GetUtcNow();
        private readonly ManualResetEvent _wake = new(false);
        private readonly Turns _turns = new();
        private readonly Turn _coinsTurn = new("coins");
        private Bridge? _bridge;
        private WhereToLook? _look;
        private DemoView? _view;
        private Recorders? _recorders;
        private string? _reason;
        private long _tidiedAt;

        /// <summary>Whether it is shown full screen.</summary>
        public bool Viewed { get; init; }

        /// <summary>Where the log's lines go meanwhile; null: where they always go.</summary>
        public LogPane? Pane { get; init; }

        public int Execute(IReadOnlyList<SettingWarning> warnings)
        {
            CoinsLoop coins = CoinsOf();
            if (coins.ReadFirst() is { } wrong)
                return Misconfigured([SettingFlags.CoinsError(settings.CoinsFile, settings.CoinsFileSource, wrong)]);
            if (!TryPort(out WebPort? port, out string? noPort))
                return ExitStatus.GaveUp;
            using WebPort? page = port;
            AppDomain.CurrentDomain.UnhandledException += (_, raised) => Fault(raised.ExceptionObject as Exception);
            StartLog.Tell(log, settings, warnings);
            // Before whatever may hang.
            using Notify notify = Notify.From(Environment.GetEnvironmentVariable, log);
            var health = new HealthJudge(_turns, log, time);
            using VerdictFile.Writer? verdict = VerdictFile.Writer.Here();
            using var judge = new HealthThread(health, notify, time, verdict);
            judge.Start((_, fault) => Fault(fault));
            if (noPort is not null)
                log.HttpUnavailable(noPort);
            // Before the store: whoever stops the program while that starts gets the ordinary end.
            using var signals = new StopSignals(Stop, coins.Reload, () => Volatile.Read(ref _bridge)?.LogSummary());
            if (!TryStore(out EmbeddedStore? store))
                return ExitStatus.GaveUp;
            using EmbeddedStore? owned = store;
            // The store waits on the pool's threads; nothing else does.
            if (store is null)
                PoolThreads.HoldToKept();
            BridgeOptions options = Recorded(settings.Bridge with { Rest = _rest, Turns = _turns, Reserve = s_reserve });
            using var bridge = new Bridge(store is null ? options : options with { Redis = new RedisOptions("127.0.0.1", store.Port, null, 0) { Writing = options.Redis.Writing } }, logs, time);
            Volatile.Write(ref _bridge, bridge);
            // One that cannot begin tells that by itself, and is no reason to be without prices.
            _recorders?.Start(bridge.ReportDeath);
            // The coins first: the sink looks at start what Redis holds of them.
            coins.Start(_turns.Begin(_coinsTurn));
            bridge.Start();
            StoreMark? mark = store is null ? null : new StoreMark(store.Port, StoreMark.NameOf(settings.Venue), demo is not null);
            mark?.Write(time);
            demo?.Start(bridge.ReportDeath);
            _look = new WhereToLook(settings, store?.Port, AsTyped.Program, arguments.Flags, arguments.EnvFile);
            ConsoleSink? console = null;
            if (!arguments.Quiet && !Viewed)
            {
                // Written before the prices begin, which push everything else off the screen.
                console = new ConsoleSink(bridge.Latest, StandardStreams.Output, logs.CreateLogger("console"))
                {
                    BeforeFirst = () =>
                    {
                        TellWhereToLook(bridge);
                        logs.Flush(s_lookLimit);
                    },
                };
                console.Start(bridge.ReportDeath);
            }
            else
                TellWhereToLook(bridge);
            notify.Ready();
            var board = new BoardOfBridge(bridge, IdentityOf(bridge.RedisEndpoint), time);
            using WebRoom? web = page is null ? null : WebOf(page, bridge, board, health);
            web?.Start(() => HasPrice(bridge), bridge.ReportDeath);
            PoolThreads.Keep();
            if (Viewed)
            {
                logs.Flush(s_lookLimit);
                _view = DemoView.Open(board, Pane, Stop, bridge.ReportDeath, time);
            }
            Task<Ending> ended = bridge.Ended;
            _ = ended.ContinueWith(_ => _wake.Set(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            TimeSpan left = NoPriceAfter - time.GetElapsedTime(_start);
            Turn turn = _turns.Begin("main");
            if (!Wait(left > NoPriceAfterMin ? left : NoPriceAfterMin, turn, health))
                LookForPrices(bridge);
            while (!Wait(SummaryEvery, turn, health))
            {
                bridge.LogSummary();
                mark?.Write(time);
                Tidy();
            }
            int status = ended.IsCompleted ? ExitStatus.GaveUp : ExitStatus.Stopped;
            string reason = Volatile.Read(ref _reason) ?? (ended.IsCompletedSuccessfully && ended.Result == Ending.GaveUp ? "gave up" : "a thread died");
            // What is told from here on stays on the screen.
            _view?.Close();
            notify.Stopping();
            judge.Stop(StopLimit, () =>
            {
                logs.Flush();
                ProcessEnd.Now(status);
            });
            StopAll(bridge, coins, console, reason, status);
            return status;
        }

        private BridgeOptions Recorded(BridgeOptions options)
        {
            if (settings.Record is not { } record)
                return options;
            _recorders = new Recorders(record, settings.Venue, time, logs);
            return options with { Feed = _recorders.Recorded(options.Feed) };
        }

        /// <summary>Waits until somebody wants the end (true) or the time is over, and looks after the judge, as he does after all others.</summary>
        private bool Wait(TimeSpan limit, Turn turn, HealthJudge health)
        {
            long start = time.GetTimestamp();
            while (limit - time.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
            {
                turn.Take();
                health.LookAtJudge();
                // In whole milliseconds, upwards: what is left would else be waited for in no time at all, again and again.
                if (_wake.WaitOne((int)Math.Ceiling((left < Turns.Slice ? left : Turns.Slice).TotalMilliseconds)))
                    return true;
            }
            return false;
        }

        /// <summary>
        /// By itself the collector lets garbage grow to the size of the processor's cache (16 MB and more) before it looks
        /// for the first time. There is little here, from logs and looks at files; a look now and then keeps it little.
        /// </summary>
        private void Tidy()
        {
            long allocated = GC.GetTotalAllocatedBytes();
            if (allocated - _tidiedAt < TidyEveryBytes)
                return;
            _tidiedAt = allocated;
            GC.Collect(0);
        }

        /// <summary>The page's port, if there is to be a page; false: it was asked for and cannot be had, and that is told.</summary>
        /// <param name="trouble">Why there is none though the default says so.</param>
        private bool TryPort(out WebPort? port, out string? trouble)
        {
            (port, trouble) = (null, null);
            if (settings.HttpUrl is { } address)
                trouble = WebPort.TryTake(address, out port);
            if (trouble is null || settings.HttpUrlSource is not { } source)
                return true;
            StandardStreams.Tell($"{SettingsTable.HttpUrl}: {trouble} [from {source}]");
            return false;
        }

        /// <summary>The embedded store, if there is to be one; false: it could not be had, and that is told.</summary>
        private bool TryStore(out EmbeddedStore? store)
        {
            store = null;
            int port = settings.Bridge.Redis.Port;
            if (!EmbeddedStore.Wanted(settings.RedisEmbedded, settings.RedisNamed, () => StorePorts.Answers(port)))
                return true;
            try
            {
                store = EmbeddedStore.Start();
            }
            catch (StoreException failure)
            {
                log.StoreFailed(failure.Message);
                return false;
            }
            string endpoint = $"127.0.0.1:{store.Port}";
            string look = $"redis-cli -p {store.Port} HGETALL bybit_spot:BTC";
            if (demo is not null)
                log.DemoStarted(look);
            else if (settings.RedisEmbedded == EmbeddedUse.Always)
                log.StoreEmbedded(endpoint, look);
            else
                log.StoreInstead($"localhost:{port}", endpoint, look);
            return true;
        }

        /// <summary>A first start often fails for want of a network, and the first reconnects tell that only in the words of sockets.</summary>
        private void LookForPrices(Bridge bridge)
        {
            FeedReport report = bridge.Report;
            if (report.State == FeedState.Empty || HasPrice(bridge))
                return;
            string endpoint = report.ListAwaited is not null && _rest is not null ? _rest.Endpoint : settings.Bridge.Feed.StreamUrl.ToString();
            log.NoPriceYet((long)time.GetElapsedTime(_start).TotalSeconds, endpoint, report.ListAwaited ?? "it cannot be reached or sends nothing", $"{AsTyped.Program} --demo");
        }

        private void TellWhereToLook(Bridge bridge) => log.WhereToLook(_look!.Now(AnyCoin(bridge)));

        /// <summary>One to look for: the best known if it is watched, else the first.</summary>
        private static string AnyCoin(Bridge bridge)
        {
            Market.Instrument[] first = [.. Enumerable.Range(0, bridge.Latest.Count).Select(bridge.Latest.InstrumentOf).Where(i => i.Name == i.Coin)];
            return first.Length == 0 || Array.Exists(first, i => i.Coin == "BTC") ? "BTC" : first[0].Coin;
        }

        private static bool HasPrice(Bridge bridge)
        {
            for (int slot = 0; slot < bridge.Latest.Count; slot++)
                if (bridge.Latest.Read(slot, out _) == Latest.SlotState.Priced)
                    return true;
            return false;
        }

        private BoardIdentity IdentityOf(string redis) =>
            new(Market.Venues.Name(settings.Venue), settings.Bridge.InstanceId, ProgramVersion.Text, _started, settings.Bridge.Feed.StreamUrl.ToString(), redis, settings.Bridge.Shard.IsWhole ? null : settings.Bridge.Shard.ToString());

        private WebRoom WebOf(WebPort port, Bridge bridge, BoardOfBridge board, HealthJudge health)
        {
            var process = new ProcessMeters(_started);
            var hub = new EventHub(board, bridge.Latest, _turns, time, bridge.ReportDeath);
            var answers = new BoardAnswers(board, hub, time);
            var rule = new HostRule(settings.HttpAllowedHosts, settings.HttpAllowedOrigins);
            var pages = new Pages(rule, () => health.Stalled, () => bridge.Report, () => [.. bridge.Meters(settings.HttpCoinMetrics), .. hub.Meters(), .. process.Read()], answers.Ask, time);
            return new WebRoom(port, pages, hub, _turns, logs.CreateLogger("web"), time);
        }

        private CoinsLoop CoinsOf() => BridgeCoins.Loop(
            settings, new CoinsReading(settings.CoinsFile, time, _coinsTurn.Take, demo is null ? null : Demo.CoinsFile), () => _bridge!, _rest, firstAlone: false, s_reserve, logs, time);

        private void Stop(string reason)
        {
            Interlocked.CompareExchange(ref _reason, reason, null);
            _wake.Set();
        }

        private void StopAll(Bridge bridge, CoinsLoop coins, ConsoleSink? console, string reason, int status)
        {
            log.Stopping(reason);
            coins.Stop();
            bridge.Stop();
            _recorders?.Stop();
            console?.Stop();
            bridge.LogSummary();
            log.Stopped(reason, status, (long)time.GetElapsedTime(_start).TotalSeconds, _look!.AtTheEnd(AnyCoin(bridge)));
            logs.Flush();
        }

        private void Fault(Exception? fault)
        {
            _view?.Abandon();
            // .NET calls it so when a thread cannot be started, which needs descriptors, too.
            string error = fault is OutOfMemoryException && Descriptors.Left() <= 0 ? "no more files may be opened (ulimit -n, LimitNOFILE), which starting a thread needs" : fault?.Message ?? "unknown";
            log.ProgramFault(error, fault ?? new InvalidOperationException("unknown"));
            logs.Flush();
            ProcessEnd.Now(ExitStatus.GaveUp);
        }
    }
}

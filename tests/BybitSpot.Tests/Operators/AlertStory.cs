// Six instances, each with an exchange, a Redis and troubles of its own, looked at by one Prometheus: every fault begins, each ends
// when its alerts fire, and each alert is waited for until it is silent again; then all instances end and come back. Told once, for
// all tests of AlertTests, which look at what is kept here.
using System.Diagnostics;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Servers;
using BybitSpot.Tests.Journeys.Web;
using BybitSpot.Tests.Tools;
using BybitSpot.Tests.Web;

namespace BybitSpot.Tests.Operators;

public sealed class AlertStory : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5), s_lookEvery = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, Journey> _journeys = [];
    private readonly Dictionary<string, int> _ports = [];
    private readonly Stack<IDisposable> _owned = new();
    private readonly List<Fault> _faults = [];
    private PrometheusServer? _prometheus;

    public AlertStory()
    {
        if (!IsPossible)
            return;
        try
        {
            Tell();
        }
        catch (Exception wrong)
        {
            Trouble = wrong.ToString();
        }
    }

    internal static bool IsPossible { get; } = Tool.Installed("prometheus") && Tool.Installed("prlimit");

    /// <summary>Why the story could not be told to its end; null if it was.</summary>
    internal string? Trouble { get; private set; }

    internal HashSet<string> Fired { get; } = [];

    internal HashSet<string> Cleared { get; } = [];

    /// <summary>What each query of the board came to, at best: a number (null), else why not.</summary>
    internal Dictionary<string, string?> Board { get; } = OperatorFiles.Queries.ToDictionary(q => q.Name, _ => (string?)"was empty each time");

    /// <summary>Instances that the board lets choose from.</summary>
    internal string[] Choice { get; private set; } = [];

    internal int Instances => _ports.Count;

    /// <summary>Names of metrics as the program tells them.</summary>
    internal HashSet<string> Names { get; } = [];

    public void Dispose()
    {
        while (_owned.TryPop(out IDisposable? owned))
            owned.Dispose();
    }

    private void Tell()
    {
        foreach (string name in (string[])["coins", "store", "storm", "down", "late", "again"])
            _ports[name] = Repository.FreePort();
        _prometheus = new PrometheusServer(_ports.Values.Select(p => $"127.0.0.1:{p}"));
        _owned.Push(_prometheus);
        foreach (string name in _ports.Keys)
            Begin(name);
        foreach (Journey journey in _journeys.Values)
            journey.AwaitFirstPrices("BTCUSDT");
        // Of what REST tells there is nothing before its first answer; Prometheus has not looked yet.
        Until.True("REST has told its clock", () => TakeNames().Contains("bybitspot_exchange_clock_offset_seconds"), s_limit);
        Until.True("there is a choice", () => (Choice = _prometheus.Values("instance", "bybitspot_build_info")).Length > 0, s_limit);
        CoinsAndWriters();
        Store();
        Exchange();
        Again();
        Play();
        Ends();
        Play();
    }

    private HashSet<string> TakeNames()
    {
        foreach (ExpositionFamily family in Exposition.Read(new Page(_ports["coins"]).Becomes("/metrics", 200).Body))
            Names.UnionWith(family.Type is "histogram" or "summary" ? [family.Name, family.Name + "_bucket", family.Name + "_sum", family.Name + "_count"] : [family.Name]);
        return Names;
    }

    private void Begin(string name)
    {
        Journey journey = Journey.Prepare(["BTCUSDT", "ETHUSDT", "SOLUSDT"], new Dictionary<string, string>
        {
            ["HTTP_URL"] = $"http://127.0.0.1:{_ports[name]}",
            ["HTTP_COIN_METRICS"] = "true",
            ["INSTANCE_ID"] = name,
            ["STALE_AFTER_MS"] = "1000",
            ["RECONNECT_INTERVAL_MS"] = "10",
        });
        _owned.Push(journey);
        _journeys[name] = journey;
        if (name == "late")
            journey.Exchange.Faults.ClockOffsetMs = 3_600_000;
        if (name == "store")
            journey.Exchange.Faults.RestStatus = 503;
        journey.Run();
        _owned.Push(journey.Ticking("BTCUSDT"));
    }

    private void CoinsAndWriters()
    {
        Journey coins = _journeys["coins"];
        Bot? second = null;
        Has("coins", ["BybitspotCoinsStale"], () =>
        {
            foreach (string topic in (string[])["tickers.ETHUSDT", "publicTrade.ETHUSDT"])
                coins.Exchange.Faults.Silence(topic);
            coins.Exchange.Trade("ETHUSDT", "56.60");
        }, () =>
        {
            foreach (string topic in (string[])["tickers.ETHUSDT", "publicTrade.ETHUSDT"])
                coins.Exchange.Faults.Silence(topic, false);
            coins.Exchange.PushTicker("ETHUSDT");
        });
        Has("coins", ["BybitspotTwoWriters"], () => _owned.Push(second = coins.StartAnother("second", ("HTTP_URL", ""))), () =>
        {
            second!.Signal(Journeys.Signals.Terminate);
            second!.Exit();
        });
        // Another kind of thing under the key, as a stranger's program may put it there.
        Has("late", ["BybitspotRedisRefuses"],
            () => _journeys["late"].Redis.Ask("SET", "bybit_spot:SOL", "a stranger's"), () => _journeys["late"].Redis.Ask("DEL", "bybit_spot:SOL"),
            // Told by a write of the coin, and whoever is stale is not rewritten.
            TimeSpan.FromSeconds(1), () => _journeys["late"].Exchange.Trade("SOLUSDT", "140.10"));
    }

    private void Store()
    {
        Journey store = _journeys["store"], storm = _journeys["storm"];
        Has("store", ["BybitspotStatusRefused"], () => store.Redis.Ask("ACL", "SETUSER", "default", "resetkeys", "~bybit_spot:*"), () => store.Redis.Ask("ACL", "SETUSER", "default", "allkeys"));
        Has("store", ["BybitspotRestUnavailable"], () => { }, () => store.Exchange.Faults.RestStatus = null);
        Has("store", ["BybitspotFewDescriptors"], () => Allow(store, Directory.GetFileSystemEntries($"/proc/{store.Bot.Process.Id}/fd").Length + 48), () => Allow(store, 4_096));
        Has("coins", ["BybitspotRedisSlow"], () => { }, () => { }, TimeSpan.FromMilliseconds(1_300), () => _journeys["coins"].Redis.Ask("CLIENT", "PAUSE", "900", "WRITE"));
        Has("storm", ["BybitspotRedisDown"], storm.Redis.Kill, () => storm.Redis.Launch());
    }

    private void Exchange()
    {
        Journey storm = _journeys["storm"], down = _journeys["down"], late = _journeys["late"];
        Has("storm", ["BybitspotReconnectStorm"], () => { }, () => { }, TimeSpan.FromMilliseconds(100), () => storm.Exchange.ResetAll());
        Has("down", ["BybitspotFeedNotLive", "BybitspotLineDown"], () =>
        {
            down.Exchange.Faults.OnAccept = HangUp.Reset;
            down.Exchange.ResetAll();
        }, () => down.Exchange.Faults.OnAccept = HangUp.None);
        Has("late", ["BybitspotPricesLate"], () => late.Exchange.Faults.TickerDelayMs = 3_500, () => late.Exchange.Faults.TickerDelayMs = 0);
        Has("late", ["BybitspotMessagesDropped"], () => { }, () => { }, TimeSpan.FromMilliseconds(200), () => late.Exchange.SendToTopic("tickers.BTCUSDT", "{not json"));
        Has("late", ["BybitspotClockOff"], () => { }, () => late.Exchange.Faults.ClockOffsetMs = 0);
    }

    private void Again()
    {
        Journey again = _journeys["again"];
        string started = $"process_start_time_seconds{{instance=\"127.0.0.1:{_ports["again"]}\"}}";
        double[] seen = [];
        Has("again", ["BybitspotRestarts"], () => { }, () => { }, TimeSpan.FromMilliseconds(250), () =>
        {
            // Each start is to be seen before the next.
            if (_prometheus!.Ask(started) is not [var now] || seen.Contains(now))
                return;
            seen = [.. seen, now];
            again.Bot.Dispose();
            again.Run();
        });
    }

    private void Ends()
    {
        Has("down", ["BybitspotInstanceDown"], () => _journeys["down"].Bot.Dispose(), () => _journeys["down"].Run());
        Has("", ["BybitspotNoInstance"], () =>
        {
            foreach (Journey journey in _journeys.Values)
                journey.Bot.Dispose();
        }, () => _journeys["coins"].Run());
    }

    private void Has(string name, string[] alerts, Action begin, Action end, TimeSpan? every = null, Action? again = null) =>
        _faults.Add(new Fault(name.Length == 0 ? "" : $"127.0.0.1:{_ports[name]}", alerts, begin, end, every ?? TimeSpan.Zero, again));

    /// <summary>From the first fault's beginning until no alert of theirs fires any more.</summary>
    private void Play()
    {
        var watch = Stopwatch.StartNew();
        foreach (Fault fault in _faults)
            fault.Begin();
        while (_faults.Count > 0)
        {
            HashSet<(string, string)> firing = _prometheus!.Firing();
            foreach (Fault fault in _faults.ToArray())
            {
                fault.Look(firing, Fired);
                if (!fault.IsOver(firing))
                    continue;
                Cleared.UnionWith(fault.Alerts);
                _faults.Remove(fault);
            }
            AskBoard();
            if (watch.Elapsed > s_limit)
                throw new TimeoutException($"not within {s_limit.TotalSeconds} s: {string.Join(", ", _faults.Select(f => f.ToString()))}; firing: {string.Join(", ", firing)}");
            Thread.Sleep(s_lookEvery);
        }
    }

    private void AskBoard()
    {
        foreach ((string name, string query) in OperatorFiles.Queries)
            if (Board[name] is not null)
                try
                {
                    if (_prometheus!.Ask(query).Length > 0)
                        Board[name] = null;
                }
                catch (InvalidOperationException error)
                {
                    Board[name] = error.Message;
                }
    }

    private static void Allow(Journey journey, int count) =>
        Deploy.Script.Run("prlimit", ["--pid", $"{journey.Bot.Process.Id}", $"--nofile={count}:"]);

    private sealed class Fault(string instance, string[] alerts, Action begin, Action end, TimeSpan every, Action? again)
    {
        private readonly HashSet<string> _seen = [];
        private long _at;
        private bool _ended;

        public string[] Alerts => alerts;

        public void Begin()
        {
            begin();
            _at = Stopwatch.GetTimestamp();
        }

        /// <summary>Goes on with the fault, or ends it once all its alerts have fired.</summary>
        public void Look(HashSet<(string, string)> firing, HashSet<string> fired)
        {
            if (_ended)
                return;
            _seen.UnionWith(alerts.Where(a => firing.Contains((a, instance))));
            fired.UnionWith(_seen);
            if (_seen.Count == alerts.Length)
            {
                end();
                _ended = true;
            }
            else if (again is not null && Stopwatch.GetElapsedTime(_at) >= every)
            {
                again();
                _at = Stopwatch.GetTimestamp();
            }
        }

        public bool IsOver(HashSet<(string, string)> firing) => _ended && !alerts.Any(a => firing.Contains((a, instance)));

        public override string ToString() => $"{string.Join(" and ", alerts)} ({(_ended ? "fired, not silent again" : $"fired: {string.Join(' ', _seen)}")})";
    }
}

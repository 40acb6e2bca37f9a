using System.Diagnostics;
using System.Globalization;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Freshness;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Storm;
using Xunit;

namespace BybitSpot.Tests.Soak;

/// <summary>Two redundant lines, and each second of a minute one of them is killed, in turn, while prices move.</summary>
public sealed class KilledLinesTests(ITestOutputHelper output)
{
    private const int Coins = 50, TradesPerSecond = 400, KillsMin = 40;

    private static readonly TimeSpan s_killing = TimeSpan.FromMinutes(1), s_killEvery = TimeSpan.FromSeconds(1);

    /// <summary>While a line carries. What a busy machine makes of it is told.</summary>
    private static readonly TimeSpan s_behindMax = TimeSpan.FromSeconds(5);

    private readonly int?[] _lines = [1, 2];

    [Fact]
    [Trait("Long", "yes")]
    public void Of_two_lines_one_is_killed_each_second_and_there_is_no_gap()
    {
        Assert.SkipUnless(Repository.Long, "takes more than a minute: set BYBITSPOT_LONG=1");
        // With the delay that is told for a single line.
        using Journey journey = Journey.Prepare(
            [.. Enumerable.Range(0, Coins).Select(i => SoakMarket.NameOf(i) + "USDT")],
            new Dictionary<string, string> { ["BYBIT_LINES"] = "2", ["RECONNECT_INTERVAL_MS"] = "5000", ["INSTANCE_ID"] = "main" });
        using var market = new SoakMarket(journey.Exchange, Coins, TradesPerSecond, seed: 1);
        var check = new SoakCheck(market, new HashSet<int>());
        var life = new SoakCheck.Life("redis");
        using var writes = new WriteWatch(journey.Redis, write => check.Take(life, write));
        journey.Run(readPrices: false, "--quiet");
        Until.True("first prices", () => check.HasReached(market.Newest()), state: () => journey.Bot.ErrorText);
        foreach (int number in _lines.OfType<int>())
            journey.AwaitConnection(number, topics: 2 * Coins);
        journey.StateBecomes("live");
        using var monitor = new RedisMonitor(journey.Redis);
        using var stalls = new StallMeter(new Account());
        market.Start();
        int kills = KillInTurn(journey);
        market.IsAtRest = true;
        Until.True("the newest prices are written", () => check.HasReached(market.Newest()), TimeSpan.FromMinutes(2), () => journey.Bot.ErrorText);
        int[] newest = market.Newest();
        for (int coin = 0; coin < Coins; coin++)
            journey.PriceBecomes(market.SymbolOf(coin), SoakMarket.PriceOf(coin, newest[coin]));

        (int told, IReadOnlyList<string> ill) = monitor.StatusOf("spot", "main");
        LogLine counters = journey.Bot.Counters();
        output.WriteLine($"{kills} connections killed in {s_killing.TotalSeconds:0} s, {counters.Number("reconnects")} reconnects; {newest.Sum()} trades of {Coins} coins");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"behind for at most {check.LongestBehind.Time.TotalMilliseconds:0.0} ms ({check.LongestBehind.Coin}); {check.Writes} writes, {check.Wrong} wrong, {check.Back} backward; this machine stood still for {stalls.Stalled.TotalSeconds:0.00} s in all"));
        output.WriteLine($"its state was told {told} times; {ill.Count} times something was not live or a coin stale");
        Assert.True(check is { Wrong: 0, Back: 0 }, string.Join('\n', check.Stories));
        Assert.Equal(0, counters.Number("dropped"));
        Assert.InRange(told, 1, int.MaxValue);
        Assert.Empty(ill);
        Assert.InRange(check.LongestBehind.Time, TimeSpan.Zero, s_behindMax);
        Assert.InRange(kills, KillsMin, int.MaxValue);
    }

    // The one whose turn it is, if both carry: on a busy machine the other may not be back yet.
    private int KillInTurn(Journey journey)
    {
        int kills = 0, newest = _lines.Length;
        var watch = Stopwatch.StartNew();
        for (int second = 1; second * s_killEvery < s_killing; second++)
        {
            while (second * s_killEvery - watch.Elapsed is var left && left > TimeSpan.Zero)
                Thread.Sleep(left);
            Find(journey.Exchange, ref newest);
            int turn = kills % _lines.Length;
            if (_lines[turn] is not { } number || _lines.Contains(null))
                continue;
            Assert.True(journey.Exchange.End(number, HangUp.Reset));
            _lines[turn] = null;
            kills++;
        }
        return kills;
    }

    // A connection that has all topics by now is that of a line that was killed.
    private void Find(Exchange exchange, ref int newest)
    {
        int known = newest;
        foreach (ConnectionRecord came in exchange.Connections.Where(c => c.Number > known && c.Upgraded && c.ClosedAt is null && c.Topics.Count == 2 * Coins))
        {
            _lines[Array.IndexOf(_lines, null)] = came.Number;
            newest = Math.Max(newest, came.Number);
        }
    }
}

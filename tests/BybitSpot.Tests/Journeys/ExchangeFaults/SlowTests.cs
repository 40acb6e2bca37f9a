using System.Text.Json;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Journeys.ExchangeFaults;

// What takes the program's own limits in full: 10 s for connecting, acks and first tickers, 5 s for the pong of a ping that silence asked for.
// All journeys begin together and wait side by side, and each fault is mended as soon as it has told; each test takes what
// became of its own, in whatever order the tests come.
public sealed class SlowJourneys : IDisposable
{
    /// <summary>The least interval: eleven attempts then take 10 s.</summary>
    internal const int UnreachableIntervalMs = 10;

    /// <summary>Time to mend a fault before the next attempt meets it again.</summary>
    private const int IntervalMs = 500;

    private readonly RedisServer _redis = RedisServer.Start();
    private readonly List<Journey> _all = [];

    public SlowJourneys()
    {
        NeverAnswered = Begin(IntervalMs, f => f.UpgradeNeverAnswered = true, "NAUSDT");
        MendAfter("feed_connect_failed", NeverAnswered, "NAUSDT", ("3", "upgrade never answered"), f => f.UpgradeNeverAnswered = false);
        Dripping = Begin(IntervalMs, f => f.UpgradeDripMs = 1_000, "DRUSDT");
        MendAfter("feed_connect_failed", Dripping, "DRUSDT", ("3", "upgrade answered byte by byte"), f => f.UpgradeDripMs = 0);
        NoAck = Begin(IntervalMs, f => f.NoAck = true, "AKUSDT");
        MendAfter("feed_disconnected", NoAck, "AKUSDT", ("5", "no ack"), f => f.NoAck = false);
        NoTicker = Begin(IntervalMs, f => f.NoSnapshot = true, "NTUSDT", "NSUSDT");
        MendAfter("feed_disconnected", NoTicker, "NTUSDT", ("8", "no first ticker"), f => f.NoSnapshot = false);
        NoPong = Begin(IntervalMs, f => f.NoPong = true, "NPUSDT");
        MendAfter("feed_disconnected", NoPong, "NPUSDT", ("7", "no pong"), f => f.NoPong = false);
        Quiet = Begin(IntervalMs, _ => { }, "QTUSDT");
        Refused = Begin(IntervalMs, f => f.Refuse("RBUSDT"), "RAUSDT", "RBUSDT");
        Unreachable = Begin(UnreachableIntervalMs, f => f.OnAccept = HangUp.Fin, "URUSDT");
        // One of its coins ticks on, the other has no first ticker.
        NoTicker.AwaitConnection(1, topics: 4);
        new Thread(() =>
        {
            while (NoTicker.Bot.CountLogs("feed_disconnected") == 0)
            {
                NoTicker.Exchange.PushTicker("NSUSDT");
                Thread.Sleep(500);
            }
        }) { IsBackground = true }.Start();
    }

    internal Journey NeverAnswered { get; }

    internal Journey Dripping { get; }

    internal Journey NoAck { get; }

    internal Journey NoTicker { get; }

    internal Journey NoPong { get; }

    internal Journey Quiet { get; }

    internal Journey Refused { get; }

    internal Journey Unreachable { get; }

    public void Dispose()
    {
        foreach (Journey journey in _all)
            journey.Dispose();
        _redis.Dispose();
    }

    // Times are taken here, for a test that looks may come much later: so a trade of its own is what has to be right again.
    private void MendAfter(string happened, Journey journey, string symbol, (string Row, string What) fault, Action<BybitSpot.Simulator.ExchangeFaults> mend)
    {
        FaultTimes times = FaultTimes.Begin(fault.Row, fault.What);
        Bot bot = journey.Bot;
        new Thread(() =>
        {
            // Ends with the test run at the latest; a test that misses the event says so.
            while (bot.CountLogs(happened) == 0)
                Thread.Sleep(10);
            times.Seen();
            mend(journey.Exchange.Faults);
            times.Mended();
            journey.Exchange.Trade(symbol, "100.50");
            using var redis = RedisServer.Reach(_redis.Port);
            while (redis.Price(symbol[..^4]) is not ("100.50" or "101.00"))
                Thread.Sleep(5);
            times.Right();
        }) { IsBackground = true }.Start();
    }

    private Journey Begin(int intervalMs, Action<BybitSpot.Simulator.ExchangeFaults> fault, params string[] symbols)
    {
        // Without REST: the exchange that hangs up would hang up on it too, and it is not what this is about.
        Journey journey = Journey.Prepare(symbols, new Dictionary<string, string> { ["BYBIT_REST_URL"] = "", ["RECONNECT_INTERVAL_MS"] = $"{intervalMs}" }, _redis);
        _all.Add(journey);
        fault(journey.Exchange.Faults);
        journey.Run();
        return journey;
    }
}

public sealed class SlowTests(SlowJourneys slow) : IClassFixture<SlowJourneys>
{
    // Three times the limits, and what the machine takes besides.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(40);

    [Fact]
    [Trait("Fault", "3")]
    public void An_upgrade_that_is_never_answered_is_given_up_after_10_s_and_tried_again() => GivenUpWhileConnecting(slow.NeverAnswered, "NAUSDT");

    [Fact]
    [Trait("Fault", "3")]
    public void An_upgrade_answered_byte_by_byte_is_given_up_after_10_s_as_well() => GivenUpWhileConnecting(slow.Dripping, "DRUSDT");

    [Fact]
    [Trait("Fault", "5")]
    public void A_request_without_an_ack_for_10_s_ends_the_connection()
    {
        EndsAfter(slow.NoAck, "a request was not answered within 10 s", 10);
        IsRightAgain(slow.NoAck, "AKUSDT");
    }

    [Fact]
    public void A_coin_without_a_first_ticker_10_s_after_its_ack_ends_the_connection()
    {
        slow.NoTicker.PriceBecomes("NSUSDT", "100.00");
        EndsAfter(slow.NoTicker, "a subscribed coin had no first ticker within 10 s", 10);
        IsRightAgain(slow.NoTicker, "NTUSDT");
    }

    [Fact]
    [Trait("Fault", "7")]
    public void A_ping_without_a_pong_ends_the_connection_within_40_s()
    {
        LogLine ended = EndsAfter(slow.NoPong, "no pong: a ping was not answered in time", 8);
        Assert.InRange(ended.Number("lived_s"), 7, 40);
        IsRightAgain(slow.NoPong, "NPUSDT");
    }

    [Fact]
    [Trait("Fault", "7")]
    public void A_quiet_coin_s_connection_is_pinged_when_it_has_been_silent_for_3_s_and_stays()
    {
        RequestRecord[] pings = [];
        Until.True("two pings", () => (pings = Pings(slow.Quiet)).Length >= 2, TimeSpan.FromSeconds(120), () => slow.Quiet.Bot.ErrorText);
        TimeSpan connectedAt = slow.Quiet.Exchange.Connections[0].AcceptedAt;
        Assert.InRange((pings[0].At - connectedAt).TotalSeconds, 2.5, 60);
        Assert.InRange((pings[1].At - pings[0].At).TotalSeconds, 2.5, 60);
        string[] ids = [.. pings.Select(p => JsonDocument.Parse(p.Text).RootElement.GetProperty("req_id").GetString()!)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.DoesNotContain("", ids);
        slow.Quiet.TradeArrives("QTUSDT", "101.00");
        Assert.Single(slow.Quiet.Exchange.Connections);
        Assert.Equal(0, slow.Quiet.Bot.Counters().Number("dropped"));
    }

    [Fact]
    [Trait("Fault", "4")]
    public void A_refused_coin_never_ends_the_connection_of_the_others()
    {
        slow.Refused.Bot.Log("topic_refused", l => l.Text("topic") == "tickers.RBUSDT");
        // Beyond the 10 s in which the refused coin's first ticker would be missed.
        Until.True("12 s of life", () => slow.Refused.Exchange.Now > TimeSpan.FromSeconds(12), s_patience);
        slow.Refused.TradeArrives("RAUSDT", "101.00");
        Assert.Single(slow.Refused.Exchange.Connections);
    }

    [Fact]
    [Trait("Fault", "22")]
    public void With_no_limit_of_attempts_the_program_goes_on_beyond_the_default_of_ten()
    {
        slow.Unreachable.AwaitConnection(11, limit: s_patience);
        Assert.Equal(0, slow.Unreachable.Bot.CountLogs("feed_gave_up"));
        Assert.False(slow.Unreachable.Bot.Process.HasExited);
        Looks.AssertDoubling([.. slow.Unreachable.Bot.Delays().Take(10)], SlowJourneys.UnreachableIntervalMs);
    }

    private static RequestRecord[] Pings(Journey journey) => [.. journey.Exchange.Requests.Where(r => r.Text.Contains("\"op\":\"ping\""))];

    private static void GivenUpWhileConnecting(Journey journey, string symbol)
    {
        LogLine failed = journey.Bot.Log("feed_connect_failed", limit: s_patience);
        Assert.Equal("the upgrade took longer than 10 s", failed.Text("reason"));
        Assert.InRange((failed.At() - journey.Bot.Log("feed_connecting").At()).TotalSeconds, 9, 30);
        IsRightAgain(journey, symbol);
    }

    // On whichever connection: the fault may have been mended too late for the second.
    private static void IsRightAgain(Journey journey, string symbol)
    {
        Until.True($"{symbol} is subscribed anew", () => journey.Exchange.Connections.Any(c => c.Number > 1 && c.ClosedAt is null && c.Topics.Contains($"publicTrade.{symbol}")), s_patience, () => journey.Bot.ErrorText);
        journey.AwaitFirstPrices(symbol);
        journey.TradeArrives(symbol, "101.00");
    }

    private static LogLine EndsAfter(Journey journey, string reason, int seconds)
    {
        LogLine ended = journey.Bot.Log("feed_disconnected", limit: TimeSpan.FromSeconds(3 * seconds + 10));
        Assert.Equal(reason, ended.Text("reason"));
        Assert.InRange(ended.Number("lived_s"), seconds - 1, 3 * seconds + 10);
        return ended;
    }
}

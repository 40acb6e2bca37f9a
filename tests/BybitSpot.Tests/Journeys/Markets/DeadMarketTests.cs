using System.Diagnostics;
using System.Globalization;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Journeys.Web;
using BybitSpot.Tests.Soak;
using BybitSpot.Tests.Storm;
using BybitSpot.Tests.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>
/// Spot, linear and inverse in one process, and linear's exchange dead for a minute while the others trade. What is compared: the frames
/// that the simulator has sent with those that the program says it has decoded, the trades of each coin with its last price in Redis, which
/// tells its number, and each write of a price, as MONITOR tells it, with the moment at which the exchange had that price.
/// </summary>
public sealed class DeadMarketTests(ITestOutputHelper output)
{
    private const int CoinsOfEach = 20, TradesPerSecond = 250;

    private static readonly TimeSpan s_dead = TimeSpan.FromMinutes(1), s_trading = TimeSpan.FromSeconds(5);

    /// <summary>Of a coin whose market lives. What a busy machine makes of it is told.</summary>
    private static readonly TimeSpan s_behindMax = TimeSpan.FromSeconds(10);

    /// <summary>The longest delay between two attempts is a minute.</summary>
    private static readonly TimeSpan s_backWithin = TimeSpan.FromMinutes(2);

    /// <summary>A ticker may follow a trade so late, at the most.</summary>
    private static readonly TimeSpan s_tickersFollow = TimeSpan.FromSeconds(1);

    [Fact]
    [Trait("Long", "yes")]
    public void While_one_market_refuses_every_connection_for_a_minute_the_others_lose_no_tick()
    {
        Assert.SkipUnless(Repository.Long, "takes two minutes: set BYBITSPOT_LONG=1");
        string[] names = [.. Enumerable.Range(0, CoinsOfEach).Select(SoakMarket.NameOf)], tethers = [.. names.Select(n => n + "USDT")];
        using var journey = new MarketsJourney(new { coins = tethers, linear = tethers, inverse = names.Select(n => n + "USD") }, ("HTTP_URL", "http://127.0.0.1:0"));
        using Side spot = new(journey.Spot), linear = new(journey.Linear), inverse = new(journey.Inverse);
        Side[] all = [spot, linear, inverse], living = [spot, inverse];
        using var writes = new WriteWatch(journey.Redis, write => (all.FirstOrDefault(s => s.Market.FindKey(write.Key) is not null) ?? spot).Take(write));
        Bot bot = journey.Run("--quiet");
        Page page = Page.Of(bot);
        AreRight(journey, all);
        foreach (Side side in all)
            Until.Equal($"{side.Name} is live", "live", () => journey.State(side.Name), state: () => bot.ErrorText);
        using var monitor = new RedisMonitor(journey.Redis);
        using var stalls = new StallMeter(new Account());
        foreach (Side side in all)
            side.Market.Start();
        Thread.Sleep(s_trading);

        // A frame that is under way when a connection is reset is lost by nobody's fault, and would be counted.
        linear.Market.IsAtRest = true;
        AreRight(journey, linear);
        Thread.Sleep(s_tickersFollow);
        var died = Stopwatch.StartNew();
        journey.Linear.Faults.OnAccept = HangUp.Reset;
        journey.Linear.ResetAll();
        Until.Equal("linear is stale", "stale", () => journey.State("linear"), state: () => bot.ErrorText);
        TimeSpan seen = died.Elapsed;
        Until.True("the connection is closed there, too", () => journey.Linear.Connections.All(c => c.ClosedAt is not null));
        linear.Market.IsAtRest = false;
        Until.StaysTrue("the program runs", () => !bot.Process.HasExited, s_dead - died.Elapsed);
        foreach (Side side in living)
            side.Market.IsAtRest = true;
        AreRight(journey, living);
        (long trades, long tickers) = AllDecoded(page, all);
        int refused = journey.Linear.Connections.Count(c => !c.Upgraded);
        Assert.All(living, side => Assert.Equal(side.Market.Newest(), side.Market.TradesSent()));
        Assert.Equal("stale", journey.State("linear"));
        output.WriteLine($"linear's exchange was dead for {Seconds(died.Elapsed)}: told after {Seconds(seen)}, {refused} connections refused; {trades} trades and {tickers} tickers sent, as many decoded");
        output.WriteLine($"last price in Redis = last trade, of {CoinsOfEach} coins of spot ({spot.Market.Newest().Sum()} trades) and {CoinsOfEach} of inverse ({inverse.Market.Newest().Sum()})");

        foreach (Side side in living)
            side.Market.IsAtRest = false;
        var mended = Stopwatch.StartNew();
        journey.Linear.Faults.OnAccept = HangUp.None;
        Until.Equal("linear is live", "live", () => journey.State("linear"), s_backWithin, () => bot.ErrorText);
        TimeSpan back = mended.Elapsed;
        Thread.Sleep(s_trading);
        foreach (Side side in all)
            side.Market.IsAtRest = true;
        AreRight(journey, all);
        (trades, tickers) = AllDecoded(page, all);
        output.WriteLine($"linear was live {Seconds(back)} after its exchange came back; in all {trades} trades and {tickers} tickers sent, as many decoded");

        foreach ((string name, SoakCheck check) in all.Select(s => (s.Name, s.Check)))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{name}: {check.Writes} writes, {check.Wrong} wrong, {check.Back} backward; behind for at most {check.LongestBehind.Time.TotalMilliseconds:0.0} ms ({check.LongestBehind.Coin})"));
        output.WriteLine($"this machine stood still for {Seconds(stalls.Stalled)} in all");
        Assert.All(all, side => Assert.True(side.Check is { Wrong: 0, Back: 0 }, string.Join('\n', side.Check.Stories)));
        foreach (Side side in living)
        {
            Assert.Single(side.Exchange.Connections);
            (int told, IReadOnlyList<string> ill) = monitor.StatusOf(side.Name, "main");
            output.WriteLine($"{side.Name}: 1 connection; its state was told {told} times, {ill.Count} times not live or with a stale coin");
            Assert.True(told > 0 && ill.Count == 0, string.Join('\n', ill));
            Assert.InRange(side.Check.LongestBehind.Time, TimeSpan.Zero, s_behindMax);
        }
        Assert.InRange(refused, 1, int.MaxValue);
        LogLine counters = bot.Counters();
        Assert.Equal((0, 0), (counters.Number("dropped"), counters.Number("late")));
        Assert.Equal(["feed.linear"], bot.Logs.Where(l => l.Event == "feed_disconnected").Select(l => l.Text("logger")));
    }

    // Each coin's last price stands in Redis.
    private static void AreRight(MarketsJourney journey, params Side[] sides)
    {
        foreach (Side side in sides)
        {
            Until.True($"{side.Name}'s newest prices are written", () => side.Check.HasReached(side.Market.Newest()), state: () => journey.Bot!.ErrorText);
            int[] newest = side.Market.Newest();
            for (int coin = 0; coin < newest.Length; coin++)
                journey.Becomes(side.Market.KeyOf(coin), SoakMarket.PriceOf(coin, newest[coin]));
        }
    }

    // By the counters of the program, which know no markets: so all that was sent on any of them.
    private static (long Trades, long Tickers) AllDecoded(Page page, Side[] sides)
    {
        (long, long) sent = default, decoded = default;
        Until.True(
            "every frame that was sent is decoded",
            () => (sent = (sides.Sum(s => s.Market.FramesSent.Trades), sides.Sum(s => s.Market.FramesSent.Tickers))) == (decoded = Decoded(page)),
            state: () => $"sent {sent}, decoded {decoded}");
        return sent;
    }

    private static (long Trades, long Tickers) Decoded(Page page)
    {
        ExpositionFamily messages = Exposition.Read(page.Get("/metrics").Body).Single(f => f.Name == "bybitspot_messages_total");
        long Of(string topic) => (long)messages.Samples.Single(s => s.Labels["topic"] == topic).Value;
        return (Of("publicTrade"), Of("tickers"));
    }

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s");

    /// <summary>One market: what its exchange does, and what is written of it.</summary>
    private sealed class Side : IDisposable
    {
        private readonly SoakCheck.Life _life;

        public Side(Exchange exchange)
        {
            Exchange = exchange;
            _life = new SoakCheck.Life(Name);
            Market = new SoakMarket(exchange, CoinsOfEach, TradesPerSecond, seed: Name.Length);
            Check = new SoakCheck(Market, new HashSet<int>());
        }

        public string Name => Exchange.Options.Market;

        public Exchange Exchange { get; }

        public SoakMarket Market { get; }

        public SoakCheck Check { get; }

        public void Take(PriceWrite write) => Check.Take(_life, write);

        public void Dispose() => Market.Dispose();
    }
}

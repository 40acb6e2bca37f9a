using System.Globalization;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using BybitSpot.Tests.Journeys.Store;
using BybitSpot.Tests.Journeys.Web;
using Xunit;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>Several instances that write the same coins, guarded: the newest wins, whoever writes last, and losing one loses nothing.</summary>
[Trait("Fault", "70")]
public sealed class GuardedTests
{
    /// <summary>A machine that makes others so late cannot show who is behind for 100 ms.</summary>
    private static readonly TimeSpan s_busy = TimeSpan.FromMilliseconds(50);

    private static readonly (string, string) s_guarded = ("REDIS_WRITE_MODE", "guarded"), s_page = ("HTTP_URL", "http://127.0.0.1:0");

    [Fact]
    public void A_write_that_was_held_up_on_its_way_never_lands_on_a_newer_one()
    {
        using var redis = new OneServer();
        using var way = new TcpRelay { TargetPort = redis.Server.Port };
        using Journey journey = redis.Prepare(["BTCUSDT"], s_guarded, ("INSTANCE_ID", "held-up"), ("REDIS_PORT", $"{way.Port}"));
        journey.Run();
        redis.AwaitFirstPrices(journey, "BTCUSDT");
        using Bot other = journey.StartAnother("other", ("REDIS_PORT", $"{redis.Server.Port}"));
        Until.Equal("both are there", "held-up other", () => string.Join(' ', redis.Server.Instances().Order(StringComparer.Ordinal)), state: () => other.ErrorText);
        using var writes = new WritesEverywhere(redis);

        way.Hold();
        for (int i = 1; i <= 20; i++)
        {
            redis.TradeArrives(journey, "BTCUSDT", $"101.{i:00}");
            Until.True("the one that is held up has it", () => journey.Bot.Prices.Any(l => l.StartsWith($"BTC|101.{i:00}|")), state: () => journey.Bot.ErrorText);
        }
        way.LetGo();
        // What comes behind all that was held up tells that it has come.
        other.Signal(Signals.Terminate);
        Assert.Equal(0, other.Exit());
        redis.TradeArrives(journey, "BTCUSDT", "102.00");
        writes.NeverWentBack();
        Assert.Equal("guarded", redis.Server.Hash("price_feed:spot:held-up")["write_mode"]);
    }

    [Fact]
    public void Two_that_are_late_by_up_to_half_a_second_and_killed_in_turn_write_no_price_back_and_leave_no_gap()
    {
        string[] symbols = [.. Enumerable.Range(1, 10).Select(i => $"C{i:00}USDT")];
        (TimeSpan length, TimeSpan between) = Repository.Long ? (TimeSpan.FromMinutes(10), TimeSpan.FromSeconds(5)) : (TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(1));
        using var redis = new OneServer(["--client-output-buffer-limit", "normal 0 0 0"]);
        using Journey journey = redis.Prepare(symbols, s_guarded, s_page);
        using var watch = new WriteWatch(redis.Server);
        using var trading = new Trading(journey.Exchange, symbols, perSecond: 200);
        TcpRelay[] fromExchange = [LateLine(journey.Exchange.Port, 500), LateLine(journey.Exchange.Port, 500)];
        TcpRelay[] toRedis = [LateLine(redis.Server.Port, 100), LateLine(redis.Server.Port, 100)];
        var bots = new Bot[2];
        try
        {
            for (int i = 0; i < 2; i++)
                bots[i] = Start(i);
            foreach (Bot bot in bots)
                Page.Of(bot).Becomes("/readyz", 200);
            int begin = watch.All.Count, kills = 0;
            var time = System.Diagnostics.Stopwatch.StartNew();
            while (time.Elapsed < length)
            {
                // One is killed when both are well: that is what two are for.
                int victim = Random.Shared.Next(2);
                bots[victim].Signal(Signals.Kill);
                bots[victim].Dispose();
                kills++;
                bots[victim] = Start(victim);
                TimeSpan next = time.Elapsed + between;
                Page.Of(bots[victim]).Becomes("/readyz", 200);
                Until.True("a while", () => time.Elapsed >= next);
            }
            Dictionary<string, string> last = trading.Stop();
            foreach ((string symbol, string price) in last)
                Until.Equal(symbol, price, () => redis.Price(symbol[..^4]), state: () => string.Join('\n', bots.Select(b => b.ErrorText)));
            PriceWrite[] writes = [.. watch.All.Skip(begin)];
            decimal longestGap = 0;
            foreach (IGrouping<string, PriceWrite> coin in writes.GroupBy(w => w.Key))
            {
                PriceWrite[] own = [.. coin];
                OrderTests.AssertNeverBack(own);
                PriceWrite[] changes = [.. own.Where((w, i) => i == 0 || w.Price != own[i - 1].Price)];
                for (int i = 1; i < changes.Length; i++)
                    longestGap = Math.Max(longestGap, changes[i].AtS - changes[i - 1].AtS);
            }
            Assert.Equal(symbols.Length, writes.Select(w => w.Key).Distinct().Count());
            FaultTimes.Begin("70", string.Create(CultureInfo.InvariantCulture, $"two guarded ones, {kills} times one is killed: {writes.Length} writes, none back, longest gap {longestGap:0.00} s")).Stays();
            // One alone would be away for as long as a start takes, and lines as late as these; a busy machine stands still now and then.
            Assert.True(longestGap < 10, $"a gap of {longestGap} s");
        }
        finally
        {
            foreach (IDisposable each in bots.OfType<IDisposable>().Concat(fromExchange).Concat(toRedis))
                each.Dispose();
        }

        Bot Start(int i) => journey.StartAnother($"box-{i}", ("BYBIT_WS_URL", $"ws://127.0.0.1:{fromExchange[i].Port}/v5/public/spot"), ("REDIS_PORT", $"{toRedis[i].Port}"));
    }

    // The book: start the new one, wait until it is ready, stop the old one. A busy machine makes any program late, whatever its way of
    // working; how late is measured beside it.
    [Fact]
    public void An_upgrade_by_the_book_leaves_no_coin_behind_for_100_ms_and_writes_no_price_back()
    {
        const int TriesMax = 6;
        const decimal LateS = 0.1m;
        string[] symbols = [.. Enumerable.Range(1, 20).Select(i => $"C{i:00}USDT")];
        using var redis = new OneServer();
        using Journey journey = redis.Prepare(symbols, s_guarded, s_page, ("INSTANCE_ID", "box-0"));
        var market = new MarketTimes(journey.Exchange);
        using var watch = new WriteWatch(redis.Server);
        Bot old = journey.Run();
        redis.AwaitFirstPrices(journey, symbols);
        Page.Of(old).Becomes("/readyz", 200);
        using var trading = new Trading(journey.Exchange, symbols, perSecond: 400);
        var tries = new List<string>();
        bool isWell = false, isBusy = true;
        using var busy = new BusyMeter(redis.Server);
        try
        {
            while (!isWell && tries.Count < TriesMax)
            {
                Runs(trading);
                busy.TakeLongest();
                decimal fromS = MarketTimes.NowS;
                Bot next = journey.StartAnother($"box-{tries.Count + 1}");
                try
                {
                    Page.Of(next).Becomes("/readyz", 200);
                    old.Signal(Signals.Terminate);
                    Assert.Equal(0, old.Exit());
                }
                finally
                {
                    old.Dispose();
                    old = next;
                }
                Runs(trading);
                decimal toS = MarketTimes.NowS;
                // What was traded last is on its way.
                Runs(trading);
                Dictionary<string, decimal> waits = market.LongestWaits(watch.All, fromS, toS);
                Assert.Equal(symbols.Length, waits.Count);
                int behind = waits.Values.Count(w => w > LateS);
                TimeSpan late = busy.TakeLongest();
                tries.Add(string.Create(CultureInfo.InvariantCulture, $"{behind} of {symbols.Length} coins behind for more than 100 ms, longest {waits.Values.Max():0.000} s; the machine made others {late.TotalSeconds:0.000} s late"));
                isWell = behind == 0;
                isBusy &= late > s_busy;
            }
            FaultTimes.Begin("70", $"an upgrade by the book: {tries[^1]}").Stays();
            Assert.True(isWell || isBusy, string.Join('\n', tries) + "\n" + old.ErrorText);
            foreach ((string symbol, string price) in trading.Stop())
                redis.PriceBecomes(journey, symbol, price);
            foreach (string symbol in symbols)
                OrderTests.AssertNeverBack(watch.Of(symbol[..^4]));
            Assert.SkipUnless(isWell, $"the machine is too busy to see how long coins are behind: {tries[^1]}");
        }
        finally
        {
            old.Dispose();
        }
    }

    [Fact]
    public void Scripts_that_Redis_has_forgotten_are_sent_anew_and_every_price_comes()
    {
        string[] symbols = ["BTCUSDT", "ETHUSDT", "QUIETUSDT"];
        using var redis = new OneServer();
        using Journey journey = redis.Prepare(symbols, s_guarded);
        journey.Run();
        redis.AwaitFirstPrices(journey, symbols);
        using var trading = new Trading(journey.Exchange, symbols[..2], perSecond: 200);
        for (int i = 0; i < 5; i++)
        {
            Runs(trading);
            redis.Server.Ask("SCRIPT", "FLUSH");
        }
        journey.Exchange.Trade("QUIETUSDT", "101.00");
        foreach ((string symbol, string price) in trading.Stop())
            redis.PriceBecomes(journey, symbol, price);
        redis.PriceBecomes(journey, "QUIETUSDT", "101.00");
        Assert.Equal(1, journey.Bot.CountLogs("redis_connected"));
        Assert.Equal(0, journey.Bot.CountLogs("redis_write_refused"));
    }

    [Fact]
    public void A_coin_that_one_of_two_no_longer_watches_keeps_its_hash_and_the_others_prices()
    {
        using var redis = new OneServer();
        using Journey journey = redis.Prepare(["BTCUSDT", "ETHUSDT"], s_guarded, ("INSTANCE_ID", "a"));
        string others = Path.Combine(journey.Folder, "others.json");
        File.Copy(journey.CoinsFile, others);
        journey.Run();
        using Bot other = journey.StartAnother("b", ("COINS_FILE", others));
        redis.AwaitFirstPrices(journey, "BTCUSDT", "ETHUSDT");
        Until.Equal("both watch it", "a b", () => string.Join(' ', redis.Server.Instances().Order(StringComparer.Ordinal)), state: () => other.ErrorText);
        journey.WriteCoins("BTCUSDT");
        journey.Bot.Log("watchlist_applied", l => l.Number("removed") == 1);
        redis.TradeArrives(journey, "BTCUSDT", "101.00");
        Assert.NotNull(redis.Price("ETH"));
        redis.TradeArrives(journey, "ETHUSDT", "102.00");
    }

    private static TcpRelay LateLine(int port, int jitterMs) => new() { TargetPort = port, JitterMs = jitterMs };

    // Some 50 trades at 200 a second, whatever the machine does.
    private static void Runs(Trading trading)
    {
        long until = trading.Trades + 60;
        Until.True("trades go on", () => trading.Trades >= until);
    }
}

using BybitSpot.Market;
using BybitSpot.Signals;
using BybitSpot.Tests.Journeys;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace BybitSpot.Tests.Monitoring;

/// <summary>What a market leaves behind when it is left.</summary>
public sealed class LeftMarketTests
{
    [Fact]
    public void Nobody_waits_for_turns_of_a_market_that_is_left_nor_of_one_that_had_no_room()
    {
        var turns = new Turns();
        var feed = new FeedOptions(new Uri($"ws://127.0.0.1:{Repository.FreePort()}/v5/public/spot"), Venue.Spot, [Channel.Ticker], 1, TimeSpan.FromMilliseconds(10), 0, null);
        using var bridge = new Bridge(new BridgeOptions(feed, new RedisOptions("127.0.0.1", Repository.FreePort(), null, 0), false) { Turns = turns }, NullLoggerFactory.Instance, TimeProvider.System);
        bridge.Start();
        var linear = new MarketRules(Venue.Linear) { IsFirst = false };
        bridge.Apply(Venue.Linear, Watchlist.Resolve(["BTCUSDT"], null, linear).Watchlist);
        Until.True("linear is looked after", () => turns.Threads.Any(t => t.Thread == "watch-linear") && turns.Threads.Any(t => t.Thread == "line-1"));

        bridge.Leave(Venue.Linear);

        Until.True("no thread of linear's is waited for", () => turns.Threads.All(t => t.Thread is "watch" or "redis"), state: () => string.Join(' ', turns.Threads.Select(t => t.Thread)));
        Assert.Equal([Venue.Spot], bridge.Reports.Select(r => r.Venue));

        string[] tooMany = [.. Enumerable.Range(0, Watchlist.CoinsMax).Select(i => $"C{i}USDT")];
        bridge.Apply(Venue.Linear, Watchlist.Resolve(tooMany, null, linear).Watchlist);
        Assert.Throws<InvalidOperationException>(() => bridge.Apply(Venue.Inverse, Watchlist.Resolve([.. Enumerable.Range(0, 500).Select(i => $"C{i}USD")], null, new MarketRules(Venue.Inverse) { IsFirst = false }).Watchlist));
        Assert.DoesNotContain(turns.Threads, t => t.Thread == "watch-inverse");
        Assert.Equal([Venue.Spot, Venue.Linear], bridge.Reports.Select(r => r.Venue));
    }
}

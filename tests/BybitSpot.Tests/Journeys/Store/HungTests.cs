using Xunit;

namespace BybitSpot.Tests.Journeys.Store;

public sealed class HungTests
{
    [Fact]
    [Trait("Fault", "32")]
    public void While_Redis_hangs_the_feed_goes_on_in_bounded_memory_and_afterwards_no_price_goes_back()
    {
        string[] symbols = [.. Enumerable.Range(1, 20).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Begin(symbols);
        Bot bot = journey.Bot;
        foreach ((string symbol, string price) in journey.Exchange.Flood(symbols, 20_000))
            journey.PriceBecomes(symbol, price);
        using var monitor = new RedisMonitor(journey.Redis);
        LogLine before = bot.Summary();
        long residentBefore = bot.ResidentBytes();

        journey.Redis.Freeze();
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(symbols, 150_000);
        foreach ((string symbol, string price) in newest)
            Until.True($"{symbol} on stdout while Redis hangs", () => bot.Prices.Any(l => l.StartsWith($"{symbol[..^4]}|{price}|")), state: () => bot.ErrorText);
        LogLine during = bot.Summary();
        Assert.Equal(150_000, during.Number("ticks") - before.Number("ticks"));
        Assert.True(during.Number("allocated_bytes") - before.Number("allocated_bytes") < 1_000_000, bot.ErrorText);
        Assert.True(bot.ResidentBytes() - residentBefore < 30_000_000, $"{residentBefore} bytes before, {bot.ResidentBytes()} now");
        Assert.Contains("outstanding", bot.Log("redis_slow").Text("message"));

        journey.Redis.Thaw();
        foreach ((string symbol, string price) in newest)
            journey.PriceBecomes(symbol, price);
        bot.Log("redis_recovered");
        Until.True("all writes are seen", () => Array.TrueForAll(symbols, s => monitor.PricesOf(s[..^4]) is [.., var last] && last == newest[s]));
        // The window of 2,048, a last write for each coin, and some of the rewrite that goes round.
        Assert.InRange(monitor.Writes, symbols.Length, 2_200);
        foreach (string symbol in symbols)
        {
            decimal[] prices = [.. monitor.PricesOf(symbol[..^4]).Select(decimal.Parse)];
            Assert.Equal(prices.Order(), prices);
            Assert.Equal(newest[symbol], monitor.PricesOf(symbol[..^4])[^1]);
        }
    }

    [Fact]
    [Trait("Fault", "32")]
    public void A_Redis_that_hangs_for_long_is_waited_for_on_the_same_connection_since_only_that_keeps_the_order()
    {
        string[] symbols = [.. Enumerable.Range(1, 20).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Begin(symbols);
        journey.Redis.Freeze();
        var hung = System.Diagnostics.Stopwatch.StartNew();
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(symbols, 100_000);
        // Longer than any limit for a connection that is made.
        while (hung.Elapsed < TimeSpan.FromSeconds(13))
        {
            newest = journey.Exchange.Flood(symbols, 200);
            Assert.False(journey.Bot.Process.HasExited);
            Thread.Sleep(100);
        }
        journey.Redis.Thaw();
        foreach ((string symbol, string price) in newest)
            journey.PriceBecomes(symbol, price);
        Assert.Equal(1, journey.Bot.CountLogs("redis_connected"));
    }
}

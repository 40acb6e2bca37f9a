using System.Globalization;
using BybitSpot.Tests.Journeys.Store;
using Xunit;

namespace BybitSpot.Tests.Journeys.Processes;

public sealed class KilledTests
{
    // Every message's price is its time in seconds, so that a hash shows by itself whether its fields come from one message.
    [Fact]
    [Trait("Fault", "65")]
    public void Killed_fifteen_times_in_mid_write_it_never_leaves_a_torn_hash()
    {
        string[] symbols = [.. Enumerable.Range(1, 20).Select(i => $"C{i:00}USDT")];
        using Journey journey = Journey.Prepare(symbols);
        // The exchange's own tickers would show the present beside a price of before.
        journey.Exchange.Faults.NoSnapshot = true;
        using var stop = new CancellationTokenSource();
        var trading = new Thread(() => Trade(journey, symbols, stop.Token)) { IsBackground = true };
        trading.Start();
        for (int time = 0; time < 15; time++)
        {
            long before = journey.Redis.Calls("hset");
            // Another lot of writes each time, so that the blow falls at another place.
            Bot bot = journey.Run();
            Until.True("it writes", () => journey.Redis.Calls("hset") > before + 40 + time * 17, state: () => bot.ErrorText);
            bot.Signal(Signals.Kill);
            bot.Process.WaitForExit(5_000);
            string[] keys = journey.Redis.Keys();
            Assert.NotEmpty(keys);
            foreach (string key in keys)
                AssertWhole(key, journey.Redis.Hash(key));
        }
        stop.Cancel();
        trading.Join();
        Assert.Equal(symbols.Length, journey.Redis.Keys().Length);
    }

    private static void AssertWhole(string key, Dictionary<string, string> hash)
    {
        Assert.Equal(["ltp", "original_symbol", "timestamp"], hash.Keys.Order());
        Assert.Equal($"bybit_spot:{hash["original_symbol"][..^4]}", key);
        long timeMs = DateTimeOffset.ParseExact(hash["timestamp"], "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeMilliseconds();
        Assert.Equal(PriceOf(timeMs), hash["ltp"]);
    }

    private static void Trade(Journey journey, string[] symbols, CancellationToken stop)
    {
        long timeMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - 3_600_000;
        for (int i = 0; !stop.IsCancellationRequested; i++, timeMs++)
        {
            journey.Exchange.Trade(symbols[i % symbols.Length], PriceOf(timeMs), timeMs: timeMs, movesTicker: false);
            if (i % 10 == 0)
                stop.WaitHandle.WaitOne(1);
        }
    }

    private static string PriceOf(long timeMs) => string.Create(CultureInfo.InvariantCulture, $"{timeMs / 1000}.{timeMs % 1000:000}");
}

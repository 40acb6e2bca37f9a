using System.Diagnostics;
using BybitSpot.Tests.Journeys.ExchangeFaults;
using Xunit;

namespace BybitSpot.Tests.Journeys.Machine;

public sealed class FloodTests
{
    private static readonly string[] s_symbols = [.. Enumerable.Range(1, 100).Select(i => $"C{i:000}USDT")];

    [Fact]
    [Trait("Fault", "24")]
    public void Messages_as_fast_as_they_can_be_read_leave_every_coin_at_its_newest_price_and_memory_flat()
    {
        int messages = Repository.Long ? 20_000_000 : 500_000;
        using Journey journey = Journey.Prepare(s_symbols);
        journey.Run(flags: "--quiet");
        journey.AwaitFirstPrices(s_symbols);
        // What a flood needs once, buffers and pages, is there after the first.
        Flood(journey, 100_000);
        long before = journey.Bot.MemoryKb("VmRSS");

        var watch = Stopwatch.StartNew();
        Flood(journey, messages);
        TestContext.Current.SendDiagnosticMessage($"{messages / watch.Elapsed.TotalSeconds:0} messages/s on this machine, simulator and all");
        Assert.True(journey.Bot.MemoryKb("VmHWM") - before <= 30_000, $"{before} kB before, {journey.Bot.MemoryKb("VmHWM")} kB at the most");

        LogLine counters = journey.Bot.Counters();
        Assert.True(counters.Number("messages") >= messages + 100_000, journey.Bot.ErrorText);
        Assert.Equal((0, 0), (counters.Number("dropped"), counters.Number("reconnects")));
        journey.TradeArrives("C001USDT", "9999.00");
    }

    private static void Flood(Journey journey, int messages)
    {
        IReadOnlyDictionary<string, string> newest = journey.Exchange.Flood(s_symbols, messages);
        FaultTimes times = FaultTimes.Begin("24", $"{messages} messages as fast as they are read, from the last");
        foreach ((string symbol, string price) in newest)
            journey.PriceBecomes(symbol, price);
        times.Right();
    }
}

// The coins loop that keeps a bridge's watchlists.
using BybitSpot.Market;
using BybitSpot.Rest;
using BybitSpot.Signals;

namespace BybitSpot.App;

internal static class BridgeCoins
{
    /// <param name="bridge">Not asked before the loop is started.</param>
    /// <param name="rest">Null: there is no list to be had.</param>
    /// <param name="firstAlone">Whether what the file names of other markets than that of BYBIT_WS_URL is left out.</param>
    public static CoinsLoop Loop(Settings settings, CoinsReading reading, Func<Bridge> bridge, RestClient? rest, bool firstAlone, Reserve reserve, Logs logs, TimeProvider time)
    {
        Func<Venue, Func<CancellationToken, (ListVerdict, InstrumentList?)>>? ask = null;
        if (rest is not null)
            ask = venue => new InstrumentSource(new Instruments(rest, venue), logs.CreateLogger(Named("rest", venue)), time).Ask;
        CoinsLoop? loop = null;
        var parts = new CoinsLoopParts((venue, list) => bridge().Apply(venue, list), ask, CoinsEvents.Watch, (thread, fault) => bridge().ReportDeath(thread, fault))
        {
            Market = settings.Market,
            Shard = settings.Bridge.Shard,
            Others = firstAlone ? null : venue => new MarketRules(venue, settings.Quotes) { IsFirst = false },
            LogOf = venue => logs.CreateLogger(Named("coins", venue)),
            Leave = venue => bridge().Leave(venue),
            ListChanged = venue => bridge().RetryRefused(venue),
            Reserve = reserve,
            Await = (venue, symbols) => bridge().Await(venue, symbols, () => loop!.ListingSeen()),
        };
        return loop = new CoinsLoop(reading, parts, logs.CreateLogger("coins"), time);

        string Named(string logger, Venue venue) => venue == settings.Venue ? logger : $"{logger}.{venue.Name()}";
    }
}

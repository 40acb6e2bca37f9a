using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.Markets;

namespace BybitSpot.Tests.Journeys.Futures;

/// <summary>An exchange of derivatives, a Redis and the built program between them.</summary>
internal sealed class FuturesJourney : ExchangesJourney
{
    public FuturesJourney(string market, string coinsFile, Action<Exchange> list, params IEnumerable<(string Name, string Value)> settings)
        : this(Exchange.Start(new ExchangeOptions { Market = market }), coinsFile, settings) => list(Exchange);

    private FuturesJourney(Exchange exchange, string coinsFile, IEnumerable<(string Name, string Value)> settings)
        : base([exchange], coinsFile, settings) => Exchange = exchange;

    public Exchange Exchange { get; }

    /// <summary>Price and time of a coin; null: there is none.</summary>
    public (string Price, string Time)? Of(string coin) =>
        Redis.Hash("bybit_futures:" + coin) is { Count: > 0 } hash ? (hash["ltp"], hash["timestamp"]) : null;

    public string? Worth(string coin) => Worth(Exchange.Options.Market, coin);

    public void Becomes(string coin, string price) => Until.Equal($"{coin} in Redis", price, () => Of(coin)?.Price, state: () => Bot?.ErrorText ?? "");
}

using System.Text.Json;
using BybitSpot.Simulator;

namespace BybitSpot.Tests.Journeys.Markets;

/// <summary>An exchange with all its markets at one address, a Redis and the built program between them; spot is the program's first market.</summary>
internal sealed class MarketsJourney : ExchangesJourney
{
    /// <param name="coins">What the coins file is.</param>
    public MarketsJourney(object coins, params IEnumerable<(string Name, string Value)> settings)
        : this([.. new[] { "spot", "linear", "inverse" }.Select(market => Exchange.Start(new ExchangeOptions { Market = market }))], coins, settings)
    {
    }

    private MarketsJourney(Exchange[] exchanges, object coins, IEnumerable<(string Name, string Value)> settings)
        : base(exchanges, JsonSerializer.Serialize(coins), settings) => Exchanges = exchanges.ToDictionary(e => e.Options.Market);

    public Dictionary<string, Exchange> Exchanges { get; }

    public Exchange Spot => Exchanges["spot"];

    public Exchange Linear => Exchanges["linear"];

    public Exchange Inverse => Exchanges["inverse"];

    public void WriteCoins(object coins)
    {
        File.WriteAllText(CoinsFile + ".new", JsonSerializer.Serialize(coins));
        File.Move(CoinsFile + ".new", CoinsFile, overwrite: true);
    }

    /// <summary>A key holds this price.</summary>
    public void Becomes(string key, string price) => Until.Equal($"{key} in Redis", price, () => (string?)Redis.Ask("HGET", key, "ltp"), state: () => Bot?.ErrorText ?? "");

    public string? State(string market) => (string?)Redis.Ask("HGET", $"price_feed:{market}:main", "state");
}

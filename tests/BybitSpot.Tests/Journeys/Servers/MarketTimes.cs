using System.Globalization;
using System.Text.Json;
using BybitSpot.Simulator;
using BybitSpot.Tests.Journeys.ExchangeFaults;

namespace BybitSpot.Tests.Journeys.Servers;

/// <summary>
/// When each trade was made at the exchange, and how long after it Redis had it or a later one. For prices that only rise. Set up
/// before the exchange has its first client.
/// </summary>
internal sealed class MarketTimes
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(decimal AtS, decimal Price)>> _trades = [];

    public MarketTimes(Exchange exchange) => exchange.Sent = Take;

    /// <summary>Unix time in seconds.</summary>
    public static decimal NowS => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000m;

    /// <summary>Of the trades from one moment to another, the longest that a coin waited for one of its to be in Redis; what never came has waited until the end.</summary>
    public Dictionary<string, decimal> LongestWaits(IReadOnlyCollection<PriceWrite> writes, decimal fromS, decimal toS)
    {
        var waits = new Dictionary<string, decimal>();
        lock (_gate)
        {
            foreach (IGrouping<string, PriceWrite> coin in writes.GroupBy(w => w.Key["bybit_spot:".Length..]))
            {
                (decimal AtS, decimal Price)[] written = [.. coin.Select(w => (w.AtS, decimal.Parse(w.Price, CultureInfo.InvariantCulture)))];
                int next = 0;
                decimal longest = 0;
                foreach ((decimal atS, decimal price) in _trades.GetValueOrDefault(coin.Key, []).Where(t => t.AtS >= fromS && t.AtS <= toS))
                {
                    while (next < written.Length && written[next].Price < price)
                        next++;
                    longest = Math.Max(longest, (next < written.Length ? written[next].AtS : toS) - atS);
                }
                waits[coin.Key] = longest;
            }
        }
        return waits;
    }

    private void Take(string topic, ReadOnlySpan<byte> utf8)
    {
        if (!topic.StartsWith("publicTrade.", StringComparison.Ordinal))
            return;
        decimal now = NowS;
        var reader = new Utf8JsonReader(utf8);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement trade = document.RootElement.GetProperty("data")[0];
        string coin = trade.GetProperty("s").GetString()![..^4];
        lock (_gate)
        {
            if (!_trades.TryGetValue(coin, out List<(decimal, decimal)>? trades))
                _trades.Add(coin, trades = []);
            trades.Add((now, decimal.Parse(trade.GetProperty("p").GetString()!, CultureInfo.InvariantCulture)));
        }
    }
}

// Trails of prices for a source that is told prices one by one: what it was told of the past, and a point each PriceTrail.Every since then.
// For drawing, not for reckoning. Pure: the time is an argument. At most PriceTrail.Length points a coin.
using System.Globalization;

namespace BybitSpot.App;

internal sealed class TrailKeeper
{
    private readonly Dictionary<string, List<float>> _trails = new(StringComparer.Ordinal);
    private TimeSpan? _takenAt;

    /// <summary>What is known of a coin's past.</summary>
    public void Begin(string coin, IEnumerable<float> points) => _trails[coin] = [.. points.TakeLast(PriceTrail.Length)];

    public void Forget(string coin) => _trails.Remove(coin);

    /// <summary>Takes the prices as they stand, if it is time to: a point of each coin. Coins that are not there any more are forgotten.</summary>
    public void Take(IEnumerable<(string Coin, string? Price)> prices, TimeSpan now)
    {
        if (now - _takenAt < PriceTrail.Every)
            return;
        // In step, however late this was asked; after a long pause from here on.
        _takenAt = _takenAt is { } last && now - last < 2 * PriceTrail.Every ? last + PriceTrail.Every : now;
        var there = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string coin, string? price) in prices)
        {
            there.Add(coin);
            if (!_trails.TryGetValue(coin, out List<float>? trail))
                _trails.Add(coin, trail = []);
            if (trail.Count == PriceTrail.Length)
                trail.RemoveAt(0);
            trail.Add(PointOf(price));
        }
        foreach (string gone in _trails.Keys.Where(k => !there.Contains(k)).ToList())
            _trails.Remove(gone);
    }

    /// <summary>Oldest first; the price as it stands now is its last point.</summary>
    public IReadOnlyList<float> Of(string coin, string? price)
    {
        float last = PointOf(price);
        return _trails.TryGetValue(coin, out List<float>? trail) ? [.. trail.TakeLast(PriceTrail.Length - 1), last] : [last];
    }

    private static float PointOf(string? price) =>
        float.TryParse(price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out float point) ? point : float.NaN;
}

using BybitSpot.Latest;

namespace BybitSpot.App;

/// <summary>A coin as it is shown to people, on a terminal or in a browser.</summary>
internal sealed record BoardCoin(string Coin)
{
    public string Symbol { get; init; } = "";

    /// <summary>The exchange's own text; null: none has come yet.</summary>
    public string? Price { get; init; }

    /// <summary>The exchange's time at which that was the price, as it stands in Redis; null without a price.</summary>
    public string? Timestamp { get; init; }

    public CoinState State { get; init; } = CoinState.Stale;

    /// <summary>Why it is stale, in words; null if it is not.</summary>
    public string? Reason { get; init; }

    /// <summary>Since the coin's last message on its present connection; null if there was none, or if that is not known.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>Its price 24 hours ago, as REST last told it; null if that is not known.</summary>
    public string? DayAgo { get; init; }

    /// <summary>Its prices of the last minutes, one each <see cref="PriceTrail.Every"/>, oldest first; NaN where there was none. For drawing, not for reckoning.</summary>
    public IReadOnlyList<float> Trail { get; init; } = [];
}

namespace BybitSpot.Market;

/// <summary>The exchange's markets; each has a stream of its own, and symbols such as BTCUSDT exist in more than one.</summary>
public enum Venue : byte
{
    Spot,
    Linear,
    Inverse,
}

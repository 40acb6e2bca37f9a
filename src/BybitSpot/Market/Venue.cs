namespace BybitSpot.Market;

/// <summary>The exchange's markets; each has a stream of its own, and symbols such as BTCUSDT exist in more than one.</summary>
public enum Venue : byte
{
    Spot,
    Linear,
    Inverse,
}

public static class Venues
{
    /// <summary>As keys, addresses and files write it: <c>spot</c>, <c>linear</c>, <c>inverse</c>.</summary>
    public static string Name(this Venue venue) => venue switch
    {
        Venue.Spot => "spot",
        Venue.Linear => "linear",
        _ => "inverse",
    };
}

using BybitSpot.Market;

namespace BybitSpot;

/// <summary>What the engine is told, checked before it gets here.</summary>
/// <param name="KeepRemovedCoins">Leave the hash of a coin that is taken off the list.</param>
public sealed record BridgeOptions(FeedOptions Feed, RedisOptions Redis, bool KeepRemovedCoins)
{
    /// <summary>Where to ask the exchange's REST interface; null = nowhere.</summary>
    public Rest.RestClient? Rest { get; init; }

    /// <summary>The name under which this process says in Redis whether its prices can be believed.</summary>
    public string InstanceId { get; init; } = "local";

    /// <summary>Which part of the coins is here, as it says there.</summary>
    public Shard Shard { get; init; } = Shard.Whole;

    /// <summary>The program's version, as it says there.</summary>
    public string Version { get; init; } = "";

    /// <summary>Where the engine's threads say that they take turns.</summary>
    public Signals.Turns Turns { get; init; } = new();

    /// <summary>Nothing is written to Redis, and nothing asked of it: the feed is only listened to.</summary>
    public bool WritesNowhere { get; init; }

    /// <summary>Asked before a connection is made.</summary>
    public Signals.Reserve Reserve { get; init; } = Signals.Reserve.Unlimited;
}

/// <param name="StreamUrl">ws or wss, with a path that ends in the market: spot, linear or inverse.</param>
/// <param name="Channels">Which topics to subscribe for each coin; at least one.</param>
/// <param name="Lines">Redundant connections for each topic, 1 to 4.</param>
/// <param name="ReconnectInterval">First delay; doubles up to 60 s.</param>
/// <param name="ReconnectAttemptsMax">Failures in a row before giving up; 0 = for ever.</param>
/// <param name="Proxy">An HTTP proxy to reach the exchange through (http://host:port), or null.</param>
public sealed record FeedOptions(Uri StreamUrl, Venue Venue, IReadOnlyList<Channel> Channels, int Lines, TimeSpan ReconnectInterval, int ReconnectAttemptsMax, Uri? Proxy)
{
    /// <summary>A coin of which nothing was heard for longer is not fresh; a message that is older is delayed.</summary>
    public TimeSpan StaleAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Sees every message of every line of the first market; null: nobody does.</summary>
    public Feed.FrameTap? Tap { get; init; }

    /// <summary>Says who sees those of another market; asked when it begins to be watched, and must not wait. Null: nobody does.</summary>
    public Func<Venue, Feed.FrameTap?>? TapOfOther { get; init; }

    /// <summary>The same for another market, whose stream has the same address but for the last part.</summary>
    public FeedOptions For(Venue venue) => venue == Venue ? this : this with { Venue = venue, StreamUrl = new Uri(StreamUrl, venue.Name()), Tap = TapOfOther?.Invoke(venue) };
}

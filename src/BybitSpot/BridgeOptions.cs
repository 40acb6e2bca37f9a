using System.Text;
using BybitSpot.Market;

namespace BybitSpot;

/// <summary>What the engine is told, checked before it gets here.</summary>
/// <param name="KeepRemovedCoins">Leave the hash of a coin that is taken off the list.</param>
public sealed record BridgeOptions(FeedOptions Feed, RedisOptions Redis, bool KeepRemovedCoins);

/// <param name="StreamUrl">ws or wss, with a path that ends in the market: spot, linear or inverse.</param>
/// <param name="Channels">Which topics to subscribe for each coin; at least one.</param>
/// <param name="Lines">Redundant connections for each topic, 1 to 4.</param>
/// <param name="ReconnectInterval">First delay; doubles up to 60 s.</param>
/// <param name="ReconnectAttemptsMax">Failures in a row before giving up; 0 = for ever.</param>
/// <param name="Proxy">An HTTP proxy to reach the exchange through (http://host:port), or null.</param>
public sealed record FeedOptions(Uri StreamUrl, Venue Venue, IReadOnlyList<Channel> Channels, int Lines, TimeSpan ReconnectInterval, int ReconnectAttemptsMax, Uri? Proxy);

public sealed record RedisOptions(string Host, int Port, string? Password, int Database)
{
    // What a record prints of itself ends up in logs sooner or later.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append($"{Host}:{Port}, database {Database}, {(string.IsNullOrEmpty(Password) ? "no password" : "with a password")}");
        return true;
    }
}

using BybitSpot.Latest;
using BybitSpot.Market;

namespace BybitSpot;

/// <summary>A watched coin as it was last judged, four times a second.</summary>
/// <param name="Slot">Where its price stands in the latest table.</param>
/// <param name="Reason">Why it is stale, in words; null if it is not.</param>
/// <param name="Age">Since its last message on its present connection; null if there was none.</param>
/// <param name="DayAgo">Its price 24 hours ago, as REST last told it; null if it has not.</param>
public sealed record CoinStanding(Instrument Instrument, int Slot, CoinState State, string? Reason, TimeSpan? Age, Price? DayAgo);

/// <summary>What is counted, as far as people are shown it; the metrics have more.</summary>
/// <param name="Lines">Connections to the exchange that there should be.</param>
/// <param name="Ticks">Prices of watched coins that were taken.</param>
/// <param name="Reconnects">Connections that were followed by another, by cause, as logs write it; causes that never were are left out.</param>
/// <param name="Dropped">Messages that could not be used, by reason; reasons that never were are left out.</param>
/// <param name="RedisServers">Servers that are written to.</param>
/// <param name="ToRedis">From receipt to Redis: how many samples were in each bucket.</param>
/// <param name="OtherWriters">Other instances that write the same coins without guard.</param>
/// <param name="ClockOffsetMs">How far the exchange's clock is ahead of this machine's; null if REST has not told.</param>
public sealed record FeedCounts(
    int Lines, int LinesConnected, long Ticks, IReadOnlyDictionary<string, long> Reconnects, IReadOnlyDictionary<string, long> Dropped,
    int RedisServers, int RedisServersUp, long RedisWrites, long[] ToRedis, int OtherWriters, long? ClockOffsetMs);

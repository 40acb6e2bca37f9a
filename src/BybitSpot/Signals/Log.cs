// Every event that the engine logs, in one place. Event names are a contract: they are unique (a test says so) and stay.
// An event is one flat line: its own fields stand beside timestamp, level, event and logger.
using Microsoft.Extensions.Logging;

namespace BybitSpot.Signals;

internal static partial class Log
{
    // ---- the feed
    [LoggerMessage(100, LogLevel.Information, "line {line} connecting to {endpoint}", EventName = "feed_connecting")]
    public static partial void FeedConnecting(this ILogger log, int line, string endpoint);

    [LoggerMessage(101, LogLevel.Information, "line {line} connected to {endpoint} ({address}) in {elapsed_ms} ms", EventName = "feed_connected")]
    public static partial void FeedConnected(this ILogger log, int line, string endpoint, string address, long elapsed_ms);

    [LoggerMessage(102, LogLevel.Warning, "line {line} could not connect to {endpoint}: {reason}", EventName = "feed_connect_failed")]
    public static partial void FeedConnectFailed(this ILogger log, int line, string endpoint, string reason);

    [LoggerMessage(103, LogLevel.Warning, "line {line} ended: {reason} (after {lived_s} s, {messages} messages)", EventName = "feed_disconnected")]
    public static partial void FeedDisconnected(this ILogger log, int line, string reason, long lived_s, long messages);

    [LoggerMessage(104, LogLevel.Information, "line {line} tries again in {delay_ms} ms (failure {failures} of {allowed})", EventName = "feed_reconnecting")]
    public static partial void FeedReconnecting(this ILogger log, int line, long delay_ms, int failures, string allowed);

    [LoggerMessage(105, LogLevel.Error, "gave up after {failures} failures in a row, as RECONNECT_MAX_ATTEMPTS says; last: {reason}", EventName = "feed_gave_up")]
    public static partial void FeedGaveUp(this ILogger log, int failures, string reason);

    [LoggerMessage(106, LogLevel.Information, "line {line} subscribed to {topics} topics", EventName = "feed_subscribed")]
    public static partial void FeedSubscribed(this ILogger log, int line, int topics);

    [LoggerMessage(107, LogLevel.Warning, "the exchange refuses {topic}: {reason}; tried again in {retry_s} s", EventName = "topic_refused")]
    public static partial void TopicRefused(this ILogger log, string topic, string reason, int retry_s);

    [LoggerMessage(108, LogLevel.Warning, "the exchange refuses {count} more on line {line}, the last {topic}: {reason}", EventName = "topics_refused")]
    public static partial void TopicsRefused(this ILogger log, int line, int count, string topic, string reason);

    [LoggerMessage(109, LogLevel.Warning, "dropped {count} messages ({reason}); {total} since start; latest from line {line}: {sample}", EventName = "message_dropped")]
    public static partial void MessageDropped(this ILogger log, int line, string reason, long count, long total, string sample);

    // ---- Redis
    [LoggerMessage(200, LogLevel.Information, "connected to Redis {version} at {endpoint}", EventName = "redis_connected")]
    public static partial void RedisConnected(this ILogger log, string version, string endpoint);

    [LoggerMessage(201, LogLevel.Warning, "Redis at {endpoint} cannot be used: {reason}; the feed goes on, prices are written when it comes back (next try in {delay_ms} ms)", EventName = "redis_unavailable")]
    public static partial void RedisUnavailable(this ILogger log, string endpoint, string reason, long delay_ms);

    [LoggerMessage(202, LogLevel.Warning, "Redis refused {count} writes, last for {key}: {error}; tried again every {retry_ms} ms", EventName = "redis_write_refused")]
    public static partial void RedisWriteRefused(this ILogger log, long count, string key, string error, long retry_ms);

    [LoggerMessage(203, LogLevel.Warning, "Redis at {endpoint} has not answered for {silent_ms} ms; {outstanding} replies outstanding", EventName = "redis_slow")]
    public static partial void RedisSlow(this ILogger log, string endpoint, long silent_ms, int outstanding);

    [LoggerMessage(204, LogLevel.Information, "Redis takes writes again; {coins} coins written anew", EventName = "redis_recovered")]
    public static partial void RedisRecovered(this ILogger log, int coins);

    [LoggerMessage(205, LogLevel.Warning, "the time stored at {key} ({stored}) is ignored: {reason}", EventName = "redis_stored_time_ignored")]
    public static partial void RedisStoredTimeIgnored(this ILogger log, string key, string stored, string reason);

    [LoggerMessage(206, LogLevel.Warning, "Redis refused to say whether prices can be believed: {error}; readers will find no price_feed key", EventName = "redis_status_refused")]
    public static partial void RedisStatusRefused(this ILogger log, string error);

    [LoggerMessage(208, LogLevel.Information, "the cluster has {primaries} primaries with keys, says {node}", EventName = "redis_cluster_found")]
    public static partial void RedisClusterFound(this ILogger log, int primaries, string node);

    [LoggerMessage(209, LogLevel.Warning, "{instances} writes {coins} of our coins as well, {coin} for one, and nothing keeps an older price from landing last: REDIS_WRITE_MODE=guarded for all of them, or one of them less (or different coins)", EventName = "redis_second_writer")]
    public static partial void RedisSecondWriter(this ILogger log, string instances, int coins, string coin);

    [LoggerMessage(210, LogLevel.Information, "nobody else writes our coins without guard any more", EventName = "redis_second_writer_gone")]
    public static partial void RedisSecondWriterGone(this ILogger log);

    [LoggerMessage(211, LogLevel.Information, "it cannot be seen whether other instances write our coins: {reason}", EventName = "redis_writers_unknown")]
    public static partial void RedisWritersUnknown(this ILogger log, string reason);

    [LoggerMessage(207, LogLevel.Information, "{count} more lines about Redis were left out before this one: it comes and goes", EventName = "redis_lines_left_out")]
    public static partial void RedisLinesLeftOut(this ILogger log, long count);

    // ---- REST
    [LoggerMessage(300, LogLevel.Information, "{count} instruments listed at {endpoint}", EventName = "instruments_loaded")]
    public static partial void InstrumentsLoaded(this ILogger log, int count, string endpoint);

    [LoggerMessage(301, LogLevel.Warning, "the list of instruments cannot be had from {endpoint}: {reason}; coins are checked by their form alone", EventName = "instruments_unavailable")]
    public static partial void InstrumentsUnavailable(this ILogger log, string endpoint, string reason);

    [LoggerMessage(302, LogLevel.Warning, "the list of instruments cannot be had anew from {endpoint}: {reason}; the last one is used", EventName = "instruments_kept")]
    public static partial void InstrumentsKept(this ILogger log, string endpoint, string reason);

    [LoggerMessage(303, LogLevel.Warning, "a list of {count} instruments after one of {before} from {endpoint} is believed only if one a minute later agrees", EventName = "instruments_doubted")]
    public static partial void InstrumentsDoubted(this ILogger log, int count, int before, string endpoint);

    [LoggerMessage(304, LogLevel.Warning, "last prices cannot be had from {endpoint}: {reason}; the stream goes on, but nothing can contradict it", EventName = "audit_unavailable")]
    public static partial void AuditUnavailable(this ILogger log, string endpoint, string reason);

    [LoggerMessage(305, LogLevel.Information, "last prices can be had again from {endpoint}", EventName = "audit_recovered")]
    public static partial void AuditRecovered(this ILogger log, string endpoint);

    [LoggerMessage(306, LogLevel.Warning, "the exchange shows {shown} for {coin}, the stream said {price} and nothing since: subscribing anew", EventName = "topic_dead")]
    public static partial void TopicDead(this ILogger log, string coin, string shown, string price);

    [LoggerMessage(320, LogLevel.Warning, "the exchange shows {shown} for {coin}, as do messages that were held for late: its sequence has started anew", EventName = "sequence_started_anew")]
    public static partial void SequenceStartedAnew(this ILogger log, string coin, string shown);

    [LoggerMessage(307, LogLevel.Warning, "the exchange no longer lists {symbol}: its price stays, and is called stale", EventName = "coin_not_listed")]
    public static partial void CoinNotListed(this ILogger log, string symbol);

    [LoggerMessage(308, LogLevel.Information, "{coin} has {price} from REST until the stream says something", EventName = "coin_seeded")]
    public static partial void CoinSeeded(this ILogger log, string coin, string price);

    [LoggerMessage(309, LogLevel.Information, "the exchange's clock is {offset_ms} ms ahead of this machine's", EventName = "clock_offset")]
    public static partial void ClockOffset(this ILogger log, long offset_ms);

    // ---- the whole
    [LoggerMessage(404, LogLevel.Information, "the feed is {state}: of {coins} coins {fresh} fresh, {quiet} quiet, {stale} stale", EventName = "feed_state")]
    public static partial void FeedStateChanged(this ILogger log, string state, int coins, int fresh, int quiet, int stale);

    [LoggerMessage(405, LogLevel.Warning, "{coin} is stale: {reason}", EventName = "coin_stale")]
    public static partial void CoinStale(this ILogger log, string coin, string reason);

    [LoggerMessage(406, LogLevel.Information, "{coin} can be believed again, after {stale_ms} ms", EventName = "coin_believed")]
    public static partial void CoinBelieved(this ILogger log, string coin, long stale_ms);

    [LoggerMessage(407, LogLevel.Warning, "{count} coins became stale at once, among them {coin}: {reason}", EventName = "coins_stale")]
    public static partial void CoinsStale(this ILogger log, int count, string coin, string reason);

    [LoggerMessage(408, LogLevel.Information, "{count} coins can be believed again", EventName = "coins_believed")]
    public static partial void CoinsBelieved(this ILogger log, int count);

    [LoggerMessage(400, LogLevel.Information, "watching {coins} coins ({added} added, {removed} removed)", EventName = "watchlist_applied")]
    public static partial void WatchlistApplied(this ILogger log, int coins, int added, int removed);

    [LoggerMessage(401, LogLevel.Critical, "thread {thread} died: {error}", EventName = "thread_died")]
    public static partial void ThreadDied(this ILogger log, string thread, string error);

    [LoggerMessage(402, LogLevel.Information, "first price: {coin} {elapsed_ms} ms after the start of the feed", EventName = "first_price")]
    public static partial void FirstPrice(this ILogger log, string coin, long elapsed_ms);

    [LoggerMessage(403, LogLevel.Information, "{coins} coins, {priced} with a price, {messages} messages, {ticks} ticks, {late} late, {duplicates} duplicates, {dropped} dropped, {writes} writes, {write_errors} refused by Redis, {reconnects} reconnects, {allocated_bytes} allocated", EventName = "summary")]
    public static partial void Summary(this ILogger log, int coins, int priced, long messages, long ticks, long late, long duplicates, long dropped, long writes, long write_errors, long reconnects, ByteCount allocated_bytes);
}

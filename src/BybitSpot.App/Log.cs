// Every event that the program itself logs, in one place; the engine has its own list. Event names are a contract: unique,
// and they stay.
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

internal static partial class Log
{
    // ---- the program. `started` is logged by the run command: its fields are the table of settings.
    [LoggerMessage(501, LogLevel.Information, "stopped: {reason} (status {status}, after {uptime_s} s); {look}", EventName = "stopped")]
    public static partial void Stopped(this ILogger log, string reason, int status, long uptime_s, string look);

    [LoggerMessage(502, LogLevel.Information, "stopping: {reason}", EventName = "stopping")]
    public static partial void Stopping(this ILogger log, string reason);

    [LoggerMessage(503, LogLevel.Critical, "ended by a fault of the program: {error}", EventName = "program_fault")]
    public static partial void ProgramFault(this ILogger log, string error, Exception exception);

    [LoggerMessage(504, LogLevel.Warning, "{setting} [from {source}] is not a setting; was {nearest} meant?", EventName = "setting_unknown")]
    public static partial void SettingUnknown(this ILogger log, string setting, string source, string nearest);

    [LoggerMessage(506, LogLevel.Warning, "REST is off: which address belongs to {host} is not known; BYBIT_REST_URL can say it (empty: no REST, without this warning)", EventName = "rest_off")]
    public static partial void RestOff(this ILogger log, string host);

    [LoggerMessage(507, LogLevel.Information, "stdout is closed: prices are no longer written there, the feed goes on", EventName = "console_closed")]
    public static partial void ConsoleClosed(this ILogger log);

    [LoggerMessage(508, LogLevel.Warning, "prices cannot be written to stdout: {reason}; the feed goes on", EventName = "console_failed")]
    public static partial void ConsoleFailed(this ILogger log, string reason);

    [LoggerMessage(509, LogLevel.Information, "{look}", EventName = "where_to_look")]
    public static partial void WhereToLook(this ILogger log, string look);

    [LoggerMessage(510, LogLevel.Warning, "{setting} [from {source}] counts, and not what {overridden} says of the same; take one of them out", EventName = "setting_overrides")]
    public static partial void SettingOverrides(this ILogger log, string setting, string source, string overridden);

    // ---- the embedded store and the demo
    [LoggerMessage(540, LogLevel.Warning, "nothing answers at {missing}: prices go to a store inside this program, at {endpoint}, and are gone when it ends; look: {look}; for a Redis of your own, start it before the program or set REDIS_HOST", EventName = "store_instead")]
    public static partial void StoreInstead(this ILogger log, string missing, string endpoint, string look);

    [LoggerMessage(541, LogLevel.Information, "prices go to a store inside this program, at {endpoint}, and are gone when it ends; look: {look}", EventName = "store_embedded")]
    public static partial void StoreEmbedded(this ILogger log, string endpoint, string look);

    [LoggerMessage(542, LogLevel.Error, "{reason}", EventName = "store_failed")]
    public static partial void StoreFailed(this ILogger log, string reason);

    [LoggerMessage(543, LogLevel.Warning, "demo: made-up prices, in a store inside this program; look: {look}", EventName = "demo")]
    public static partial void DemoStarted(this ILogger log, string look);

    [LoggerMessage(544, LogLevel.Warning, "no price after {elapsed_s} s from {endpoint}: {reason}; look at network, DNS, firewall and proxy (HTTPS_PROXY); without a network: {demo}", EventName = "no_price_yet")]
    public static partial void NoPriceYet(this ILogger log, long elapsed_s, string endpoint, string reason, string demo);

    // ---- the supervisor
    [LoggerMessage(560, LogLevel.Warning, "the supervisor named by NOTIFY_SOCKET cannot be told: {reason}", EventName = "notify_failed")]
    public static partial void NotifyFailed(this ILogger log, string reason);

    [LoggerMessage(561, LogLevel.Error, "the thread \"{thread}\" has had no turn in {looks} looks a second apart: it hangs; /healthz and bybitspot alive say so, and the supervisor is told", EventName = "thread_stalled")]
    public static partial void ThreadStalled(this ILogger log, string thread, int looks);

    [LoggerMessage(562, LogLevel.Information, "the thread \"{thread}\" takes turns again", EventName = "thread_moves")]
    public static partial void ThreadMoves(this ILogger log, string thread);

    // ---- the page
    [LoggerMessage(580, LogLevel.Information, "health and metrics can be asked for at {url} (/healthz, /readyz, /metrics)", EventName = "http_listening")]
    public static partial void HttpListening(this ILogger log, string url);

    [LoggerMessage(581, LogLevel.Warning, "health and metrics cannot be asked for: {reason}; HTTP_URL can name another port (empty: none, without this warning); the feed goes on", EventName = "http_unavailable")]
    public static partial void HttpUnavailable(this ILogger log, string reason);

    [LoggerMessage(582, LogLevel.Warning, "clients of {url} are not taken for now: {reason}; those that wait are asked in again", EventName = "http_accept_failed")]
    public static partial void HttpAcceptFailed(this ILogger log, string url, string reason);

    [LoggerMessage(583, LogLevel.Error, "the answer to {path} failed: {error}", EventName = "http_answer_failed")]
    public static partial void HttpAnswerFailed(this ILogger log, string path, string error);

    // ---- a recording
    [LoggerMessage(600, LogLevel.Information, "recording to {file}", EventName = "recording_started")]
    public static partial void RecordingStarted(this ILogger log, string file);

    [LoggerMessage(601, LogLevel.Information, "the recording has ended: {messages} messages in {files} files, {bytes}; {dropped} dropped", EventName = "recording_ended")]
    public static partial void RecordingEnded(this ILogger log, long messages, int files, Signals.ByteCount bytes, long dropped);

    [LoggerMessage(602, LogLevel.Error, "{file} cannot be written: {reason}; the recording ends here, the feed goes on", EventName = "recording_failed")]
    public static partial void RecordingFailed(this ILogger log, string file, string reason);

    [LoggerMessage(603, LogLevel.Warning, "{count} messages were not recorded, since the disk does not keep up; {total} since the start; the feed goes on", EventName = "recording_behind")]
    public static partial void RecordingBehind(this ILogger log, long count, long total);

    // ---- the coins file
    [LoggerMessage(520, LogLevel.Information, "{file} names {symbols}", EventName = "coins_loaded")]
    public static partial void CoinsLoaded(this ILogger log, string file, NamedCoins symbols);

    [LoggerMessage(521, LogLevel.Warning, "{file} line {line}: {reason}; the last good list stays ({rejected} rejected since start)", EventName = "coins_rejected")]
    public static partial void CoinsRejected(this ILogger log, string file, int line, string reason, long rejected);

    [LoggerMessage(522, LogLevel.Warning, "{file} line {line}: \"{key}\" is not known and has no effect", EventName = "coins_key_unknown")]
    public static partial void CoinsKeyUnknown(this ILogger log, string file, int line, string key);

    [LoggerMessage(523, LogLevel.Warning, "no file events for {file}: {reason}; it is looked at every second instead", EventName = "coins_polling")]
    public static partial void CoinsPolling(this ILogger log, string file, string reason);

    [LoggerMessage(524, LogLevel.Warning, "coin {symbol} is left out: {reason}", EventName = "coin_refused")]
    public static partial void CoinRefused(this ILogger log, string symbol, string reason);

    [LoggerMessage(525, LogLevel.Warning, "coin {symbol}: {reason}", EventName = "coin_tidied")]
    public static partial void CoinTidied(this ILogger log, string symbol, string reason);

    [LoggerMessage(526, LogLevel.Warning, "the exchange no longer lists {symbol}; it stays watched, with its last price", EventName = "coin_delisted")]
    public static partial void CoinDelisted(this ILogger log, string symbol);

    [LoggerMessage(527, LogLevel.Warning, "{count} more notes on coins are not shown", EventName = "coin_notes_cut")]
    public static partial void CoinNotesCut(this ILogger log, int count);

    [LoggerMessage(528, LogLevel.Error, "the list of coins cannot be applied: {reason}; the last one stays", EventName = "coins_not_applied")]
    public static partial void CoinsNotApplied(this ILogger log, string reason);

    [LoggerMessage(530, LogLevel.Warning, "the coins of {file} are not taken yet: {reason}", EventName = "coins_wait")]
    public static partial void CoinsWait(this ILogger log, string file, string reason);

    [LoggerMessage(529, LogLevel.Warning, "{file}: none of its {symbols} coins can be taken; the last good list stays", EventName = "coins_all_refused")]
    public static partial void CoinsAllRefused(this ILogger log, string file, int symbols);

    [LoggerMessage(531, LogLevel.Warning, "{file} will never change here again: this one file is mounted, and where it comes from another file has taken its name; mount its folder instead, and start the program again", EventName = "coins_cut_off")]
    public static partial void CoinsCutOff(this ILogger log, string file);
}

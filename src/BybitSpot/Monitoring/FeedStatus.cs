// Tells what the feed is worth: to Redis under the status keys, to whoever asks (the report), and in the log, each change once.
// Under the bridge's gate; the report is read by any thread.
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Redis;
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.Monitoring;

internal sealed class FeedStatus(BridgeOptions options, RedisSink redis, TimeProvider time, ILogger log)
{
    /// <summary>Most coins told one by one in one round; of more the number is told.</summary>
    private const int ToldEachMax = 5;

    private volatile FeedReport _report = FeedReport.AtStart(time.GetUtcNow());
    private TimeSpan _publishedAt = TimeSpan.MinValue / 2;

    /// <summary>As last looked at.</summary>
    public FeedReport Report => _report;

    /// <summary>Some coin was fresh or quiet once.</summary>
    public bool EverBelieved { get; set; }

    /// <summary>Other coins are watched than before.</summary>
    public bool CoinsChanged { get; set; }

    /// <summary>Why it is not known yet what is to be watched; null if it is.</summary>
    public string? ListAwaited { get; set; } = "the coins file has not been read yet";

    /// <summary>Which coins became stale, and which can be believed again, in the log.</summary>
    public void TellCoins(List<WatchedCoin> staleNow, List<WatchedCoin> believedNow, TimeSpan now)
    {
        foreach (WatchedCoin coin in staleNow)
            coin.ToldStale = true;
        if (staleNow.Count > ToldEachMax)
            log.CoinsStale(staleNow.Count, staleNow[0].Instrument.Name, staleNow[0].Reason);
        else
            foreach (WatchedCoin coin in staleNow)
                log.CoinStale(coin.Instrument.Name, coin.Reason);
        foreach (WatchedCoin coin in believedNow)
            coin.ToldStale = false;
        if (believedNow.Count > ToldEachMax)
            log.CoinsBelieved(believedNow.Count);
        else
            foreach (WatchedCoin coin in believedNow)
                log.CoinBelieved(coin.Instrument.Name, (long)(now - coin.StaleSince).TotalMilliseconds);
    }

    /// <summary>Tells Redis and the report if there is something new, or if it is time to.</summary>
    /// <param name="newestMs">The exchange's time of the newest price; 0 if there is none.</param>
    /// <param name="changed">Some coin is judged otherwise than before.</param>
    /// <param name="asked">A state to tell whatever the coins are.</param>
    /// <param name="leaves">The market is left, while others go on.</param>
    public void Publish(IReadOnlyCollection<WatchedCoin> coins, long newestMs, TimeSpan now, bool changed, FeedState? asked = null, bool leaves = false)
    {
        FeedReport last = _report;
        bool due = CoinsChanged || now - _publishedAt >= StatusKeys.RewriteEvery;
        if (!changed && !due && (last.RedisTrouble, last.StatusTrouble, last.ListAwaited) == (redis.Trouble, redis.StatusTrouble, ListAwaited))
            return;
        CoinsChanged = false;
        int fresh = 0, quiet = 0;
        var stale = new List<StaleCoin>();
        foreach (WatchedCoin coin in coins)
        {
            if (coin.State == CoinState.Stale)
                stale.Add(new StaleCoin(coin.Instrument.Name, coin.Reason));
            else if (coin.State == CoinState.Fresh)
                fresh++;
            else
                quiet++;
        }
        stale.Sort((a, b) => string.CompareOrdinal(a.Coin, b.Coin));
        FeedState state = asked ?? StateOf(stale.Count, coins.Count);
        DateTimeOffset since = state == last.State ? last.Since : time.GetUtcNow();
        bool tell = due || state != last.State || !last.StaleCoins.Select(s => s.Coin).SequenceEqual(stale.Select(s => s.Coin));
        _report = new FeedReport(state, since, coins.Count, fresh, quiet, stale.Count, redis.Trouble, stale) { StatusTrouble = redis.StatusTrouble, ListAwaited = ListAwaited };
        if (state != last.State)
            log.FeedStateChanged(state.ToString().ToLowerInvariant(), coins.Count, fresh, quiet, stale.Count);
        if (!tell)
            return;
        _publishedAt = now;
        // Who has stopped stands behind no price any more.
        (string, CoinState)[] worth = [.. coins.Select(c => (c.Instrument.Coin, state == FeedState.Stopped ? CoinState.Stale : c.State)).OrderBy(c => c.Coin, StringComparer.Ordinal)];
        redis.Tell(options.Feed.Venue, StatusKeys.Commands(options.Feed.Venue, options.InstanceId, FieldsOf(_report, newestMs), worth, [.. coins.Where(c => c.State == CoinState.Stale).Select(c => c.Instrument.Coin).Order(StringComparer.Ordinal)]), leaves);
    }

    /// <summary>A cause in words for people.</summary>
    public static string ReasonOf(StaleCause cause, string? refusal, TimeSpan staleAfter) => cause switch
    {
        StaleCause.None => "none",
        StaleCause.NoPrice => "no price has come yet",
        StaleCause.Unusable => "the exchange sends it without a price that can be used; it has none here until one comes, and the others go on: does it trade yet, or still?",
        StaleCause.NoLine => "no connection to the exchange carries it",
        StaleCause.Refused => $"the exchange refuses it: {refusal}",
        StaleCause.NotListed => "the exchange no longer lists it",
        StaleCause.Mute => "its connection answers pings but carries no data",
        StaleCause.Contradicted => "the exchange shows another price, and no message brings it",
        StaleCause.Delayed => $"its messages come more than {staleAfter.TotalSeconds:0.#} s late",
        StaleCause.Unheard => "nothing has come of it since the connection was made",
        StaleCause.BookSilent => "its order book, which the exchange repeats each 3 s, is silent like its price",
        StaleCause.Unconfirmed => "nothing has shown yet that its price is still right",
        _ => "Redis has not taken its price",
    };

    private FeedState StateOf(int stale, int coins) =>
        ListAwaited is not null ? FeedState.Connecting
        : coins == 0 ? FeedState.Empty
        : stale == 0 ? FeedState.Live
        : !EverBelieved ? FeedState.Connecting
        : stale == coins ? FeedState.Stale
        : FeedState.Degraded;

    private (string, string)[] FieldsOf(FeedReport report, long newestMs) =>
    [
        ("state", report.State.ToString().ToLowerInvariant()),
        ("since", IsoTime.Text(report.Since.ToUnixTimeMilliseconds())),
        ("coins", report.Coins.ToString()),
        ("stale", report.Stale.ToString()),
        ("last_tick", newestMs == 0 ? "" : IsoTime.Text(newestMs)),
        ("heartbeat", IsoTime.Text(time.GetUtcNow().ToUnixTimeMilliseconds())),
        ("endpoint", options.Feed.StreamUrl.ToString()),
        ("version", options.Version),
        .. options.Shard.IsWhole ? Array.Empty<(string, string)>() : [("shard", options.Shard.ToString())],
        .. options.Redis.Writing.Guarded ? [("write_mode", "guarded")] : Array.Empty<(string, string)>(),
    ];
}

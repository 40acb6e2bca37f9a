// Everything that the engine counts and measures, under one name each. Made when somebody asks.
using BybitSpot.Feed;
using BybitSpot.Latest;
using BybitSpot.Market;
using BybitSpot.Monitoring;
using BybitSpot.Signals;

namespace BybitSpot;

public sealed partial class Bridge
{
    private static readonly double[] s_quantiles = [0.5, 0.9, 0.99, 1];

    /// <summary>Everything that is counted and measured, as it stands now. Any thread; for whoever asks seldom.</summary>
    /// <param name="ofEachCoin">Also what is known of each coin by its name: four series a coin, so for whoever wants them.</param>
    public IReadOnlyList<MetricFamily> Meters(bool ofEachCoin = false)
    {
        lock (_gate)
            return [.. FeedMeters(), .. CoinMeters(), .. ofEachCoin ? MetersOf(Standings()) : [], .. RedisMeters(), .. AuditMeters()];
    }

    /// <summary>How old a look at the coins may be when it is told.</summary>
    public static TimeSpan CoinsLookedAtEvery => FreshnessMonitor.LookEvery;

    /// <summary>Every watched coin as last looked at. Any thread; for whoever asks a few times a second.</summary>
    public CoinStanding[] Coins()
    {
        lock (_gate)
            return Standings();
    }

    /// <summary>What people are shown of all that. Any thread; for whoever asks a few times a second.</summary>
    public FeedCounts Counts()
    {
        lock (_gate)
        {
            FeedTotals feed = Totals;
            return new FeedCounts(
                feed.Lines,
                feed.Connected,
                feed.Counts.Ticks,
                Told(Enum.GetValues<ReconnectCause>().Select(c => (NameOf(c), feed.Counts.ReconnectsBecause(c)))),
                Told(feed.Dropped.Where(d => d.Key != DropReason.None).Select(d => (DropCounter.Name(d.Key), d.Value))),
                _redis.Lanes.All,
                _redis.Lanes.Up,
                _redis.Written,
                _redis.Latency.Counts(),
                _writers.Count,
                _clock.ExchangeOffsetMs);
        }
    }

    private CoinStanding[] Standings() => [.. _markets.SelectMany(m => m.Monitor.Standings())];

    private static Dictionary<string, long> Told(IEnumerable<(string Name, long Count)> counts) => counts.Where(c => c.Count > 0).ToDictionary(c => c.Name, c => c.Count);

    private IEnumerable<MetricFamily> FeedMeters()
    {
        FeedTotals feed = Totals;
        LineCounts counts = feed.Counts;
        FeedReport report = Report;
        yield return Labelled("bybitspot_feed_state", "1 for the state that the feed is in.", MetricKind.Gauge, "state",
            Enum.GetValues<FeedState>().Select(s => (NameOf(s), s == report.State ? 1.0 : 0)));
        yield return MetricFamily.Gauge("bybitspot_ready", "1 while readers can rely on what stands in Redis, but for the stale coins: what /readyz answers.", report.IsReady ? 1 : 0);
        yield return Labelled("bybitspot_market_ready", "The same of each market.", MetricKind.Gauge, "market", Reports.Select(r => (r.Venue.Name(), r.Report.IsReady ? 1.0 : 0)));
        yield return MetricFamily.Gauge("bybitspot_lines", "Connections to the exchange that there should be.", feed.Lines);
        yield return MetricFamily.Gauge("bybitspot_lines_connected", "Connections to the exchange that there are.", feed.Connected);
        yield return Labelled("bybitspot_messages_total", "Text messages of the stream, by topic.", MetricKind.Counter, "topic",
            [("tickers", counts.Tickers), ("publicTrade", counts.Trades), ("orderbook", counts.Books), ("control", counts.Controls), ("bad", counts.Bad)]);
        yield return Labelled("bybitspot_ticks_total", "Prices of watched coins: taken, late (an older one after a newer) or duplicate.", MetricKind.Counter, "outcome",
            [("taken", counts.Ticks), ("late", counts.Late), ("duplicate", counts.Duplicates)]);
        yield return Labelled("bybitspot_messages_dropped_total", "Messages that could not be used, by reason.", MetricKind.Counter, "reason",
            Enum.GetValues<DropReason>().Where(r => r != DropReason.None).Select(r => (DropCounter.Name(r), (double)feed.Dropped.GetValueOrDefault(r))));
        yield return Labelled("bybitspot_reconnects_total", "Connections to the exchange that were followed by another, by cause.", MetricKind.Counter, "cause",
            Enum.GetValues<ReconnectCause>().Select(c => (NameOf(c), (double)counts.ReconnectsBecause(c))));
        yield return counts.Lag.ToFamily("bybitspot_exchange_to_receipt_seconds", "From the exchange's time of a price to its receipt, by the exchange's clock where REST told it.");
    }

    private IEnumerable<MetricFamily> CoinMeters()
    {
        MarketFeed[] markets = _markets;
        ILookup<CoinState, double> ages = markets.SelectMany(m => m.Monitor.Ages()).ToLookup(a => a.State, a => a.Seconds);
        FeedReport report = Report;
        yield return Labelled("bybitspot_coins", "Watched coins by state.", MetricKind.Gauge, "state",
            Enum.GetValues<CoinState>().Select(s => (NameOf(s), s switch { CoinState.Fresh => report.Fresh, CoinState.Quiet => report.Quiet, _ => (double)report.Stale })));
        yield return new MetricFamily("bybitspot_price_age_seconds", "Since the last message of each coin that has had one on the present connection, by state.", MetricKind.Summary,
            [.. Enum.GetValues<CoinState>().SelectMany(s => AgesOf(NameOf(s), [.. ages[s].Order()]))]);
        yield return MetricFamily.Gauge("bybitspot_last_tick_timestamp_seconds", "The exchange's time of the newest price, since 1970.", markets.Max(m => m.Monitor.NewestMs) / 1000.0);
    }

    private static IEnumerable<MetricSample> AgesOf(string state, double[] ages)
    {
        foreach (double quantile in s_quantiles)
        {
            double age = ages.Length == 0 ? double.NaN : ages[Math.Max(0, (int)Math.Ceiling(quantile * ages.Length) - 1)];
            yield return new MetricSample(age, "", ("state", state), ("quantile", PrometheusNumber.Text(quantile)));
        }
        yield return new MetricSample(ages.Sum(), "_sum", ("state", state));
        yield return new MetricSample(ages.Length, "_count", ("state", state));
    }

    // A series for each state that a coin can be in, as of the feed: one that is 0 is there, too, so a change is a step that can be
    // averaged and counted, not a series that ends and another that begins.
    internal static IEnumerable<MetricFamily> MetersOf(CoinStanding[] coins)
    {
        CoinStanding[] byName = [.. coins.OrderBy(c => c.Instrument.Name, StringComparer.Ordinal)];
        yield return new MetricFamily("bybitspot_coin_state", "1 for the state that the coin is in.", MetricKind.Gauge,
            [.. byName.SelectMany(c => Enum.GetValues<CoinState>().Select(s => new MetricSample(s == c.State ? 1 : 0, "", ("coin", c.Instrument.Name), ("state", NameOf(s)))))]);
        yield return new MetricFamily("bybitspot_coin_age_seconds", "Since the coin's last message; not there where none has come on the present connection.", MetricKind.Gauge,
            [.. byName.Where(c => c.Age is not null).Select(c => new MetricSample(c.Age!.Value.TotalSeconds, "", ("coin", c.Instrument.Name)))]);
    }

    private IEnumerable<MetricFamily> RedisMeters()
    {
        yield return MetricFamily.Gauge("bybitspot_redis_up", "1 while Redis takes writes.", _redis.Trouble is null ? 1 : 0);
        yield return MetricFamily.Gauge("bybitspot_redis_lanes", "Redis servers that are written to: one, or the primaries of a cluster that have coins of ours.", _redis.Lanes.All);
        yield return MetricFamily.Gauge("bybitspot_redis_lanes_up", "Those of them that take writes.", _redis.Lanes.Up);
        yield return MetricFamily.Gauge("bybitspot_redis_other_writers", "Other instances that write coins of ours, without guard here or there.", _writers.Count);
        yield return MetricFamily.Counter("bybitspot_redis_connections_total", "Connections to Redis that were made.", _redis.Connections);
        yield return MetricFamily.Counter("bybitspot_redis_writes_total", "Prices that Redis has confirmed.", _redis.Written);
        yield return MetricFamily.Counter("bybitspot_redis_write_errors_total", "Prices and deletions that Redis has refused.", _redis.Refused);
        yield return MetricFamily.Counter("bybitspot_redis_status_errors_total", "Refusals to say what the feed is worth.", _redis.StatusRefused);
        yield return MetricFamily.Counter("bybitspot_ticks_conflated_total", "Prices that were followed by a newer one of the same coin before they were written.", _redis.Conflated);
        yield return _redis.Latency.ToFamily("bybitspot_receipt_to_redis_seconds", "From the receipt of a price until Redis holds it or a newer one; a sample, of 20 prices a second at most.");
    }

    private IEnumerable<MetricFamily> AuditMeters()
    {
        PriceAudit[] audits = [.. _markets.Select(m => m.Monitor.Audit)];
        yield return Labelled("bybitspot_audit_requests_total", "Questions to REST for all last prices, by outcome.", MetricKind.Counter, "outcome",
            [("answered", audits.Sum(a => a.Asked - a.AskedInVain)), ("failed", audits.Sum(a => a.AskedInVain))]);
        yield return MetricFamily.Counter("bybitspot_audit_differences_total", "Prices of silent coins that differed from REST's.", audits.Sum(a => a.Differences));
        yield return MetricFamily.Counter("bybitspot_dead_topics_total", "Coins whose price moved at the exchange while no message brought it.", audits.Sum(a => a.DeadTopics));
        if (_clock.ExchangeOffsetMs is { } offsetMs)
            yield return MetricFamily.Gauge("bybitspot_exchange_clock_offset_seconds", "How far the exchange's clock is ahead of this machine's.", offsetMs / 1000.0);
    }

    private static MetricFamily Labelled(string name, string help, MetricKind kind, string label, IEnumerable<(string Value, double Count)> samples) =>
        new(name, help, kind, [.. samples.Select(s => new MetricSample(s.Count, "", (label, s.Value)))]);

    // As logs write them: `no_pong`.
    private static string NameOf<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => (i > 0 && char.IsUpper(c) ? "_" : "") + char.ToLowerInvariant(c)));
}

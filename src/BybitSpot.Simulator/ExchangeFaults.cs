using System.Collections.Concurrent;

namespace BybitSpot.Simulator;

/// <summary>How a connection ends when a fault ends it.</summary>
public enum HangUp
{
    None,

    /// <summary>A WebSocket close frame, then the close handshake.</summary>
    CloseFrame,

    /// <summary>A bare TCP FIN, no close frame.</summary>
    Fin,

    /// <summary>A TCP RST; bytes under way may be lost.</summary>
    Reset,
}

// Owns the switches of misbehaviour. A test sets them from its own thread while the exchange runs; each is one word or one
// concurrent set, read anew at every use, so a switch works from the next message on and can be put back at any time.
// All off is the honest exchange.

/// <summary>Switches of misbehaviour, to be set and put back while the exchange runs. All off: the honest exchange.</summary>
public sealed class ExchangeFaults
{
    private readonly ConcurrentDictionary<string, bool> _refusedSymbols = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _silentTopics = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _heldBooks = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _topicDelaysMs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _restPrices = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _lastPrices = new(StringComparer.Ordinal);

    // ---- before and during the upgrade

    /// <summary>Close (<see cref="HangUp.Fin"/>) or reset each TCP connection at once after accepting it, REST's too; of a market at another's address after the request that names it.</summary>
    public HangUp OnAccept { get; set; }

    /// <summary>Answer upgrades with this HTTP status instead (429, 503, 403, 200 …).</summary>
    public int? UpgradeStatus { get; set; }

    /// <summary>The HTML that goes with <see cref="UpgradeStatus"/>: what a captive portal would show.</summary>
    public string UpgradeBody { get; set; } = "<!DOCTYPE html><html><body>Please log in</body></html>";

    /// <summary>Take the upgrade request and never answer.</summary>
    public bool UpgradeNeverAnswered { get; set; }

    /// <summary>Send the upgrade's answer one byte each so many milliseconds.</summary>
    public int UpgradeDripMs { get; set; }

    /// <summary>Answer the upgrade with a Sec-WebSocket-Accept that belongs to another key.</summary>
    public bool WrongAcceptKey { get; set; }

    /// <summary>Answer the upgrade with its header fields split over several lines, as a proxy in between may.</summary>
    public bool SplitUpgradeFields { get; set; }

    /// <summary>End each connection right after its upgrade.</summary>
    public HangUp AfterUpgrade { get; set; }

    /// <summary>The code in <see cref="AfterUpgrade"/>'s close frame; null: a close frame without status.</summary>
    public ushort? AfterUpgradeCode { get; set; }

    // ---- control messages

    /// <summary>Swallow subscribe and unsubscribe requests: no ack and no data.</summary>
    public bool NoAck { get; set; }

    /// <summary>Acks come so late; the topics' data begins after the ack.</summary>
    public int AckDelayMs { get; set; }

    /// <summary>Of a request with bad topics refuse the bad ones alone: success is false, the good ones flow. Off: the whole request is refused.</summary>
    public bool RefuseBadTopicAlone { get; set; }

    /// <summary>Of a request with bad topics take those that stand before the first bad one: success is false, they flow.</summary>
    public bool TakeUpToBadTopic { get; set; }

    /// <summary>Refuse every subscribe request with these words; null: not.</summary>
    public string? SubscribeRefusal { get; set; }

    /// <summary>Words of a refusal that is due to bad topics; {0} stands for the first of them, {1} for all, with commas between. Null: the exchange's own.</summary>
    public string? BadTopicWords { get; set; }

    /// <summary>Acknowledge unsubscribe requests and go on sending.</summary>
    public bool DeafToUnsubscribe { get; set; }

    /// <summary>Answers say success as text: "true", "False".</summary>
    public bool SuccessAsText { get; set; }

    /// <summary>Answer every subscribe with "already subscribed"; the topics flow all the same.</summary>
    public bool AlreadySubscribed { get; set; }

    /// <summary>Leave req_id out of every answer.</summary>
    public bool NoReqId { get; set; }

    /// <summary>Answer no ping, neither the op nor the WebSocket's own.</summary>
    public bool NoPong { get; set; }

    // ---- data

    /// <summary>Send nothing at all; sockets stay open and requests are read.</summary>
    public bool Silent { get; set; }

    /// <summary>While <see cref="Silent"/>, pings are answered none the less.</summary>
    public bool SilentAnswersPings { get; set; }

    /// <summary>Send no data, snapshots least of all; pings, subscribes and unsubscribes are answered as ever.</summary>
    public bool Mute { get; set; }

    /// <summary>Each tickers frame comes so late.</summary>
    public int TickerDelayMs { get; set; }

    /// <summary>Each publicTrade frame comes so late.</summary>
    public int TradeDelayMs { get; set; }

    /// <summary>Each orderbook frame comes so late.</summary>
    public int BookDelayMs { get; set; }

    /// <summary>All data stands in a queue that is so long, beside what else is late. Nothing overtakes in it: what has joined keeps its time, also when this is put back.</summary>
    public int QueueMs { get; set; }

    /// <summary>The queue grows by so much a second, from the first frame after either was set.</summary>
    public int QueueGrowthMsPerS { get; set; }

    /// <summary>No snapshot after the ack, neither of tickers nor of the order book.</summary>
    public bool NoSnapshot { get; set; }

    /// <summary>The snapshot before the ack, as seen on linear.</summary>
    public bool DataBeforeAck { get; set; }

    /// <summary>publicTrade entries without seq, as in 2023.</summary>
    public bool NoSeq { get; set; }

    /// <summary>Every text frame as one-byte fragments with WebSocket pings in between.</summary>
    public bool Fragments { get; set; }

    /// <summary>The exchange's clock is off by so much, in frames and REST alike.</summary>
    public int ClockOffsetMs { get; set; }

    // ---- the line

    /// <summary>Each write to a stream connection waits so long first; order is kept.</summary>
    public int LatencyMs { get; set; }

    /// <summary>Up to so many milliseconds more, at random.</summary>
    public int JitterMs { get; set; }

    /// <summary>At most so many bytes a write; 0: whole batches.</summary>
    public int SliceBytes { get; set; }

    /// <summary>At most so many bytes a second on each stream connection; 0: no limit.</summary>
    public int BytesPerSecond { get; set; }

    // ---- REST

    /// <summary>Answer REST with this HTTP status and <see cref="RestBody"/>.</summary>
    public int? RestStatus { get; set; }

    public string RestBody { get; set; } = "<!DOCTYPE html><html><body>Please log in</body></html>";

    /// <summary>Answer REST with HTTP 200 and this retCode.</summary>
    public int? RestRetCode { get; set; }

    /// <summary>Take REST requests and never answer.</summary>
    public bool RestHang { get; set; }

    /// <summary>Lists of instruments and tickers are empty.</summary>
    public bool RestEmptyList { get; set; }

    /// <summary>REST's tickers stay as they were when first asked for from now on; the envelope's time moves on.</summary>
    public bool RestTickersStandStill { get; set; }

    /// <summary>REST's tickers show the prices of so long ago, two minutes at most.</summary>
    public int RestLateMs { get; set; }

    /// <summary>Redirect (302) REST requests to this address.</summary>
    public string? RestRedirect { get; set; }

    /// <summary>Refuse subscriptions to the symbol, or stop refusing; what already flows goes on.</summary>
    public void Refuse(string symbol, bool on = true) => Set(_refusedSymbols, symbol, on);

    /// <summary>One topic goes silent (its price goes on moving, REST shows it), or speaks again.</summary>
    public void Silence(string topic, bool on = true) => Set(_silentTopics, topic, on);

    /// <summary>The symbol's best bid and ask stay where they are, whatever trades; <see cref="Exchange.Book"/> alone moves them. Or they follow again.</summary>
    public void HoldBook(string symbol, bool on = true) => Set(_heldBooks, symbol, on);

    /// <summary>Each frame of this topic comes so late, beside what its kind is; 0: not.</summary>
    public void Delay(string topic, int delayMs)
    {
        if (delayMs > 0) _topicDelaysMs[topic] = delayMs;
        else _topicDelaysMs.TryRemove(topic, out _);
    }

    /// <summary>What REST's tickers say is the symbol's price, whatever it is; null: the truth again.</summary>
    public void RestPrice(string symbol, string? price)
    {
        if (price is not null) _restPrices[symbol] = price;
        else _restPrices.TryRemove(symbol, out _);
    }

    /// <summary>JSON that the symbol's tickers have for lastPrice ("\"0\"", "\"\"", "1.5"), empty: no such key; null: the price again.</summary>
    public void LastPrice(string symbol, string? json)
    {
        if (json is not null) _lastPrices[symbol] = json;
        else _lastPrices.TryRemove(symbol, out _);
    }

    internal string? LastPrice(string symbol) => _lastPrices.GetValueOrDefault(symbol);

    internal string? RestPrice(string symbol) => _restPrices.GetValueOrDefault(symbol);

    internal bool IsRefused(string symbol) => _refusedSymbols.ContainsKey(symbol);

    internal bool IsBookHeld(string symbol) => _heldBooks.ContainsKey(symbol);

    internal bool IsSilent(string topic) => Silent || Mute || _silentTopics.ContainsKey(topic);

    internal int DelayMs(string topic) => _topicDelaysMs.GetValueOrDefault(topic)
        + (topic.StartsWith("tickers.", StringComparison.Ordinal) ? TickerDelayMs
        : topic.StartsWith("publicTrade.", StringComparison.Ordinal) ? TradeDelayMs
        : Topic.IsOfBook(topic) ? BookDelayMs
        : 0);

    private static void Set(ConcurrentDictionary<string, bool> set, string key, bool on)
    {
        if (on)
        {
            set[key] = true;
        }
        else
        {
            set.TryRemove(key, out _);
        }
    }
}

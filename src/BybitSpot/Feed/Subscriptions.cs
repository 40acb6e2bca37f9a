// What one connection has asked for and what it was granted. Owned by the line's thread; no socket, no clock: requests come
// out as text to send, answers and times go in. What must stay true: every request has an id and every answer is matched to
// its request; of a refused request only what is to blame is put aside, and tried again later: see Subscriptions.Refusals; a
// topic that may be subscribed already never stands beside one that was not asked for yet, whose request would be refused for
// it. Beside the coins' topics there may be a canary's: see Canary.
using System.Globalization;
using System.Text;
using BybitSpot.Market;

namespace BybitSpot.Feed;

internal sealed partial class Subscriptions(IReadOnlyList<Channel> channels, Venue venue)
{
    /// <summary>Most requests without an answer at a time.</summary>
    public const int OutstandingMax = 16;

    /// <summary>Stands for the canary where else a coin's slot does.</summary>
    public const int CanarySlot = -2;

    private sealed class Topic(string name, Coin coin, bool isTicker, bool carriesPrice = true)
    {
        public readonly string Name = name;
        public readonly Coin Coin = coin;
        public readonly bool IsTicker = isTicker, CarriesPrice = carriesPrice;
        public bool Acked, Dropped, EverGranted;

        /// <summary>It was refused, and is not asked for now.</summary>
        public bool Waits;

        /// <summary>Times in a row that it was refused on this connection.</summary>
        public int Refusals;

        /// <summary>Why the exchange refused it last; null once it was granted.</summary>
        public string? Refusal;

        public RefusalKind RefusedAs;

        /// <summary>As what it was told last; null once it was granted.</summary>
        public RefusalKind? Told;
    }

    private sealed class Coin(Instrument instrument, int slot)
    {
        public readonly Instrument Instrument = instrument;
        public readonly int Slot = slot;
        public readonly List<Topic> Topics = [];
        public TimeSpan? TickerAckedAt;
        public bool HasTicker, AskedAgain, Granted;
    }

    private sealed record Request(string Id, bool Subscribes, Topic[] Topics, TimeSpan SentAt);

    private readonly Dictionary<int, Coin> _coins = [];
    private readonly LinkedList<(bool Subscribes, Topic[] Topics)> _toAsk = new();
    private readonly List<Request> _outstanding = [];
    private readonly HashSet<Coin> _awaitingTicker = [];
    private readonly List<int> _granted = [];

    // Names of all that was ever asked for on this connection: it may be subscribed, also when it was left since.
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private int _nextId;

    // When a topic was granted last on this connection.
    private TimeSpan? _grantedAt;

    /// <summary>Whose messages are to be told apart: the coins, and the canary with <see cref="CanarySlot"/>.</summary>
    public IReadOnlyCollection<(Instrument Instrument, int Slot)> Coins
    {
        get
        {
            var coins = _coins.Values.Select(c => (c.Instrument, c.Slot));
            return [.. _canary is null ? coins : coins.Append((_canary.Coin.Instrument, CanarySlot))];
        }
    }

    public int CoinCount => _coins.Count;

    /// <summary>Topics granted on this connection.</summary>
    public int AckedTopics => _coins.Values.Sum(c => c.Topics.Count(t => t.Acked));

    /// <summary>Whether everything asked for so far was answered.</summary>
    public bool AllAnswered => _toAsk.Count == 0 && _outstanding.Count == 0;

    public TimeSpan? OldestRequest => _outstanding.Count == 0 ? null : _outstanding[0].SentAt;

    /// <summary>When the coin that waits longest for its first ticker was acknowledged.</summary>
    public TimeSpan? OldestAckWithoutTicker
    {
        get
        {
            TimeSpan? oldest = null;
            foreach (Coin coin in _awaitingTicker)
                if (oldest is null || coin.TickerAckedAt < oldest)
                    oldest = coin.TickerAckedAt;
            return oldest;
        }
    }

    /// <summary>Whether some acknowledged coin has had no ticker yet: then each ticker is to be told to <see cref="TickerCame"/>.</summary>
    public bool AwaitsTicker { get; private set; } = true;

    /// <summary>A new connection: everything is to be asked anew, what was refused by its own fault each in a request of its own.</summary>
    public void BeginConnection()
    {
        IEnumerable<Topic> alone = ForgetRefusals();
        _asked.Clear();
        _grantedAt = null;
        _toAsk.Clear();
        _outstanding.Clear();
        _awaitingTicker.Clear();
        _granted.Clear();
        _canary = null;
        _canaryHeard = false;
        AwaitsTicker = true;
        foreach (Coin coin in _coins.Values)
        {
            coin.HasTicker = coin.AskedAgain = coin.Granted = false;
            coin.TickerAckedAt = null;
            foreach (Topic topic in coin.Topics)
                topic.Acked = false;
        }
        Ask(subscribes: true, _coins.Values.SelectMany(c => c.Topics).Except(alone));
        foreach (Topic topic in alone)
            _toAsk.AddLast((true, [topic]));
    }

    public void Want(IEnumerable<(Instrument Instrument, int Slot)> coins)
    {
        var added = new List<Topic>();
        foreach ((Instrument instrument, int slot) in coins)
        {
            var coin = new Coin(instrument, slot);
            if (!_coins.TryAdd(slot, coin))
                continue;
            foreach (Channel channel in channels)
                coin.Topics.Add(new Topic(Topics.Name(channel, instrument.Symbol), coin, channel == Channel.Ticker, channel != Channel.Book));
            added.AddRange(coin.Topics);
            if (_canary is not null && instrument.Symbol == _canary.Coin.Instrument.Symbol)
                LeaveCanary();
        }
        AwaitsTicker = true;
        Ask(subscribes: true, added);
    }

    public void Unwant(IEnumerable<int> slots)
    {
        var removed = new List<Topic>();
        foreach (int slot in slots)
        {
            if (!_coins.Remove(slot, out Coin? coin))
                continue;
            _awaitingTicker.Remove(coin);
            foreach (Topic topic in coin.Topics)
                topic.Dropped = true;
            removed.AddRange(coin.Topics.Where(t => !t.Waits));
        }
        _refused.RemoveAll(w => Array.TrueForAll(w.Topics, t => t.Dropped));
        Ask(subscribes: false, removed);
    }

    /// <summary>The next request to send, if there is one and the exchange is not busy with too many.</summary>
    /// <param name="now">Since the connection was made.</param>
    public string? NextRequest(TimeSpan now)
    {
        RetryRefused(now);
        while (_outstanding.Count < OutstandingMax && _toAsk.First is { } first)
        {
            _toAsk.RemoveFirst();
            (bool subscribes, Topic[] topics) = first.Value;
            if (subscribes)
                topics = [.. topics.Where(t => !t.Dropped)];
            if (topics.Length == 0)
                continue;
            string id = (++_nextId).ToString(CultureInfo.InvariantCulture);
            if (subscribes)
                _asked.UnionWith(topics.Select(t => t.Name));
            _outstanding.Add(new Request(id, subscribes, topics, now));
            return RequestText(id, subscribes ? "subscribe" : "unsubscribe", topics);
        }
        return null;
    }

    /// <summary>Takes an answer to a subscribe or unsubscribe request.</summary>
    /// <param name="refused">What is to be told of what it refuses.</param>
    /// <returns>False if it answers no request of ours.</returns>
    public bool Answer(ControlMessage answer, TimeSpan now, out IReadOnlyList<RefusedTopic> refused)
    {
        refused = [];
        // The exchange may leave the id out: then the oldest request of that kind is meant.
        int at = answer.RequestId.Length > 0
            ? _outstanding.FindIndex(r => r.Id == answer.RequestId)
            : _outstanding.FindIndex(r => answer.Operation.Length == 0 || answer.Operation == (r.Subscribes ? "subscribe" : "unsubscribe"));
        if (at < 0)
            return false;
        Request request = _outstanding[at];
        _outstanding.RemoveAt(at);
        if (!request.Subscribes)
            return true;
        if (answer.Success)
            Grant(request.Topics, now);
        else
            refused = Refuse(request, answer, now);
        return true;
    }

    /// <summary>The coins that were granted since this was last asked, each once a connection.</summary>
    public int[] TakeGranted()
    {
        int[] granted = [.. _granted];
        _granted.Clear();
        return granted;
    }

    /// <summary>A ticker of this coin came.</summary>
    public void TickerCame(int slot)
    {
        if (!_coins.TryGetValue(slot, out Coin? coin) || coin.HasTicker)
            return;
        coin.HasTicker = true;
        _awaitingTicker.Remove(coin);
        AwaitsTicker = _coins.Values.Any(c => !c.HasTicker);
    }

    private void Grant(Topic[] topics, TimeSpan now)
    {
        _grantedAt = now;
        _passingInRow = 0;
        foreach (Topic topic in topics)
        {
            topic.Acked = topic.EverGranted = true;
            (topic.Refusal, topic.Told, topic.Refusals) = (null, null, 0);
            if (!topic.Dropped && !topic.Coin.Granted && topic != _canary)
            {
                topic.Coin.Granted = true;
                _granted.Add(topic.Coin.Slot);
            }
            if (!topic.IsTicker || topic.Dropped || topic.Coin.HasTicker)
                continue;
            topic.Coin.TickerAckedAt = now;
            _awaitingTicker.Add(topic.Coin);
        }
    }

    private void Ask(bool subscribes, IEnumerable<Topic> topics)
    {
        foreach (IGrouping<bool, Topic> group in topics.GroupBy(t => subscribes && _asked.Contains(t.Name)).OrderBy(g => g.Key))
            foreach (Topic[] batch in group.Chunk(Topics.ArgsPerRequestMax(venue)))
                _toAsk.AddLast((subscribes, batch));
    }

    private static string RequestText(string id, string operation, Topic[] topics)
    {
        var text = new StringBuilder("{\"req_id\":\"").Append(id).Append("\",\"op\":\"").Append(operation).Append("\",\"args\":[");
        // Symbols are capital letters, digits, hyphens and underscores: nothing in them needs escaping.
        text.AppendJoin(',', topics.Select(t => $"\"{t.Name}\""));
        return text.Append("]}").ToString();
    }
}

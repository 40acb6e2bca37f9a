namespace BybitSpot.Simulator;

// A recording's market while it is played: what it knows, what its newest prices are, and what time it is there. Under the
// gate, but for the constructor. The present stands still before the playback, runs at the playback's speed during it (at
// speed 0: from frame to frame), and at the real speed after it.
internal sealed class RecordedMarket : IVenue
{
    private readonly Exchange _exchange;
    private readonly RecordingFile _recording;
    private readonly List<(string Symbol, string Json)> _instruments;
    private readonly HashSet<string> _symbols;
    private readonly Dictionary<string, byte[]> _played = new(StringComparer.Ordinal);
    private readonly double _speed;
    private TimeSpan? _startedAt;
    private TimeSpan? _finishedAt;
    private long _playedUs;

    public RecordedMarket(Exchange exchange, RecordingFile recording, List<(string Symbol, string Json)>? instruments, double speed)
    {
        _exchange = exchange;
        _recording = recording;
        _speed = speed;
        _playedUs = recording.FirstAtUs;
        _instruments = instruments ?? [.. recording.Topics.Select(Topic.Symbol).Distinct().Order(StringComparer.Ordinal).Select(symbol => (symbol, Derived(exchange.Options.Market, symbol)))];
        _symbols = [.. _instruments.Select(entry => entry.Symbol)];
    }

    public long NowMs => PresentUs() / 1000 + _exchange.Faults.ClockOffsetMs;

    public bool Knows(string topic) => _recording.Topics.Contains(topic)
        || (_symbols.Contains(Topic.Symbol(topic)) && (!Topic.IsOfBook(topic) || topic.StartsWith(Topic.BestBook, StringComparison.Ordinal)));

    public void Subscribed(string topic)
    {
        // What is repeated, and when, is in the recording.
    }

    public bool TrySnapshot(string topic, TextBuffer into)
    {
        if (!_played.TryGetValue(topic, out var frame)) return false;
        into.Clear().Add(frame);
        return true;
    }

    public IEnumerable<(string Symbol, string Json)> Instruments() => _instruments;

    public IEnumerable<(string Symbol, string Json)> Tickers()
    {
        foreach (var (topic, first) in _recording.FirstTickers.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            var symbol = Topic.Symbol(topic);
            if ((_exchange.Faults.RestPrice(symbol) ?? RecordedLine.LastPriceOf(_played.GetValueOrDefault(topic, first))) is not { } price) continue;
            var text = JsonText.Quote(price);
            yield return (symbol, $$"""{"symbol":{{JsonText.Quote(symbol)}},"bid1Price":{{text}},"bid1Size":"1","ask1Price":{{text}},"ask1Size":"1","lastPrice":{{text}}}""");
        }
    }

    public void Started(TimeSpan at)
    {
        lock (_exchange.Gate) _startedAt = at;
    }

    public void Finished()
    {
        lock (_exchange.Gate)
        {
            _finishedAt = _exchange.Now;
            _playedUs = _recording.LastAtUs;
        }
    }

    /// <summary>Played whether or not anybody hears it: prices move on for those who come later.</summary>
    public void Play(in RecordedFrame frame)
    {
        lock (_exchange.Gate)
        {
            _playedUs = Math.Max(_playedUs, frame.AtUs);
            if (frame.IsBestBook) _played[frame.Topic] = frame.Raw.ToArray();
            if (frame.IsTicker) _played[frame.Topic] = MergedTicker.Of(_played.GetValueOrDefault(frame.Topic), frame.Raw);
            _exchange.Publish(frame.Topic, frame.Raw.Span);
        }
    }

    private long PresentUs()
    {
        if (_finishedAt is { } finished) return _playedUs + Microseconds(_exchange.Now - finished);
        if (_startedAt is not { } started || _speed == 0) return _playedUs;
        var there = _recording.FirstAtUs + (long)(Microseconds(_exchange.Now - started) * _speed);
        return Math.Clamp(there, _playedUs, Math.Max(_recording.LastAtUs, _playedUs));
    }

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static string Derived(string market, string symbol)
    {
        var (baseCoin, quoteCoin) = Listed.Cut(market, symbol);
        return $$$"""{"symbol":{{{JsonText.Quote(symbol)}}},"baseCoin":{{{JsonText.Quote(baseCoin)}}},"quoteCoin":{{{JsonText.Quote(quoteCoin)}}},"innovation":"0","status":"Trading","marginTrading":"none","priceFilter":{"tickSize":"0.0000000001"}}""";
    }
}

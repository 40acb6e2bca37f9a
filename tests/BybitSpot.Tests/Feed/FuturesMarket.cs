// A made-up market of derivatives as the exchange tells it, from a seed: one sequence for trades and for what the book does; trades
// as they happen, some frames with several sequences, some sequences with several fills; a ticker each 100 ms that shows what has
// changed and no more. Its price is that of the newest trade up to its cs.
using System.Globalization;

namespace BybitSpot.Tests.Feed;

/// <summary>A frame and the exchange's time at which it left.</summary>
internal sealed record FuturesFrame(long AtMs, bool IsTicker, string Text);

internal sealed class FuturesMarket
{
    public const long FirstMs = 1_786_310_800_000;

    private readonly Random _random;
    private readonly string _symbol;
    private readonly bool _isCalm;
    private long _sequence = 24_987_956_000, _ticks = 650_000, _volume = 70_000;
    private string? _shownPrice;
    private long _shownVolume, _tradeAt, _nowMs = FirstMs;
    private (long Sequence, long TimeMs, string Price) _newest;

    public FuturesMarket(int seed, string symbol, int steps)
    {
        (_random, _symbol) = (new Random(seed), symbol);
        _isCalm = seed % 2 == 0;
        _newest = (_sequence, _nowMs, Text(_ticks));
        Frames.Add(Ticker(isFirst: true));
        long tickerDue = _nowMs + 100;
        for (int i = 0; i < steps; i++)
        {
            _nowMs += _random.Next(1, 60);
            while (tickerDue <= _nowMs)
            {
                // What is due at a moment shows what was before it.
                (long now, _nowMs) = (_nowMs, tickerDue);
                Frames.Add(Ticker(isFirst: false));
                (_nowMs, tickerDue) = (now, tickerDue + 100);
            }
            if (_random.Next(3) == 0)
                _sequence += _random.Next(1, 9);
            else
                Frames.Add(Trades());
        }
    }

    public List<FuturesFrame> Frames { get; } = [];

    /// <summary>The last price, and the latest time at which the exchange said that it was.</summary>
    public (string Price, long TimeMs) Last { get; private set; }

    private FuturesFrame Trades()
    {
        var entries = new List<string>();
        // The fills of a frame share their time, a moment before it leaves.
        _tradeAt = Math.Max(_tradeAt, _nowMs - _random.Next(0, 3));
        for (int orders = _random.Next(4) == 0 ? _random.Next(2, 4) : 1; orders > 0; orders--)
        {
            _sequence += _random.Next(1, 4);
            for (int fills = _random.Next(3) == 0 ? _random.Next(2, 6) : 1; fills > 0; fills--)
            {
                // In a calm market the price is often what it was.
                _ticks += _isCalm ? _random.Next(-1, 2) : _random.Next(-9, 10);
                _volume += _random.Next(1, 50);
                _newest = (_sequence, _tradeAt, Text(_ticks));
                entries.Add($$"""{"T":{{_tradeAt}},"s":"{{_symbol}}","S":"Buy","v":"0.001","p":"{{Text(_ticks)}}","L":"PlusTick","i":"{{Guid(_random)}}","BT":false,"RPI":false,"seq":{{_sequence}}}""");
            }
        }
        // Now and then one that does not count, and is in the sequence.
        if (_random.Next(12) == 0)
            entries.Insert(0, $$"""{"T":{{_nowMs}},"s":"{{_symbol}}","S":"Sell","v":"100","p":"1.00","L":"MinusTick","i":"{{Guid(_random)}}","BT":true,"RPI":false,"seq":{{_sequence}}}""");
        Last = (_newest.Price, _newest.TimeMs);
        return new FuturesFrame(_nowMs, IsTicker: false, $$"""{"topic":"publicTrade.{{_symbol}}","type":"snapshot","ts":{{_nowMs}},"data":[{{string.Join(',', entries)}}]}""");
    }

    private FuturesFrame Ticker(bool isFirst)
    {
        var fields = new List<string>();
        if (isFirst || _newest.Price != _shownPrice)
            fields.Add($"\"lastPrice\":\"{_newest.Price}\"");
        if (isFirst || _volume != _shownVolume)
            fields.Add($"\"turnover24h\":\"{_volume}000.5\",\"volume24h\":\"{_volume}.25\"");
        bool isAboutPrice = fields.Count > 0;
        if (isFirst)
            fields.Add("\"tickDirection\":\"PlusTick\",\"preOpenPrice\":\"\",\"curPreListingPhase\":\"\",\"fundingIntervalHour\":\"8\",\"fundingCap\":\"0.005\",\"basisRateYear\":\"\"");
        if (_random.Next(2) == 0 || fields.Count == 0)
            fields.Add($"\"bid1Price\":\"{Text(_ticks - 1)}\",\"singleOpenInterest\":\"{_random.Next(1, 99)}\"");
        (_shownPrice, _shownVolume) = (_newest.Price, _volume);
        if (isAboutPrice)
            Last = (_newest.Price, Math.Max(_nowMs, Last.TimeMs));
        return new FuturesFrame(_nowMs, IsTicker: true,
            $$$"""{"topic":"tickers.{{{_symbol}}}","type":"{{{(isFirst ? "snapshot" : "delta")}}}","data":{"symbol":"{{{_symbol}}}",{{{string.Join(',', fields)}}}},"cs":{{{_sequence}}},"ts":{{{_nowMs}}}}""");
    }

    private static string Text(long ticks) => string.Create(CultureInfo.InvariantCulture, $"{ticks / 10}.{ticks % 10}0");

    private static Guid Guid(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}

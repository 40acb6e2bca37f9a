// A recording made of a seed in the documented shapes, with what tempts: bursts of trades with one seq in one frame or in
// several, tickers that come late, early or twice, frames of both kinds in either order. Each trade's ticker comes in the end.
namespace BybitSpot.Tests.Journeys.Recordings;

internal sealed class GeneratedRecording
{
    private const long FirstMs = 1_786_310_800_000;

    private readonly Random _chance;
    private readonly List<(double AtS, string Line)> _lines = [];
    private long _nowMs = FirstMs;
    private long _id = 2_280_000_001_739_247_000;

    private GeneratedRecording(int seed) => _chance = new Random(seed);

    /// <summary>Of two coins and so many trade frames.</summary>
    public static Recording Of(int seed, int tradeFrames)
    {
        var made = new GeneratedRecording(seed);
        var coins = new[] { new Coin("BTCUSDT", 6_514_050, 112_488_546_160), new Coin("ETHUSDT", 192_328, 178_477_362_706) };
        foreach (Coin coin in coins)
            made.Add(coin.Ticker(made._nowMs, made.At(0)));
        for (int i = 0; i < tradeFrames; i++)
            made.Step(coins[made._chance.Next(2)]);
        return new Recording([.. made._lines.OrderBy(l => l.AtS).Select(l => l.Line)]);
    }

    private void Step(Coin coin)
    {
        _nowMs += _chance.Next(1, 120);
        long seq = ++coin.Sequence;
        var trades = new List<string>();
        for (int i = _chance.Next(1, 5); i > 0; i--)
        {
            coin.Hundredths += _chance.Next(-50, 51);
            // Most share the frame's seq, some have the next.
            if (_chance.Next(4) == 0)
                seq = ++coin.Sequence;
            trades.Add($$"""{"i":"{{++_id}}","T":{{_nowMs}},"p":"{{coin.Price}}","v":"0.04537","S":"Sell","seq":{{seq}},"s":"{{coin.Symbol}}","BT":false,"RPI":false}""");
        }
        // Now and then one burst comes in two frames.
        int first = _chance.Next(3) == 0 ? _chance.Next(1, trades.Count + 1) : trades.Count;
        foreach (IEnumerable<string> part in (IEnumerable<string>[])[trades.Take(first), trades.Skip(first)])
            if (part.Any())
                Add(Replay.Line(At(0), $$"""{"topic":"publicTrade.{{coin.Symbol}}","ts":{{_nowMs + 1}},"type":"snapshot","data":[{{string.Join(',', part)}}]}"""));
        long tickerMs = _nowMs + _chance.Next(1, 50);
        // Before its trade, with it, or up to 150 ms behind.
        int lateMs = _chance.Next(8) == 0 ? -1 : _chance.Next(0, 150);
        Add(coin.Ticker(tickerMs, At(lateMs)), lateMs);
        if (_chance.Next(3) == 0)
            Add(coin.Ticker(tickerMs + 40, At(lateMs + 40)), lateMs + 40);
    }

    private double At(int lateMs) => (_nowMs - FirstMs + lateMs) / 1000.0;

    private void Add(string line, int lateMs = 0) => _lines.Add((At(lateMs), line));

    private sealed class Coin(string symbol, long hundredths, long sequence)
    {
        public string Symbol { get; } = symbol;

        public long Hundredths { get; set; } = hundredths;

        public long Sequence { get; set; } = sequence;

        // Some with zeros at the end, which must stay.
        public string Price => Hundredths % 3 == 0 ? $"{Hundredths / 100}.{Hundredths % 100:00}0" : $"{Hundredths / 100}.{Hundredths % 100:00}";

        public string Ticker(long timeMs, double receivedS) => Replay.Ticker(Symbol, Sequence, timeMs, Price, receivedS);
    }
}

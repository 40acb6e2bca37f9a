using BenchmarkDotNet.Attributes;
using BybitSpot.Feed;

namespace BybitSpot.Bench;

/// <summary>A text message into a price, by the quick way and by the careful way.</summary>
public class DecodeBench
{
    private byte[] _frame = [];

    [Params("ticker", "trade", "40 trades")]
    public string Message { get; set; } = "";

    [GlobalSetup]
    public void Setup() => _frame = Message switch
    {
        "ticker" => Samples.Ticker,
        "trade" => Samples.Trades(1),
        _ => Samples.Trades(40),
    };

    [Benchmark(Baseline = true)]
    public long Quick()
    {
        var message = default(Message);
        return TickDecoder.TryFast(_frame, false, ref message) ? message.Sequence : throw new InvalidOperationException("not of the quick shape");
    }

    [Benchmark]
    public long Careful()
    {
        var message = default(Message);
        return TickDecoder.DecodeCarefully(_frame, false, ref message) == Verdict.Tick ? message.Sequence : throw new InvalidOperationException("no price");
    }
}

using BenchmarkDotNet.Attributes;
using BybitSpot.Feed;
using BybitSpot.Market;
using BybitSpot.Redis;

namespace BybitSpot.Bench;

/// <summary>Bytes in from the exchange, bytes out to Redis.</summary>
public class WireBench
{
    private const int Frames = 100;

    private readonly PriceCommand _command = new(new Instrument("BTCUSDT", "BTC"));
    private readonly Tick _tick = new() { Price = Price.FromValid("67250.50"u8), TimeMs = 1_725_895_825_123 };
    private readonly byte[] _into = new byte[1024];
    private readonly byte[] _frames = [.. Enumerable.Repeat(Samples.Frame(Samples.Ticker), Frames).SelectMany(f => f)];
    private readonly byte[] _replies = [.. Enumerable.Repeat(":0\r\n"u8.ToArray(), Frames).SelectMany(r => r)];
    private readonly FrameReader _frameReader = new();
    private readonly ReplyReader _replyReader = new();

    [Benchmark]
    public int WriteCommand() => _command.Write(_tick, _into);

    [Benchmark(OperationsPerInvoke = Frames)]
    public int ReadFrames()
    {
        _frames.CopyTo(_frameReader.Free);
        _frameReader.Received(_frames.Length);
        int bytes = 0;
        while (_frameReader.Next(out ReadOnlySpan<byte> payload) == FrameKind.Text)
            bytes += payload.Length;
        return bytes;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int ReadReplies()
    {
        _replies.CopyTo(_replyReader.Free);
        _replyReader.Received(_replies.Length);
        int replies = 0;
        while (_replyReader.Next(out _) != ReplyKind.None)
            replies++;
        return replies;
    }
}

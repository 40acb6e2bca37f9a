using System.Globalization;

namespace BybitSpot.Simulator;

// Plays a recording's frames by one clock for all clients, starting a little after the first subscribe request was acked, so
// that a client that subscribes in several requests misses nothing. Speed 0 goes as fast as the slowest subscriber reads.
internal sealed class Playback(Exchange exchange, RecordedMarket market, RecordingFile recording, double speed, TextWriter output)
{
    private static readonly TimeSpan _startAfterAck = TimeSpan.FromMilliseconds(300);

    public async Task RunAsync(CancellationToken stop)
    {
        var startAt = await exchange.FirstAcknowledged.Task.WaitAsync(stop).ConfigureAwait(false) + _startAfterAck;
        await WaitUntilAsync(startAt, stop).ConfigureAwait(false);
        market.Started(startAt);
        var frames = 0L;
        foreach (var frame in recording.Read())
        {
            stop.ThrowIfCancellationRequested();
            if (speed > 0)
            {
                var dueAt = startAt + TimeSpan.FromMicroseconds((frame.AtUs - recording.FirstAtUs) / speed);
                if (dueAt > exchange.Now) await WaitUntilAsync(dueAt, stop).ConfigureAwait(false);
            }
            exchange.WaitForReaders(frame.Topic);
            market.Play(frame);
            frames++;
        }
        market.Finished();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"playback finished: {frames} frames")).ConfigureAwait(false);
        await output.FlushAsync(stop).ConfigureAwait(false);
    }

    private async Task WaitUntilAsync(TimeSpan at, CancellationToken stop)
    {
        var left = at - exchange.Now;
        if (left > TimeSpan.Zero) await Task.Delay(left, exchange.Clock, stop).ConfigureAwait(false);
    }
}

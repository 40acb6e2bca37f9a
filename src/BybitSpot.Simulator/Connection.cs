using System.Net.Sockets;

namespace BybitSpot.Simulator;

// One upgraded connection. Its reader task hands messages to the control desk and answers WebSocket control frames; its
// writer task alone writes to the stream. Everybody else sends through the outbox. When it ends, for whatever reason, the
// exchange forgets its topics.
internal sealed class Connection(Exchange exchange, Socket socket, Stream stream, ConnectionEntry entry) : IDisposable
{
    /// <summary>How long a client may take to answer a close frame or a FIN before the socket is closed on it.</summary>
    private static readonly TimeSpan _closeLimit = TimeSpan.FromSeconds(2);

    private readonly Outbox _outbox = new();
    private readonly CancellationTokenSource _stop = new();
    private bool _closeSent;

    public ConnectionEntry Entry { get; } = entry;

    /// <summary>In the form that the exchange's own ids have.</summary>
    public string ConnectionId { get; } = $"{Guid.NewGuid():D}";

    /// <summary>Guarded by the exchange's gate.</summary>
    public DeadTopics Dead { get; } = new();

    public async Task RunAsync(ReadOnlyMemory<byte> leftover)
    {
        var writer = WriteAllAsync();
        try
        {
            await ReadAllAsync(leftover).ConfigureAwait(false);
            // The client has closed its side or the close handshake is done: what is in the box may still leave.
            _outbox.Seal(HangUp.Fin);
            // After our own close frame the box is sealed and the writer has nothing left to do.
            if (!_closeSent) await writer.WaitAsync(_closeLimit, exchange.Clock).ConfigureAwait(false);
        }
        catch (Exception e) when (Trouble.IsExpected(e))
        {
            // The line broke or was broken on purpose; the end is the same.
        }
        finally
        {
            Abort();
            try
            {
                await writer.ConfigureAwait(false);
            }
            catch (Exception e) when (Trouble.IsExpected(e))
            {
                // The writer met the same end as the reader.
            }
        }
    }

    public void SendText(ReadOnlySpan<byte> payload)
    {
        if (!_outbox.TryAppendText(payload, exchange.Faults.Fragments)) Overflowed();
    }

    public void SendBytes(ReadOnlySpan<byte> bytes)
    {
        if (!_outbox.TryAppendBytes(bytes)) Overflowed();
    }

    public void Stream(Func<Stream, CancellationToken, Task> streamer) => _outbox.Stream(streamer);

    /// <summary>For the bulk path: waits for a slow client, and ends one that reads nothing at all.</summary>
    public void WaitForRoom(TimeSpan limit)
    {
        if (!_outbox.WaitForRoom(limit)) Overflowed();
    }

    public void End(HangUp ending, ushort? code = null, string? reason = null)
    {
        switch (ending)
        {
            case HangUp.CloseFrame:
                _closeSent = true;
                _outbox.Seal(HangUp.None, RawFrames.Close(code, reason));
                AbortLater();
                break;
            case HangUp.Fin:
                _outbox.Seal(HangUp.Fin);
                AbortLater();
                break;
            case HangUp.Reset:
                Trouble.Reset(socket);
                Abort();
                break;
        }
    }

    public void Abort()
    {
        _outbox.Seal(HangUp.None);
        socket.Dispose();
        try
        {
            // Not Cancel: it would run the tasks' ends here, perhaps under the exchange's gate and in the middle of a request.
            _ = _stop.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // Ended before.
        }
    }

    public void Dispose()
    {
        Abort();
        _outbox.Dispose();
        _stop.Dispose();
    }

    private void AbortLater() => exchange.Agenda.Add(exchange.Now + _closeLimit, Abort);

    private void Overflowed()
    {
        exchange.CountOverflow();
        Abort();
    }

    private async Task ReadAllAsync(ReadOnlyMemory<byte> leftover)
    {
        var frames = new ClientFrames();
        leftover.CopyTo(frames.Room);
        frames.Filled(leftover.Length);
        while (Handle(frames))
        {
            using var idle = new CancellationTokenSource(exchange.Options.IdleLimit, exchange.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, _stop.Token);
            var read = await stream.ReadAsync(frames.Room, either.Token).ConfigureAwait(false);
            if (read == 0) return;
            frames.Filled(read);
        }
    }

    /// <summary>False when the connection is over.</summary>
    private bool Handle(ClientFrames frames)
    {
        while (true)
        {
            var what = frames.Next(out var payload);
            switch (what)
            {
                case ClientEvent.None:
                    return true;
                case ClientEvent.Text:
                    exchange.Desk.Handle(this, payload);
                    break;
                case ClientEvent.Ping:
                    if (exchange.Desk.AnswersPings) SendBytes(RawFrames.Frame(RawFrames.Fin | RawFrames.PongCode, payload));
                    break;
                case ClientEvent.Close:
                    if (!_closeSent) _outbox.Seal(HangUp.Fin, RawFrames.Frame(RawFrames.Fin | RawFrames.CloseCode, payload[..Math.Min(2, payload.Length)]));
                    return false;
                case ClientEvent.ProtocolError:
                    _outbox.Seal(HangUp.Fin, RawFrames.Close(1002));
                    return false;
                case ClientEvent.TooLarge:
                    _outbox.Seal(HangUp.Fin, RawFrames.Close(1009));
                    return false;
            }
        }
    }

    private async Task WriteAllAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var batch = await _outbox.TakeAsync(_stop.Token).ConfigureAwait(false);
            await WritePacedAsync(batch.Bytes).ConfigureAwait(false);
            if (batch.Streamer is { } streamer) await streamer(stream, _stop.Token).ConfigureAwait(false);
            if (batch.HangUp != HangUp.Fin) continue;
            socket.Shutdown(SocketShutdown.Send);
            return;
        }
    }

    private async Task WritePacedAsync(ReadOnlyMemory<byte> bytes)
    {
        var faults = exchange.Faults;
        var lateMs = faults.LatencyMs + (faults.JitterMs > 0 ? Random.Shared.Next(faults.JitterMs + 1) : 0);
        if (lateMs > 0) await Task.Delay(TimeSpan.FromMilliseconds(lateMs), exchange.Clock, _stop.Token).ConfigureAwait(false);
        while (bytes.Length > 0)
        {
            var slice = faults.SliceBytes > 0 ? faults.SliceBytes : bytes.Length;
            var rate = faults.BytesPerSecond;
            // Ten slices a second are fine enough to look like a slow line.
            if (rate > 0) slice = Math.Min(slice, Math.Max(rate / 10, 1));
            slice = Math.Min(slice, bytes.Length);
            await stream.WriteAsync(bytes[..slice], _stop.Token).ConfigureAwait(false);
            bytes = bytes[slice..];
            if (rate > 0) await Task.Delay(TimeSpan.FromSeconds((double)slice / rate), exchange.Clock, _stop.Token).ConfigureAwait(false);
        }
    }
}

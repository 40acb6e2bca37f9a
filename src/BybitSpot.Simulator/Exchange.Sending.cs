using System.Text;

namespace BybitSpot.Simulator;

// The ways out: to a topic's subscribers (honest data and a test's own texts, both under the data switches), to every
// connection (raw, under no switch but fragments), and the ways to end connections.
public sealed partial class Exchange
{
    /// <summary>How long a bulk sender waits for a client that reads nothing before it is given up.</summary>
    private static readonly TimeSpan _bulkWaitLimit = TimeSpan.FromSeconds(60);

    /// <summary>One chunk of a huge message.</summary>
    private const int HugeChunkBytes = 64 * 1024;

    internal TopicBook Topics { get; } = new();

    /// <summary>
    /// One text frame to the topic's subscribers; silence and delay switches apply. With <paramref name="wait"/> a slow client
    /// is waited for instead of being ended at the outgoing limit: the way to send very many.
    /// </summary>
    public void SendToTopic(string topic, string text, bool wait = false) => SendToTopic(topic, Encoding.UTF8.GetBytes(text), wait);

    /// <summary>As above, for callers that reuse their bytes; they are copied before this returns.</summary>
    public void SendToTopic(string topic, ReadOnlySpan<byte> utf8, bool wait = false)
    {
        if (wait) WaitForReaders(topic);
        lock (_gate) Publish(topic, utf8);
    }

    /// <summary>One text frame to every upgraded connection.</summary>
    public void Broadcast(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        foreach (var connection in OpenConnections()) connection.SendText(bytes);
    }

    /// <summary>These bytes, as they are, to every upgraded connection; <see cref="RawFrames"/> makes some.</summary>
    public void BroadcastBytes(byte[] rawFrameBytes)
    {
        foreach (var connection in OpenConnections()) connection.SendBytes(rawFrameBytes);
    }

    /// <summary>
    /// A text message of so many megabytes to every upgraded connection: one frame, or fragments of 64 KiB whose last never
    /// comes. Other frames wait behind it. Written as fast as the client reads, without being held in memory.
    /// </summary>
    public void BroadcastHuge(int megabytes, bool endlessFragments = false)
    {
        foreach (var connection in OpenConnections())
        {
            connection.Stream((stream, stop) => WriteHugeAsync(stream, megabytes * 1024L * 1024L, endlessFragments, stop));
        }
    }

    /// <summary>A close frame to every upgraded connection, then the close handshake. A null code: a close frame without status.</summary>
    public void CloseAll(ushort? code = 1012, string? reason = null) => EndAll(HangUp.CloseFrame, code, reason);

    /// <summary>A bare FIN on every upgraded connection.</summary>
    public void FinAll() => EndAll(HangUp.Fin, null, null);

    /// <summary>A RST on every upgraded connection.</summary>
    public void ResetAll() => EndAll(HangUp.Reset, null, null);

    /// <summary>Ends one connection, by its <see cref="ConnectionRecord.Number"/>. False when none of that number is open.</summary>
    public bool End(int connectionNumber, HangUp ending, ushort? code = 1012, string? reason = null)
    {
        if (OpenConnections().FirstOrDefault(open => open.Entry.Number == connectionNumber) is not { } connection) return false;
        connection.End(ending, code, reason);
        return true;
    }

    /// <summary>
    /// The topic dies on every connection that is open now: nothing more comes of it, though the subscription stands, acks and
    /// pongs come, and its price moves on. Back to life it comes as told.
    /// </summary>
    public void Deaden(string topic, HealedBy healedBy)
    {
        lock (_gate)
        {
            foreach (var connection in _open) connection.Dead.Add(topic, healedBy);
        }
    }

    /// <summary>Under the gate. Honest data goes this way too, so the switches are looked at here and nowhere else.</summary>
    internal void Publish(string topic, ReadOnlySpan<byte> utf8)
    {
        if (Faults.IsSilent(topic)) return;
        var subscribers = Topics.Subscribers(topic);
        if (subscribers.Length == 0) return;
        Sent?.Invoke(topic, utf8);
        foreach (var connection in subscribers) SendData(connection, topic, utf8);
    }

    internal void SendData(Connection connection, string topic, ReadOnlySpan<byte> utf8)
    {
        if (Faults.IsSilent(topic) || connection.Dead.Contains(topic)) return;
        var now = Now;
        var dueAt = _queue.DueAt(now) + TimeSpan.FromMilliseconds(Faults.DelayMs(topic));
        if (dueAt <= now)
        {
            connection.SendText(utf8);
            return;
        }
        var copy = utf8.ToArray();
        Agenda.Add(dueAt, () => connection.SendText(copy));
    }

    /// <summary>What a sender of very many frames calls before each, never under the gate.</summary>
    internal void WaitForReaders(string topic)
    {
        Connection[] readers;
        lock (_gate) readers = Topics.Subscribers(topic);
        foreach (var reader in readers) reader.WaitForRoom(_bulkWaitLimit);
    }

    private void EndAll(HangUp ending, ushort? code, string? reason)
    {
        foreach (var connection in OpenConnections()) connection.End(ending, code, reason);
    }

    private static async Task WriteHugeAsync(Stream stream, long totalBytes, bool endlessFragments, CancellationToken stop)
    {
        var chunk = new byte[HugeChunkBytes];
        Array.Fill(chunk, (byte)'x');
        var header = new byte[RawFrames.HeaderMaxBytes];
        var code = RawFrames.TextCode;
        if (!endlessFragments)
        {
            await stream.WriteAsync(header.AsMemory(0, RawFrames.WriteHeader(header, RawFrames.Fin | RawFrames.TextCode, totalBytes)), stop).ConfigureAwait(false);
        }
        for (long sent = 0; sent < totalBytes; sent += HugeChunkBytes)
        {
            if (endlessFragments)
            {
                await stream.WriteAsync(header.AsMemory(0, RawFrames.WriteHeader(header, code, HugeChunkBytes)), stop).ConfigureAwait(false);
                code = RawFrames.ContinuationCode;
            }
            await stream.WriteAsync(chunk, stop).ConfigureAwait(false);
        }
    }
}

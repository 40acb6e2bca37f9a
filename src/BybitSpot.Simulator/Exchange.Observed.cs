namespace BybitSpot.Simulator;

/// <summary>A data frame's topic and text; the text is the exchange's own buffer and only good during the call.</summary>
public delegate void FrameObserver(string topic, ReadOnlySpan<byte> utf8);

// What the exchange shows, told to whoever keeps a record of it. Told before the bytes leave, so that no client can know of a
// price that the record does not hold; what silence keeps back is not told.
public sealed partial class Exchange
{
    /// <summary>Called for each data frame that has subscribers, under the exchange's lock: it must not block. Set it before the first client.</summary>
    public FrameObserver? Sent { get; set; }

    /// <summary>Called with the target and the body of each REST answer of status 200, before it leaves, on any thread.</summary>
    public Action<string, string>? Answered { get; set; }

    /// <summary>Under the gate: what one new subscriber alone is shown.</summary>
    internal void SendSnapshot(Connection connection, string topic, ReadOnlySpan<byte> utf8)
    {
        if (!Faults.IsSilent(topic)) Sent?.Invoke(topic, utf8);
        SendData(connection, topic, utf8);
    }
}

namespace BybitSpot.Simulator;

/// <summary>One TCP connection that asked for an upgrade (or was ended before it could: <see cref="ExchangeFaults.OnAccept"/>).</summary>
/// <param name="Number">Counts from 1, in the order of asking.</param>
/// <param name="AcceptedAt">Monotonic, since the exchange's start.</param>
/// <param name="Upgraded">Whether it was answered 101.</param>
/// <param name="ClosedAt">Null while open.</param>
/// <param name="Topics">What it is, or at its end was, subscribed to, in order.</param>
public sealed record ConnectionRecord(int Number, TimeSpan AcceptedAt, bool Upgraded, TimeSpan? ClosedAt, IReadOnlyList<string> Topics);

/// <summary>One text message from a client.</summary>
public sealed record RequestRecord(int Connection, TimeSpan At, string Text);

/// <summary>The same as <see cref="ConnectionRecord"/> while it still changes; guarded by the exchange's gate.</summary>
internal sealed class ConnectionEntry(int number, TimeSpan acceptedAt)
{
    public int Number { get; } = number;

    public TimeSpan AcceptedAt { get; } = acceptedAt;

    public bool Upgraded { get; set; }

    public TimeSpan? ClosedAt { get; set; }

    public List<string> Topics { get; } = [];

    public ConnectionRecord ToRecord() => new(Number, AcceptedAt, Upgraded, ClosedAt, [.. Topics]);
}

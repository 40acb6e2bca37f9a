// What a line shows of itself to whoever judges how fresh its coins are, and what it is told of that. One for each line, kept
// over its connections. The line's thread writes; any thread reads.
using System.Collections.Frozen;

namespace BybitSpot.Feed;

internal sealed class LineWatch
{
    private volatile bool _isConnected, _isMute;
    private volatile IReadOnlyDictionary<int, string> _refused = FrozenDictionary<int, string>.Empty;

    /// <summary>Coin by coin, on the present connection.</summary>
    public LastHeard LastHeard { get; } = new();

    public bool IsConnected
    {
        get => _isConnected;
        set => _isConnected = value;
    }

    /// <summary>Connected, and its pings are answered, but no data comes, not even when asked for.</summary>
    public bool IsMute
    {
        get => _isMute;
        set => _isMute = value;
    }

    /// <summary>Coins of which every topic is refused, each with the exchange's reason.</summary>
    public IReadOnlyDictionary<int, string> Refused
    {
        get => _refused;
        set => _refused = value;
    }
}

/// <summary>When REST last showed that all prices stand as they do here: then silence is a quiet market. Any thread.</summary>
internal sealed class Acquittal(TimeProvider time)
{
    /// <summary>How long it is worth something.</summary>
    public static readonly TimeSpan HoldsFor = TimeSpan.FromSeconds(15);

    private long _givenAt;

    public void Give() => Volatile.Write(ref _givenAt, time.GetTimestamp());

    public bool Holds => Volatile.Read(ref _givenAt) is var at && at != 0 && time.GetElapsedTime(at) <= HoldsFor;
}

/// <summary>What all lines share.</summary>
internal sealed record LineParts(Arbitration Arbitration, FailureBudget Budget, Signals.AnchoredClock Clock, Acquittal Acquittal)
{
    public NewestTime Newest { get; } = new();

    /// <summary>Where goes what is known of coins beside their prices; null: it was not asked for.</summary>
    public DetailsIntake? Details { get; init; }

    /// <summary>Asked before a line connects: whether the exchange lets the process.</summary>
    public ConnectPace Pace { get; init; } = new();

    /// <summary>Asked before a line connects: whether there are descriptors.</summary>
    public Signals.Reserve Reserve { get; init; } = Signals.Reserve.Unlimited;
}

/// <summary>The newest time of the exchange's that any line has accepted. Any thread.</summary>
internal sealed class NewestTime
{
    private long _ms;

    /// <summary>0 if there is none yet.</summary>
    public long Ms => Volatile.Read(ref _ms);

    public void Raise(long ms)
    {
        long seen = Ms;
        while (ms > seen)
            seen = Interlocked.CompareExchange(ref _ms, ms, seen) is var found && found == seen ? ms : found;
    }
}

/// <summary>Why a connection was followed by another.</summary>
internal enum ReconnectCause : byte
{
    ConnectFailed,
    Refused,
    Closed,
    NetworkFailed,
    ProtocolBroken,
    NoPong,
    NoAck,
    AllRefused,
    NoFirstTicker,
    Mute,
    DeadTopic,
}

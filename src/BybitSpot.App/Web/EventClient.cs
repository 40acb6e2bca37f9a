using System.Buffers;

namespace BybitSpot.App;

/// <summary>One client of /events, and how far it has been told. One request's own.</summary>
/// <param name="coins">Those that it wants; null: all.</param>
internal sealed class EventClient(EventHub hub, IReadOnlySet<string>? coins, bool trail) : IDisposable
{
    /// <summary>A client that takes nothing for so long is sent away.</summary>
    public static readonly TimeSpan SlowMax = TimeSpan.FromSeconds(20);

    /// <summary>How long browsers wait before they come again.</summary>
    private static ReadOnlySpan<byte> Retry => "retry: 2000\n\n"u8;

    private long _seen;

    /// <summary>It took nothing for too long.</summary>
    public bool TooSlow { get; set; }

    /// <summary>Writes what it has not been told yet; false: nothing.</summary>
    public bool Tell(IBufferWriter<byte> output)
    {
        if (_seen == 0)
            output.Write(Retry);
        long seen = hub.Tell(output, _seen, coins, trail);
        if (seen == _seen)
            return false;
        _seen = seen;
        return true;
    }

    /// <summary>Ends when there is more to tell.</summary>
    public Task More() => hub.After(_seen);

    public void Dispose() => hub.Leave(TooSlow);
}

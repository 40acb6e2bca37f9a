// Looks at the coins file's content, not at its name or times: so an atomic rename, vim's rename and the swap of a
// Kubernetes `..data` link are all the same to it, and the same bytes are never loaded twice. One thread at a time.
namespace BybitSpot.App;

internal enum CoinsLook
{
    /// <summary>Nothing that was not seen before.</summary>
    Same,

    /// <summary>A new list.</summary>
    Loaded,

    /// <summary>No list, and not yet told so.</summary>
    Rejected,
}

/// <param name="builtIn">What stands in place of a file; then the path is only its name.</param>
/// <param name="tick">Called each time the waiting thread wakes while the disk is waited for, at least every 200 ms.</param>
internal sealed class CoinsReading(string path, TimeProvider time, Action? tick = null, byte[]? builtIn = null)
{
    /// <summary>A bad content is believed to be finished, and told, only once it has stood this long: until then somebody is writing.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    private readonly PatientReader _reader = new(path, CoinsFile.BytesMax, time);
    private byte[]? _lastGood;
    private byte[]? _lastBad;
    private string? _lastUnreadable;
    private bool _badTold;
    private long _badSince;
    private long? _unlinkedSince;

    public string Path => path;

    public bool IsFile => builtIn is null;

    /// <summary>How long until a bad content has stood long enough to be told; null when there is none.</summary>
    public TimeSpan? Settling => _badTold || (_lastBad is null && _lastUnreadable is null) ? null : Left();

    /// <summary>
    /// The path shows a file that has no name any more, and no save of it will ever be seen: it alone is mounted here, and outside
    /// another has taken its name.
    /// </summary>
    public bool IsCutOff => _unlinkedSince is { } since && time.GetElapsedTime(since) >= Settle;

    /// <summary>Reads the file and says what is new about it.</summary>
    /// <param name="again">Take and tell also what was seen before.</param>
    /// <param name="file">The list, or the error.</param>
    public CoinsLook Look(bool again, out CoinsFile? file)
    {
        file = null;
        FileContent read = builtIn is null ? _reader.Read(tick) : new FileContent(builtIn, builtIn.Length);
        _unlinkedSince = read.IsUnlinked ? _unlinkedSince ?? time.GetTimestamp() : null;
        if (read.Trouble is { } trouble)
            return Bad(known: _lastUnreadable == trouble, null, trouble, CoinsFile.Wrong(1, $"it {trouble}"), again, out file);
        ReadOnlySpan<byte> content = read.Span;
        if (!again && _lastGood is not null && content.SequenceEqual(_lastGood))
        {
            Forget();
            return CoinsLook.Same;
        }
        bool knownBad = _lastBad is not null && content.SequenceEqual(_lastBad);
        if (!again && knownBad && _badTold)
            return CoinsLook.Same;
        CoinsFile parsed = CoinsFile.Parse(content);
        if (parsed.Error is not null)
            return Bad(knownBad, knownBad ? _lastBad : content.ToArray(), null, parsed, again, out file);
        Forget();
        _lastGood = content.ToArray();
        file = parsed;
        return CoinsLook.Loaded;
    }

    private CoinsLook Bad(bool known, byte[]? content, string? unreadable, CoinsFile described, bool again, out CoinsFile? file)
    {
        file = null;
        if (!known)
            (_lastBad, _lastUnreadable, _badTold, _badSince) = (content, unreadable, false, time.GetTimestamp());
        if (!again && (_badTold || Left() > TimeSpan.Zero))
            return CoinsLook.Same;
        _badTold = true;
        file = described;
        return CoinsLook.Rejected;
    }

    private TimeSpan Left()
    {
        TimeSpan left = Settle - time.GetElapsedTime(_badSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Forget() => (_lastBad, _lastUnreadable, _badTold) = (null, null, false);
}

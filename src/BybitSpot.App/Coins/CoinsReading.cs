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

/// <param name="tick">Called each time the waiting thread wakes while the disk is waited for, at least every 200 ms.</param>
internal sealed class CoinsReading(string path, TimeProvider time, Action? tick = null)
{
    /// <summary>A bad content is believed to be finished, and told, only once it has stood this long: until then somebody is writing.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

    // Reused: the file is read every second for as long as the program runs.
    private byte[] _buffer = new byte[4 * 1024];
    private byte[]? _lastGood;
    private byte[]? _lastBad;
    private string? _lastUnreadable;
    private bool _badTold;
    private long _badSince;

    public string Path => path;

    /// <summary>How long until a bad content has stood long enough to be told; null when there is none.</summary>
    public TimeSpan? Settling => _badTold || (_lastBad is null && _lastUnreadable is null) ? null : Left();

    /// <summary>Reads the file and says what is new about it.</summary>
    /// <param name="again">Take and tell also what was seen before.</param>
    /// <param name="file">The list, or the error.</param>
    public CoinsLook Look(bool again, out CoinsFile? file)
    {
        file = null;
        tick?.Invoke();
        int length = Read(out string unreadable);
        ReadOnlySpan<byte> content = _buffer.AsSpan(0, Math.Max(length, 0));
        if (length < 0)
            return Bad(known: _lastUnreadable == unreadable, null, unreadable, CoinsFile.Wrong(1, unreadable), again, out file);
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

    /// <summary>The content's length in the buffer, or -1 and why it cannot be had.</summary>
    private int Read(out string unreadable)
    {
        unreadable = "";
        try
        {
            using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            int length = 0;
            while (true)
            {
                int count = RandomAccess.Read(handle, _buffer.AsSpan(length), length);
                length += count;
                // One byte more than is allowed is enough for the parser to say that it is too large.
                if (count == 0 || length > CoinsFile.BytesMax)
                    return length;
                if (length == _buffer.Length)
                    Array.Resize(ref _buffer, Math.Min(_buffer.Length * 2, CoinsFile.BytesMax + 1));
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            unreadable = Directory.Exists(path) ? "it is a directory"
                : failure is FileNotFoundException or DirectoryNotFoundException ? "it does not exist"
                : "it cannot be read";
            return -1;
        }
    }
}

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

internal sealed class CoinsReading(string path, TimeProvider time)
{
    /// <summary>A bad content is believed to be finished, and told, only once it has stood this long: until then somebody is writing.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(250);

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
        byte[]? content = Read(out string unreadable);
        if (content is null)
            return Bad(null, unreadable, again, () => CoinsFile.Wrong(1, unreadable), out file);
        if (!again && _lastGood is not null && content.AsSpan().SequenceEqual(_lastGood))
        {
            Forget();
            return CoinsLook.Same;
        }
        if (!again && _badTold && _lastBad is not null && content.AsSpan().SequenceEqual(_lastBad))
            return CoinsLook.Same;
        CoinsFile parsed = CoinsFile.Parse(content);
        if (parsed.Error is not null)
            return Bad(content, null, again, () => parsed, out file);
        Forget();
        _lastGood = content;
        file = parsed;
        return CoinsLook.Loaded;
    }

    private CoinsLook Bad(byte[]? content, string? unreadable, bool again, Func<CoinsFile> describe, out CoinsFile? file)
    {
        file = null;
        bool known = unreadable == _lastUnreadable
            && (content is null ? _lastBad is null : _lastBad is not null && content.AsSpan().SequenceEqual(_lastBad));
        if (!known)
        {
            (_lastBad, _lastUnreadable, _badTold, _badSince) = (content, unreadable, false, time.GetTimestamp());
            if (!again)
                return CoinsLook.Same;
        }
        if (!again && (_badTold || Left() > TimeSpan.Zero))
            return CoinsLook.Same;
        _badTold = true;
        file = describe();
        return CoinsLook.Rejected;
    }

    private TimeSpan Left()
    {
        TimeSpan left = Settle - time.GetElapsedTime(_badSince);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Forget() => (_lastBad, _lastUnreadable, _badTold) = (null, null, false);

    /// <summary>The content, or null and why it cannot be had.</summary>
    private byte[]? Read(out string unreadable)
    {
        unreadable = "";
        try
        {
            using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            // One byte more than is allowed, so that the parser can say that it is too large.
            byte[] content = new byte[Math.Min(RandomAccess.GetLength(handle), CoinsFile.BytesMax) + 1];
            int length = 0, count;
            while (length < content.Length && (count = RandomAccess.Read(handle, content.AsSpan(length), length)) > 0)
                length += count;
            Array.Resize(ref content, length);
            return content;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            unreadable = Directory.Exists(path) ? "it is a directory"
                : failure is FileNotFoundException or DirectoryNotFoundException ? "it does not exist"
                : "it cannot be read";
            return null;
        }
    }
}

// The frames of one file of a recording, in order. One thread; reuses its buffers. What must stay true: a last line that is torn ends it
// quietly; a line that is damaged is counted and passed over; of a compressed file that is damaged reading goes on at the next minute that
// the index knows. However one gets to a place, by the index or by reading on, the frames from there on are the same.
namespace BybitSpot.App;

internal sealed class RecordedFile : IDisposable
{
    /// <summary>A longer line is damaged: the longest message, every byte of it escaped, has less than half of it.</summary>
    public const int LineBytesMax = 16 * 1024 * 1024;

    private const int BufferBytesFirst = 64 * 1024, MessageBytesFirst = 4 * 1024;

    private readonly IReadOnlyList<RecordMinute> _minutes;
    private RecordedBytes _bytes;
    private byte[] _buffer = new byte[BufferBytesFirst], _message = new byte[MessageBytesFirst];
    private int _start, _end;
    private bool _skips, _wasDamaged, _endTold;
    private long _lastUs;

    private RecordedFile(string path, RecordedBytes bytes, IReadOnlyList<RecordMinute> minutes) => (Path, _bytes, _minutes) = (path, bytes, minutes);

    public string Path { get; }

    /// <summary>Lines that could not be used, a damaged stretch of a compressed file counted as one.</summary>
    public long Damaged { get; private set; }

    /// <summary>How far into the file it has come, in bytes.</summary>
    public long Read => _bytes.Read;

    /// <summary>The message of the frame that was taken last.</summary>
    public ReadOnlySpan<byte> Message => _message;

    /// <param name="fromUs">What was received before need not be read; whoever takes frames leaves out what comes nevertheless.</param>
    /// <exception cref="RecordingException">It cannot be read.</exception>
    public static RecordedFile Open(string path, long fromUs = 0) => Reading(path, () => OpenAt(path, fromUs));

    private static RecordedFile OpenAt(string path, long fromUs)
    {
        IReadOnlyList<RecordMinute> minutes = path == RecordName.Output ? [] : RecordIndex.Of(path);
        int at = -1;
        while (at + 1 < minutes.Count && minutes[at + 1].AtUs <= fromUs)
            at++;
        for (; at >= 0 && minutes[at].Offset > 0; at--)
        {
            var file = new RecordedFile(path, RecordedBytes.Open(path, minutes[at].Offset), minutes);
            if (file.TryPeek(out RecordedFrame first) && first.AtUs == minutes[at].AtUs)
                return file;
            file.Dispose();
        }
        return new RecordedFile(path, RecordedBytes.Open(path, 0), minutes);
    }

    /// <summary>When its first frame was received; null: it has none.</summary>
    public static long? FirstAtUs(string path)
    {
        using RecordedFile file = Open(path);
        return file.Next(out RecordedFrame frame) ? frame.AtUs : null;
    }

    /// <summary>The next frame; false at the end.</summary>
    /// <exception cref="RecordingException">It cannot be read.</exception>
    public bool Next(out RecordedFrame frame)
    {
        try
        {
            return NextFrame(out frame);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RecordingException($"{Path}: {e.Message}");
        }
    }

    private bool NextFrame(out RecordedFrame frame)
    {
        while (NextLine(out int length, out bool isCut))
        {
            bool isEmpty = _buffer.AsSpan(_start, length).IndexOfAnyExcept(" \t\r"u8) < 0;
            bool isGood = TryParse(length, out frame);
            _start += length + (isCut ? 0 : 1);
            if (isEmpty)
                continue;
            if (isGood)
            {
                _lastUs = Math.Max(_lastUs, frame.AtUs);
                Damaged += _wasDamaged ? 1 : 0;
                _wasDamaged = false;
                return true;
            }
            // What was being written when the program was killed.
            if (!isCut)
                Damaged++;
        }
        frame = default;
        return false;
    }

    public void Dispose() => _bytes.Dispose();

    private static T Reading<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RecordingException($"{path}: {e.Message}");
        }
    }

    // The first frame from here, which is taken nevertheless by whoever asks next.
    private bool TryPeek(out RecordedFrame frame)
    {
        frame = default;
        return NextLine(out int length, out _) && TryParse(length, out frame);
    }

    private bool TryParse(int length, out RecordedFrame frame)
    {
        if (_message.Length < length)
            _message = new byte[Math.Max(length, 2 * _message.Length)];
        return RecordedFrame.TryParse(_buffer.AsSpan(_start, length), _message, out frame);
    }

    // A line's place is _start; it is the buffer's until the next call.
    private bool NextLine(out int length, out bool isCut)
    {
        isCut = false;
        int searched = 0;
        while (true)
        {
            int newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            length = searched + newline;
            if (newline >= 0 && !_skips)
                return true;
            if (newline >= 0)
            {
                _start += length + 1;
                (_skips, searched) = (false, 0);
                continue;
            }
            searched = _end - _start;
            if (searched >= LineBytesMax || (_skips && searched > 0))
            {
                Damaged += _skips ? 0 : 1;
                _skips = true;
                _start = _end = searched = 0;
            }
            MakeRoom();
            int read = _bytes.Take(_buffer.AsSpan(_end));
            _end += read;
            if (read > 0)
                continue;
            if (GoOnBehindDamage())
            {
                searched = 0;
                continue;
            }
            length = _end - _start;
            isCut = true;
            return length > 0 && !_skips;
        }
    }

    private void MakeRoom()
    {
        if (_start > 0)
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
            Array.Resize(ref _buffer, 2 * _buffer.Length);
    }

    // A compressed file can end before its bytes do, where it is damaged: the next minute that the index knows is tried. Whether that
    // was damage or a file that was cut off shows by what comes there.
    private bool GoOnBehindDamage()
    {
        // A line that lacks its newline alone is taken first.
        if (!_bytes.IsCompressed || (_end > _start && !_skips && TryParse(_end - _start, out _)))
            return false;
        foreach (RecordMinute minute in _minutes)
        {
            if (minute.AtUs <= _lastUs || minute.Offset <= 0 || minute.Offset >= _bytes.Length)
                continue;
            _bytes.Dispose();
            _bytes = RecordedBytes.Open(Path, minute.Offset);
            _start = _end = 0;
            (_skips, _wasDamaged) = (false, true);
            // Not again to the same place, whatever stands there.
            _lastUs = minute.AtUs;
            return true;
        }
        Damaged += _bytes.IsDamaged && !_endTold ? 1 : 0;
        _endTold = true;
        return false;
    }
}

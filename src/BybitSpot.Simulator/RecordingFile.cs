using System.IO.Compression;
using ZstdSharp;

namespace BybitSpot.Simulator;

// A recording: a JSON object a line, in order of time.
//   {"dir":"in","recv_ts":1786310819.526044,"raw":"{\"topic\":\"tickers.BTCUSDT\",…}"}
// Compressed by gzip, by zstd or not. Read twice, never held: the scan checks every line and keeps the topics and each one's first ticker; the
// playback streams. So a file of any size needs the memory of its longest line. A last line without a newline that is broken was cut off
// and is left out with a warning; a broken line anywhere else is an error.
internal sealed class RecordingFile
{
    private const int LineMaxBytes = 16 * 1024 * 1024;

    private readonly string _path;

    private RecordingFile(string path) => _path = path;

    public HashSet<string> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>By tickers topic: its first frame with a price, which REST shows until one is played.</summary>
    public Dictionary<string, byte[]> FirstTickers { get; } = new(StringComparer.Ordinal);

    /// <summary>When the first and the last frame to be played were received, in Unix microseconds.</summary>
    public long FirstAtUs { get; private set; }

    public long LastAtUs { get; private set; }

    public long Frames { get; private set; }

    public string? Warning { get; private set; }

    public static RecordingFile Scan(string path)
    {
        var recording = new RecordingFile(path);
        foreach (var frame in recording.Read(stopAtCutLine: false))
        {
            if (recording.Frames++ == 0) recording.FirstAtUs = frame.AtUs;
            recording.LastAtUs = Math.Max(recording.LastAtUs, frame.AtUs);
            recording.Topics.Add(frame.Topic);
            if (frame.IsTicker && !recording.FirstTickers.ContainsKey(frame.Topic) && RecordedLine.LastPriceOf(frame.Raw) is not null) recording.FirstTickers.Add(frame.Topic, frame.Raw.ToArray());
        }
        if (recording.Frames == 0) throw new SimulationException($"{path}: no frame with a topic came in");
        return recording;
    }

    /// <summary>The frames to play, in order. A frame's bytes are valid until the next one is asked for.</summary>
    public IEnumerable<RecordedFrame> Read() => Read(stopAtCutLine: true);

    private IEnumerable<RecordedFrame> Read(bool stopAtCutLine)
    {
        var raw = new byte[4096];
        var number = 0L;
        using var lines = Open();
        while (lines.Next(out var isCut) is { } line)
        {
            number++;
            if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            if (line.Length > raw.Length) raw = new byte[line.Length * 2];
            var why = RecordedLine.TryParse(line.Span, raw, out var parsed);
            if (why is not null && isCut)
            {
                if (!stopAtCutLine) Warning = $"{_path}:{number}: the last line is cut off and left out";
                yield break;
            }
            if (why is not null) throw new SimulationException($"{_path}:{number}: {why}");
            if (!parsed.IsIncoming) continue;
            // Acks and pongs have no topic: the simulator makes its own.
            if (RecordedLine.TopicOf(raw.AsSpan(0, parsed.RawBytes)) is not { } topic) continue;
            yield return new RecordedFrame(parsed.AtUs, topic, raw.AsMemory(0, parsed.RawBytes));
        }
    }

    private LineReader Open()
    {
        try
        {
            return new LineReader(_path, LineMaxBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SimulationException($"{_path}: {e.Message}");
        }
    }
}

internal readonly record struct RecordedFrame(long AtUs, string Topic, ReadOnlyMemory<byte> Raw)
{
    public bool IsTicker => Topic.StartsWith("tickers.", StringComparison.Ordinal);

    /// <summary>Each is a snapshot.</summary>
    public bool IsBestBook => Topic.StartsWith(Simulator.Topic.BestBook, StringComparison.Ordinal);
}

/// <summary>Lines of bytes, without the newline; reuses one buffer.</summary>
internal sealed class LineReader(string path, int lineMaxBytes) : IDisposable
{
    private readonly Stream _file = Open(path);
    private byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;
    private long _number;

    /// <summary>Null at the end. Cut: the file ended before a newline.</summary>
    public ReadOnlyMemory<byte>? Next(out bool isCut)
    {
        isCut = false;
        var searched = 0;
        while (true)
        {
            var newline = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var line = _buffer.AsMemory(_start, searched + newline);
                _start += line.Length + 1;
                _number++;
                return line;
            }
            searched = _end - _start;
            _buffer.AsSpan(_start, searched).CopyTo(_buffer);
            (_start, _end) = (0, searched);
            if (_end == _buffer.Length)
            {
                if (_end >= lineMaxBytes) throw new SimulationException($"{path}:{_number + 1}: longer than {lineMaxBytes} bytes");
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
            var read = Read(_buffer.AsSpan(_end));
            _end += read;
            if (read > 0) continue;
            if (_end == 0) return null;
            isCut = true;
            var last = _buffer.AsMemory(0, _end);
            _end = 0;
            return last;
        }
    }

    public void Dispose() => _file.Dispose();

    // By its first bytes, whatever it is called.
    private static Stream Open(string path)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> head = stackalloc byte[4];
        if (!file.CanSeek) return file;
        var known = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        file.Position = 0;
        return known is [0x1F, 0x8B, ..] ? new GZipStream(file, CompressionMode.Decompress)
            : known is [0x28, 0xB5, 0x2F, 0xFD] ? new DecompressionStream(file, leaveOpen: false)
            : file;
    }

    // A compressed file that was cut off ends where it cannot be read any more.
    private int Read(Span<byte> into)
    {
        try
        {
            return _file.Read(into);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdException)
        {
            return 0;
        }
    }
}

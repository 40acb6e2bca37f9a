// Takes lines from any thread and writes them on a thread of its own. What must stay true: adding a line never waits for the
// writing, whatever stderr does (blocked, closed, on a full disk); memory is bounded; lines that were lost are counted, and
// the count is told in the log as soon as it moves again.
using BybitSpot.Signals;

namespace BybitSpot.App;

internal sealed class LineQueue
{
    /// <summary>Most bytes that wait to be written; a line that would go beyond it is dropped.</summary>
    public const int BytesMax = 1024 * 1024;

    /// <summary>Most lines that wait to be written.</summary>
    public const int LinesMax = 4_096;

    /// <summary>Most bytes in one write.</summary>
    private const int BatchBytes = 64 * 1024;

    private readonly Stream _output;
    private readonly Func<long, byte[]> _describeLost;
    private readonly object _gate = new();
    private readonly Queue<byte[]> _lines = new();
    private readonly Thread _thread;
    private int _bytes;
    private long _lost;
    private bool _writing;
    private bool _stopping;

    /// <param name="output">Where the lines go; may block or throw.</param>
    /// <param name="describeLost">Makes the line that tells how many were lost.</param>
    public LineQueue(Stream output, Func<long, byte[]> describeLost)
    {
        _output = output;
        _describeLost = describeLost;
        _thread = OwnThread.Start("log", Run, static (_, _) => { });
    }

    /// <summary>Lines lost and not yet told.</summary>
    public long Lost
    {
        get
        {
            lock (_gate)
                return _lost;
        }
    }

    public void Add(byte[] line)
    {
        lock (_gate)
        {
            if (_stopping || _lines.Count >= LinesMax || _bytes + line.Length > BytesMax)
            {
                _lost++;
                return;
            }
            _lines.Enqueue(line);
            _bytes += line.Length;
            if (!_writing)
                Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all that was added so far is written, or until the limit.</summary>
    public bool Flush(TimeSpan limit, TimeProvider time)
    {
        long start = time.GetTimestamp();
        lock (_gate)
        {
            while (_lines.Count > 0 || _writing)
            {
                TimeSpan left = limit - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_gate, left))
                    return _lines.Count == 0 && !_writing;
            }
            return true;
        }
    }

    /// <summary>Takes no more lines, and lets the thread end when it has written what there is.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run()
    {
        byte[] batch = new byte[BatchBytes];
        while (Take(ref batch, out int length, out int lines, out long lost))
        {
            bool written = TryWrite(lost > 0 ? _describeLost(lost) : []) && TryWrite(batch.AsSpan(0, length));
            lock (_gate)
            {
                _writing = false;
                if (!written)
                    _lost += lines + lost;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private bool Take(ref byte[] batch, out int length, out int lines, out long lost)
    {
        (length, lines, lost) = (0, 0, 0);
        lock (_gate)
        {
            while (_lines.Count == 0)
            {
                if (_stopping)
                    return false;
                Monitor.Wait(_gate, TimeSpan.FromMinutes(1));
            }
            while (_lines.TryPeek(out byte[]? line) && (lines == 0 || length + line.Length <= BatchBytes))
            {
                if (line.Length > batch.Length)
                    batch = new byte[line.Length];
                line.CopyTo(batch.AsSpan(length));
                length += line.Length;
                lines++;
                _lines.Dequeue();
            }
            _bytes -= length;
            (lost, _lost) = (_lost, 0);
            _writing = true;
            return true;
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _output.Write(bytes);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is no place left to tell it; the count is told when writing works again.
            return false;
        }
    }
}

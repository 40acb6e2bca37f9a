// Writes what the stream says and what was asked of it into files, on a thread of its own, `record`. The lines only leave a copy in the
// queue. What must stay true: nothing that a disk does holds up the feed; what came is the system's within a second; a file ends at a line,
// or, if the program was killed, at worst within one; a disk that takes no more ends the recording, is told once, and ends nothing else.
using BybitSpot.Signals;
using Microsoft.Extensions.Logging;

namespace BybitSpot.App;

/// <param name="thread">Its own.</param>
internal sealed class Recorder(RecordOptions options, TimeProvider time, ILogger log, string thread = "record")
{
    /// <summary>
    /// How long a message waits for being written and handed to the system, at most. As near to the second that is promised as a busy
    /// machine allows: each waking finds the compressor's tables gone from the processor's cache.
    /// </summary>
    public static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(800);

    /// <summary>How often it is told that messages are dropped.</summary>
    public static readonly TimeSpan TellDropsEvery = TimeSpan.FromSeconds(10);

    /// <summary>How long stopping waits for what is still to be written.</summary>
    public static readonly TimeSpan StopLimit = TimeSpan.FromMilliseconds(600);

    /// <summary>Lines are written in pieces of about so many bytes.</summary>
    private const int PieceBytes = 64 * 1024;

    /// <summary>Highest number in a file's name.</summary>
    private const int FilesMax = 1_000_000;

    private const long MinuteUs = 60_000_000;

    private readonly FrameQueue _queue = new();
    private readonly RecordClock _clock = new(time.TimestampFrequency);
    private readonly ManualResetEvent _begun = new(false), _ended = new(false);
    private RecordFile? _file;
    private byte[] _lines = new byte[2 * PieceBytes];
    private int _used, _number = -1;
    private long _minute, _period, _toldAt, _toldDrops, _bytesBefore;
    private volatile bool _stopping;

    /// <summary>What it has come to; for others once it has ended.</summary>
    public RecordTotals Totals { get; } = new();

    /// <summary>Set when it has ended, by itself or not.</summary>
    public WaitHandle Ended => _ended;

    /// <summary>Where the standard output is meant; for tests.</summary>
    internal Func<Stream> Output { get; init; } = () => StandardStreams.Output;

    /// <summary>For the lines. Any thread.</summary>
    public void Tap(int line, bool incoming, long at, ReadOnlySpan<byte> text) => _queue.Add(line, incoming, at, text);

    /// <summary>Begins; returns at once, whatever the disk does.</summary>
    public void Start(Action<string, Exception> died) => OwnThread.Start(thread, Run, died);

    /// <summary>Waits for the first file.</summary>
    /// <returns>False: it could not be made, which was told.</returns>
    public bool AwaitBegin() => WaitHandle.WaitAny([_begun, _ended]) == 0;

    /// <summary>Has it write what is there and end, and does not wait for that. The lines have ended before.</summary>
    public void BeginStop()
    {
        _stopping = true;
        _queue.Wake();
    }

    /// <summary>The same, and waits.</summary>
    /// <returns>Whether it has ended within the limit.</returns>
    public bool Stop()
    {
        BeginStop();
        return _ended.WaitOne(StopLimit);
    }

    private void Run()
    {
        try
        {
            _clock.Look(time.GetUtcNow(), time.GetTimestamp());
            Begin(time.GetUtcNow());
            _begun.Set();
            while (!_stopping)
            {
                _queue.Wait(Gather);
                Drain();
                Flush();
                TellDrops(time.GetTimestamp());
            }
            Drain();
            End();
            log.RecordingEnded(Totals.Messages, Totals.Files, Totals.Bytes, Totals.Dropped);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            Fail(e.Message);
        }
        finally
        {
            _ended.Set();
        }
    }

    private void Fail(string reason)
    {
        _queue.Close();
        Totals.Failure = reason;
        Totals.Dropped = _queue.Dropped;
        Totals.Bytes = _bytesBefore + (_file?.Bytes ?? 0);
        log.RecordingFailed(_file?.Path ?? options.Name.Of(time.GetUtcNow(), 0), reason);
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // It was the disk that ended it.
        }
        _file = null;
    }

    private void Drain()
    {
        ReadOnlySpan<byte> messages = _queue.TakeAll();
        while (FrameQueue.TryCut(ref messages, out FrameHead head, out ReadOnlySpan<byte> text))
            Take(head, text);
    }

    private void Take(in FrameHead head, ReadOnlySpan<byte> message)
    {
        long atUs = _clock.UsAt(head.At);
        if (IsFull(atUs))
        {
            End();
            Begin(DateTimeOffset.UnixEpoch.AddMicroseconds(atUs));
        }
        if (atUs / MinuteUs != _minute)
        {
            WriteLines();
            _minute = atUs / MinuteUs;
            _file!.BeginMinute(atUs);
        }
        Totals.Came(head.Incoming, atUs);
        FrameText.Add(ref _lines, ref _used, head.Line, head.Incoming, atUs, message);
        if (_used >= PieceBytes)
            WriteLines();
    }

    private bool IsFull(long atUs)
    {
        long period = PeriodOf(atUs);
        if (_minute == 0)
            _period = period;
        return _minute != 0 && (period != _period || _file!.Bytes + _used >= (options.SizeMax ?? long.MaxValue));
    }

    private long PeriodOf(long atUs) => options.Every is { } every ? atUs / (every.Ticks / TimeSpan.TicksPerMicrosecond) : 0;

    private void Begin(DateTimeOffset now)
    {
        _minute = 0;
        _period = PeriodOf((now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
        if (options.Name.IsOutput)
            _file = RecordFile.To(Output(), "stdout");
        // A number that was taken is not free again; where a time tells files apart it is seldom needed.
        int number = _number < 0 || options.Name.HasTime ? options.Name.FirstNumber(options.Rotates) : _number + 1;
        for (; _file is null; number++)
        {
            string name = options.Name.Of(now, number);
            if (number > FilesMax)
                throw new IOException($"{name}: there are more files of this name than {FilesMax}");
            _file = RecordFile.TryCreate(name, options.Name.Form);
            _number = number;
        }
        Totals.Begin(_file.Path);
        log.RecordingStarted(_file.Path);
    }

    private void End()
    {
        WriteLines();
        RecordFile file = _file!;
        file.Dispose();
        _bytesBefore += file.Bytes;
        Totals.Bytes = _bytesBefore;
        Totals.Dropped = _queue.Dropped;
        _file = null;
    }

    private void Flush()
    {
        WriteLines();
        _file!.Flush();
        _clock.Look(time.GetUtcNow(), time.GetTimestamp());
    }

    private void WriteLines()
    {
        if (_used > 0)
            _file!.Write(_lines.AsSpan(0, _used));
        _used = 0;
    }

    private void TellDrops(long now)
    {
        long dropped = _queue.Dropped;
        if (dropped == _toldDrops || (_toldDrops > 0 && time.GetElapsedTime(_toldAt, now) < TellDropsEvery))
            return;
        log.RecordingBehind(dropped - _toldDrops, dropped);
        (_toldDrops, _toldAt) = (dropped, now);
    }
}

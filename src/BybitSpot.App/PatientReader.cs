// Reads a file again and again on a thread of its own, so that a disk that doesn't answer (a network file system whose server is
// gone) holds up nobody but that thread. One thread asks at a time. What must stay true: an answer comes within AnswerWithin, if
// only that there is none; while the disk still owes one, nothing more is asked of it and nobody waits again.
using BybitSpot.Signals;

namespace BybitSpot.App;

/// <summary>Reads into a buffer that it may replace.</summary>
internal delegate FileContent ReadFile(ref byte[] buffer);

internal sealed class PatientReader(ReadFile read, TimeProvider time)
{
    /// <summary>How long the disk is given.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <summary>Longest time that who waits here does not wake.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(200);

    /// <summary>Without a question for so long the thread ends; the next one starts another.</summary>
    private static readonly TimeSpan s_idleFor = TimeSpan.FromSeconds(2);

    private readonly object _gate = new();
    private byte[] _buffer = [];
    private FileContent? _answer;
    private bool _owed, _hangs, _running;

    public PatientReader(string path, int bytesMax, TimeProvider time)
        : this((ref byte[] buffer) => OrdinaryFile.Read(path, bytesMax, ref buffer), time)
    {
    }

    /// <summary>Reads a file once.</summary>
    public static FileContent Once(string path, int bytesMax, TimeProvider time) => new PatientReader(path, bytesMax, time).Read();

    /// <param name="tick">Called each time the waiting thread wakes, at least every 200 ms.</param>
    /// <returns>The content; it lasts until the next question.</returns>
    public FileContent Read(Action? tick = null)
    {
        long start = time.GetTimestamp();
        lock (_gate)
        {
            if (!_owed)
                Ask();
            while (_answer is null)
            {
                TimeSpan left = AnswerWithin - time.GetElapsedTime(start);
                if (_hangs || left <= TimeSpan.Zero)
                {
                    _hangs = true;
                    return FileContent.Not($"cannot be read: its disk has not answered for {AnswerWithin.TotalSeconds:0} s");
                }
                Monitor.Wait(_gate, left < s_slice ? left : s_slice);
                tick?.Invoke();
            }
            FileContent answer = _answer.Value;
            (_answer, _owed, _hangs) = (null, false, false);
            return answer;
        }
    }

    private void Ask()
    {
        _owed = true;
        if (_running)
        {
            Monitor.PulseAll(_gate);
            return;
        }
        _running = true;
        try
        {
            StartThread();
        }
        catch (OutOfMemoryException)
        {
            // So .NET says that there is no descriptor or no memory left for a thread: as good as a file that can't be opened.
            (_running, _answer) = (false, FileContent.Not("cannot be read"));
        }
    }

    private void StartThread() =>
        OwnThread.Start("file", Run, (_, failure) => Answered(FileContent.Not($"cannot be read ({failure.Message})"), ended: true));

    private void Run()
    {
        while (true)
        {
            Answered(read(ref _buffer), ended: false);
            lock (_gate)
            {
                // Taken and asked for anew, or nobody comes any more.
                while (!_owed || _answer is not null)
                    if (!Monitor.Wait(_gate, s_idleFor))
                    {
                        _running = _owed && _answer is null;
                        if (!_running)
                            return;
                    }
            }
        }
    }

    private void Answered(FileContent answer, bool ended)
    {
        lock (_gate)
        {
            _answer = answer;
            _running &= !ended;
            Monitor.PulseAll(_gate);
        }
    }
}

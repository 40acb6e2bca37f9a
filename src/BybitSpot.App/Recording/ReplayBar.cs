using System.Globalization;

namespace BybitSpot.App;

/// <summary>How far a replay has come, in one line on a terminal that is written again and again.</summary>
internal sealed class ReplayBar
{
    private const int Width = 30;

    private static readonly TimeSpan s_every = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter _error;
    private readonly TimeProvider _time;
    private readonly long[] _before;
    private readonly long _bytes;
    private long _shownAt;
    private bool _shown;

    public ReplayBar(IReadOnlyList<string> files, TextWriter error, TimeProvider time)
    {
        (_error, _time) = (error, time);
        _before = new long[files.Count];
        for (int i = 0; i < files.Count; i++)
        {
            _before[i] = _bytes;
            _bytes += File.Exists(files[i]) ? new FileInfo(files[i]).Length : 0;
        }
    }

    /// <param name="file">Which one is played.</param>
    /// <param name="read">How much of it was read, in bytes.</param>
    public void Show(int file, long read, long messages)
    {
        long now = _time.GetTimestamp();
        if (_shown && _time.GetElapsedTime(_shownAt, now) < s_every)
            return;
        (_shown, _shownAt) = (true, now);
        double part = _bytes == 0 ? 0 : Math.Clamp((_before[file] + read) / (double)_bytes, 0, 1);
        int full = (int)(part * Width);
        _error.Write(string.Create(CultureInfo.InvariantCulture, $"\r{new string('#', full)}{new string('.', Width - full)} {100 * part,3:0} %  {messages} messages"));
        _error.Flush();
    }

    /// <summary>Takes the line away.</summary>
    public void Clear()
    {
        if (_shown)
            _error.Write("\r\u001b[K");
    }
}

// Where the log's lines go while a view is open: into its pane, and not onto the screen that it draws. Any thread. What must stay true:
// before and after, every line goes to stderr as ever; what was said meanwhile is not lost without a word: the pane keeps the last.
using System.Text;

namespace BybitSpot.App;

/// <param name="stderr">Where they go otherwise.</param>
internal sealed class LogPane(Stream stderr) : WriteOnlyStream
{
    /// <summary>More than any pane has room for.</summary>
    public const int LinesMax = 32;

    // As LogEntry writes the level, in text and in JSON.
    private static readonly string[] s_graveWords = ["WARN ", "ERROR", "\"level\":\"warn\"", "\"level\":\"error\""];

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new(), _grave = new();
    private bool _open;

    /// <summary>Called when a line has come; by the log's thread.</summary>
    public Action? Changed { get; set; }

    /// <summary>Newest last.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    /// <summary>From now on lines go to the pane alone.</summary>
    public void Hold()
    {
        lock (_gate)
            _open = true;
    }

    /// <summary>From now on they go to stderr again, and first of all what was grave meanwhile.</summary>
    public void Release()
    {
        string grave;
        lock (_gate)
        {
            _open = false;
            grave = string.Concat(_grave.Select(l => l + "\n"));
            _grave.Clear();
        }
        if (grave.Length > 0)
            stderr.Write(Encoding.UTF8.GetBytes(grave));
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        bool open;
        lock (_gate)
        {
            open = _open;
            foreach (string line in Encoding.UTF8.GetString(buffer).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                _lines.Enqueue(line);
                if (open && s_graveWords.Any(w => line.Contains(w, StringComparison.Ordinal)))
                    _grave.Enqueue(line);
            }
            while (_lines.Count > LinesMax)
                _lines.Dequeue();
            while (_grave.Count > LinesMax)
                _grave.Dequeue();
        }
        if (open)
            Changed?.Invoke();
        else
            stderr.Write(buffer);
    }

    public override void Flush() => stderr.Flush();
}

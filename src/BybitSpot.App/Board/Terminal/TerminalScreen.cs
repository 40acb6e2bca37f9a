// The terminal while a view is open: its alternate screen, its keys' settings, and what it shows. What must stay true: a frame is one
// write, of the lines that differ from what is there; however the view ends, also by a fault or while the process is stopped for a while
// (Ctrl-Z), the screen, the cursor and the settings are as they were; what ends at once waits for no terminal.
using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace BybitSpot.App;

internal sealed class TerminalScreen(Stream output, bool coloured) : IDisposable
{
    private const string EnterText = "\e[?1049h\e[?25l", LeaveText = "\e[?25h\e[?1049l", ClearText = "\e[0m\e[2J";

    /// <summary>Of a terminal that does not tell its size.</summary>
    private const int UsualWidth = 80, UsualHeight = 24;

    /// <summary>A wider or higher one gets a frame of that size.</summary>
    private const int WidthMax = 1_000, HeightMax = 500;

    private static readonly byte[] s_leave = Encoding.ASCII.GetBytes(LeaveText);

    private readonly AnsiCapabilities _capabilities = new() { Ansi = true, AlternateBuffer = true, ColorSystem = coloured ? ColorSystem.Standard : ColorSystem.NoColors };
    private readonly Lock _gate = new();
    private readonly TerminalKeys _keys = new();
    private string[] _shown = [];
    private (int Width, int Height) _size;
    private bool _entered, _suspended;

    /// <summary>Its keys.</summary>
    public TerminalKeys Keys => _keys;

    public static (int Width, int Height) Size
    {
        get
        {
            (int width, int height) = TerminalKeys.Size;
            return (Math.Min(width > 0 ? width : UsualWidth, WidthMax), Math.Min(height > 0 ? height : UsualHeight, HeightMax));
        }
    }

    public void Enter()
    {
        lock (_gate)
        {
            if (_entered)
                return;
            ProcessEnd.Before = Abandon;
            AppDomain.CurrentDomain.UnhandledException += OnFault;
            _entered = true;
            _keys.Take();
            Write(EnterText);
        }
    }

    /// <summary>Shows the lines, each from its row's beginning.</summary>
    public void Draw(IReadOnlyList<SegmentLine> lines, (int Width, int Height) size)
    {
        var text = new StringWriter();
        var ansi = new AnsiWriter(text, _capabilities);
        lock (_gate)
        {
            if (!_entered || _suspended)
                return;
            if (size != _size)
            {
                _shown = [];
                text.Write(ClearText);
            }
            _size = size;
            string[] now = [.. lines.Select(l => Encoded(l, size.Width))];
            for (int row = 0; row < now.Length; row++)
                if (row >= _shown.Length || now[row] != _shown[row])
                {
                    ansi.CursorPosition(row + 1, 1);
                    text.Write(now[row]);
                }
            if (_shown.Length > now.Length)
            {
                ansi.CursorPosition(now.Length + 1, 1);
                ansi.EraseInDisplay(0);
            }
            _shown = now;
            if (text.GetStringBuilder().Length > 0)
                Write(text.ToString());
        }
    }

    /// <summary>The next drawing is of all lines, on a screen that was cleared.</summary>
    public void Forget()
    {
        lock (_gate)
            (_shown, _size) = ([], default);
    }

    /// <summary>Before the process is stopped: the terminal belongs to the shell meanwhile.</summary>
    public void Suspend()
    {
        lock (_gate)
        {
            if (!_entered || _suspended)
                return;
            _suspended = true;
            _keys.PutBack();
            Write(LeaveText);
        }
    }

    /// <summary>The process goes on.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            if (!_entered)
                return;
            _keys.Take();
            if (_suspended)
                Write(EnterText);
            _suspended = false;
            (_shown, _size) = ([], default);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (!_entered)
                return;
            (_entered, ProcessEnd.Before) = (false, null);
            AppDomain.CurrentDomain.UnhandledException -= OnFault;
            _keys.PutBack();
            if (!_suspended)
                Write(LeaveText);
        }
    }

    /// <summary>At once, whoever holds the gate: a terminal that takes nothing must hold up no end.</summary>
    public void Abandon()
    {
        if (!_entered)
            return;
        _entered = false;
        _keys.PutBack();
        if (!_suspended)
            TerminalKeys.TryWrite(s_leave);
    }

    private void OnFault(object sender, UnhandledExceptionEventArgs fault) => Abandon();

    private string Encoded(SegmentLine line, int width)
    {
        var text = new StringWriter();
        var ansi = new AnsiWriter(text, _capabilities);
        int used = 0;
        foreach (Segment part in line)
        {
            ansi.Write(part.Text, part.Style);
            used += part.CellCount();
        }
        // Behind the last column, erasing takes away what stands in it.
        if (used < width)
            ansi.EraseInLine(0);
        return text.ToString();
    }

    private void Write(string text)
    {
        try
        {
            output.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The terminal is gone, which its keys tell, too.
        }
    }
}

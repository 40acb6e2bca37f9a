// The keys and the size of the terminal: on Linux by the kernel's own calls, elsewhere by the framework's console, which waits for a key
// as long as the process lives. One thread waits for keys. What must stay true: nobody else reads them meanwhile.
namespace BybitSpot.App;

internal sealed class TerminalKeys
{
    /// <summary>How soon a thread that waits sees that it is to end.</summary>
    private const int SliceMs = 200;

    /// <summary>Within it the rest of a sequence comes, over slow lines too.</summary>
    private const int RestMs = 50;

    private readonly LinuxTerminal? _linux = OperatingSystem.IsLinux() ? new LinuxTerminal() : null;
    private readonly KeyDecoder _decoder = new();

    /// <summary>Columns and lines; 0 where the terminal does not know.</summary>
    public static (int Width, int Height) Size => OperatingSystem.IsLinux() ? LinuxTerminal.Size : (System.Console.WindowWidth, System.Console.WindowHeight);

    public bool Any => OperatingSystem.IsLinux() ? _linux!.HasKeys : !System.Console.IsInputRedirected;

    public void Take()
    {
        if (OperatingSystem.IsLinux())
            _linux!.TakeKeys();
    }

    public void PutBack()
    {
        if (OperatingSystem.IsLinux())
            _linux!.PutBack();
    }

    /// <summary>Writes without waiting.</summary>
    public static void TryWrite(ReadOnlySpan<byte> text)
    {
        if (OperatingSystem.IsLinux())
            LinuxTerminal.TryWrite(text);
        else
            StandardStreams.Output.Write(text);
    }

    /// <summary>Hands over each key until somebody wants no more, or the terminal is gone.</summary>
    /// <returns>False: it is gone.</returns>
    public bool Read(Func<bool> ended, Action<ConsoleKeyInfo> press)
    {
        Span<byte> bytes = stackalloc byte[256];
        while (!ended())
        {
            if (!OperatingSystem.IsLinux())
            {
                press(System.Console.ReadKey(intercept: true));
                continue;
            }
            int count = _linux!.Read(bytes, _decoder.Waits ? RestMs : SliceMs);
            if (count < 0)
                return false;
            foreach (ConsoleKeyInfo key in count > 0 ? _decoder.Take(bytes[..count]) : _decoder.End())
                press(key);
        }
        return true;
    }
}

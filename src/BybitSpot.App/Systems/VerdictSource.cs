// Where one process reads another's verdict on itself. Linux shows the names of a process's threads in /proc, which takes no file;
// elsewhere the judge writes the same words into a file of its own in the folder for temporary files, which is there for this
// user alone on Windows and on a Mac. What must stay true: nothing waits here but for that disk.
using System.Diagnostics;
using System.Text;

namespace BybitSpot.App;

internal interface IVerdictSource
{
    /// <summary>Whether there is such a process.</summary>
    bool Lives { get; }

    /// <summary>What it says of itself now; null if nothing.</summary>
    Verdict? Read();
}

/// <summary>The thread's name, in <c>/proc/PID/task/*/comm</c>.</summary>
internal sealed class ProcVerdict(string procFolder, int pid) : IVerdictSource
{
    private readonly string _folder = Path.Combine(procFolder, $"{pid}");
    private string? _judge;

    public bool Lives => Directory.Exists(_folder);

    public Verdict? Read()
    {
        if (_judge is not null && TryRead(_judge) is { } known)
            return known;
        _judge = null;
        try
        {
            foreach (string thread in Directory.EnumerateDirectories(Path.Combine(_folder, "task")))
                if (TryRead(thread) is { } found)
                {
                    _judge = thread;
                    return found;
                }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or is not ours to look at.
        }
        return null;
    }

    private static Verdict? TryRead(string thread)
    {
        try
        {
            return Verdict.TryParse(File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd('\n'), out Verdict verdict) ? verdict : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>The file, for its reader.</summary>
internal sealed class VerdictFile(string folder, int pid) : IVerdictSource
{
    /// <summary>Every verdict is written as long as that, so that one covers the other.</summary>
    private const int Length = 32;

    private string FilePath => PathOf(folder, pid);

    public bool Lives
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(pid);
                return true;
            }
            catch (ArgumentException)
            {
                return false;
            }
        }
    }

    public Verdict? Read()
    {
        try
        {
            using var file = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> bytes = stackalloc byte[Length];
            int read = file.ReadAtLeast(bytes, Length, throwOnEndOfStream: false);
            return Verdict.TryParse(Encoding.UTF8.GetString(bytes[..read]).TrimEnd(), out Verdict verdict) ? verdict : null;
        }
        catch (Exception absent) when (absent is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string PathOf(string folder, int pid) => Path.Combine(folder, $"bybitspot-{pid}.alive");

    /// <summary>The file, for its writer; it goes with the process.</summary>
    public sealed class Writer : IDisposable
    {
        private readonly FileStream _file;

        private Writer(FileStream file) => _file = file;

        /// <summary>Null on Linux, where nobody needs it.</summary>
        public static Writer? Here() => OperatingSystem.IsLinux() ? null : Create(Path.GetTempPath(), Environment.ProcessId);

        /// <summary>Null where it can't be had: then the process says nothing of itself.</summary>
        public static Writer? Create(string folder, int pid)
        {
            try
            {
                return new Writer(new FileStream(PathOf(folder, pid), FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose));
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                return null;
            }
        }

        public void Show(string verdict)
        {
            try
            {
                RandomAccess.Write(_file.SafeFileHandle, Encoding.UTF8.GetBytes(verdict.PadRight(Length)), 0);
            }
            catch (IOException)
            {
                // A full disk: whoever reads sees that nobody looks any more.
            }
        }

        public void Dispose() => _file.Dispose();
    }
}

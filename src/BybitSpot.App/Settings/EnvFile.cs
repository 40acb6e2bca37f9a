// Reads a `.env` into a dictionary; the process's own environment is not touched. Also knows on which line a name stands,
// for the messages, which the parser doesn't tell.
using dotenv.net;

namespace BybitSpot.App;

internal sealed class EnvFile
{
    /// <summary>Longest file that is read, in bytes.</summary>
    public const int BytesMax = 1024 * 1024;

    public static readonly EnvFile None = new("", []);

    private readonly Dictionary<string, (string Value, int Line)> _entries;

    private EnvFile(string path, Dictionary<string, (string, int)> entries)
    {
        Path = path;
        _entries = entries;
    }

    public string Path { get; }

    public IEnumerable<string> Names => _entries.Keys;

    public bool TryGet(string name, out string value, out int line)
    {
        bool found = _entries.TryGetValue(name, out (string Value, int Line) entry);
        (value, line) = entry;
        return found;
    }

    /// <summary>Reads the file; a missing one is empty unless it was asked for by name.</summary>
    /// <returns>What is wrong, or null.</returns>
    public static string? Read(string path, bool askedFor, out EnvFile file)
    {
        file = None;
        // The usual way to say "none".
        if (path == "/dev/null" || (OperatingSystem.IsWindows() && path.Equals("nul", StringComparison.OrdinalIgnoreCase)))
            return null;
        FileContent read = PatientReader.Once(path, BytesMax, TimeProvider.System);
        if (read.Trouble is { } trouble)
            return read.IsMissing && !askedFor ? null : trouble;
        return Parse(path, read.Span.ToArray(), out file);
    }

    public static string? Parse(string path, byte[] content, out EnvFile file)
    {
        file = None;
        var entries = new Dictionary<string, (string, int)>(StringComparer.Ordinal);
        Dictionary<string, (int Number, bool Quoted)> lines = LinesOf(content);
        try
        {
            using var stream = new MemoryStream(content);
            foreach ((string name, string value) in DotEnv.Read(new DotEnvOptions(ignoreExceptions: false, supportExportSyntax: true, envStreams: [stream])))
            {
                (int line, bool quoted) = lines.GetValueOrDefault(name);
                // `NAME = value` is how many files are written: only quotes keep the spaces.
                entries[name] = (quoted ? value : value.Trim(), line);
            }
        }
        catch (ArgumentException failure)
        {
            // The parser names the variable, never its value.
            return failure.Message;
        }
        file = new EnvFile(path, entries);
        return null;
    }

    /// <summary>The last line on which each name stands before an equals sign, and whether a quote follows that.</summary>
    private static Dictionary<string, (int, bool)> LinesOf(byte[] content)
    {
        var lines = new Dictionary<string, (int, bool)>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in System.Text.Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Split('\n'))
        {
            number++;
            int equals = line.IndexOf('=');
            if (equals <= 0)
                continue;
            string name = line[..equals].Trim();
            if (name.StartsWith("export ", StringComparison.Ordinal))
                name = name["export ".Length..].Trim();
            lines[name] = (number, line[(equals + 1)..].TrimStart() is ['"' or '\'', ..]);
        }
        return lines;
    }
}

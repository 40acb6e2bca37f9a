using System.Runtime.CompilerServices;
using System.Text;

namespace BybitSpot.Tests.Walls;

/// <summary>C# source reduced to its code: comments and literal text gone, what stands in the holes of interpolated strings kept.</summary>
internal static class SourceText
{
    public static string Root { get; } = FindRoot();

    /// <summary>The source files of one project, with paths from its folder, code alone.</summary>
    public static IReadOnlyList<(string Path, string Code)> Of(string project)
    {
        string folder = Path.Combine(Root, "src", project);
        return [.. Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Where(f => !f.StartsWith("obj/", StringComparison.Ordinal) && !f.StartsWith("bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => (f, CodeOf(File.ReadAllText(Path.Combine(folder, f)))))];
    }

    public static string CodeOf(string source)
    {
        var code = new StringBuilder(source.Length);
        int at = 0;
        Copy(source, ref at, code, inHole: false);
        return code.ToString();
    }

    // Copies code up to the end of the source, or of the hole of an interpolated string.
    private static void Copy(string source, ref int at, StringBuilder code, bool inHole)
    {
        int braces = 0;
        while (at < source.Length)
        {
            char c = source[at];
            string rest = source[at..Math.Min(source.Length, at + 5)];
            if (rest.StartsWith("//", StringComparison.Ordinal))
            {
                while (at < source.Length && source[at] != '\n')
                    at++;
            }
            else if (rest.StartsWith("/*", StringComparison.Ordinal))
            {
                int end = source.IndexOf("*/", at + 2, StringComparison.Ordinal);
                at = end < 0 ? source.Length : end + 2;
                code.Append(' ');
            }
            else if (c == '\'')
            {
                at += source[at + 1] == '\\' ? 2 : 1;
                at = source.IndexOf('\'', at + 1) + 1;
                code.Append("' '");
            }
            else if (c == '"' || (c is '$' or '@' && rest.TrimStart('$', '@').StartsWith('"')))
                CopyString(source, ref at, code);
            else
            {
                braces += c == '{' ? 1 : c == '}' ? -1 : 0;
                if (inHole && braces < 0)
                    return;
                code.Append(c);
                at++;
            }
        }
    }

    private static void CopyString(string source, ref int at, StringBuilder code)
    {
        int dollars = 0;
        bool verbatim = false;
        for (; source[at] != '"'; at++)
        {
            dollars += source[at] == '$' ? 1 : 0;
            verbatim |= source[at] == '@';
        }
        int quotes = 0;
        while (at + quotes < source.Length && source[at + quotes] == '"')
            quotes++;
        if (quotes == 2)
        {
            at += 2;
            code.Append("\"\"");
            return;
        }
        bool raw = quotes >= 3;
        string end = new('"', raw ? quotes : 1);
        string hole = new('{', raw ? Math.Max(1, dollars) : 1);
        at += end.Length;
        code.Append('"');
        while (at < source.Length)
        {
            if (!raw && !verbatim && source[at] == '\\')
                at += 2;
            else if (verbatim && string.CompareOrdinal(source, at, "\"\"", 0, 2) == 0)
                at += 2;
            else if (string.CompareOrdinal(source, at, end, 0, end.Length) == 0)
            {
                at += end.Length;
                break;
            }
            else if (dollars > 0 && !raw && string.CompareOrdinal(source, at, "{{", 0, 2) == 0)
                at += 2;
            else if (dollars > 0 && string.CompareOrdinal(source, at, hole, 0, hole.Length) == 0)
            {
                at += hole.Length;
                code.Append('{');
                Copy(source, ref at, code, inHole: true);
                at += hole.Length;
                code.Append('}');
            }
            else
                at++;
        }
        code.Append('"');
    }

    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        foreach (string start in (string[])[AppContext.BaseDirectory, Path.GetDirectoryName(thisFile) ?? ""])
            for (string? folder = start; !string.IsNullOrEmpty(folder); folder = Path.GetDirectoryName(folder))
                if (File.Exists(Path.Combine(folder, "BybitSpot.slnx")))
                    return folder;
        throw new InvalidOperationException("the repository is not above the tests");
    }
}

using System.Text.RegularExpressions;
using BybitSpot.Tests.Journeys;

namespace BybitSpot.Tests.Readme;

/// <summary>A page for users, as it stands in the repository.</summary>
/// <param name="Path">From the repository's root.</param>
internal sealed record Page(string Path, string Text)
{
    /// <summary>README.md and every page of docs/ that can be reached from it.</summary>
    public static IReadOnlyList<Page> All { get; } = Reach();

    public static Page Of(string path) => All.First(p => p.Path == path);

    /// <summary>Where links lead, images included, as they are written.</summary>
    public IEnumerable<string> Links => Regex.Matches(Regex.Replace(Text, @"(?ms)^```.*?^```", ""), @"\]\(([^)\s]+)\)").Select(m => m.Groups[1].Value);

    /// <summary>What a link to a heading of this page may say after its #.</summary>
    public HashSet<string> Anchors =>
        [.. Regex.Matches(Regex.Replace(Text, @"(?ms)^```.*?^```", ""), @"(?m)^#+ (.+)$").Select(m => Regex.Replace(m.Groups[1].Value.ToLowerInvariant().Replace("`", ""), @"[^\w\- ]", "").Replace(' ', '-'))];

    public IReadOnlyList<Block> Blocks => [.. Cut()];

    /// <summary>The rows of the table whose head begins with these cells, without the head.</summary>
    public IReadOnlyList<string[]> Table(params string[] head)
    {
        string[][] rows = [.. Text.Split('\n').Select(l => l.StartsWith('|') ? [.. Regex.Split(l.Trim().Trim('|'), @"(?<!\\)\|").Select(c => c.Trim())] : Array.Empty<string>())];
        int at = Array.FindIndex(rows, r => r.Length >= head.Length && r.Take(head.Length).SequenceEqual(head));
        return at < 0 ? throw new InvalidOperationException($"{Path} has no table that begins with {string.Join(", ", head)}") : [.. rows.Skip(at + 2).TakeWhile(r => r.Length > 0)];
    }

    private static List<Page> Reach()
    {
        var pages = new List<Page> { Read("README.md") };
        for (int i = 0; i < pages.Count; i++)
            foreach (string link in pages[i].Links)
            {
                string path = System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.Combine(Repository.Root, System.IO.Path.GetDirectoryName(pages[i].Path)!, link.Split('#')[0]));
                if (path.StartsWith("docs/", StringComparison.Ordinal) && path.EndsWith(".md", StringComparison.Ordinal) && pages.TrueForAll(p => p.Path != path))
                    pages.Add(Read(path));
            }
        return pages;
    }

    private static Page Read(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(Repository.Root, path)));

    private IEnumerable<Block> Cut()
    {
        string[] lines = Text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("```", StringComparison.Ordinal))
                continue;
            string[] info = lines[i][3..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int end = Array.FindIndex(lines, i + 1, l => l == "```");
            // What stands in the next block, if nothing stands between, is what the commands of this one show.
            int next = Array.FindIndex(lines, end + 1, l => l.Length > 0);
            string[] shown = next > 0 && lines[next] == "```text" ? lines[(next + 1)..Array.FindIndex(lines, next + 1, l => l == "```")] : [];
            yield return new Block(Path, i + 1, info is [var language, ..] ? language : "", info is [_, var tag, ..] ? tag : "", lines[(i + 1)..end], shown);
            i = end;
        }
    }
}

/// <summary>A fenced block of a page.</summary>
/// <param name="Language">The first word after the fence.</param>
/// <param name="Tag">The second one: which part of the product it needs.</param>
/// <param name="Shown">The text block right after it.</param>
internal sealed record Block(string Page, int Line, string Language, string Tag, string[] Lines, string[] Shown)
{
    public string Text => string.Join('\n', Lines) + "\n";

    public string Name => $"{Page}:{Line}";

    public IEnumerable<string> Commands => Lines.Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith('#'));
}

// What can stand on the command line, taken from the commands themselves, so that completion cannot fall behind them.
using System.CommandLine;

namespace BybitSpot.App;

/// <summary>An argument that is one or more coins of the coins file.</summary>
internal sealed class ListedCoins(string name) : Argument<string[]>(name);

/// <param name="Takes">What follows it.</param>
internal sealed record CompletionFlag(string Name, string? Short, string Meaning, FlagValue Takes);

internal enum FlagValue
{
    None,
    Text,
    File,
}

/// <param name="Path">Its words, such as <c>coins add</c>; empty: the program itself.</param>
/// <param name="Words">What may follow, with its meaning.</param>
/// <param name="Coins">Whether coins of the file may follow.</param>
internal sealed record CompletionNode(
    string Path, IReadOnlyList<(string Word, string Meaning)> Words, IReadOnlyList<CompletionFlag> Flags, bool Coins);

internal sealed class CompletionTree
{
    private readonly List<CompletionNode> _nodes = [];

    public CompletionTree(Command root)
    {
        Add(root, "", []);
        // Without a command, run is meant, and so are its flags.
        CompletionNode top = _nodes[0], run = _nodes.Find(n => n.Path == "run")!;
        _nodes[0] = top with { Flags = [.. top.Flags.UnionBy(run.Flags, f => f.Name)] };
    }

    public IReadOnlyList<CompletionNode> Nodes => _nodes;

    /// <summary>Every flag that something follows.</summary>
    public string[] FlagsThatTake(FlagValue value) =>
        [.. _nodes.SelectMany(n => n.Flags).Where(f => f.Takes == value).SelectMany(f => f.Short is null ? [f.Name] : new[] { f.Name, f.Short }).Distinct()];

    private void Add(Command command, string path, IReadOnlyList<Option> inherited)
    {
        var options = new List<Option>(command.Options);
        foreach (Option option in inherited)
            if (!options.Contains(option))
                options.Add(option);
        var words = new List<(string, string)>(command.Subcommands.Where(c => !c.Hidden).Select(c => (c.Name, Sentence(c.Description))));
        foreach (Argument argument in command.Arguments)
            if (argument is Argument<string> { Arity.MaximumNumberOfValues: 1 })
                words.AddRange(argument.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => (c.Label, "")));
        _nodes.Add(new CompletionNode(path, words, [.. options.Select(FlagOf)], command.Arguments.Any(a => a is ListedCoins)));
        List<Option> handedOn = [.. options.Where(o => o.Recursive)];
        foreach (Command next in command.Subcommands.Where(c => !c.Hidden))
            Add(next, path.Length == 0 ? next.Name : path + " " + next.Name, handedOn);
    }

    private static CompletionFlag FlagOf(Option option)
    {
        FlagValue takes = option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool) ? FlagValue.None
            : option.HelpName == "FILE" ? FlagValue.File
            : FlagValue.Text;
        string? letter = option.Aliases.FirstOrDefault(a => a.Length == 2 && a[0] == '-' && char.IsAsciiLetter(a[1]));
        return new CompletionFlag(option.Name, letter, Sentence(option.Description), takes);
    }

    /// <summary>The first sentence: a list of words has room for no more.</summary>
    private static string Sentence(string? text)
    {
        string line = (text ?? "").ReplaceLineEndings(" ");
        int end = line.IndexOfAny(['.', ';', ':', '['], 0);
        while (end > 0 && end + 1 < line.Length && line[end] != '[' && line[end + 1] != ' ')
            end = line.IndexOfAny(['.', ';', ':', '['], end + 1);
        return (end < 0 ? line : line[..end]).Trim();
    }
}

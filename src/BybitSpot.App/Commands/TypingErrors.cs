// What to say of a command line that is wrong, in one line: the parser's own words, and what was perhaps meant by its own measure.
using System.CommandLine;
using System.CommandLine.Invocation;

namespace BybitSpot.App;

internal static class TypingErrors
{
    /// <summary>Shorter words are near to every flag.</summary>
    private const int FlagLengthMin = 3;

    /// <summary>Most names that are proposed.</summary>
    private const int ProposalsMax = 3;

    public static string Tell(ParseResult parsed)
    {
        string? wrong = parsed.UnmatchedTokens.FirstOrDefault();
        string message = (wrong is null ? null : parsed.Errors.FirstOrDefault(e => e.Message.Contains($"'{wrong}'", StringComparison.Ordinal))?.Message)
            ?? parsed.Errors[0].Message;
        wrong ??= parsed.CommandResult.Tokens.FirstOrDefault(t => t.Value.StartsWith('-'))?.Value
            ?? parsed.CommandResult.Children.SelectMany(c => c.Tokens).FirstOrDefault(t => t.Value.StartsWith('-') && message.Contains($"'{t.Value}'", StringComparison.Ordinal))?.Value;
        string[] meant = wrong is null ? [] : Proposals(wrong, parsed.CommandResult.Command, parsed.RootCommandResult.Command);
        message = string.Join(' ', message.Split((char[])['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries)).TrimEnd('.');
        return message + (meant.Length == 0 ? "" : $"; did you mean {string.Join(" or ", meant)}?");
    }

    /// <summary>An empty value behind an equals sign is a value, where the parser takes the next word for it.</summary>
    public static string[] WithEmptyValues(string[] arguments) =>
        [.. arguments.SelectMany(a => a.Length > 3 && a.StartsWith("--", StringComparison.Ordinal) && a.IndexOf('=') == a.Length - 1 ? (string[])[a[..^1], ""] : [a])];

    private static string[] Proposals(string word, Command command, Command root)
    {
        if (word.Length == 0 || (!char.IsAsciiLetter(word[0]) && word[0] != '-'))
            return [];
        // The parser proposes names only where nothing can take the word: a command with these names and nothing else.
        var bare = new RootCommand();
        bare.Options.Clear();
        bare.Directives.Clear();
        foreach (string name in Names(command, root))
            if (name.StartsWith('-'))
                bare.Add(new Option<string>(name));
            else
                bare.Add(new Command(name));
        ParseResult parsed = bare.Parse([word], new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Action is not ParseErrorAction told)
            return [];
        (told.ShowHelp, told.ShowTypoCorrections) = (false, true);
        using var text = new StringWriter();
        parsed.Invoke(new InvocationConfiguration { Output = text, Error = text });
        HashSet<string> known = [.. Names(command, root)];
        return [.. text.ToString().Split('\n').Select(l => l.Trim()).Where(l => known.Contains(l) && (word.Length >= FlagLengthMin || !l.StartsWith('-'))).Distinct().Take(ProposalsMax)];
    }

    /// <summary>All that could have stood there: a command's own names, and the program's, since no command means `run`.</summary>
    private static IEnumerable<string> Names(Command command, Command root) =>
        ((IEnumerable<Symbol>)[.. command.Options, .. command.Parents.OfType<Command>().SelectMany(p => p.Options).Where(o => o.Recursive), .. root.Options, .. command.Subcommands])
            .Where(s => !s.Hidden).Select(s => s.Name).Distinct();
}

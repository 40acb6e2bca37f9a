// The manual page bybitspot(1), in the language of man(7), made from the commands and the table of settings as they are, so that it
// cannot fall behind them. Pure. What must stay true: a text of ours is never taken for an instruction of roff's.
using System.CommandLine;
using System.Text;

namespace BybitSpot.App;

internal sealed class ManPage
{
    /// <summary>Source lines are no longer; man fills them anew.</summary>
    private const int WidthMax = 78;

    private readonly StringBuilder _page = new();

    private ManPage()
    {
    }

    /// <param name="root">With every command.</param>
    /// <param name="date">Of the version, as 2026-11-25.</param>
    public static string Of(Command root, string version, string date)
    {
        var page = new ManPage();
        page.Line($".TH BYBITSPOT 1 \"{date}\" \"bybitspot {version}\" \"User commands\"");
        page.Section("NAME");
        page.Text("bybitspot - the latest prices of Bybit's public stream in Redis");
        page.Section("SYNOPSIS");
        page.Line(string.Join("\n.br\n", Commands(root).Select(c => Bold(c.Path) + Arguments(c.Command) + " [\\fIflags\\fR]")));
        page.Section("DESCRIPTION");
        page.Text(root.Description);
        page.Section("COMMANDS");
        Command run = root.Subcommands.First(c => c.Name == "run");
        foreach ((string path, Command command) in Commands(root))
            page.Tell(path, command, command == run ? null : run);
        page.Section("EXIT STATUS");
        page.Statuses(ExitStatus.Help);
        page.Settings();
        page.Files();
        page.Signals();
        return page._page.ToString();
    }

    private static IEnumerable<(string Path, Command Command)> Commands(Command command, string path = "bybitspot")
    {
        foreach (Command next in command.Subcommands.Where(c => !c.Hidden))
        {
            string name = $"{path} {next.Name}";
            yield return (name, next);
            foreach ((string, Command) below in Commands(next, name))
                yield return below;
        }
    }

    /// <param name="known">Its flags were told before, and are only named; null: none was.</param>
    private void Tell(string path, Command command, Command? known)
    {
        Line($".SS {path}");
        Text(command.Description);
        foreach (Argument argument in command.Arguments)
            Item($"\\fI{Escaped(argument.Name)}\\fR", argument.Description);
        Option[] flags = [.. command.Options.Where(o => !o.Hidden)];
        Option[] own = [.. flags.Where(f => known is null || !Same(f, known))];
        foreach (Option flag in own)
            Item(Names(flag), flag.Description);
        if (flags.Length > own.Length)
        {
            Line(".PP");
            Text("Also, as with run: " + string.Join(", ", flags.Except(own).Select(f => f.Name)) + ".");
        }
        if (command is ToolCommand tool)
            Statuses(tool.Statuses);
    }

    private static bool Same(Option flag, Command known) => known.Options.Any(k => k.Name == flag.Name && k.Description == flag.Description);

    private static string Names(Option flag) =>
        string.Join(", ", flag.Aliases.Prepend(flag.Name).Distinct().Select(Bold)) + (flag.HelpName is { } value ? $" \\fI{Escaped(value)}\\fR" : "");

    private static string Arguments(Command command) =>
        string.Concat(command.Arguments.Select(a => a.Arity.MinimumNumberOfValues == 0 ? $" [\\fI{Escaped(a.Name)}\\fR]" : $" \\fI{Escaped(a.Name)}\\fR")
            .Zip(command.Arguments, (text, a) => a.Arity.MaximumNumberOfValues > 1 ? text + "..." : text));

    /// <summary>Lines such as <c>"  78  wrong configuration"</c> behind a heading.</summary>
    private void Statuses(string text)
    {
        string[] lines = text.Split('\n');
        if (lines.Length > 0 && _page.ToString(Math.Max(0, _page.Length - 16), Math.Min(16, _page.Length)) is { } end && !end.EndsWith(".SH EXIT STATUS\n", StringComparison.Ordinal))
        {
            Line(".PP");
            Text(lines[0]);
        }
        foreach (string line in lines.Skip(1))
        {
            string[] parts = line.Trim().Split("  ", 2, StringSplitOptions.TrimEntries);
            Item(Bold(parts[0]), parts[^1]);
        }
    }

    private void Settings()
    {
        Section("ENVIRONMENT");
        Text("Each setting stands in the environment or in a file .env; a flag counts before the environment, that before the file.");
        foreach (Setting setting in SettingsTable.All)
        {
            string name = Bold(setting.Name) + (setting.OtherName is { } other ? ", " + Bold(other) : "");
            string flag = setting.Flag is { } given ? $" Flag: {given}." : " It has no flag, since a process list shows flags.";
            Item(name, setting.Meaning + (setting.Default is null ? "" : $" Default: {setting.Default} ") + flag);
        }
    }

    private void Files()
    {
        Section("FILES");
        Item(Italic(".env"), "Settings, in the working directory; --env-file names another.");
        Item(Italic("config/coins.json"), "The coins to watch; COINS_FILE names another. It may be edited while the program runs.");
        Item(Italic("/etc/bybitspot/"), "Where a package puts both, as coins.json and bybitspot.env, for the service that systemd starts.");
    }

    private void Signals()
    {
        Section("SIGNALS");
        Item(Bold("SIGINT") + ", " + Bold("SIGTERM"), "Stop, in order.");
        Item(Bold("SIGHUP"), "Look at the coins file at once.");
        Item(Bold("SIGUSR1"), "Log a summary.");
        Section("SEE ALSO");
        Line(".BR redis\\-cli (1),", ".BR journalctl (1)");
    }

    private void Section(string name) => Line($".SH {name}");

    private void Item(string term, string? text)
    {
        Line(".TP", term);
        Text(text);
    }

    private void Line(params string[] lines)
    {
        foreach (string line in lines)
            _page.Append(line).Append('\n');
    }

    /// <summary>A text of ours: each of its lines begins anew, and is broken at spaces.</summary>
    private void Text(string? text)
    {
        string[] lines = (text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (int i = 0; i < lines.Length; i++)
        {
            if (i > 0)
                Line(".br");
            string rest = lines[i];
            while (rest.Length > WidthMax && rest.LastIndexOf(' ', WidthMax) is var at && at > 0)
            {
                Line(Escaped(rest[..at].TrimEnd()));
                rest = rest[(at + 1)..].TrimStart();
            }
            Line(Escaped(rest));
        }
    }

    private static string Bold(string text) => $"\\fB{Escaped(text)}\\fR";

    private static string Italic(string text) => $"\\fI{Escaped(text)}\\fR";

    /// <summary>A hyphen is a minus, that can be copied; a line that begins like an instruction is none.</summary>
    private static string Escaped(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);
        return escaped.StartsWith('.') || escaped.StartsWith('\'') ? "\\&" + escaped : escaped;
    }
}

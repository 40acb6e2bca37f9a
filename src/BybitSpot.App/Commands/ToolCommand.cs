// What the tools have in common: their exit statuses in the help, the settings as `run` reads them, and how they tell trouble.
using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BybitSpot.App;

/// <summary>A command that does one thing and ends.</summary>
internal class ToolCommand(string name, string description, string statuses) : Command(name, description)
{
    /// <summary>What its exit status says, for the help.</summary>
    public string Statuses { get; } = "Exit status:\n" + statuses;
}

internal static class ToolCommands
{
    public const string UsageStatus = "  2   wrong usage\n";
    public const string ConfigurationStatus = "  78  wrong configuration; every error is told";

    public static void AddTo(RootCommand root)
    {
        root.Add(TopCommand.Create());
        root.Add(GetCommand.Create());
        root.Add(CoinsCommand.Create());
        root.Add(CheckCommand.Create());
        root.Add(DoctorCommand.Create());
        root.Add(RecordCommand.Create());
        root.Add(ReplayCommand.Create());
        root.Add(CompletionCommand.Create());
        root.Add(ManCommand.Create());
        root.Add(AliveCommand.Create());
        root.Add(HealthCommand.Create());
    }

    public static Option<bool> JsonOption(string shape) => new("--json") { Description = shape };

    /// <summary>A flag that is misspelt is no coin.</summary>
    public static void RefuseFlags(this Argument<string[]> argument) =>
        argument.Validators.Add(result =>
        {
            foreach (System.CommandLine.Parsing.Token token in result.Tokens)
                if (token.Value.StartsWith('-'))
                    result.AddError($"Unrecognized option '{token.Value}'");
        });

    /// <summary>Runs a tool; an output that takes nothing is trouble, too.</summary>
    public static void SetTool(this ToolCommand command, Func<ParseResult, TextWriter, TextWriter, int> run) =>
        command.SetAction(parsed =>
        {
            TextWriter error = parsed.InvocationConfiguration.Error;
            try
            {
                int status = run(parsed, parsed.InvocationConfiguration.Output, error);
                parsed.InvocationConfiguration.Output.Flush();
                return status;
            }
            catch (IOException failure)
            {
                return Fail(error, $"the output cannot be written: {failure.Message}");
            }
        });

    /// <summary>One line on stderr.</summary>
    public static int Fail(TextWriter error, string what, int status = ExitStatus.Failed)
    {
        error.WriteLine($"bybitspot: {what}");
        return status;
    }

    public static string Json(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        // Nothing of this goes into a page: text stays readable.
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(json);
        return System.Text.Encoding.UTF8.GetString(bytes.ToArray());
    }

    public static void Texts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

/// <summary>Flags that are settings, for a command that needs some of them.</summary>
internal sealed class SettingFlags
{
    private readonly List<(Setting Setting, Option<string?> Option)> _options = [];
    private readonly bool _dials;
    private readonly Option<string?> _envFile = new("--env-file") { Description = "Settings to read, instead of .env in the working directory.", HelpName = "FILE" };

    /// <param name="command">Gets the flags.</param>
    /// <param name="recursive">Whether its subcommands have them, too.</param>
    /// <param name="names">Of the settings; none = all.</param>
    public SettingFlags(Command command, bool recursive, params string[] names)
        : this(command, recursive, names, dials: names.Length == 0)
    {
    }

    // Who takes all settings judges them as `run` would; the others connect to nothing that a proxy is for.
    private SettingFlags(Command command, bool recursive, string[] names, bool dials)
    {
        _dials = dials;
        _envFile.Recursive = recursive;
        command.Add(_envFile);
        foreach (Setting setting in SettingsTable.All)
        {
            if (setting.Flag is null || (names.Length > 0 && Array.IndexOf(names, setting.Name) < 0))
                continue;
            var option = new Option<string?>(setting.Flag)
            {
                Description = setting.Default is null ? setting.Meaning : $"{setting.Meaning} [default: {setting.Default}]",
                HelpName = setting.Placeholder,
                Recursive = recursive,
            };
            _options.Add((setting, option));
            command.Add(option);
        }
    }

    /// <summary>For a command that does what `run` does, but for some of it.</summary>
    public static SettingFlags AllBut(Command command, params string[] left) =>
        new(command, recursive: false, [.. SettingsTable.All.Select(s => s.Name).Except(left)], dials: true);

    public SettingsResult Read(ParseResult parsed)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((Setting setting, Option<string?> option) in _options)
            if (parsed.GetValue(option) is { } value)
                flags.Add(setting.Name, value);
        return SettingsReader.Read(flags, Environment.GetEnvironmentVariable, parsed.GetValue(_envFile), names: SettingsReader.EnvironmentNames, dials: _dials);
    }

    /// <summary>Tells what is wrong, as `run` does.</summary>
    public static int Misconfigured(SettingsResult read, TextWriter error)
    {
        foreach (string wrong in read.Errors)
            error.WriteLine(wrong);
        return ExitStatus.Configuration;
    }

    public static string CoinsError(string path, string source, CoinsError wrong) =>
        $"{SettingsTable.CoinsFile}: {TerminalText.Clean(path)} line {wrong.Line}: {TerminalText.Clean(wrong.Reason)}{HintFor(path)} [from {source}]";

    // Other commands take coins as A,B by a flag of this name.
    private static string HintFor(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || c is ',' or '*' or ' ') && !File.Exists(path) && !Directory.Exists(path)
            ? "; a file is named here, and the coins stand in it"
            : "";
}

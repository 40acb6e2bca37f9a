// The command line: `run`, which is meant when no command is named, `simulate`, and the user's tools. What must stay true: a wrong one gives
// one line on stderr and status 2, and nothing else happens; the flags come from the table of settings.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using BybitSpot.Market;
using BybitSpot.Simulator;

namespace BybitSpot.App;

/// <summary>What `run` was asked for.</summary>
/// <param name="EnvFile">Named explicitly; null = <c>.env</c> if there is one.</param>
/// <param name="Quiet">No prices on stdout.</param>
/// <param name="Flags">Settings given as flags, by the setting's name.</param>
internal sealed record RunArguments(string? EnvFile, bool Quiet, IReadOnlyDictionary<string, string> Flags)
{
    /// <summary>Made-up prices in a store of its own.</summary>
    public bool Demo { get; init; }

    /// <summary>Lines, even where a demo would show itself full screen.</summary>
    public bool Plain { get; init; }

    public static readonly RunArguments None = new(null, false, new Dictionary<string, string>());
}

internal static class CommandLine
{
    /// <summary>Parses and runs; answers the exit status.</summary>
    public static int Run(string[] arguments, Func<RunArguments, int> run, Func<SimulationOptions, int> simulate)
    {
        // The usual way to start, and the question every script asks, cost no parser (about 30 ms).
        if (arguments is [] or ["run"])
            return run(RunArguments.None);
        // The console's own streams: they take a closed pipe (`--help | head`) quietly.
        using var output = new StreamWriter(System.Console.OpenStandardOutput()) { NewLine = "\n" };
        using var error = new StreamWriter(System.Console.OpenStandardError()) { NewLine = "\n" };
        if (arguments is ["--version"])
        {
            output.WriteLine(ProgramVersion.Text);
            return ExitStatus.Stopped;
        }
        return Parse(arguments, output, error, run, simulate);
    }

    public static int Parse(
        string[] arguments, TextWriter output, TextWriter error, Func<RunArguments, int> run, Func<SimulationOptions, int> simulate)
    {
        if (SecretFlag(arguments) is { } secret)
        {
            error.WriteLine($"bybitspot: {secret} has no flag, since a process list shows flags: set it in the environment or in .env ({AsTyped.Program} --help shows the usage)");
            return ExitStatus.Usage;
        }
        var root = new RootCommand(
            "Takes the latest traded prices of the coins you name from Bybit's public stream into Redis.\n"
            + $"Without a command: run. Its flags: {AsTyped.Program} run --help.\nMade-up prices, without network or Redis: {AsTyped.Program} --demo");
        root.Directives.Clear();
        root.Add(RunCommandOf(run));
        root.Add(SimulateCommandOf(simulate));
        ToolCommands.AddTo(root);
        foreach (Option option in root.Options)
        {
            if (option is HelpOption help)
            {
                var inner = (HelpAction)help.Action!;
                inner.MaxWidth = HelpText.WidthMax;
                help.Action = new HelpWithStatuses(inner);
            }
            else if (option is VersionOption version)
                version.Action = new VersionAction();
        }
        arguments = TypingErrors.WithEmptyValues(arguments);
        // No command is meant to be `run`; a word that is none is a misspelt command.
        if (arguments.Length == 0 || (arguments[0].StartsWith('-') && arguments[0] is not ("--help" or "-h" or "-?" or "--version")))
            arguments = ["run", .. arguments];
        var parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpWithStatuses or VersionAction or ScriptHelpAction))
        {
            error.WriteLine($"bybitspot: {TerminalText.Clean(TypingErrors.Tell(parsed))} ({AsTyped.Program} --help shows the usage)");
            return ExitStatus.Usage;
        }
        return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    /// <summary>The secret setting that somebody tried to give as a flag; told by itself, so that no message repeats the value.</summary>
    private static string? SecretFlag(string[] arguments)
    {
        foreach (Setting setting in SettingsTable.All)
            foreach (string argument in arguments)
                if (setting.Secret && argument.StartsWith("--" + setting.Name.Replace('_', '-'), StringComparison.OrdinalIgnoreCase))
                    return setting.Name;
        return null;
    }

    private static Command RunCommandOf(Func<RunArguments, int> run)
    {
        var command = new Command(
            "run",
            "Runs until it is stopped (the default). Each flag is a setting of the same name in the environment or in .env; a flag counts before both.");
        var envFile = new Option<string?>("--env-file") { Description = "Settings to read, instead of .env in the working directory.", HelpName = "FILE" };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "No prices on stdout." };
        var demo = new Option<bool>("--demo") { Description = "Made-up prices in a store inside the program: needs neither network nor Redis, and touches none." };
        var plain = new Option<bool>("--plain") { Description = "With --demo on a terminal: lines, instead of the full screen that it shows there." };
        command.Add(envFile);
        command.Add(quiet);
        command.Add(demo);
        command.Add(plain);
        var options = new List<(Setting Setting, Option<string?> Option)>();
        foreach (Setting setting in SettingsTable.All)
        {
            if (setting.Flag is null)
                continue;
            var option = new Option<string?>(setting.Flag)
            {
                Description = setting.Default is null ? setting.Meaning : $"{setting.Meaning} [default: {setting.Default}]",
                HelpName = setting.Placeholder,
            };
            options.Add((setting, option));
            command.Add(option);
        }
        command.SetAction(parsed =>
        {
            var flags = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach ((Setting setting, Option<string?> option) in options)
                if (parsed.GetValue(option) is { } value)
                    flags.Add(setting.Name, value);
            return run(new RunArguments(parsed.GetValue(envFile), parsed.GetValue(quiet), flags) { Demo = parsed.GetValue(demo), Plain = parsed.GetValue(plain) });
        });
        return command;
    }

    private static Command SimulateCommandOf(Func<SimulationOptions, int> simulate)
    {
        var command = new Command("simulate", "Plays the exchange on this machine, for demos and tests.");
        var port = new Option<int>("--port") { Description = "Port on 127.0.0.1.", HelpName = "N", Required = true };
        var market = new Option<string>("--market") { Description = "spot, linear or inverse; all: each at one address, as the exchange has them.", HelpName = "NAME", DefaultValueFactory = _ => "spot" };
        var recording = new Option<string?>("--recording") { Description = "Frames to play back; without it, made-up prices.", HelpName = "FILE" };
        var instruments = new Option<string?>("--instruments") { Description = "The list of instruments to serve.", HelpName = "FILE" };
        var speed = new Option<double>("--speed") { Description = "How many times faster than real time a recording is played; 0 = as fast as it is read.", HelpName = "X", DefaultValueFactory = _ => 1 };
        var script = new Option<string?>("--script") { Description = "Faults and market events to play, see --script-help.", HelpName = "FILE" };
        var seed = new Option<ulong>("--seed") { Description = "Of the made-up prices.", HelpName = "N", DefaultValueFactory = _ => 1 };
        var symbols = new Option<int?>("--symbols") { Description = "So many symbols' prices walk, the best known first; the others stand still. [default: all]", HelpName = "N" };
        var coins = new Option<string?>("--coins") { Description = "Instead: the coins whose prices walk, as A,B.", HelpName = "COINS" };
        var rate = new Option<int?>("--rate") { Description = "Messages a second of made-up prices, all symbols together. [default: each coin's own pace]", HelpName = "N" };
        var scriptHelp = new Option<bool>("--script-help") { Description = "Shows what a script may say.", Action = new ScriptHelpAction() };
        port.Validators.Add(result => Check(result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int n) && n is < 1 or > 65_535, result, "--port is not a port (1 to 65535)"));
        speed.Validators.Add(result => Check(result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, out double x) && !(x >= 0 && double.IsFinite(x)), result, "--speed is not a number of 0 or more"));
        foreach (Option option in (Option[])[port, market, recording, instruments, speed, script, scriptHelp, seed, symbols, coins, rate])
            command.Add(option);
        command.SetAction(parsed => simulate(new SimulationOptions
        {
            Port = parsed.GetValue(port),
            Market = parsed.GetValue(market)!,
            RecordingPath = parsed.GetValue(recording),
            InstrumentsPath = parsed.GetValue(instruments),
            Speed = parsed.GetValue(speed),
            ScriptPath = parsed.GetValue(script),
            Seed = parsed.GetValue(seed),
            Symbols = parsed.GetValue(symbols),
            // The same coins as everywhere; the exchange of our own knows them by their names alone.
            Coins = parsed.GetValue(coins) is { } named ? string.Join(',', named.Split(',').Select(n => GetCommand.CoinOf(n, RulesOf(parsed.GetValue(market)!)) ?? n)) : null,
            Rate = parsed.GetValue(rate),
        }));
        return command;
    }

    private static MarketRules RulesOf(string market) => market switch { "linear" => MarketRules.Linear, "inverse" => MarketRules.Inverse, _ => MarketRules.Spot };

    private static void Check(bool wrong, System.CommandLine.Parsing.SymbolResult result, string message)
    {
        if (wrong)
            result.AddError(message);
    }

    private sealed class HelpWithStatuses(HelpAction inner) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            inner.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.WriteLine(HelpText.Wrapped(ExitStatus.HelpOf(parseResult.CommandResult.Command)));
            return ExitStatus.Stopped;
        }
    }

    private sealed class ScriptHelpAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.Write(Script.Help);
            return ExitStatus.Stopped;
        }
    }

    private sealed class VersionAction : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(ProgramVersion.Text);
            return ExitStatus.Stopped;
        }
    }
}

using System.Text.RegularExpressions;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Posix = BybitSpot.Tests.Journeys.Signals;

namespace BybitSpot.Tests.Readme;

/// <summary>
/// A machine as the README's reader has it: a checkout that is built, its own localhost (namespaces, so that 6379, 6399 and 9464 are
/// free and nothing outside is reached), an exchange that the simulator plays. All of it ends with the namespace's first process.
/// </summary>
public sealed class Stage : IDisposable
{
    /// <summary>For one command; on a busy machine a shell and a program in it take seconds to start.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    private const int ExchangePort = 9500;

    private static readonly string[] s_ours = ["BYBIT", "REDIS", "RECONNECT", "LOG_", "COINS_FILE", "INSTANCE_ID", "HTTP_URL", "NOTIFY_SOCKET"];

    private readonly string _folder = Repository.NewScratchFolder();
    private readonly Script _namespace;
    private readonly Dictionary<string, string> _environment;
    private readonly int _first;

    public Stage()
    {
        Checkout = NewCheckout();
        _environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Select(e => (Name: (string)e.Key, Value: (string)e.Value!))
            .Where(e => !s_ours.Any(o => e.Name.StartsWith(o, StringComparison.Ordinal)) && !e.Name.EndsWith("PROXY", StringComparison.OrdinalIgnoreCase))
            .ToDictionary(e => e.Name, e => e.Value);
        string programs = Path.Combine(_folder, "bin");
        Directory.CreateDirectory(programs);
        File.CreateSymbolicLink(Path.Combine(programs, "bybitspot"), Repository.Program);
        _environment["PATH"] = $"{_environment["PATH"]}:{programs}";
        _environment["BYBIT_WS_URL"] = $"ws://127.0.0.1:{ExchangePort}/v5/public/spot";
        _environment["BYBIT_REST_URL"] = $"http://127.0.0.1:{ExchangePort}";
        _namespace = Script.Start("unshare", ["-r", "-n", "-p", "--fork", "--kill-child", "--mount-proc", "sh", "-c", "ip link set lo up && echo up && exec sleep 600"]);
        Until.True("a namespace, or its refusal", () => _namespace.Output == "up" || _namespace.Errors.Length > 0);
        Refusal = _namespace.Output == "up" ? null : _namespace.Errors;
        if (Refusal is null)
        {
            _first = Child(_namespace.Id);
            // It is there before the program: the newest bybitspot is never this one.
            Script exchange = Start($"bybitspot simulate --port {ExchangePort} --symbols 10", Checkout);
            Until.True("an exchange", () => exchange.Output.Length > 0, Limit, state: () => exchange.Errors);
        }
    }

    /// <summary>Why there can be no namespace here.</summary>
    internal string? Refusal { get; }

    internal string Checkout { get; }

    /// <summary>Another checkout of the same build, to be changed.</summary>
    internal string NewCheckout()
    {
        string checkout = Path.Combine(_folder, $"checkout{Directory.GetDirectories(_folder).Length}", "bybitspot");
        Directory.CreateDirectory(checkout);
        foreach (string file in Directory.GetFiles(Repository.Root).Where(f => Path.GetFileName(f) is not (".env" or ".git")))
            File.Copy(file, Path.Combine(checkout, Path.GetFileName(file)));
        foreach (string folder in (string[])["config", "deploy", "docs"])
            foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, folder), "*", SearchOption.AllDirectories))
            {
                string copy = Path.Combine(checkout, Path.GetRelativePath(Repository.Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }
        string program = Path.Combine(checkout, Path.GetRelativePath(Repository.Root, Repository.Built));
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        File.CreateSymbolicLink(program, Repository.Program);
        // By this ./run knows that nothing is newer than the program.
        File.WriteAllText(program + ".built", "");
        return checkout;
    }

    internal Script StartRedis() =>
        Start("redis-server --port 6379 --bind 127.0.0.1 --save '' --appendonly no", _folder);

    /// <summary>Starts what a reader would type there.</summary>
    internal Script Start(string command, string folder, params (string Name, string Value)[] more)
    {
        // As on a terminal.
        if (command.StartsWith("redis-cli ", StringComparison.Ordinal))
            command = "redis-cli --no-raw " + command["redis-cli ".Length..];
        return Script.Start("nsenter",
        [
            "-t", $"{_first}", "-U", "-n", "-p", "-m", "--preserve-credentials",
            "env", "-i", .. _environment.Concat(more.Select(m => KeyValuePair.Create(m.Name, m.Value))).Select(e => $"{e.Key}={e.Value}"),
            "bash", "-c", $"cd '{folder}' || exit 99\n{command}",
        ]);
    }

    internal (int Status, string Output, string Errors) Run(string command, string folder, params (string Name, string Value)[] more)
    {
        using Script script = Start(command, folder, more);
        return (script.Exit(Limit), script.Output, script.Errors);
    }

    /// <summary>SIGTERM, as a terminal's or a supervisor's, to the program and not to the shell around it.</summary>
    internal static void Stop(Script script)
    {
        int id = Child(script.Id);
        while (Regex.IsMatch(File.ReadAllText($"/proc/{id}/cmdline").Replace('\0', ' '), "^bash -c "))
            id = Child(id);
        Posix.Send(id, Posix.Terminate);
    }

    public void Dispose()
    {
        _namespace.Dispose();
        Until.True("the namespace is gone", () => _first == 0 || !Directory.Exists($"/proc/{_first}"));
        Directory.Delete(_folder, recursive: true);
    }

    private static int Child(int id)
    {
        string children = "";
        Until.True($"a child of {id}", () => (children = File.ReadAllText($"/proc/{id}/task/{id}/children").Trim()).Length > 0);
        return int.Parse(children.Split(' ')[0]);
    }
}

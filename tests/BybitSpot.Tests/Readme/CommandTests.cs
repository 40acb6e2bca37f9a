using System.Text.Json;
using System.Text.RegularExpressions;
using BybitSpot.App;
using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Readme;

/// <summary>Every command of the README and its pages, typed as it stands there, on a machine with a Redis and an exchange of its own.</summary>
public sealed class CommandTests(CommandTests.Running machine) : IClassFixture<CommandTests.Running>
{
    /// <summary>`./run` goes on meanwhile, as the README has it: the commands are typed in another terminal.</summary>
    public sealed class Running : IDisposable
    {
        public Running()
        {
            if (Stage.Refusal is not null)
                return;
            Stage.StartRedis();
            Program = Stage.Start("./run", Stage.Checkout, ("INSTANCE_ID", "main"));
            Until.True("the first price", () => Program.Output.Length > 0, Stage.Limit, state: () => Program.Errors);
            // All five: the queries ask for more than one.
            Until.True("prices", () => Stage.Run("./run get", Stage.Checkout).Status == 0, Stage.Limit, state: () => Program.Errors);
        }

        public Stage Stage { get; } = new();

        internal Script? Program { get; }

        public void Dispose() => Stage.Dispose();
    }

    /// <summary>Parts of the product that may come later, by the second word of a fence, with a setting that comes with them.</summary>
    internal static readonly Dictionary<string, string> Parts = new() { ["status"] = "STALE_AFTER_MS", ["http"] = "HTTP_URL", ["notify"] = "REDIS_NOTIFY" };

    public static TheoryData<string> Blocks => [.. ShellBlocks.Select(b => b.Name)];

    internal static bool IsHere(string setting) => SettingsTable.All.Any(s => s.Name == setting);

    private static IEnumerable<Block> ShellBlocks => Page.All.SelectMany(p => p.Blocks).Where(b => b.Language == "sh");

    [Theory, MemberData(nameof(Blocks))]
    public void Every_command_does_what_the_page_says(string name)
    {
        Block block = ShellBlocks.First(b => b.Name == name);
        Assert.All(block.Commands, c => Assert.True(Commands.WayOf(c) is not null, $"no test knows {c}"));
        Needs(block.Tag);
        string[] elsewhere = [.. block.Commands.Where(c => Commands.WayOf(c) is Way.NotHere)];
        Assert.All(elsewhere, AssertFilesAreThere);
        Assert.SkipWhen(elsewhere.Length == block.Commands.Count(), string.Join("; ", elsewhere.Select(c => ((Way.NotHere)Commands.WayOf(c)!).Why).Distinct()));
        Assert.SkipWhen(machine.Stage.Refusal is not null, $"no namespaces here: {machine.Stage.Refusal}");
        var behind = new List<Script>();
        try
        {
            string folder = machine.Stage.Checkout;
            var outputs = new List<string>();
            foreach (string command in block.Commands.Except(elsewhere))
                outputs.Add(Type(command, ref folder, behind));
            if (block.Shown.Length > 0)
                AssertShape(block.Shown, string.Join('\n', outputs));
        }
        finally
        {
            foreach (Script script in behind)
                script.Dispose();
        }
    }

    [Fact]
    public void What_the_test_knows_is_still_on_a_page()
    {
        string[] typed = [.. ShellBlocks.SelectMany(b => b.Commands)];
        Assert.Empty(Commands.All.Except(typed));
    }

    [Fact]
    public void The_lines_on_stdout_look_as_shown()
    {
        Block shown = Page.Of("README.md").Blocks.First(b => b.Language == "text" && b.Lines[0].StartsWith("BTC|", StringComparison.Ordinal));
        const string Line = @"^[A-Z0-9]+\|[0-9]+(\.[0-9]+)?\|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$";
        Assert.All(shown.Lines, l => Assert.Matches(Line, l));
        Assert.SkipWhen(machine.Stage.Refusal is not null, $"no namespaces here: {machine.Stage.Refusal}");
        Assert.All(machine.Program!.Output.Split('\n'), l => Assert.Matches(Line, l));
        Assert.All(machine.Program.Errors.Split('\n'), l => Assert.True(JsonDocument.Parse(l).RootElement.TryGetProperty("event", out _), l));
    }

    /// <summary>Runs one command as it is meant to be run.</summary>
    /// <returns>Its output.</returns>
    private string Type(string command, ref string folder, List<Script> behind)
    {
        switch (Commands.WayOf(command))
        {
            case Way.Ends ends:
            {
                bool completes = command.StartsWith("eval ", StringComparison.Ordinal);
                (int status, string output, string errors) = machine.Stage.Run(completes ? command + "\ncomplete -p bybitspot" : command, folder);
                // The newest program may be one that is just starting, or one that has ended and that nobody has buried yet.
                var watch = System.Diagnostics.Stopwatch.StartNew();
                while (status != ends.Status && command.Contains("pgrep", StringComparison.Ordinal) && watch.Elapsed < Until.Limit)
                    (status, output, errors) = machine.Stage.Run(command, folder);
                Assert.True(status == ends.Status, $"{command}: status {status}\n{output}\n{errors}");
                Assert.Matches(completes ? "^complete -F _bybitspot bybitspot$" : ends.Matches, output);
                return output;
            }
            case Way.Runs runs:
            {
                // Two programs with a page at once are not what this is about.
                using Script script = machine.Stage.Start(command, folder, ("HTTP_URL", ""));
                Until.True(command, () => runs.Works(script), Stage.Limit, state: () => script.Output + "\n" + script.Errors);
                Stage.Stop(script);
                Assert.Equal(0, script.Exit(TimeSpan.FromSeconds(8)));
                return script.Output;
            }
            case Way.Behind:
                behind.Add(machine.Stage.Start(command.TrimEnd('&', ' '), folder));
                return "";
            case Way.Start:
                AssertClone(command);
                return machine.Program!.Output;
            case Way.Moves:
                if (folder == machine.Stage.Checkout)
                    folder = machine.Stage.NewCheckout();
                return Move(command, folder);
            default:
                throw new InvalidOperationException(command);
        }
    }

    /// <summary>The checkout of the stage is built already; here it is the way to one that counts. `./run` in it is run by hand and by --long.</summary>
    private void AssertClone(string command)
    {
        string[] parts = command.Split(" && ");
        Assert.Equal(["cd bybitspot", "./run --demo"], parts[1..]);
        Assert.Contains("BTC|", machine.Program!.Output, StringComparison.Ordinal);
        Assert.SkipUnless(Path.Exists(Path.Combine(Repository.Root, ".git")), "no repository to clone: an archive was unpacked");
        string folder = Repository.NewScratchFolder();
        try
        {
            (int status, _, string errors) = Script.Run("bash", ["-c", parts[0].Replace("ADDRESS-OF-THIS-REPOSITORY", Repository.Root, StringComparison.Ordinal)], folder);
            Assert.True(status == 0, errors);
            string clone = Path.Combine(folder, "bybitspot");
            Assert.Equal(0, Script.Run("test", ["-x", Path.Combine(clone, "run")]).Status);
            if (Repository.Long)
                Assert.Equal(ProgramVersion.Text, Script.Run(Path.Combine(clone, "run"), ["--version"], clone, TimeSpan.FromMinutes(5)).Output.Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Beside an old bot: its eight settings and its coins.</summary>
    private string Move(string command, string folder)
    {
        const string There = "/path/to/bybitspotpy";
        string old = Path.Combine(Path.GetDirectoryName(folder)!, "bybitspotpy");
        Directory.CreateDirectory(Path.Combine(old, "config"));
        File.WriteAllText(Path.Combine(old, ".env"), "# Redis Configuration\nREDIS_HOST=localhost\nREDIS_PORT=6379\nREDIS_PASSWORD=\nREDIS_DB=0\nLOG_LEVEL=info\nRECONNECT_INTERVAL_MS=5000\nRECONNECT_MAX_ATTEMPTS=10\n");
        File.WriteAllText(Path.Combine(old, "config/coins.json"), "{\n  \"coins\": [\n    \"BTCUSDT\", \"ETHUSDT\", \"SOLUSDT\", \"BNBUSDT\", \"DOGEUSDT\"\n  ]\n}\n");
        Assert.Contains(There, command, StringComparison.Ordinal);
        (int status, string output, string errors) = machine.Stage.Run(command.Replace(There, old, StringComparison.Ordinal), folder);
        Assert.True(status == 0, errors);
        return output;
    }

    private static void Needs(string tag)
    {
        Assert.True(tag.Length == 0 || Parts.ContainsKey(tag), $"no part of the product is called {tag}");
        Assert.SkipUnless(tag.Length == 0 || IsHere(Parts[tag]), $"needs {(tag.Length == 0 ? "" : Parts[tag])}, which this version does not have");
        Assert.SkipUnless(tag != "http" || Script.IsThere("curl"), "curl is not here");
    }

    /// <summary>What can be checked of a command that cannot be run: the files it names, and the test it asks for.</summary>
    private static void AssertFilesAreThere(string command)
    {
        foreach (Match file in Regex.Matches(command, @"(?<![\w/])(?:\./(?!artifacts/)|deploy/(?:systemd|docker|kubernetes)/|config/|bench/)[\w./-]*"))
            Assert.True(Path.Exists(Path.Combine(Repository.Root, file.Value)), $"{command}: {file.Value} is not there");
        foreach (Match made in Regex.Matches(command, @"(?:artifacts/bybitspot-linux-x64|/opt/bybitspot)/?([\w./-]*)"))
            Assert.Contains(Path.GetFileName(made.Groups[1].Value), Read("publish"), StringComparison.Ordinal);
        foreach (Match package in Regex.Matches(command, @"artifacts/(bybitspot_)\*(\.deb)"))
            Assert.Matches($"{package.Groups[1]}.*{Regex.Escape(package.Groups[2].Value)}", Read("deploy/packages/make"));
        if (Regex.IsMatch(command, "sudo (?!apt install )"))
            Assert.Contains($"#   {command}\n", Read("deploy/systemd/bybitspot.service"), StringComparison.Ordinal);
        foreach (Match thing in Regex.Matches(command, @"kubectl \w+ deploy/(\w+)"))
            Assert.Contains($"kind: Deployment\nmetadata:\n  name: {thing.Groups[1].Value}\n", Read("deploy/kubernetes/bybitspot.yaml") + Read("deploy/kubernetes/redis.yaml"), StringComparison.Ordinal);
        foreach (Match service in Regex.Matches(command, @"compose\.yaml (?:exec|logs -f) (\w+)"))
            Assert.Matches($"\n  {service.Groups[1].Value}:(?: &\\w+)?\n", Read("deploy/docker/compose.yaml"));
        if (command.StartsWith("./test ", StringComparison.Ordinal))
            Assert.Contains(typeof(CommandTests).Assembly.GetTypes(), t => t.FullName!.Contains(command["./test ".Length..], StringComparison.Ordinal));
    }

    /// <summary>The same lines, whatever the numbers.</summary>
    private static void AssertShape(string[] shown, string output)
    {
        string[] lines = output.Split('\n');
        Assert.True(shown.Length == lines.Length, $"shown are {shown.Length} lines, there are:\n{output}");
        for (int i = 0; i < shown.Length; i++)
            Assert.Matches("^" + Regex.Replace(Regex.Replace(Regex.Escape(shown[i]), @"\d+(\\\.\d+)?", "[0-9]+(\\.[0-9]+)?"), @"(\\ )+", " +") + "$", lines[i]);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));
}

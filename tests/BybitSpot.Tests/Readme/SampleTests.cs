using System.Runtime.InteropServices;
using BybitSpot.Tests.Deploy;
using Xunit;

namespace BybitSpot.Tests.Readme;

/// <summary>
/// The samples for Python, Node and C#. The first two run against a real Redis, through a stub in Stubs/ of the client that the page
/// names (Python: through that one where it is installed). The last is compiled against one, with the SDK's own compiler.
/// </summary>
public sealed class SampleTests(SampleTests.Filled machine) : IClassFixture<SampleTests.Filled>
{
    private const string Message = "bybit_spot:BTC 67250.50 2024-09-09T15:30:25.123Z";

    private const string Hash = "67250.50 2024-09-09T15:30:25.123Z";

    private static readonly string s_stubs = Path.Combine(Journeys.Repository.Root, "tests/BybitSpot.Tests/Readme/Stubs");

    /// <summary>A Redis with two prices and an instance that stands behind them.</summary>
    public sealed class Filled : IDisposable
    {
        public Filled()
        {
            if (Stage.Refusal is not null)
                return;
            Stage.StartRedis();
            Journeys.Until.True("Redis is filled", () => Stage.Run(
                """
                redis-cli HSET bybit_spot:BTC ltp 67250.50 timestamp 2024-09-09T15:30:25.123Z original_symbol BTCUSDT &&
                redis-cli HSET bybit_spot:ETH ltp 2580.75 timestamp 2024-09-09T15:30:25.123Z original_symbol ETHUSDT &&
                redis-cli HSET price_feed:spot:main:coins BTC fresh ETH stale
                """, Stage.Checkout).Status == 0);
        }

        public Stage Stage { get; } = new();

        public void Dispose() => Stage.Dispose();
    }

    public static TheoryData<string> Python => Of("python");

    public static TheoryData<string> Node => Of("js");

    public static TheoryData<string> CSharp => Of("csharp");

    [Theory, MemberData(nameof(Python))]
    public void Python_reads_prices_and_whether_to_believe_them(string name)
    {
        Assert.SkipUnless(Script.IsThere("python3"), "python3 is not here");
        Block block = Find(name);
        string output = Run(block, "sample.py", $"python3 -c 'import redis' 2>/dev/null || export PYTHONPATH={s_stubs}\n{Told(block)}python3 sample.py");
        Assert.Equal(block.Tag == "notify" ? Message : block.Tag == "status" ? "True" : block.Page == "README.md" ? Hash : $"{Hash} BTCUSDT\n[Decimal('67250.50'), Decimal('2580.75')]", output);
    }

    [Theory, MemberData(nameof(Node))]
    public void Node_reads_prices_and_whether_to_believe_them(string name)
    {
        Assert.SkipUnless(Script.IsThere("node"), "node is not here");
        Block block = Find(name);
        string output = Run(block, "sample.mjs", $"ln -s {s_stubs}/node_modules node_modules\n{Told(block)}node sample.mjs");
        Assert.Equal(block.Tag == "notify" ? Message : $"{Hash} BTCUSDT\n[ '67250.50', '2580.75' ]\ntrue", output);
    }

    [Theory, MemberData(nameof(CSharp))]
    public void CSharp_compiles(string name)
    {
        string sdk = Script.Run("dotnet", ["--list-sdks"]).Output.Split('\n').Last(l => l.StartsWith("10.", StringComparison.Ordinal));
        string compiler = Path.Combine(sdk.Split('[', ']')[1], sdk.Split(' ')[0], "Roslyn/bincore/csc.dll");
        Assert.SkipUnless(File.Exists(compiler), $"{compiler} is not here");
        string folder = Journeys.Repository.NewScratchFolder();
        try
        {
            File.WriteAllText(Path.Combine(folder, "Sample.cs"), Find(name).Text);
            File.WriteAllText(Path.Combine(folder, "Usings.cs"), "global using System; global using System.Linq; global using System.Threading.Tasks;");
            string[] references = [.. Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "System.*.dll").Where(f => !f.Contains(".Native", StringComparison.Ordinal)).Select(f => "-r:" + f)];
            (int status, string output, _) = Script.Run("dotnet",
                [compiler, "-nologo", "-nullable:enable", "-warnaserror", "-out:" + Path.Combine(folder, "sample.dll"), .. references, Path.Combine(folder, "Sample.cs"), Path.Combine(folder, "Usings.cs"), Path.Combine(s_stubs, "StackExchange.Redis.cs.txt")], limit: Stage.Limit);
            Assert.Equal((0, ""), (status, output));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Somebody who tells a price again and again, for as long as it may take to start listening.
    private static string Told(Block block) => block.Tag == "notify"
        ? "(for i in $(seq 100); do redis-cli PUBLISH bybit_spot:BTC '67250.50|2024-09-09T15:30:25.123Z'; sleep 0.2; done) >/dev/null 2>&1 &\n" : "";

    private string Run(Block block, string file, string command)
    {
        Assert.SkipWhen(machine.Stage.Refusal is not null, $"no namespaces here: {machine.Stage.Refusal}");
        string folder = Journeys.Repository.NewScratchFolder();
        try
        {
            File.WriteAllText(Path.Combine(folder, file), block.Text);
            (int status, string output, string errors) = machine.Stage.Run(command, folder);
            Assert.True(status == 0, errors);
            return output;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Block Find(string name) => Page.All.SelectMany(p => p.Blocks).First(b => b.Name == name);

    private static TheoryData<string> Of(string language) => [.. Page.All.SelectMany(p => p.Blocks).Where(b => b.Language == language).Select(b => b.Name)];
}

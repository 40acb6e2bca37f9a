using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Deploy;

/// <summary>What `./run`, `./publish` and `./test` say while they build, with a compiler that only plays one.</summary>
public sealed class ScriptWordsTests : IDisposable
{
    private const string Program = "src/BybitSpot.App/bin/Release/net10.0/bybitspot", Tests = "tests/BybitSpot.Tests/bin/Release/net10.0/BybitSpot.Tests";

    private readonly string _folder = Repository.NewScratchFolder();

    public ScriptWordsTests()
    {
        foreach (string name in (string[])["run", "publish", "test", ".env.example", "LICENSE", "auto_restart.sh", "global.json", "Directory.Build.props", "Directory.Packages.props"])
            File.Copy(Path.Combine(Repository.Root, name), Path.Combine(_folder, name));
        foreach (string name in (string[])["config/coins.json", "deploy/systemd/bybitspot.service", "deploy/systemd/bybitspot@.service"])
            Write(name, "");
        Write("src/BybitSpot.App/Program.cs", "");
        Write("deploy/packages/inventory", "#!/bin/sh\necho \"$1 $2\" >\"$3/THIRD-PARTY-NOTICES\"\n", executable: true);
        Write("bin/dotnet", $$"""
            #!/bin/sh
            make() { mkdir -p "$(dirname "$1")"; printf '#!/bin/sh\n%s\n' "$2" >"$1"; chmod 755 "$1"; }
            case "$*" in
            --version) echo 10.0.100 ;;
            *broken*) exit 1 ;;
            "build src/BybitSpot.App"*) make {{Program}} 'echo "typed $BYBITSPOT_TYPED, given $*"' ;;
            "build BybitSpot.slnx"*) make {{Tests}} 'echo "   BybitSpot.Tests  Total: 3, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 1.2s"' ;;
            publish*) echo "$*" >>published; while [ "$1" != -o ]; do shift; done; make "$2/bybitspot" '' ;;
            esac
            """, executable: true);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_first_build_is_told_before_and_after_and_a_start_without_one_says_nothing()
    {
        (int status, string output, string errors) = Run("./run a b");
        Assert.Equal((0, "typed ./run, given a b"), (status, output));
        Assert.Matches(@"^run: building, about a minute the first time…\nrun: built in \d+ s$", errors);

        Assert.Equal((0, "typed ./run, given ", ""), Run("./run"));

        File.SetLastWriteTimeUtc(Path.Combine(_folder, "src/BybitSpot.App/Program.cs"), File.GetLastWriteTimeUtc(Path.Combine(_folder, Program + ".built")).AddSeconds(1));
        Assert.Matches(@"^run: building what has changed…\nrun: built in \d+ s$", Run("./run").Errors);
    }

    // A Mac has bash 3.2, zsh, and tools that know no more than POSIX in places.
    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    public void With_a_Macs_tools_it_builds_once_and_again_only_when_something_has_changed(string shell)
    {
        Assert.SkipUnless(Script.IsThere(shell), $"{shell} is not installed");
        foreach ((string tool, string unknown) in (ReadOnlySpan<(string, string)>)[("find", "-quit|-printf|-maxdepth=*|-newermt"), ("mktemp", "--*"), ("touch", "-d|--*"), ("head", "--*"), ("readlink", "*"), ("stat", "*"), ("sed", "-r|-i|--*"), ("date", "*")])
            Write("bin/" + tool, $$"""
                #!/bin/sh
                for a; do case $a in {{unknown}}) echo "{{tool}}: illegal option $a" >&2; exit 64 ;; esac; done
                PATH=${PATH#*:} exec {{tool}} "$@"
                """, executable: true);
        string program = $"PATH={_folder}/bin:$PATH {shell} ./run";
        (int status, string output, string errors) = Run(program + " a 'b c'");
        Assert.Equal((0, "typed ./run, given a b c"), (status, output));
        Assert.Matches(@"^run: building, about a minute the first time…\nrun: built in \d+ s$", errors);
        Assert.Equal((0, "typed ./run, given ", ""), Run(program));
        // Also a file that was taken away.
        Write("src/BybitSpot.App/Other.cs", "");
        Assert.Contains("what has changed", Run(program).Errors, StringComparison.Ordinal);
        File.Delete(Path.Combine(_folder, "src/BybitSpot.App/Other.cs"));
        Assert.Contains("what has changed", Run(program).Errors, StringComparison.Ordinal);
        Assert.Equal((0, "typed ./run, given ", ""), Run(program));
    }

    // What bash 3.2 or a Mac's tools do not know.
    private static readonly string[] s_foreign =
    [
        @"\bmapfile\b", @"\breadarray\b", @"\b(declare|local|typeset) -[a-zA-Z]*[An]", @"\$\{[A-Za-z_]+(\^|,)", @"&>>", @"\|&", @"\[\[ -v ", @"printf '%\(", @"\bcoproc\b", @"\$\{[A-Za-z_]+@",
        @"\bwait -n\b", @"\bEPOCH", @"\bsed -[a-z]*[ri]", @"\breadlink -", @"\brealpath\b", @"\bstat -", @"\bdate -", @"\bfind .*-(printf|quit)\b", @"\bxargs .*-(d|r)\b", @"\bgrep -[a-zA-Z]*P", @"\bsort -[a-zA-Z]*[zV]", @"\bcp -[a-zA-Z]*a", @"\bmktemp *(-u|\)|$)", @"\bdu -[a-z]*b", @"\bsetsid\b", @"\btac\b", @"\bnproc\b",
    ];

    [Theory]
    [InlineData("run")]
    [InlineData("test")]
    [InlineData("auto_restart.sh")]
    [InlineData("publish")]
    [InlineData("deploy/packages/inventory")]
    [InlineData("deploy/packages/tool")]
    public void A_script_that_is_for_Macs_too_uses_nothing_that_one_lacks(string name)
    {
        string[] lines = [.. File.ReadAllLines(Path.Combine(Repository.Root, name)).Select(l => l.Trim()).Where(l => !l.StartsWith('#'))];
        foreach (string foreign in s_foreign)
            Assert.DoesNotContain(lines, l => System.Text.RegularExpressions.Regex.IsMatch(l, foreign));
    }

    [Fact]
    public void The_program_is_told_what_was_typed() => Assert.Equal($"typed {_folder}/run, given x", Run($"cd / && {_folder}/run x").Output);

    [Fact]
    public void Publishing_is_told_before_and_after()
    {
        (int status, string output, string errors) = Run("./publish");
        Assert.True(status == 0, errors);
        Assert.Matches(@"^publish: building for linux-x64, about two minutes the first time…\npublish: built in \d+ s$", errors);
        Assert.StartsWith("artifacts/bybitspot-linux-x64: ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_systems_are_published_in_one_call_each_with_what_belongs_to_it()
    {
        (int status, string output, string errors) = Run("./publish osx-arm64 win-x64 linux-x64");
        Assert.True(status == 0, errors);
        Assert.Equal(["osx-arm64", "win-x64", "linux-x64"], output.Split('\n').Select(l => l.Split(':')[0]["artifacts/bybitspot-".Length..]));
        string[] calls = File.ReadAllLines(Path.Combine(_folder, "published"));
        Assert.Equal([true, true, false], calls.Select(c => c.Contains("-p:SingleFile=true", StringComparison.Ordinal)));
        string[] common = [".env.example", "LICENSE", "SHA256SUMS", "THIRD-PARTY-NOTICES", "bybitspot", "config/coins.json"];
        Assert.Equal([.. common, "auto_restart.sh"], Made("osx-arm64"));
        Assert.Equal(common, Made("win-x64"));
        Assert.Equal([.. common, "auto_restart.sh", "bybitspot.service", "bybitspot@.service"], Made("linux-x64"));
        Assert.Equal(0, Script.Run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], Path.Combine(_folder, "artifacts/bybitspot-osx-arm64")).Status);
        Assert.Contains("osx-arm64", Run("./publish osx").Errors, StringComparison.Ordinal);

        // In any order, but for what is asked for last.
        IEnumerable<string> Made(string rid)
        {
            string folder = Path.Combine(_folder, "artifacts/bybitspot-" + rid);
            return Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).OrderBy(f => f is "auto_restart.sh" or "bybitspot.service" or "bybitspot@.service" ? 1 : 0).ThenBy(f => f, StringComparer.Ordinal);
        }
    }

    [Fact]
    public void Testing_is_told_before_and_after_and_the_last_line_is_the_count()
    {
        (int status, string output, string errors) = Run("./test");
        Assert.True(status == 0, errors);
        Assert.Matches(@"test: building, about two minutes the first time…\ntest: built in \d+ s; the tests run now$", errors);
        Assert.EndsWith("\n2 passed, 0 failed, 1 skipped", output, StringComparison.Ordinal);
        Assert.Contains("test: building what has changed…", Run("./test").Errors, StringComparison.Ordinal);
    }

    private (int Status, string Output, string Errors) Run(string command)
    {
        using Script script = Script.Start("bash", ["-c", command], _folder, new Dictionary<string, string> { ["PATH"] = $"{_folder}/bin:{Environment.GetEnvironmentVariable("PATH")}", ["BYBITSPOT_TYPED"] = "" });
        return (script.Exit(TimeSpan.FromSeconds(60)), script.Output, script.Errors);
    }

    private void Write(string name, string text, bool executable = false)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
#pragma warning disable CA1416 // Linux alone.
        if (executable)
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
#pragma warning restore CA1416
    }
}

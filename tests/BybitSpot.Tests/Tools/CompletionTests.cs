using System.Diagnostics;
using BybitSpot.App;
using BybitSpot.Tests.App;
using BybitSpot.Tests.Journeys;
using Xunit;

namespace BybitSpot.Tests.Tools;

public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void The_shell_can_read_its_script(string shell)
    {
        string script = _folder.Write("script", Tool.Call("completion", shell).Output);
        Assert.SkipUnless(Tool.Installed(shell), $"{shell} is not installed");

        using Process check = Tool.StartOther(shell, _folder.Path, null, shell == "fish" ? "--no-execute" : "-n", script);

        Assert.Equal(new Outcome(0, "", ""), Tool.Finish(check));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public void Every_command_and_flag_is_in_every_script(string shell)
    {
        string script = Tool.Call("completion", shell).Output;

        foreach (string expected in SettingsTable.All.Where(s => !s.Secret).Select(s => s.Flag![2..])
            .Concat(["top", "plain", "url", "get", "coins", "check", "completion", "alive", "health", "run", "simulate", "watch", "recording", "record", "replay", "seconds", "from", "coins add", "coins remove"]))
            Assert.Contains(expected, script);
        Assert.DoesNotContain("password", script);
    }

    [Theory]
    [InlineData("", "run simulate top get coins check doctor record replay completion alive health")]
    [InlineData("c", "coins check completion")]
    [InlineData("coins ", "list add remove")]
    [InlineData("coins --coins x.json r", "remove")]
    [InlineData("get --wa", "--watch")]
    [InlineData("--redis-ho", "--redis-host")]
    [InlineData("check --redis-ho", "--redis-host")]
    [InlineData("simulate --re", "--recording")]
    [InlineData("record --rot", "--rotate-size --rotate-every")]
    [InlineData("replay --s", "--speed")]
    [InlineData("completion ", "bash fish zsh")]
    [InlineData("get ", "BTCUSDT ETHUSDT")]
    [InlineData("get --json b", "BTCUSDT")]
    [InlineData("coins remove E", "ETHUSDT")]
    [InlineData("coins add ", "")]
    [InlineData("get --coins other.json ", "SOLUSDT")]
    [InlineData("get --coins = other.json ", "SOLUSDT")]
    [InlineData("get --coins oth", "other.json")]
    [InlineData("get --coins = oth", "other.json")]
    [InlineData("get --redis-host ", "")]
    public void Bash_completes(string line, string expected)
    {
        // A symbol that a shell would run, if it were let.
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\", \"ETHUSDT\", \"$(touch run)\"]}");
        _folder.Write("other.json", "{\"coins\": [\"SOLUSDT\"]}");
        _folder.Write("script", Tool.Call("completion", "bash").Output);
        string words = string.Join(' ', line.Split(' ').Select(w => $"'{w}'"));
        string ask = $"source ./script; COMP_WORDS=('{Repository.Program}' {words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); _bybitspot '{Repository.Program}'; echo \"${{COMPREPLY[*]}}\"; complete -p bybitspot";

        using Process bash = Tool.StartOther("bash", _folder.Path, new Dictionary<string, string> { ["COINS_FILE"] = "coins.json" }, "--norc", "-c", ask);

        Assert.Equal(new Outcome(0, expected + "\ncomplete -F _bybitspot bybitspot\n", ""), Tool.Finish(bash));
        Assert.False(File.Exists(_folder.File("run")), "a symbol was run");
    }

    [Fact]
    public void Bash_offers_symbols_with_hyphens_and_underscores()
    {
        _folder.Write("coins.json", "{\"coins\": [\"BTC-26DEC25\", \"BTCUSDT-25DEC26\", \"WC_ENG_ARG_USDT-15JUL26\", \"-x\", \"A;B\"]}");
        _folder.Write("script", Tool.Call("completion", "bash").Output);
        string ask = $"source ./script; COMP_WORDS=('{Repository.Program}' get ''); COMP_CWORD=2; _bybitspot '{Repository.Program}'; echo \"${{COMPREPLY[*]}}\"";
        using Process bash = Tool.StartOther("bash", _folder.Path, new Dictionary<string, string> { ["COINS_FILE"] = "coins.json" }, "--norc", "-c", ask);
        Assert.Equal(new Outcome(0, "BTC-26DEC25 BTCUSDT-25DEC26 WC_ENG_ARG_USDT-15JUL26\n", ""), Tool.Finish(bash));
    }

    [Theory]
    [InlineData("", "alive check coins completion doctor get health record replay run simulate top")]
    [InlineData("coins ", "add list remove")]
    [InlineData("get --wa", "--watch")]
    [InlineData("get ", "BTCUSDT ETHUSDT")]
    [InlineData("coins remove --coins other.json ", "SOLUSDT")]
    public void Fish_completes(string line, string expected)
    {
        Assert.SkipUnless(Tool.Installed("fish"), "fish is not installed");
        _folder.Write("coins.json", "{\"coins\": [\"BTCUSDT\", \"ETHUSDT\"]}");
        _folder.Write("other.json", "{\"coins\": [\"SOLUSDT\"]}");
        _folder.Write("script", Tool.Call("completion", "fish").Output);
        var environment = new Dictionary<string, string>
        {
            ["COINS_FILE"] = "coins.json",
            ["HOME"] = _folder.Path,
            ["PATH"] = Path.GetDirectoryName(Repository.Program) + ":" + Environment.GetEnvironmentVariable("PATH"),
        };

        using Process fish = Tool.StartOther("fish", _folder.Path, environment, "--no-config", "-c", $"source script; complete -C 'bybitspot {line}'");
        Outcome outcome = Tool.Finish(fish);

        Assert.Equal((0, ""), (outcome.Status, outcome.Error));
        Assert.Equal(expected, string.Join(' ', outcome.Lines.Select(l => l.Split('\t')[0]).Order(StringComparer.Ordinal)));
    }
}

using System.Diagnostics;
using BybitSpot.App;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class CommandLineTests
{
    private RunArguments? _run;
    private SimulationOptions? _simulation;
    private string _output = "";
    private string _error = "";

    [Fact]
    public void Without_a_command_run_is_meant()
    {
        Assert.Equal(0, Parse("--quiet", "--redis-host", "redis.example"));

        Assert.True(_run!.Quiet);
        Assert.Null(_run.EnvFile);
        Assert.Equal([new("REDIS_HOST", "redis.example")], _run.Flags);
    }

    [Fact]
    public void Every_setting_that_is_not_secret_has_a_flag()
    {
        Setting[] open = [.. SettingsTable.All.Where(s => !s.Secret)];

        Assert.Equal(0, Parse(["run", .. open.SelectMany(s => new[] { s.Flag!, "value of " + s.Name })]));

        Assert.Equal(open.ToDictionary(s => s.Name, s => "value of " + s.Name), _run!.Flags);
        Assert.Contains("--coins", open.Select(s => s.Flag));
        Assert.Contains("--log-level", open.Select(s => s.Flag));
    }

    [Theory]
    [Trait("Fault", "78")]
    [InlineData("--redis-password", "canary")]
    [InlineData("--redis-password=canary")]
    [InlineData("run", "--https-proxy=http://u:canary@proxy:1")]
    public void A_secret_has_no_flag_and_is_not_repeated(params string[] arguments)
    {
        Assert.Equal(2, Parse(arguments));

        Assert.Contains("has no flag", _error, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", _error, StringComparison.Ordinal);
        Assert.Null(_run);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("--frobnicate")]
    [InlineData("--redis-host")]
    [InlineData("run", "extra")]
    [InlineData("simulate")]
    [InlineData("simulate", "--port", "0")]
    [InlineData("simulate", "--port", "many")]
    [InlineData("simulate", "--port", "1", "--speed", "-1")]
    [InlineData("simulate", "--port", "1", "--speed", "NaN")]
    [InlineData("simulate", "--port", "1", "--seed", "-1")]
    [InlineData("@file")]
    [InlineData("[suggest]")]
    public void Wrong_usage_is_one_line_that_points_to_the_help_and_status_2(params string[] arguments)
    {
        Assert.Equal(2, Parse(arguments));

        Assert.Matches("^bybitspot: [^\n]+ \\(bybitspot --help shows the usage\\)\n$", _error);
        Assert.Equal("", _output);
        Assert.Null(_run);
        Assert.Null(_simulation);
    }

    [Theory]
    [InlineData("--coins", "--cions")]
    [InlineData("--coins", "run", "--cions", "x")]
    [InlineData("--quiet", "--quite")]
    [InlineData("--version", "--vresion")]
    [InlineData("get", "gte")]
    [InlineData("--help", "help")]
    [InlineData("check", "chekc", "--json")]
    [InlineData("add", "coins", "ad", "BTCUSDT")]
    [InlineData("list", "coins", "lsit")]
    [InlineData("--json", "get", "--jsn")]
    [InlineData("--port", "simulate", "--prot", "1")]
    public void What_was_perhaps_meant_is_proposed_in_the_same_line(string meant, params string[] arguments)
    {
        Assert.Equal(2, Parse(arguments));

        Assert.Matches($"^bybitspot: [^\n]+; did you mean ([^\n]+ or )?{meant}( or [^\n]+)?\\? \\(bybitspot --help shows the usage\\)\n$", _error);
        Assert.Null(_run);
    }

    [Theory]
    [InlineData("frobnicate")]
    [InlineData("run", "x")]
    [InlineData("@file")]
    public void Where_nothing_is_near_nothing_is_proposed(params string[] arguments)
    {
        Assert.Equal(2, Parse(arguments));

        Assert.DoesNotContain("did you mean", _error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_value_behind_an_equals_sign_is_a_value()
    {
        Assert.Equal(0, Parse("run", "--http-url=", "--quiet", "--bybit-rest-url="));

        Assert.True(_run!.Quiet);
        Assert.Equal([new("HTTP_URL", ""), new("BYBIT_REST_URL", "")], _run.Flags.OrderByDescending(f => f.Key));
        Assert.Equal(0, Parse("--http-url", "", "-q"));
        Assert.Equal("", _run.Flags["HTTP_URL"]);
        Assert.Equal(0, Parse("--http-url=http://*:1"));
        Assert.Equal("http://*:1", _run.Flags["HTTP_URL"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("run")]
    [InlineData("simulate")]
    [InlineData("get")]
    [InlineData("coins")]
    [InlineData("coins add")]
    [InlineData("coins remove")]
    [InlineData("coins list")]
    [InlineData("check")]
    [InlineData("completion")]
    [InlineData("alive")]
    [InlineData("health")]
    public void Help_fits_into_80_columns(string command)
    {
        Assert.Equal(0, Parse([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));

        Assert.All(_output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void The_help_of_scripts_fits_into_80_columns()
    {
        Assert.Equal(0, Parse("simulate", "--script-help"));

        Assert.All(_output.Split('\n'), line => Assert.InRange(line.Length, 0, 80));
    }

    [Theory]
    [InlineData("./run", "./run")]
    [InlineData("/opt/my bot/run", "'/opt/my bot/run'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("", "bybitspot")]
    [InlineData(null, "bybitspot")]
    public void Messages_name_the_program_as_it_was_typed(string? variable, string shown) => Assert.Equal(shown, AsTyped.Of(variable));

    [Fact]
    public void Coins_of_an_exchange_of_our_own_are_taken_as_everywhere()
    {
        Assert.Equal(0, Parse("simulate", "--port", "9001", "--coins", "btc,ETH/USDT, solusdt"));

        Assert.Equal("BTC,ETH,SOL", _simulation!.Coins);
    }

    [Fact]
    public void The_help_names_both_commands_and_every_exit_status()
    {
        Assert.Equal(0, Parse("--help"));

        foreach (string expected in (string[])["run", "simulate", "0   stopped as asked", "1   gave up", "2   wrong usage", "78  wrong configuration"])
            Assert.Contains(expected, _output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_help_of_run_names_every_flag_and_no_secret()
    {
        Assert.Equal(0, Parse("run", "--help"));

        foreach (Setting setting in SettingsTable.All.Where(s => !s.Secret))
            Assert.Contains(setting.Flag!, _output, StringComparison.Ordinal);
        Assert.DoesNotContain("password", _output, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("--env-file", _output, StringComparison.Ordinal);
        Assert.Contains("78  wrong configuration", _output, StringComparison.Ordinal);
    }

    [Fact]
    public void Simulate_hands_its_options_on()
    {
        Assert.Equal(0, Parse("simulate", "--port", "9001", "--recording", "r", "--instruments", "i", "--speed", "2.5", "--script", "s", "--seed", "7"));
        Assert.Equal(
            new SimulationOptions { Port = 9001, RecordingPath = "r", InstrumentsPath = "i", Speed = 2.5, ScriptPath = "s", Seed = 7 },
            _simulation);

        Assert.Equal(0, Parse("simulate", "--port", "9001"));
        Assert.Equal(new SimulationOptions { Port = 9001 }, _simulation);
    }

    [Fact]
    public void The_version_comes_alone_on_stdout()
    {
        (int status, string output, string error) = Start("--version");

        Assert.Equal((0, ProgramVersion.Text + "\n", ""), (status, output, error));
    }

    [Fact]
    [Trait("Fault", "59")]
    public void The_program_ends_with_78_and_all_errors_when_a_setting_is_wrong()
    {
        (int status, string output, string error) = Start("--redis-port", "70000", "--log-level", "loud", "--env-file", "/nonexistent/env");

        Assert.Equal(78, status);
        Assert.Equal("", output);
        Assert.Equal(
            "/nonexistent/env: does not exist\n"
            + "REDIS_PORT: \"70000\" is not a port (1 to 65535) [from --redis-port]\n"
            + "LOG_LEVEL: \"loud\" is not a level (error, warn, info or debug) [from --log-level]\n",
            error);
    }

    [Theory]
    [InlineData("{\"coins\": [\"BTCUSDT\",]}", "trailing comma")]
    [InlineData("{\"coins\": [\"BTC-USD\"]}", "none of its coins can be taken: BTC-USD")]
    [InlineData("{\"coins\": [\"*\"]}", "needs the exchange's list")]
    [InlineData(null, "it does not exist")]
    public void The_program_ends_with_78_when_there_is_no_good_coins_file(string? content, string reason)
    {
        using var folder = new TemporaryFolder();
        if (content is not null)
            folder.Write("coins.json", content);

        (int status, string output, string error) = Start("--coins", folder.File("coins.json"), "--bybit-rest-url", "");

        Assert.Equal(78, status);
        Assert.Equal("", output);
        Assert.Matches($"^COINS_FILE: {folder.File("coins.json")} line 1: [^\n]*{reason}[^\n]* \\[from --coins\\]\n$", error);
    }

    [Theory]
    [InlineData("BTCUSDT,ETHUSDT")]
    [InlineData("BTC")]
    public void Who_names_coins_where_their_file_is_meant_is_told_so(string coins)
    {
        (int status, _, string error) = Start("--coins", coins);

        Assert.Equal(78, status);
        Assert.Equal($"COINS_FILE: {coins} line 1: it does not exist; a file is named here, and the coins stand in it [from --coins]\n", error);
    }

    private static (int Status, string Output, string Error) Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "bybitspot"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (!process.WaitForExit(TimeSpan.FromSeconds(20)))
        {
            process.Kill();
            Assert.Fail("the program did not end");
        }
        return (process.ExitCode, output.Result, error.Result);
    }

    private int Parse(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int status = CommandLine.Parse(
            arguments,
            output,
            error,
            run =>
            {
                _run = run;
                return 0;
            },
            simulation =>
            {
                _simulation = simulation;
                return 0;
            });
        (_output, _error) = (output.ToString(), error.ToString());
        return status;
    }
}

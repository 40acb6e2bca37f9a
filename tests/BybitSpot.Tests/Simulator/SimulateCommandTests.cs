using BybitSpot.App;
using BybitSpot.Simulator;
using Xunit;

namespace BybitSpot.Tests.Simulator;

// The simulate command's own flags.
public sealed class SimulateCommandTests
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();
    private SimulationOptions? _options;

    [Fact]
    public void What_walks_and_how_fast_is_handed_on()
    {
        Assert.Equal(ExitStatus.Stopped, Parse("--port", "9001", "--symbols", "20", "--rate", "5000"));
        Assert.Equal(new SimulationOptions { Port = 9001, Symbols = 20, Rate = 5000 }, _options);
        Assert.Equal(ExitStatus.Stopped, Parse("--port", "9001", "--coins", "BTC,ETH"));
        Assert.Equal(new SimulationOptions { Port = 9001, Coins = "BTC,ETH" }, _options);
        Assert.Equal(ExitStatus.Usage, Parse("--port", "9001", "--rate", "fast"));
    }

    [Fact]
    public void Script_help_needs_no_port_and_starts_nothing()
    {
        Assert.Equal(ExitStatus.Stopped, Parse("--script-help"));
        Assert.Equal(Script.Help, _output.ToString());
        Assert.Equal("", _error.ToString());
        Assert.Null(_options);
    }

    private int Parse(params string[] arguments) => CommandLine.Parse(["simulate", .. arguments], _output, _error, _ => -1, options =>
    {
        _options = options;
        return ExitStatus.Stopped;
    });
}

using BybitSpot.App;
using Xunit;

namespace BybitSpot.Tests.App;

public sealed class LogStyleTests
{
    private const string Json = "json", Text = "text", Coloured = "coloured text";

    [Theory]
    [InlineData(true, "TERM=xterm", Coloured)]
    [InlineData(true, "TERM=dumb", Text)]
    [InlineData(true, "", Text)]
    [InlineData(true, "TERM=xterm NO_COLOR=1", Text)]
    [InlineData(true, "TERM=dumb FORCE_COLOR=1", Coloured)]
    [InlineData(true, "TERM=xterm NO_COLOR=1 FORCE_COLOR=1", Text)]
    [InlineData(true, "TERM=xterm JOURNAL_STREAM=9:17", Json)]
    [InlineData(true, "TERM=xterm JOURNAL_STREAM=9:17 WAYLAND_DISPLAY=wayland-0", Coloured)]
    [InlineData(true, "TERM=xterm NOTIFY_SOCKET=/run/systemd/notify", Json)]
    [InlineData(true, "TERM=xterm DOTNET_RUNNING_IN_CONTAINER=true", Json)]
    [InlineData(true, "TERM=xterm KUBERNETES_SERVICE_HOST=10.0.0.1", Json)]
    [InlineData(true, "TERM=xterm container=podman", Json)]
    [InlineData(false, "TERM=xterm", Json)]
    [InlineData(false, "TERM=xterm FORCE_COLOR=1", Json)]
    public void By_itself_it_is_text_on_a_terminal_and_JSON_everywhere_else(bool terminal, string environment, string expected) =>
        Assert.Equal(expected, Of(LogFormat.Auto, terminal, environment));

    [Theory]
    [InlineData(false, "TERM=xterm", Text)]
    [InlineData(false, "FORCE_COLOR=1", Coloured)]
    [InlineData(false, "FORCE_COLOR=0", Text)]
    [InlineData(true, "TERM=xterm", Coloured)]
    [InlineData(true, "TERM=xterm JOURNAL_STREAM=9:17", Coloured)]
    public void Text_is_text_wherever_it_goes(bool terminal, string environment, string expected) => Assert.Equal(expected, Of(LogFormat.Text, terminal, environment));

    [Fact]
    public void JSON_is_JSON_and_nobody_asks_for_the_terminal() =>
        Assert.Equal(default, LogStyle.Of(LogFormat.Json, () => throw new InvalidOperationException("asked"), _ => "1", 7));

    [Fact]
    public void A_containers_first_process_is_nobodys_shell() => Assert.Equal(default, LogStyle.Of(LogFormat.Auto, () => true, _ => null, 1));

    private static string Of(LogFormat format, bool terminal, string environment)
    {
        var variables = environment.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        LogStyle style = LogStyle.Of(format, () => terminal, name => variables.GetValueOrDefault(name), 4711);
        return style switch { (true, true) => Coloured, (true, false) => Text, (false, false) => Json, _ => "coloured JSON" };
    }
}

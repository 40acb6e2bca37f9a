using BybitSpot.Tests.Deploy;
using BybitSpot.Tests.Journeys;
using BybitSpot.Tests.Tools;
using Xunit;

namespace BybitSpot.Tests.Top;

/// <summary>A real terminal with a shell in it, that can be typed into, resized and looked at: a tmux of its own.</summary>
internal sealed class TmuxScreen : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

    private readonly string _server = $"bybitspot-test-{Guid.NewGuid():N}";

    public TmuxScreen(int width, int height, string folder, IReadOnlyDictionary<string, string>? environment = null)
    {
        Assert.SkipUnless(Tool.Installed("tmux"), "tmux, which makes a terminal, is not installed");
        var settings = new Dictionary<string, string> { ["LC_ALL"] = "C.UTF-8", ["PS1"] = "shell> ", ["HTTP_URL"] = "", ["ENV"] = "" };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
            settings[name] = value;
        // A plain shell, in which nothing of the tests' own environment is a setting.
        string words = string.Join(' ', settings.Select(s => $"'{s.Key}={s.Value}'"));
        Ask("-u", "-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", "-c", folder,
            $"env -i PATH=\"$PATH\" HOME=\"$HOME\" TERM=\"$TERM\" DOTNET_ROOT=\"$DOTNET_ROOT\" {words} sh");
        Shows("shell>");
    }

    public string Text => Ask("capture-pane", "-p");

    public string[] Lines => Text.TrimEnd('\n').Split('\n');

    /// <summary>With its colours, as sequences.</summary>
    public string Coloured => Ask("capture-pane", "-p", "-e");

    public bool IsAlternate => Flag("alternate_on");

    public bool HasCursor => Flag("cursor_flag");

    /// <summary>Of the shell.</summary>
    public int ProcessId => int.Parse(Ask("display-message", "-p", "#{pane_pid}"));

    /// <summary>What the shell has started.</summary>
    public int Child
    {
        get
        {
            int child = 0;
            Until.True("the shell has a child", () => int.TryParse(File.ReadAllText($"/proc/{ProcessId}/task/{ProcessId}/children").Trim().Split(' ')[0], out child), s_limit);
            return child;
        }
    }

    public void Type(string text) => Ask("send-keys", "-l", text);

    /// <summary>Keys by tmux' names: Enter, Escape, C-c, PageDown.</summary>
    public void Press(params string[] keys) => Ask(["send-keys", .. keys]);

    /// <summary>To the shell, once that asks for one: what is typed before stands above the shell's prompt, or is lost with the program that ends.</summary>
    public void Command(string command)
    {
        Becomes("the shell waits for a command", () => Lines[^1] == "shell>");
        Type(command);
        Press("Enter");
    }

    public void Resize(int width, int height) => Ask("resize-window", "-x", $"{width}", "-y", $"{height}");

    public void Shows(string text) => Becomes($"the screen shows {text}", () => Text.Contains(text));

    public void Becomes(string what, Func<bool> condition) => Until.True(what, condition, state: () => Text);

    public void Dispose() => Run("kill-server");

    private bool Flag(string name) => Ask("display-message", "-p", $"#{{{name}}}").Trim() == "1";

    private string Ask(params string[] words)
    {
        (int status, string output, string error) = Run(words);
        Assert.True(status == 0, $"tmux {string.Join(' ', words)}: {error}");
        return output;
    }

    private (int Status, string Output, string Error) Run(params string[] words) => Script.Run("tmux", ["-L", _server, .. words], limit: s_limit);
}
